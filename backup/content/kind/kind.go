// Package kind is what all kinds of things in a backup have in common: photos,
// messages, contacts. Each kind is a package of its own beside this one, which reads
// what the phone kept of it into typed records, and is one row of the registry in
// package content.
package kind

import (
	"context"
	"errors"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
)

// ID is the name of a kind, as the command line takes it. Each has words at
// content.kind.<id> and content.count.<id>.
type ID string

// Presence says how much of a thing is in the backup.
type Presence uint8

const (
	// Here: all of it.
	Here Presence = iota
	// Small: only a small picture of it; the original is in iCloud.
	Small
	// Entry: only that there is, or was, such a thing.
	Entry
)

// Thing is one thing of a kind, for counting, searching and comparing.
type Thing struct {
	// Ref names it among its kind, the same in each version of a phone's backups
	// as long as it is the same thing: a guid of the phone, or what stands for one.
	Ref string
	// Title and Where are what a list shows: "IMG_0042", of the album "Lisbon". Text
	// is all that is searched, with them. All are untrusted.
	Title, Where, Text string
	// Date is when it was made, sent or is to be; zero if it has none.
	Date time.Time
	// Bytes is what is stored of it beside its entry.
	Bytes    int64
	Presence Presence
	// Hidden and Deleted are so on the phone: hidden photos, what lies in Recently
	// Deleted. They are counted apart, and shown and exported on request only.
	Hidden, Deleted bool
}

// Note is something about a kind that people should know, such as that some rows
// could not be read.
type Note struct {
	Text words.Text
	// Partial: some things may be missing among those that were visited, or go by
	// another Ref, so that none can be said to be gone.
	Partial bool
}

// Counted is what the words at key say of so many things; of none it is nothing.
func Counted(key string, n int) []Note {
	if n == 0 {
		return nil
	}
	return []Note{{Text: words.T(key, words.Args{"N": words.Count(n)})}}
}

// Kind is one kind of things. The functions end with ctx and give its error; one that
// finds no file of the kind in the backup gives source.ErrNotListed, and one whose
// files cannot be read source.ErrDamaged. What single things lack is a Note.
type Kind struct {
	ID ID
	// EncryptedOnly: backups without a password leave it out.
	EncryptedOnly bool
	// Things visits each thing once, in no order that matters.
	Things func(ctx context.Context, b *source.Backup, visit func(Thing) error) ([]Note, error)
	// Count counts without reading all, for kinds with very many things; nil counts
	// what Things visits.
	Count func(ctx context.Context, b *source.Backup) (Summary, error)
	// Export writes all things, or those that Options name, into the folder, which is
	// that of the kind. What cannot be written it leaves out with a reason.
	Export func(ctx context.Context, b *source.Backup, to *export.Folder, o Options) error
}

// Options say what an export takes.
type Options struct {
	// Only names the things to take, by their Ref; nil takes all.
	Only func(ref string) bool
	// Hidden and Deleted take those too.
	Hidden, Deleted bool
	// Photos is which form of an edited photo is taken.
	Photos PhotoForm
	// SmallPictures takes small pictures of photos and videos of which there is no more.
	SmallPictures bool
	// AlbumCopies takes the photos of albums a second time, in a folder for each album.
	AlbumCopies bool
	// Zone is where times are shown in; nil is this computer's.
	Zone *time.Location
	// Words are those of pages; nil is English.
	Words *words.Catalogue
}

// PhotoForm is which form of an edited photo is taken.
type PhotoForm uint8

const (
	// BothForms takes originals and edited ones beside each other.
	BothForms PhotoForm = iota
	// EditedForm takes the edited one where there is one, as the phone shows it.
	EditedForm
	// OriginalForm takes only what the camera made.
	OriginalForm
)

// Takes reports whether an export takes a thing.
func (o Options) Takes(t Thing) bool {
	return (o.Only == nil || o.Only(t.Ref)) && (o.Hidden || !t.Hidden) && (o.Deleted || !t.Deleted)
}

// In is the zone that times are shown in.
func (o Options) In() *time.Location {
	if o.Zone != nil {
		return o.Zone
	}
	return time.Local
}

