// Package notes reads the notes of a phone out of a backup: those of the app Notes,
// whose text is compressed protobuf, and those of mail accounts and of phones before
// iOS 9, whose text is HTML.
package notes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// Kind is the row of this kind in the registry.
var Kind = kind.Kind{ID: "notes", Things: things, Export: write}

// State is what there is of a note's text.
type State uint8

const (
	// Readable: all of it.
	Readable State = iota
	// Locked: it can be read with a password of its own only, on the phone.
	Locked
	// Away: it has not come from iCloud.
	Away
	// Unreadable: what is there is no text of a note.
	Unreadable
)

// Note is one note. Texts are untrusted.
type Note struct {
	// Ref names it, the same in each version of a phone's backups.
	Ref, Title, Snippet string
	// Account is the name of its account, Folder are the names of its folders, the
	// outermost first.
	Account           string
	Folder            []string
	Created, Modified time.Time
	Pinned            bool
	// Deleted: it lies in Recently Deleted, or is gone and has not been cleared away.
	Deleted bool
	State   State
	// Text is what is written in it, if Readable.
	Text []Paragraph
	// Attachments are those that Text has, by their identifiers, and those that lie in
	// the note and are nowhere in its text, such as the pages of a scan, in Loose.
	Attachments map[string]Attachment
	Loose       []Attachment
}

// Attachment is what stands within a note and is no text. Texts are untrusted.
type Attachment struct {
	// ID is its identifier, Type a uniform type identifier such as "public.jpeg".
	ID, Type string
	// Title and URL are what is shown of a link; Title is also what is shown of a
	// hashtag or a mention, which are Inline.
	Title, URL string
	Inline     bool
	// Name is that of its file, "" if it has none. File is the file, if Presence is
	// kind.Here; a picture of it, if it is kind.Small.
	Name     string
	File     source.File
	Presence kind.Presence
	// Table is a table, row by row; BrokenTable is one that cannot be read.
	Table       [][]string
	BrokenTable bool
}

// Body is the text of a note without its looks, with its tables, and with what it
// shows of hashtags and links.
func (n Note) Body() string { return plain(n.Text, n.shown) }

// shown is what stands for an attachment in a text without looks.
func (n Note) shown(p Piece) string {
	a := n.Attachments[p.Attachment]
	if a.Table != nil {
		return tableText(a.Table)
	}
	return cmp.Or(a.Title, a.URL, a.Name)
}

// Read visits each note. What single notes lack is said in them.
func Read(ctx context.Context, b *source.Backup, visit func(Note) error) ([]kind.Note, error) {
	var notes []kind.Note
	seen := map[string]bool{}
	count, locked, unreadable := 0, 0, 0
	tell := func(n Note, row int64) error {
		for seen[n.Ref] || n.Ref == "" { // two notes of one identifier are two notes
			n.Ref = fmt.Sprintf("%s %d", n.Ref, row)
		}
		seen[n.Ref] = true
		count++
		switch {
		case n.State == Locked && !n.Deleted:
			locked++
		case n.State == Unreadable:
			unreadable++
		}
		return visit(n)
	}
	found, broken := false, error(nil)
	for _, read := range []func(context.Context, *source.Backup, func(Note, int64) error) ([]kind.Note, error){readStore, readOld} {
		more, err := read(ctx, b, tell)
		notes = append(notes, more...)
		switch {
		case ctx.Err() != nil:
			return notes, ctx.Err()
		case errors.Is(err, source.ErrDamaged):
			broken = err
		case err == nil:
			found = true
		case !errors.Is(err, source.ErrNotListed):
			return notes, err
		}
	}
	switch {
	case broken != nil && !found && count == 0:
		return notes, broken
	case broken != nil:
		notes = append(notes, kind.Note{Text: words.T("content.notes.partial", nil), Partial: true})
	case !found:
		return notes, fmt.Errorf("notes: %w", source.ErrNotListed)
	}
	notes = append(notes, kind.Counted("content.notes.some-locked", locked)...)
	return append(notes, kind.Counted("content.notes.some-unreadable", unreadable)...), nil
}

func (n Note) thing() kind.Thing {
	t := kind.Thing{Ref: n.Ref, Title: n.Title, Where: n.where(), Text: cmp.Or(n.Body(), n.Snippet), Date: cmp.Or(n.Modified, n.Created), Deleted: n.Deleted}
	if n.State != Readable {
		t.Presence = kind.Entry
	}
	for _, a := range n.Attachments {
		t.Bytes += a.File.Size
	}
	for _, a := range n.Loose {
		t.Bytes += a.File.Size
	}
	return t
}

// where is the folder that a note lies in.
func (n Note) where() string {
	if len(n.Folder) > 0 {
		return n.Folder[len(n.Folder)-1]
	}
	return n.Account
}

func things(ctx context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
	return Read(ctx, b, func(n Note) error { return visit(n.thing()) })
}
