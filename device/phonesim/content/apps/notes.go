package apps

import "time"

// Notes is what the app Notes keeps on a phone. What belongs to what is said
// by identifiers, so that a test can say what cannot be: a folder that lies in
// itself, or a note in a folder that is not there.
type Notes struct {
	Accounts []NoteAccount
	Folders  []NoteFolder
	Notes    []Note
	// Old are the notes of mail accounts and of phones before iOS 9, which
	// have a database of their own.
	Old []OldNote
}

// NoteAccount is an account that has folders.
type NoteAccount struct {
	// ID names the folder of its files too.
	ID, Name string
	// Local is an account that is on this phone only.
	Local bool
}

// NoteFolder is a folder of notes.
type NoteFolder struct {
	ID, Title string
	// Account and Parent are identifiers; Parent is "" at the top.
	Account, Parent string
	// Trash is the folder "Recently Deleted".
	Trash bool
	// Query makes it a smart folder (iOS 15 and later), which holds no note.
	Query string
	// Deleted is a folder that is gone and has not been cleared away yet.
	Deleted bool
}

// Note is one note.
type Note struct {
	ID, Title, Snippet string
	// Folder and Account are identifiers.
	Folder, Account   string
	Created, Modified time.Time
	Pinned            bool
	// Deleted is a note that is gone and has not been cleared away yet.
	Deleted bool
	// Locked is a note whose text nobody can read without its password.
	Locked bool
	// Runs are its text, in order.
	Runs []NoteRun
	// Raw stands in the database instead of what the runs would make, unless
	// it is nil.
	Raw []byte
	// NoBody is a note whose text has not come from iCloud.
	NoBody bool
}

// The styles of paragraphs. The zero value is plain text.
const (
	StylePlain = iota
	StyleTitle
	StyleHeading
	StyleSubheading
	StyleFixed
	StyleDotted
	StyleDashed
	StyleNumbered
	StyleCheck
)

// noteStyles are the numbers by which Notes knows them.
var noteStyles = map[int]uint64{
	StyleTitle: 0, StyleHeading: 1, StyleSubheading: 2, StyleFixed: 4,
	StyleDotted: 100, StyleDashed: 101, StyleNumbered: 102, StyleCheck: 103,
}

// NoteRun is a piece of text that looks the same throughout. A line feed ends
// a paragraph. A run with an attachment has no text of its own.
type NoteRun struct {
	Text string
	// Style is one of the constants above.
	Style, Indent int
	// Done is a point of a checklist that has been ticked.
	Done bool

	Bold, Italic, Underline, Strike bool
	Link                            string
	Attachment                      *NoteAttachment
}

// NoteAttachment is what stands within a note and is no text.
type NoteAttachment struct {
	ID string
	// Type is a uniform type identifier such as "public.jpeg".
	Type string
	// Title and URL are what is shown of a link; Title is also the text of a
	// hashtag or a mention.
	Title, URL string
	// MediaID, Filename and Data are its file. Without data the row is there
	// and the file is in iCloud only.
	MediaID, Filename string
	Data              []byte
	// Preview is a small picture of it.
	Preview []byte
	// Fallback is the picture of a drawing.
	Fallback []byte
	// Table is a table, row by row.
	Table [][]string
	// Raw stands in the database instead of the table.
	Raw []byte
	// NoRow leaves out its row, so that the note points at nothing.
	NoRow bool
}

// OldNote is a note of notes.sqlite.
type OldNote struct {
	Account, Store    string
	Title, HTML       string
	Created, Modified time.Time
	Deleted           bool
}

// The inline attachments and tables of Notes.
const (
	typeTable   = "com.apple.notes.table"
	typeDrawing = "com.apple.drawing.2"
	typeHashtag = "com.apple.notes.inlinetextattachment.hashtag"
)
