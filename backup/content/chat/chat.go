// Package chat is what conversations of all messengers have in common: neutral records
// that a window draws and a search reads, and their export as pages, tables and JSON.
package chat

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// Reader gives the conversations of one messenger in one backup. It is opened by that
// messenger's package, and its methods may be called by several goroutines. Close it
// before the backup.
type Reader interface {
	// Conversations are all, the one with the newest message first.
	Conversations() []Conversation
	// Messages visits limit messages of a conversation in the order of their dates,
	// the first being number from, counted from 0; a negative limit takes all. Those
	// in Recently Deleted are among them, and counted. visit may call back.
	Messages(ctx context.Context, c Conversation, from, limit int, visit func(Message) error) error
	// Position is the number of a message in a conversation, by its Ref; -1 if it is not there.
	Position(ctx context.Context, c Conversation, ref string) (int, error)
	// Notes is what people should know of all conversations.
	Notes() []kind.Note
	Close() error
}

// Conversation is a conversation as people know it.
type Conversation struct {
	// Ref names it among those of its messenger, the same in other backups of the
	// phone, mostly.
	Ref string
	// Title is the name of the group or of who it is with. It is untrusted, as all
	// texts here, and "" if there is nothing to call it by.
	Title string
	Group bool
	// Members are those that it is with, without the owner of the phone.
	Members []Person
	// Services are such as "iMessage" and "SMS".
	Services []string
	// Count is how many messages it has, Deleted how many of them are in Recently
	// Deleted.
	Count, Deleted int
	// From and To are the dates of the oldest and the newest; zero if none has one.
	From, To time.Time
	Archived bool
	// Index is the reader's own.
	Index int
}

// Add counts the message of a date, which is not before those that were counted; the
// zero time is no date.
func (c *Conversation) Add(date time.Time) {
	c.Count++
	if date.IsZero() {
		return
	}
	if c.From.IsZero() {
		c.From = date
	}
	c.To = date
}

// Person is who wrote something: a number or an address, with the name that goes with
// it in the address book, if any. Without both it is nobody known.
type Person struct {
	Address, Name string
	// Own: it is the owner of the phone.
	Own bool
}

// Shown is what a list shows of a person, "" of nobody known and of the owner.
func (p Person) Shown() string { return cmp.Or(p.Name, p.Address) }

// Message is one message, or something that happened to a conversation.
type Message struct {
	// Ref names it, the same in each version of a phone's backups.
	Ref     string
	Date    time.Time
	From    Person
	Service string
	// Text is what it says, to the letter. Attachments, in their order, have no place in it.
	Text        string
	Attachments []Attachment
	// Event is what happened to the conversation; then there is nothing else.
	Event words.Text
	// App is what an app put there, such as a game, which cannot be shown.
	App   words.Text
	Link  *Link
	Place *Place
	// Reply is what it answers.
	Reply     *Quote
	Reactions []Reaction
	// Earlier is what it said before it was edited, oldest first.
	Earlier []Version
	// Edited is when it was last edited, Unsent when it was taken back; else zero.
	Edited, Unsent time.Time
	// Deleted: it is in Recently Deleted.
	Deleted bool
	// Again: another conversation has it too, and comes first.
	Again              bool
	Starred, Forwarded bool
}

// Version is a text that a message had.
type Version struct {
	Text string
	Date time.Time
}

// Quote is a message that another one answers. Of one that is gone only the Ref is known.
type Quote struct {
	Ref, Text string
	From      Person
	Known     bool
}

// Link is a link as the page behind it was when it was sent. URL may have any scheme.
type Link struct{ URL, Title, Summary string }

// Place is a place on earth.
type Place struct {
	Latitude, Longitude float64
	Name                string
}

// Reaction is what somebody thought of a message.
type Reaction struct {
	By   Person
	Date time.Time
	// Emoji is the reaction, "" for a Sticker or a Vote in a poll.
	Emoji   string
	Sticker *Attachment
	Vote    bool
}

// Attachment is a file of a message.
type Attachment struct {
	// Name is what the sender called it, "" if it had no name.
	Name, MIME string
	// Presence tells what there is: File if it is here; only Small, a small picture
	// of it; or neither.
	Presence kind.Presence
	File     source.File
	Small    source.File
	// Sticker and Voice tell what it is for.
	Sticker, Voice bool
	// Seconds is how long it lasts, 0 if that is not known.
	Seconds int
}

