package apps

import "encoding/binary"

// message is a protobuf message that grows by one field at a time, in the
// order of the calls.
type message []byte

// The wire types of protobuf that are needed here.
const (
	wireVarint = 0
	wireBytes  = 2
)

// number adds an integer.
func (m message) number(field int, value uint64) message {
	m = binary.AppendUvarint(m, uint64(field)<<3|wireVarint)
	return binary.AppendUvarint(m, value)
}

// bytes adds bytes, or a message within this one.
func (m message) bytes(field int, value []byte) message {
	m = binary.AppendUvarint(m, uint64(field)<<3|wireBytes)
	m = binary.AppendUvarint(m, uint64(len(value)))
	return append(m, value...)
}

// text adds a string.
func (m message) text(field int, value string) message { return m.bytes(field, []byte(value)) }
