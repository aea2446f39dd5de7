package notes

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"

	"lifeboat/backup/content/kind"
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

// inner is the message within messages that these fields lead to, the last one of each
// as protobuf has it; nil if there is none.
func inner(m []byte, path ...uint64) []byte {
	for _, number := range path {
		var found []byte
		kind.Fields(m, func(f kind.Field) bool {
			if f.Number == number && f.Data != nil {
				found = f.Data
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
	kind.Fields(m, func(f kind.Field) bool {
		if f.Number == of && f.Data == nil {
			value, found = f.Value, true
		}
		return true
	})
	return value, found
}
