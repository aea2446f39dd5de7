package whatsapp

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The fields of ZMETADATA that are read, and that of a name.
const (
	fieldQuoted   = 5
	fieldForwards = 17
	fieldName     = 1
)

// fields visits the fields of a protobuf message: number has those of whole numbers,
// data those of bytes. It reports whether all of it is one.
func fields(message []byte, visit func(field, number uint64, data []byte)) bool {
	for len(message) > 0 {
		tag, n := binary.Uvarint(message)
		if n <= 0 || tag>>3 == 0 {
			return false
		}
		message = message[n:]
		var number uint64
		var data []byte
		size := uint64(0)
		switch tag & 7 {
		case 0:
			if number, n = binary.Uvarint(message); n <= 0 {
				return false
			}
			size = uint64(n)
		case 1:
			size = 8
		case 2:
			length, n := binary.Uvarint(message)
			if n <= 0 || length > uint64(len(message)-n) {
				return false
			}
			data, size = message[n:uint64(n)+length], uint64(n)+length
		case 5:
			size = 4
		default:
			return false
		}
		if size > uint64(len(message)) {
			return false
		}
		message = message[size:]
		visit(tag>>3, number, data)
	}
	return true
}

// metadata is what the metadata of a message tell: the id of the one that it answers,
// and how often it was passed on.
func metadata(data []byte) (quoted string, forwards uint64) {
	fields(data, func(field, number uint64, data []byte) {
		switch field {
		case fieldQuoted:
			if quoted == "" && isText(data) {
				quoted = string(data)
			}
		case fieldForwards:
			forwards = number
		}
	})
	return quoted, forwards
}

// pushName is what somebody calls themselves: newer versions keep it as base64 of a
// message, which must be one to the last byte, since a name can look like base64.
func pushName(name string) string {
	if len(name) < 4 {
		return name
	}
	data, err := base64.StdEncoding.DecodeString(name)
	if err != nil {
		return name
	}
	found := ""
	if fields(data, func(field, _ uint64, data []byte) {
		if field == fieldName && isText(data) {
			found = string(data)
		}
	}) && found != "" {
		return found
	}
	return name
}

func isText(data []byte) bool {
	return len(data) > 0 && utf8.Valid(data) && !strings.ContainsFunc(string(data), unicode.IsControl)
}