// Bytes is what is stored of it.
func (a Attachment) Bytes() int64 {
	if a.Presence == kind.Entry {
		return 0
	}
	return a.File.Size + a.Small.Size
}

// Stored is what can be shown of it: the file, else the small picture.
func (a Attachment) Stored() (f source.File, there bool) {
	switch a.Presence {
	case kind.Here:
		return a.File, true
	case kind.Small:
		return a.Small, true
	}
	return source.File{}, false
}

// Form is how a program shows a file.
type Form uint8

const (
	// Other is what only a program of its own opens.
	Other Form = iota
	// Picture, Video and Sound are such that every browser plays.
	Picture
	Video
	Sound
	// Document is what a browser opens, or hands over, without running it.
	Document
)

// forms are the endings of files by their Form. What is missing, above all pages and
// drawings that can hold scripts, is not opened by a click.
var forms = map[string]Form{
	".jpg": Picture, ".jpeg": Picture, ".png": Picture, ".gif": Picture, ".webp": Picture, ".bmp": Picture, ".avif": Picture,
	".mp4": Video, ".m4v": Video, ".mov": Video, ".webm": Video, ".3gp": Video,
	".mp3": Sound, ".m4a": Sound, ".aac": Sound, ".wav": Sound, ".ogg": Sound, ".opus": Sound, ".flac": Sound,
	".heic": Document, ".heif": Document, ".tif": Document, ".tiff": Document, ".caf": Document, ".amr": Document, ".pdf": Document, ".txt": Document, ".vcf": Document, ".ics": Document,
	".doc": Document, ".docx": Document, ".xls": Document, ".xlsx": Document, ".ppt": Document, ".pptx": Document, ".pages": Document, ".numbers": Document, ".key": Document,
	".odt": Document, ".ods": Document, ".csv": Document, ".rtf": Document, ".zip": Document, ".epub": Document, ".gpx": Document, ".pkpass": Document,
}

// FormOf is the form of a file by its name.
func FormOf(name string) Form { return forms[strings.ToLower(path.Ext(name))] }

// Bytes is what is stored of a message beside its text.
func (m Message) Bytes() (sum int64) {
	for _, a := range m.Attachments {
		sum += a.Bytes()
	}
	return sum
}

// Absent is how many of its files are not here as they were sent.
func (m Message) Absent() (n int) {
	for _, a := range m.Attachments {
		if a.Presence != kind.Here {
			n++
		}
	}
	return n
}

// Presence is how much of a message is here. Of one that says something it is all
// that it says; its files are counted apart.
func (m Message) Presence() kind.Presence {
	if m.Text != "" || len(m.Attachments) == 0 {
		return kind.Here
	}
	most := kind.Entry
	for _, a := range m.Attachments {
		most = min(most, a.Presence)
	}
	return most
}

// Thing is a message for counting, searching and comparing.
func (m Message) Thing(c Conversation) kind.Thing {
	text := []string{m.Text}
	for _, a := range m.Attachments {
		text = append(text, a.Name)
	}
	if m.Link != nil {
		text = append(text, m.Link.Title, m.Link.URL)
	}
	if m.Place != nil {
		text = append(text, m.Place.Name)
	}
	return kind.Thing{Ref: m.Ref, Title: m.From.Shown(), Where: c.Title, Text: strings.Trim(strings.Join(text, "\n"), "\n"), Date: m.Date, Bytes: m.Bytes(), Presence: m.Presence(), Deleted: m.Deleted}
}

// Things visits each message of a messenger once. What it notes has the words at absent
// say how many files are not there.
func Things(ctx context.Context, r Reader, absent string, visit func(kind.Thing) error) ([]kind.Note, error) {
	n := 0
	for _, c := range r.Conversations() {
		if err := r.Messages(ctx, c, 0, -1, func(m Message) error {
			if m.Again {
				return nil
			}
			n += m.Absent()
			return visit(m.Thing(c))
		}); err != nil {
			return nil, err
		}
	}
	return append(r.Notes(), kind.Counted(absent, n)...), nil
}

// Sort orders conversations as people know them: that with the newest message first.
func Sort(all []Conversation) {
	slices.SortStableFunc(all, func(a, b Conversation) int { return b.To.Compare(a.To) })
}
