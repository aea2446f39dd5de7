package format

import (
	"fmt"

	"lifeboat/device/safeplist"
)

// File is an MBFile: what the phone says about one file of the backup.
type File struct {
	// Size is the plain content's as the phone once noted it, in bytes. What
	// is stored often has another length, mostly that of databases.
	Size int64
	// HasSize: the phone noted one.
	HasSize bool
	// Modified is when its content last changed, in seconds since 1970; 0 if that
	// was not noted.
	Modified int64
	// Mode is the Unix mode with its type bits.
	Mode uint32
	// EncryptionKey is the class (4 bytes, little-endian) and the wrapped
	// key (40 bytes); nil for a file that has none.
	EncryptionKey []byte
	// Target is where a symbolic link leads.
	Target string
}

// archive is the objects of an NSKeyedArchiver document, which refer to each
// other by number.
type archive struct{ objects safeplist.Value }

// follow gives what v refers to; a value that is no reference is itself. It
// goes one step, so that nothing can lead in circles.
func (a archive) follow(v safeplist.Value) safeplist.Value {
	if id, ok := v.UID(); ok {
		return a.objects.Index(id)
	}
	return v
}

// ParseFile reads the "file" column of Manifest.db: a binary plist of
// NSKeyedArchiver with one MBFile (device/PROTOCOL.md#manifestdb). Whatever
// else the blob holds is not looked at: there is one for each file, up to
// millions. EncryptionKey shares the blob's memory.
func ParseFile(blob []byte) (f File, err error) {
	var d safeplist.Document
	document, err := d.Open(blob)
	if err != nil {
		return File{}, fmt.Errorf("MBFile: %w: %w", ErrContent, err)
	}
	a := archive{document.Get("$objects")}
	root := a.follow(document.Get("$top").Get("root"))
	if !root.IsDict() {
		return File{}, fmt.Errorf("MBFile: %w: no root object", ErrContent)
	}
	if size, ok := root.Get("Size").Int(); ok && size >= 0 {
		f.Size, f.HasSize = size, true
	}
	f.Modified, _ = root.Get("LastModified").Int()
	mode, _ := root.Get("Mode").Int()
	f.Mode = uint32(mode)
	f.Target, _ = a.follow(root.Get("Target")).Text()

	if key := root.Get("EncryptionKey"); key.Exists() {
		if f.EncryptionKey, err = a.key(key); err != nil {
			return File{}, err
		}
	}
	return f, nil
}

// key gives data that is stored plainly or as an NSData or NSMutableData, and
// nil for "$null", which is the archiver's way to write that there is none.
func (a archive) key(v safeplist.Value) ([]byte, error) {
	if v = a.follow(v); v.IsDict() {
		v = a.follow(v.Get("NS.data"))
	} else if text, ok := v.Text(); ok && text == "$null" {
		return nil, nil
	}
	key, ok := v.Bytes()
	if !ok {
		return nil, fmt.Errorf("MBFile: %w: EncryptionKey is no data", ErrContent)
	}
	return key, nil
}
