package verify

import (
	"lifeboat/backup/catalog"
)

// Progress is how far a proof has come.
type Progress struct {
	// Listed counts the rows of Manifest.db that were read. They come first,
	// before anything else is known.
	Listed int
	// Files are those that were looked at, of FilesTotal.
	Files, FilesTotal int
	// Bytes of contents that were read. BytesTotal is 0 where it is not
	// known in advance, as with a sample.
	Bytes, BytesTotal int64
}

// Report is what was proven.
type Report struct {
	Level Level
	// Depth is what was reached: that of Level, unless the proof ended early.
	Depth Depth
	// Encrypted reports whether the backup is, and Locked that it was proven
	// without its password: then names, keys and padding were not looked at.
	Encrypted, Locked bool

	// Rows says that the rows of Manifest.db were read. Where they were not
	// (Locked, or proven equal to the catalogue before), Directories and
	// Links are 0.
	Rows bool
	// Files are the contents that are listed.
	Files, Directories, Links int
	// Bytes are those of all contents on the disk.
	Bytes int64
	// Sampled counts the contents that were read from end to end, and Read
	// their bytes.
	Sampled int
	Read    int64

	// Digests: the digest of every content was known. Then an intact backup of
	// depth Full holds what once arrived, bit for bit.
	Digests bool
	// Bound: the rows of Manifest.db were read, and the catalogue lists the
	// same contents. With the digest of Manifest.db, in Tops, this spares a
	// later proof the rows (see [Subject]).
	Bound bool
	// Tops are size and digest of the files beside the contents. Empty if
	// nothing was remembered of them and nothing was to be read.
	Tops map[string]Top

	// Problems are the first findings in the order of their files,
	// ProblemCount is how many there are. Groups counts all by what they are
	// to a person, the most frequent first.
	Problems     []Problem
	ProblemCount int
	Groups       []GroupCount
	// Notes are what does no harm: files that the backup does not list.
	Notes     []string
	NoteCount int
	// Oddities counts the entries of the phone's own list that are unusual,
	// which is no fault; Odd are the first of them, OddCount is how many.
	Oddities []OddCount
	Odd      []OddEntry
	OddCount int
}

// Kind says what is wrong with one file.
type Kind string

// The kinds of problems.
const (
	Missing    Kind = "missing"     // listed, but not there
	WrongSize  Kind = "wrong-size"  // longer or shorter than what once arrived
	Changed    Kind = "changed"     // its digest differs from what was remembered
	BadKey     Kind = "bad-key"     // its key does not unwrap
	BadPadding Kind = "bad-padding" // does not decrypt to what it was
	Unreadable Kind = "unreadable"  // the disk does not give it back
	BadRecord  Kind = "bad-record"  // the list itself cannot be read
)

// Problem is one finding.
type Problem struct {
	Kind Kind
	// Group is what the file is to a person, and Bundle the app that it
	// belongs to, if it is an app's.
	Group  Group
	Bundle string
	// FileID is empty for the files beside the contents, whose name is Path.
	FileID string
	// Domain and Path are empty where Manifest.db does not tell them.
	Domain, Path string
	Detail       string
}

// GroupCount is how many problems a group has. Bundle is the app, if it is one.
type GroupCount struct {
	Group  Group
	Bundle string
	Count  int
}

// Top is a file that stands beside the folders of content.
type Top struct {
	Size   int64 // in bytes
	Digest catalog.Digest
}
