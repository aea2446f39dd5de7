package backupd

import (
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"

	"lifeboat/device/phonesim/content"
)

// The user and group "mobile" of iPhones.
const mobileID = 501

// entry is a file of the phone with what its backup knows of it.
type entry struct {
	content.File
	file   fileKey // its identifier
	id     string  // the same in 40 hexadecimal digits
	number int     // its place in a walk over the content
	sign   uint64  // see signature
	class  uint32  // protection class
	key    []byte  // its own key; nil without encryption and for empty files
	stored int64   // bytes in the backup, or noContent
	digest []byte  // SHA-1 of the stored bytes; nil where iPhones keep none
}

// fileID is the name of a file in a backup.
func fileID(domain, path string) string { return keyOf(domain, path).String() }

// newEntry says what a backup will know of a file before it is read.
func newEntry(file content.File) *entry {
	e := &entry{File: file, file: keyOf(file.Domain, file.Path), sign: signature(&file), stored: noContent}
	e.id = e.file.String()
	e.class = classOf(e.id)
	return e
}

// classOf draws a protection class out of a file identifier. Nearly all files
// of a phone are of class 3; a few are 1, 2 and 4.
func classOf(id string) uint32 {
	switch number := inode(id) % 64; {
	case number < 2:
		return 1
	case number < 3:
		return 2
	case number < 5:
		return 4
	}
	return 3
}

// inode is a number that a file keeps, out of its identifier.
func inode(id string) int64 {
	var sum [sha1.Size]byte
	_, _ = hex.Decode(sum[:], []byte(id))
	return int64(binary.BigEndian.Uint32(sum[:4]))
}

// hasDigest says of which domains iPhones keep digests.
func hasDigest(domain string) bool {
	return domain == "HomeDomain" || domain == "KeychainDomain" || domain == "WirelessDomain"
}

// appendBlob appends the column "file" of Manifest.db: an archived MBFile.
func (e *entry) appendBlob(dst []byte, encryptionKey []byte) []byte {
	seconds := e.ModTime.Unix()
	file := pairs{
		{"Size", e.Size},
		{"Mode", int64(e.Mode)},
		{"InodeNumber", inode(e.id)},
		{"UserID", int64(mobileID)},
		{"GroupID", int64(mobileID)},
		{"LastModified", seconds},
		{"LastStatusChange", seconds},
		{"Birth", seconds},
		{"Flags", int64(0)},
		{"ProtectionClass", int64(e.protection())},
	}
	objects := []any{"$null", nil}
	refer := func(key string, object any) {
		file = append(file, pairs{{key, uid(len(objects))}}...)
		objects = append(objects, object)
	}
	refer("RelativePath", e.Path)
	if encryptionKey != nil {
		refer("EncryptionKey", pairs{{"NS.data", encryptionKey}, {"$class", uid(len(objects) + 1)}})
		objects = append(objects, pairs{{"$classname", "NSMutableData"}, {"$classes", []string{"NSMutableData", "NSData", "NSObject"}}})
	}
	if e.digest != nil {
		refer("Digest", e.digest)
	}
	if e.Kind == content.Symlink {
		refer("Target", e.Target)
	}
	refer("$class", pairs{{"$classname", "MBFile"}, {"$classes", []string{"MBFile", "NSObject"}}})
	objects[1] = file
	return appendArchive(dst, pairs{
		{"$version", int64(100000)},
		{"$archiver", "NSKeyedArchiver"},
		{"$top", pairs{{"root", uid(1)}}},
		{"$objects", objects},
	})
}

// protection is the class that MBFile tells: 0 for what has no content.
func (e *entry) protection() uint32 {
	if e.Kind != content.Regular {
		return 0
	}
	return e.class
}