// Say is the catalogue of pages.
func (o Options) Say() *words.Catalogue {
	if o.Words != nil {
		return o.Words
	}
	return words.English()
}

// Stamp is a time as tables have it, "" for the zero time.
func (o Options) Stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(o.In()).Format("2006-01-02 15:04:05 -07:00")
}

// Header is the first row of a table: the words at each of these keys.
func (o Options) Header(keys ...string) []string {
	header := make([]string, len(keys))
	for i, key := range keys {
		header[i] = o.Say().Say(key, nil)
	}
	return header
}

// Called is a title, or the words at key where it says nothing.
func (o Options) Called(title, key string) string {
	if strings.TrimSpace(title) == "" {
		return o.Say().Say(key, nil)
	}
	return title
}

// State is what could be learned about a kind in one backup.
type State string

const (
	// Found: it was read.
	Found State = "found"
	// None: the backup has no file of it.
	None State = "none"
	// LeftOut: the backup is not encrypted, and such leave it out.
	LeftOut State = "left-out"
	// Unreadable: what there is of it cannot be read.
	Unreadable State = "unreadable"
)

// Summary is a kind in numbers.
type Summary struct {
	Kind  ID
	State State
	// Here, Small and Entry count things by their Presence, without those that are
	// hidden or deleted, which Hidden and Deleted count.
	Here, Small, Entry, Hidden, Deleted int
	// Bytes is what is stored of them.
	Bytes int64
	// From and To are the dates of the oldest and the newest; zero if none has one.
	From, To time.Time
	Notes    []Note
	// Err is why it is Unreadable.
	Err error
}

// Total counts all things that are neither hidden nor deleted.
func (s Summary) Total() int { return s.Here + s.Small + s.Entry }

// Add counts a thing.
func (s *Summary) Add(t Thing) {
	switch {
	case t.Deleted:
		s.Deleted++
	case t.Hidden:
		s.Hidden++
	case t.Presence == Small:
		s.Small++
	case t.Presence == Entry:
		s.Entry++
	default:
		s.Here++
	}
	s.Bytes += t.Bytes
	if !t.Deleted {
		s.Span(t.Date)
	}
}

// Span widens the time from the oldest to the newest, if need be, so that date lies
// within it; the zero time is none.
func (s *Summary) Span(date time.Time) {
	if date.IsZero() {
		return
	}
	if s.From.IsZero() || date.Before(s.From) {
		s.From = date
	}
	if date.After(s.To) {
		s.To = date
	}
}

// Look sums a kind up. The error is that of ctx; another one becomes a State.
func (k Kind) Look(ctx context.Context, b *source.Backup) (s Summary, err error) {
	if k.Count != nil {
		s, err = k.Count(ctx, b)
	} else {
		s.Notes, err = k.Things(ctx, b, func(t Thing) error {
			s.Add(t)
			return nil
		})
	}
	s.Kind = k.ID
	switch {
	case ctx.Err() != nil:
		return s, ctx.Err()
	case err == nil:
		s.State = Found
	case errors.Is(err, source.ErrNotListed) && k.EncryptedOnly && !b.Info().Encrypted:
		s = Summary{Kind: k.ID, State: LeftOut}
	case errors.Is(err, source.ErrNotListed):
		s = Summary{Kind: k.ID, State: None, Notes: s.Notes}
	default:
		s.State, s.Err = Unreadable, err
	}
	return s, nil
}

// Cocoa is a time as most databases of the phone keep it: seconds since 2001, UTC.
// What lies further away than any honest time is none; birthdays whose year is not
// known are in 1604.
func Cocoa(seconds float64) time.Time {
	const epoch = 978_307_200
	if seconds != seconds || seconds < -13e9 || seconds > 1e11 || seconds == 0 {
		return time.Time{}
	}
	whole := int64(seconds)
	return time.Unix(whole+epoch, int64((seconds-float64(whole))*1e9)).UTC()
}

// Unix is a time kept as seconds since 1970, as Cocoa is since 2001.
func Unix(seconds float64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return Cocoa(seconds - 978_307_200)
}
