package backupd

import (
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"

	"lifeboat/device/phonesim/content"
)

// The user and group "mobile" of iPhones.
const mobileID = 501

// owners are the user and group of files that are not all mobile's, as a
// Manifest.db of iOS 14.3 has them.
var owners = [][2]int64{{-2, -2}, {mobileID, 0}, {0, 0}, {25, 25}, {33, 33}, {64, 64}}

// entry is a file of the phone with what its backup knows of it.
type entry struct {
	content.File
	file   fileKey // its identifier
	id     string  // the same in 40 hexadecimal digits
	number int     // its place in a walk over the content
	sign   uint64  // see signature
	class  uint32  // protection class
	key    []byte  // its own key; nil without encryption
	stored int64   // bytes in the backup, or noContent
	digest []byte  // SHA-1 of the stored bytes; nil where iPhones keep none
	odd    oddity  // what its row in the manifest says that is not so
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

// digestDomains are those whose files have a Digest on iOS 14.3: all of them.
// No file of the other domains has one there.
var digestDomains = map[string]bool{
	"HomeDomain": true, "HealthDomain": true, "RootDomain": true, "WirelessDomain": true, "DatabaseDomain": true,
	"HomeKitDomain": true, "InstallDomain": true, "KeyboardDomain": true, "KeychainDomain": true,
	"ManagedPreferencesDomain": true, "SystemPreferencesDomain": true,
}

// hasDigest reports whether iPhones keep digests of a domain's files.
func hasDigest(domain string) bool { return digestDomains[domain] }

// owner draws a user and a group out of a file's number: nearly all belong to
// mobile.
func owner(number int64) (user, group int64) {
	if n := number >> 8 % 64; n < int64(len(owners)) {
		return owners[n][0], owners[n][1]
	}
	return mobileID, mobileID
}

// bsdFlags draws the Flags out of a file's number: a few have 128.
func bsdFlags(number int64) int64 {
	if number>>14%256 == 0 {
		return 128
	}
	return 0
}

// extended are the ExtendedAttributes, which one file of fifteen has and
// nearly no folder: a binary property list of names and data. nil for none.
func (e *entry) extended(number int64) []byte {
	switch n := number >> 16 % 15; {
	case n != 0, e.Kind == content.Symlink, e.Kind == content.Directory && number>>20%32 != 0:
		return nil
	}
	return appendArchive(nil, pairs{
		{"com.apple.lastuseddate#PS", binary.LittleEndian.AppendUint64(nil, uint64(e.ModTime.Unix()))},
		{"com.apple.TextEncoding", []byte("utf-8;134217984")},
	})
}

// appendBlob appends the column "file" of Manifest.db: an archived MBFile.
func (e *entry) appendBlob(dst []byte, encryptionKey []byte) []byte {
	seconds, number := e.ModTime.Unix(), inode(e.id)
	user, group := owner(number)
	file := pairs{
		{"Size", e.listedSize()},
		{"Mode", int64(e.Mode)},
		{"InodeNumber", number},
		{"UserID", user},
		{"GroupID", group},
		{"LastModified", seconds},
		{"LastStatusChange", seconds},
		{"Birth", seconds},
		{"Flags", bsdFlags(number)},
		{"ProtectionClass", int64(e.protection())},
	}
	if e.odd.newKey {
		file = append(file, pairs{{"NewerKey", int64(1)}}...)
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
	if names := e.extended(number); names != nil {
		refer("ExtendedAttributes", names)
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

// protection is the class that MBFile tells: 0 for links and for all but one
// folder of twenty.
func (e *entry) protection() uint32 {
	switch {
	case e.Kind == content.Regular:
		return e.class
	case e.Kind == content.Directory && inode(e.id)>>10%20 == 0:
		return []uint32{4, 1, 3}[inode(e.id)>>20%3]
	}
	return 0
}
