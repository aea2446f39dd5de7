package format

import (
	"fmt"

	"howett.net/plist"

	"lifeboat/device/safeplist"
)

// File is an MBFile: what the phone says about one file of the backup.
type File struct {
	// Size is the plain content's as the phone once noted it, in bytes. What
	// is stored often has another length, mostly that of databases.
	Size int64
	// HasSize: the phone noted one.
	HasSize bool
	// Mode is the Unix mode with its type bits.
	Mode uint32
	// Class is the protection class.
	Class uint32
	// EncryptionKey is the class (4 bytes, little-endian) and the wrapped
	// key (40 bytes); nil for a file that has none.
	EncryptionKey []byte
	// Target is where a symbolic link leads.
	Target string
}

// archive is an opened NSKeyedArchiver document: objects that refer to each
// other by number.
type archive struct{ objects []any }

// follow gives what v refers to; a value that is no reference is itself. It
// goes one step, so that nothing can lead in circles.
func (a archive) follow(v any) any {
	if id, ok := v.(plist.UID); ok {
		if uint64(id) >= uint64(len(a.objects)) {
			return nil
		}
		return a.objects[id]
	}
	return v
}

// bytes gives data that is stored plainly or as an NSData or NSMutableData.
func (a archive) bytes(v any) ([]byte, bool) {
	switch v := a.follow(v).(type) {
	case []byte:
		return v, true
	case map[string]any:
		b, ok := a.follow(v["NS.data"]).([]byte)
		return b, ok
	}
	return nil, false
}

// ParseFile reads the "file" column of Manifest.db: a binary plist of
// NSKeyedArchiver with one MBFile (device/PROTOCOL.md#manifestdb).
// EncryptionKey may share the blob's memory.
func ParseFile(blob []byte) (File, error) {
	if f, ok := parseShort(blob); ok {
		return f, nil
	}
	return parseLong(blob)
}

// parseLong reads an MBFile of whatever shape.
func parseLong(blob []byte) (File, error) {
	d, err := safeplist.Dict(blob)
	if err != nil {
		return File{}, fmt.Errorf("MBFile: %w: %w", ErrContent, err)
	}
	objects, _ := d["$objects"].([]any)
	top, _ := d["$top"].(map[string]any)
	a := archive{objects}
	root, ok := a.follow(top["root"]).(map[string]any)
	if !ok {
		return File{}, fmt.Errorf("MBFile: %w: no root object", ErrContent)
	}
	return a.file(root)
}

func (a archive) file(root map[string]any) (f File, err error) {
	var ok bool
	if size, ok := safeplist.Int(root["Size"]); ok && size >= 0 {
		f.Size, f.HasSize = size, true
	}
	if mode, ok := safeplist.Int(root["Mode"]); ok {
		f.Mode = uint32(mode)
	}
	if class, ok := safeplist.Int(root["ProtectionClass"]); ok {
		f.Class = uint32(class)
	}
	if key, has := root["EncryptionKey"]; has && !isNull(a.follow(key)) {
		if f.EncryptionKey, ok = a.bytes(key); !ok {
			return File{}, fmt.Errorf("MBFile: %w: EncryptionKey is no data", ErrContent)
		}
	}
	f.Target, _ = a.follow(root["Target"]).(string)
	return f, nil
}

// isNull reports whether v is the archiver's way to write nil.
func isNull(v any) bool { return v == "$null" }
