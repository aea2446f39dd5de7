// Package format knows the files of a backup as Apple lays it out since
// iOS 10 (device/PROTOCOL.md#files-of-a-backup): Info.plist, Status.plist,
// Manifest.plist, and Manifest.db with a row for each file.
package format

import (
	"crypto/sha1"
	"encoding/hex"
	"slices"
	"strings"
)

// The files that stand at the top of a backup.
const (
	InfoName       = "Info.plist"
	StatusName     = "Status.plist"
	ManifestName   = "Manifest.plist"
	ManifestDBName = "Manifest.db"
	// OlderName is the list of files of iOS up to 9, in place of Manifest.db.
	OlderName = "Manifest.mbdb"
)

// TopNames are the files that stand beside the folders of content.
var TopNames = []string{InfoName, StatusName, ManifestName, ManifestDBName}

// IsTop reports whether a name is one of [TopNames].
func IsTop(name string) bool { return slices.Contains(TopNames, name) }

// FileID names the content of a file: the SHA-1 of its domain and path.
func FileID(domain, path string) string {
	sum := sha1.Sum([]byte(domain + "-" + path))
	return hex.EncodeToString(sum[:])
}

// BlobPath returns where a backup keeps the content of a file, relative to
// the backup's folder. id must be valid.
func BlobPath(id string) string { return id[:2] + "/" + id }

// ValidFileID reports whether id is 40 lower-case hexadecimal digits. Nothing
// else may ever become part of a path.
func ValidFileID(id string) bool {
	return len(id) == 2*sha1.Size && strings.Trim(id, "0123456789abcdef") == ""
}
