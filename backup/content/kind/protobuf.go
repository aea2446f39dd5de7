package kind

import "encoding/binary"

// The wire types of protobuf.
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// Field is one field of a protobuf message: a number, or bytes that may be a message.
// Data of a number is nil, and that of no bytes is not.
type Field struct {
	Number, Value uint64
	Data          []byte
}

// Fields visits the fields of a protobuf message until visit returns false. The result
// is false if the message ends in the middle of one, or is none from there on; those
// before it were visited. It does not look into fields, so that no message can make it
// go deep.
func Fields(m []byte, visit func(Field) bool) bool {
	for len(m) > 0 {
		tag, n := binary.Uvarint(m)
		if n <= 0 || tag>>3 == 0 {
			return false
		}
		m = m[n:]
		f := Field{Number: tag >> 3}
		switch tag & 7 {
		case wireVarint:
			if f.Value, n = binary.Uvarint(m); n <= 0 {
				return false
			}
		case wireFixed64:
			n = 8
		case wireFixed32:
			n = 4
		case wireBytes:
			size, head := binary.Uvarint(m)
			if head <= 0 || size > uint64(len(m)-head) {
				return false
			}
			n = head + int(size) //nolint:gosec // it is shorter than m
			f.Data = m[head:n]
		default:
			return false
		}
		if n > len(m) {
			return false
		}
		m = m[n:]
		if !visit(f) {
			return true
		}
	}
	return true
}
