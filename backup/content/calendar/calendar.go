// Package calendar reads the calendars of a phone out of a backup, and gives them to
// other programs as iCalendar files.
package calendar

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/icalendar"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// Kind is the row of this kind in the registry.
var Kind = kind.Kind{ID: "calendar", Things: things, Export: write}

// places are where a version of iOS keeps the database; the first that is there counts.
var places = []struct{ domain, path string }{
	{"HomeDomain", "Library/Calendar/Calendar.sqlitedb"},
	{"AppDomainGroup-group.com.apple.calendar", "Calendar.sqlitedb"},
}

// Calendar is one of the calendars of an account. Texts are untrusted.
type Calendar struct {
	Title string
	// Color is as the phone has it, "#RRGGBB" for most.
	Color string

	row int64
}

// Event is an entry of a calendar. Texts are untrusted.
type Event struct {
	// Ref names it, the same in each version of a phone's backups.
	Ref             string
	Title, Notes    string
	URL, Conference string
	Calendar        Calendar
	Start, End      time.Time // zero if there is none
	// AllDay and Floating events, which have a time of the clock on the wall, count by
	// what Start and End are in UTC. A whole day ends a second before midnight.
	AllDay, Floating bool
	// Zone is a name such as "Europe/Berlin", EndZone that of the end; "" is UTC. They
	// may name no zone that there is.
	Zone, EndZone string
	Place         Place

	// Rules say when it comes again, without Except. Unclear: it comes again, by a
	// rule that is not understood.
	Rules   []icalendar.Rule
	Unclear bool
	Except  []time.Time
	// Series is the Ref of the recurring event one of whose days this is, "" if it is
	// none; InsteadOf is the start that the day would have had.
	Series    string
	InsteadOf time.Time

	Alarms []icalendar.Alarm
	People []Person
	// Attachments are names of files, which no backup has.
	Attachments []string
	Status      Status
	// Free: it does not make the person busy. Hidden: the phone does not show it.
	Free, Hidden      bool
	Created, Modified time.Time
}

// Place is where an event is; without coordinates both are 0.
type Place struct {
	Title, Address      string
	Latitude, Longitude float64
}

// text is the place on a few lines.
func (p Place) text() string {
	return strings.Trim(strings.TrimSpace(p.Title)+"\n"+strings.TrimSpace(p.Address), "\n")
}

// Person takes part in an event.
type Person struct {
	Name, Mail, Phone string
	Answer            Answer
	Organizer         bool
}

// Answer is what somebody who is invited said, as Participant.status has it.
type Answer int64

// The answers that are known; others are as NoAnswer.
const (
	NoAnswer Answer = iota
	Pending
	Accepted
	Declined
	Tentative
	Delegated
)

// Status is whether an event takes place, as CalendarItem.status has it.
type Status int64

// The values of a status that are known; others are as Unstated.
const (
	Unstated Status = iota
	Confirmed
	Uncertain
	Cancelled
)

func (e Event) thing() kind.Thing {
	t := kind.Thing{Ref: e.Ref, Title: e.Title, Where: e.Calendar.Title, Date: e.Start, Hidden: e.Hidden}
	if e.AllDay || e.Floating {
		t.Date = icalendar.Wall(e.Start)
	}
	said := []string{e.Notes, e.URL, e.Conference, e.Place.text()}
	for _, p := range e.People {
		said = append(said, p.Name, p.Mail, p.Phone)
	}
	for _, s := range append(said, e.Attachments...) {
		if s != "" {
			t.Text += s + "\n"
		}
	}
	return t
}

func things(ctx context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
	return Read(ctx, b, func(e Event) error { return visit(e.thing()) })
}

// Read visits each event, calendar by calendar. Birthdays are left out: the phone makes
// them up from its contacts. Its errors are those of a kind; what events lack because
// something could not be read is a note.
func Read(ctx context.Context, b *source.Backup, visit func(Event) error) ([]kind.Note, error) {
	r, err := open(ctx, b)
	if err != nil {
		return nil, err
	}
	defer r.db.Close()
	if err := r.events(ctx, visit); err != nil {
		return nil, err
	}
	return r.notes(), nil
}

// open opens the database and reads all but the events.
func open(ctx context.Context, b *source.Backup) (*reader, error) {
	var d *source.Database
	err := error(source.ErrNotListed)
	for _, p := range places {
		if d, err = b.Database(ctx, p.domain, p.path, table, "start_date", "summary"); !errors.Is(err, source.ErrNotListed) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	r := &reader{db: d}
	if err := r.read(ctx); err != nil {
		d.Close()
		return nil, err
	}
	return r, nil
}

func (r *reader) notes() []kind.Note {
	if r.incomplete {
		return []kind.Note{{Text: words.T("content.calendar.incomplete", nil)}}
	}
	return nil
}

// stamp is a column with a time in seconds since 2001, NULL for none.
type stamp struct{ time.Time }

// Scan implements [sql.Scanner].
func (s *stamp) Scan(value any) error {
	var seconds source.Real
	_ = seconds.Scan(value) // never fails
	s.Time = kind.Cocoa(float64(seconds))
	if seconds == 0 && value != nil {
		s.Time = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return nil
}

var _ sql.Scanner = (*stamp)(nil)
