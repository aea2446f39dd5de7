package notes

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
)

// longestBody bounds a text or a table of a note once it is unpacked, in bytes. A note
// of a whole book has 2 MiB.
const longestBody = 24 << 20

var errTooLong = errors.New("it is longer than any note")

// unpack is what a note keeps compressed.
func unpack(data []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(io.LimitReader(z, longestBody+1))
	if err == nil && len(plain) > longestBody {
		err = errTooLong
	}
	if err != nil {
		return nil, err
	}
	return plain, nil
}

// The wire types of protobuf.
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// field is one field of a message: a number, or bytes that may be a message.
type field struct {
	number, value uint64
	data          []byte
}

// walk visits the fields of a message until visit returns false. The result is false
// if the message ends in the middle of one; those before it were visited. It does not
// look into fields, so that no message can make it go deep.
func walk(m []byte, visit func(field) bool) bool {
	for len(m) > 0 {
		tag, n := binary.Uvarint(m)
		if n <= 0 {
			return false
		}
		m = m[n:]
		f := field{number: tag >> 3}
		switch tag & 7 {
		case wireVarint:
			if f.value, n = binary.Uvarint(m); n <= 0 {
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
			f.data = m[head:n]
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

// inner is the message within messages that these fields lead to, the last one of each
// as protobuf has it; nil if there is none.
func inner(m []byte, path ...uint64) []byte {
	for _, number := range path {
		var found []byte
		walk(m, func(f field) bool {
			if f.number == number && f.data != nil {
				found = f.data
			}
			return true
		})
		if m = found; m == nil {
			return nil
		}
	}
	return m
}

// number is a field with a number; found is false if there is none.
func number(m []byte, of uint64) (value uint64, found bool) {
	walk(m, func(f field) bool {
		if f.number == of && f.data == nil {
			value, found = f.value, true
		}
		return true
	})
	return value, found
}
