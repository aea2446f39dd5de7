// Package content is what a simulated iPhone has on its disk: domains,
// folders, files and symbolic links, as a phone's backup names them.
//
// Nothing here keeps a list of the files in memory. A [Source] is walked as
// often as it is needed and always tells the same files in the same order.
package content

import (
	"io"
	"time"
)

// Kind says what an entry of a backup is. The values are those of the column
// "flags" of Manifest.db.
type Kind int

// The kinds of entries that a backup knows.
const (
	Regular   Kind = 1
	Directory Kind = 2
	Symlink   Kind = 4
)

// The type bits of [File.Mode], as in stat(2).
const (
	modeRegular   uint32 = 0o100000
	modeDirectory uint32 = 0o040000
	modeSymlink   uint32 = 0o120000
)

// File is one entry of the phone's content.
type File struct {
	// Domain is the backup domain, such as "CameraRollDomain" or
	// "AppDomain-com.example.notes".
	Domain string
	// Path is relative to the domain, with "/" between components and
	// without one at either end. The root of a domain has the path "".
	Path string
	// Kind tells files, directories and links apart.
	Kind Kind
	// Size is the length of a regular file in bytes, 0 for all else.
	Size int64
	// Mode holds permission and type bits as in stat(2), such as 0o100644.
	Mode uint32
	// ModTime is the time of the last change, in whole seconds and UTC.
	ModTime time.Time
	// Target is the text of a symbolic link, "" for all else.
	Target string
}

// Source is the content of one phone.
//
// A Source may be used by several goroutines at once.
type Source interface {
	// Walk calls visit for each entry, in an order that never changes and
	// with a directory before what it holds. It stops at the first error of
	// visit and returns that error.
	Walk(visit func(File) error) error
	// Open reads the content of a regular file that Walk reported.
	Open(file File) (io.ReadCloser, error)
}
