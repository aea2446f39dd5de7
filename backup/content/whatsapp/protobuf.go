package whatsapp

import (
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf8"

	"lifeboat/backup/content/kind"
)

// The fields of ZMETADATA that are read, and that of a name.
const (
	fieldQuoted   = 5
	fieldForwards = 17
	fieldName     = 1
)

// metadata is what the metadata of a message tell: the id of the one that it answers,
// and how often it was passed on.
func metadata(data []byte) (quoted string, forwards uint64) {
	kind.Fields(data, func(f kind.Field) bool {
		switch f.Number {
		case fieldQuoted:
			if quoted == "" && isText(f.Data) {
				quoted = string(f.Data)
			}
		case fieldForwards:
			forwards = f.Value
		}
		return true
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
	if kind.Fields(data, func(f kind.Field) bool {
		if f.Number == fieldName && isText(f.Data) {
			found = string(f.Data)
		}
		return true
	}) && found != "" {
		return found
	}
	return name
}

func isText(data []byte) bool {
	return len(data) > 0 && utf8.Valid(data) && !strings.ContainsFunc(string(data), unicode.IsControl)
}
