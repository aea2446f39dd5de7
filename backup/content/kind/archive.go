package kind

import (
	"strings"

	"howett.net/plist"

	"lifeboat/device/safeplist"
)

// Archive is a property list of objects that refer to each other by their places, as
// programs of the phone keep some of theirs. All in it is untrusted.
type Archive []any

// ParseArchive reads an archive; what is none has no objects.
func ParseArchive(data []byte) Archive {
	archive, _ := safeplist.Dict(data)
	objects, _ := archive["$objects"].([]any)
	return objects
}

// At is the object that a value refers to, or the value itself if it is no reference.
func (a Archive) At(value any) any {
	if id, ok := value.(plist.UID); ok && uint64(id) < uint64(len(a)) {
		return a[id]
	}
	return value
}

// Text is the text that a value refers to, or is, "" if there is none.
func (a Archive) Text(value any) string {
	text, _ := a.At(value).(string)
	if text == "$null" {
		return ""
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
