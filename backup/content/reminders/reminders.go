// Package reminders reads the lists of the app Reminders out of a backup, and gives
// them to other programs as iCalendar files.
package reminders

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/icalendar"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// Kind is the row of this kind in the registry.
var Kind = kind.Kind{ID: "reminders", Things: things, Export: write}

// places are where versions of iOS keep the databases, one an account, the newest
// first: what an update left behind in the other place is older.
var places = []struct{ domain, folder string }{
	{"AppDomainGroup-group.com.apple.reminders", "container_v1/stores/"},
	{"HomeDomain", "library/reminders/container_v1/stores/"},
}

// List is a list of reminders. Texts are untrusted.
type List struct {
	Title   string
	Deleted bool

	key string // of all lists of a backup
}

// Reminder is one reminder. Texts are untrusted.
type Reminder struct {
	// Ref names it, the same in each version of a phone's backups.
	Ref               string
	Title, Notes      string
	URLs, Tags        []string
	List              List
	Created, Modified time.Time
	// Due is zero if there is no such time. Of a reminder for a day, and of one without
	// a Zone, it is what the clock on the wall shows, as if in UTC.
	Due    time.Time
	AllDay bool
	// Zone is a name such as "Europe/Berlin", "" for none. It may name no zone that
	// there is.
	Zone string
	// Completed is when it was Done, if that is known.
	Done      bool
	Completed time.Time
	Flagged   bool
	// Priority is 0 for none, 1 high, 5 medium, 9 low.
	Priority int
	// Deleted: it, or its list, lies in Recently Deleted.
	Deleted bool
	// Parent is the Ref of the reminder that this is a part of, "" for none.
	Parent string
	Rules  []icalendar.Rule
	Alarms []icalendar.Alarm
	// Unclear: it comes again, by a rule that is not understood. Silent: it rings at a
	// place, or at a time that is not understood.
	Unclear, Silent bool
	// Attachments are names of files.
	Attachments []string
}

// form is how its time is meant.
func (r Reminder) form() icalendar.Form {
	return icalendar.Form{Day: r.AllDay, Floating: r.Zone == "", Zone: r.Zone}
}

func (r Reminder) thing() kind.Thing {
	t := kind.Thing{Ref: r.Ref, Title: r.Title, Where: r.List.Title, Date: r.Due, Deleted: r.Deleted}
	switch {
	case r.Due.IsZero():
		t.Date = r.Created
	case r.AllDay || r.Zone == "":
		t.Date = icalendar.Wall(r.Due)
	}
	said := append([]string{r.Notes}, r.URLs...)
	for _, tag := range r.Tags {
		said = append(said, "#"+tag)
	}
	t.Text = strings.Trim(strings.Join(append(said, r.Attachments...), "\n"), "\n")
	return t
}

func things(ctx context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
	return Read(ctx, b, func(r Reminder) error { return visit(r.thing()) })
}

// Read visits each reminder, list by list. Its errors are those of a kind; what could
// not be read of one account, or belongs to reminders, is a note.
func Read(ctx context.Context, b *source.Backup, visit func(Reminder) error) ([]kind.Note, error) {
	return read(ctx, b, func(_ *store, r Reminder) error { return visit(r) })
}

func read(ctx context.Context, b *source.Backup, visit func(*store, Reminder) error) (notes []kind.Note, err error) {
	files, err := stores(ctx, b)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var broken error
	found, incomplete := 0, false
	for _, f := range files {
		s := &store{name: f.Domain + "/" + f.Path}
		err := s.read(ctx, b, f, func(r Reminder) error {
			if seen[r.Ref] {
				return nil
			}
			seen[r.Ref] = true
			return visit(s, r)
		})
		switch {
		case errors.Is(err, source.ErrDamaged) && ctx.Err() == nil:
			broken = err
		case err != nil:
			return nil, err
		default:
			found++
			incomplete = incomplete || s.incomplete
		}
	}
	switch {
	case len(files) == 0:
		return nil, fmt.Errorf("reminders: %w", source.ErrNotListed)
	case found == 0:
		return nil, broken
	case broken != nil:
		notes = append(notes, kind.Note{Text: words.T("content.reminders.account", nil), Partial: true})
	}
	if incomplete {
		notes = append(notes, kind.Note{Text: words.T("content.reminders.incomplete", nil)})
	}
	return notes, nil
}

// mostStores bounds how many databases are read.
const mostStores = 1000

// stores finds the databases.
func stores(ctx context.Context, b *source.Backup) (all []source.File, err error) {
	for _, p := range places {
		var here []source.File
		for f, err := range b.Files(ctx, p.domain) {
			if err != nil {
				return nil, err
			}
			path := strings.ToLower(f.Path)
			if f.Domain == p.domain && f.Regular() && strings.HasPrefix(path, p.folder+"data-") && strings.HasSuffix(path, ".sqlite") && len(all)+len(here) < mostStores {
				here = append(here, f)
			}
		}
		slices.SortFunc(here, func(a, b source.File) int { return cmp.Compare(a.Path, b.Path) })
		all = append(all, here...)
	}
	return all, nil
}
