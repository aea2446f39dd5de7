// Package photos is the photo library of a phone, out of a backup: what the phone
// noted of each photo and video, and which of its files the backup holds.
//
// The library's database names what there is, and the list of the backup's files is
// the last word on what is here of it. Files that the database does not name, and all
// of them if it cannot be read, are shown by themselves, so that nothing that is there
// is lost. Names in the database are compared with the list and lead nowhere else.
package photos

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

const (
	domain   = "CameraRollDomain"
	database = "Media/PhotoData/Photos.sqlite"
)

// Type is what sort of picture an asset is.
type Type uint8

// The types of assets.
const (
	Photo Type = iota
	Video
	LivePhoto
	Panorama
	Screenshot
	SlowMotion
	TimeLapse
	ScreenRecording
)

// Moves reports whether it is a video; a Live Photo is a photo.
func (t Type) Moves() bool { return t == Video || t >= SlowMotion }

// Origin is how an asset came to the phone.
type Origin uint8

// The origins of assets.
const (
	// Own: taken with, saved to or synchronised with this phone.
	Own Origin = iota
	// SharedAlbum: from an album that somebody shares.
	SharedAlbum
	// SharedWithYou: somebody sent it in a message, and it was not saved.
	SharedWithYou
)

// Asset is one photo or video, with all that belongs to it. Its texts are untrusted.
type Asset struct {
	// Ref names it in all backups of its phone: the phone's own id for it, or where
	// its file lies if the library has no entry for it.
	Ref string
	// Name is the name that it had where it was made, such as "IMG_0042.HEIC".
	Name string
	// Taken is when, in the zone where it was taken, or in UTC where that is not
	// known; zero if there is no date.
	Taken time.Time
	// Camera is what took it; "" if unknown.
	Camera string
	// People are whose faces the phone knows in it.
	People []string
	// Seconds is how long it plays; 0 if unknown.
	Seconds float32

	Type     Type
	Origin   Origin
	Presence kind.Presence
	// Favorite, Hidden and Deleted are so on the phone; Deleted is what lies in
	// Recently Deleted.
	Favorite, Hidden, Deleted bool
	// Edited: it looks different from what the camera made.
	Edited bool
	// Further: the phone does not show it, as it is one of a burst of which another
	// was chosen.
	Further bool
	// InCloud: iCloud Photos has the original, by the phone's own record.
	InCloud bool
	// Listed: the library has an entry of it.
	Listed bool

	orientation uint8 // as in EXIF; 0 if unknown
	pk          int64 // its row, 0 without one
	parts       []part
}

// Bytes is how much the backup stores of it, but for its entry.
func (a *Asset) Bytes() (sum int64) {
	for _, p := range a.parts {
		sum += p.size
	}
	return sum
}

// month is the month that it was taken in, where it was taken.
func (a *Asset) month() (year int, month time.Month) {
	if a.Taken.IsZero() {
		return 0, 0
	}
	year, month, _ = a.Taken.Date()
	return year, month
}

// Album is an album of the phone.
type Album struct {
	// Ref names it in all backups of its phone. Title may be "". Both are untrusted.
	Ref, Title string
	// Folders are those that it lies in, outermost first.
	Folders []string
	// Shared: other people see it, or share it.
	Shared bool
	// Assets are indices into those of the library, in the order of the album.
	Assets []int32
}

// Library is all photos and videos of a phone: half a KiB of memory for each. It may
// be read by several goroutines.
type Library struct {
	// Assets are sorted by their months, where they were taken, and in these by their
	// dates; those without a date come first.
	Assets []Asset
	// Albums are sorted by their folders, and in these as on the phone.
	Albums []Album
	// Notes say what could not be read.
	Notes []kind.Note
}

// Month is a month of photos.
type Month struct {
	// Year and Month are 0 for those without a date.
	Year  int
	Month time.Month
	// Assets are indices into those of the library, oldest first.
	Assets []int32
}

// Months are those months of which take, which may be nil, takes an asset.
func (l *Library) Months(take func(*Asset) bool) []Month {
	var all []Month
	for i := range l.Assets {
		a := &l.Assets[i]
		if take != nil && !take(a) {
			continue
		}
		year, month := a.month()
		if n := len(all); n == 0 || all[n-1].Year != year || all[n-1].Month != month {
			all = append(all, Month{Year: year, Month: month})
		}
		m := &all[len(all)-1]
		m.Assets = append(m.Assets, int32(i)) //nolint:gosec // mostAssets
	}
	return all
}

// Open reads the library of a backup. A backup without a library and without photos
// gives source.ErrNotListed; what else is missing or cannot be read is a Note.
func Open(ctx context.Context, b *source.Backup) (*Library, error) {
	ctx, cancel := context.WithCancel(ctx)
	r := &reader{ctx: ctx, b: b, lib: &Library{}, zones: map[zone]*time.Location{}}
	main := newFiles(r.lib, cameraRoll)
	listing, failed := main.list(ctx, b, domain)
	defer func() {
		cancel()
		for range listing { // until it has ended
			continue
		}
	}()
	db, unread := b.Database(ctx, domain, database)
	listed := false
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(unread, source.ErrNotListed):
		r.note("content.photos.note.no-library", true, nil)
	case unread != nil:
		r.note("content.photos.note.damaged", true, nil)
	default:
		defer db.Close()
		var err error
		if listed, err = r.read(db, main); err != nil {
			return nil, err
		}
	}
	for files := range listing {
		for _, f := range files {
			main.add(f)
		}
	}
	if err := failed(); err != nil {
		return nil, err
	}
	main.finish(listed)
	if main.unlisted > 0 && listed {
		r.note("content.photos.note.unlisted", false, words.Args{"N": words.Count(main.unlisted)})
	}
	if err := r.shared(); err != nil {
		return nil, err
	}
	if len(r.lib.Assets) == 0 && unread != nil {
		return nil, unread
	}
	r.lib.sort()
	if listed {
		if err := r.details(db); err != nil {
			return nil, err
		}
	}
	r.bursts()
	return r.lib, nil
}

// reader reads one library.
type reader struct {
	ctx   context.Context
	b     *source.Backup
	lib   *Library
	zones map[zone]*time.Location
}

// note says that something could not be read; partly if there may be more assets.
func (r *reader) note(key string, partly bool, args words.Args) {
	r.lib.Notes = append(r.lib.Notes, kind.Note{Text: words.T(key, args), Partial: partly})
}

func (r *reader) bursts() {
	further := 0
	for i := range r.lib.Assets {
		if a := &r.lib.Assets[i]; a.Further && !a.Hidden && !a.Deleted {
			further++
		}
	}
	if further > 0 {
		r.note("content.photos.note.bursts", false, words.Args{"N": words.Count(further)})
	}
}

func (l *Library) sort() {
	slices.SortFunc(l.Assets, func(a, b Asset) int {
		ay, am := a.month()
		by, bm := b.month()
		if ay != by {
			return ay - by
		}
		if am != bm {
			return int(am - bm)
		}
		if c := a.Taken.Compare(b.Taken); c != 0 {
			return c
		}
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return strings.Compare(a.Ref, b.Ref)
	})
}
