package calendar

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/emersion/go-ical"

	"lifeboat/backup/content/contenttest"
	"lifeboat/backup/content/icalendar"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/device/phonesim/content/apps"
)

var at = time.Date(2026, 3, 1, 10, 20, 30, 0, time.UTC)

// phone has what the demonstration phone has, and what that lacks.
var phone = func() apps.Phone {
	p := apps.Phone{Now: at.AddDate(0, 8, 0), WAL: true}
	add := func(e apps.CalendarEvent) apps.CalendarEvent {
		e.Created, e.Modified = at, at.Add(time.Hour)
		return e
	}
	p.Calendars = append(p.Calendars, apps.Demo().Calendars...)
	p.Calendars = append(p.Calendars, apps.CalendarAccount{Name: "Second", Calendars: []apps.Calendar{{Title: "Home", Events: []apps.CalendarEvent{
		add(apps.CalendarEvent{ID: "millennium", Title: "All of the day that counting begins with", AllDay: true, Start: time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2001, 1, 1, 23, 59, 59, 0, time.UTC)}),
		add(apps.CalendarEvent{ID: "second half past one", Title: "Clocks are set back", Zone: "America/New_York", Start: time.Date(2026, 11, 1, 6, 30, 0, 0, time.UTC), End: time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC)}),
		add(apps.CalendarEvent{ID: "old", Title: "Before it; all, \\n\nof it", Zone: "Europe/Berlin", Start: time.Date(1943, 7, 1, 9, 0, 0, 0, time.UTC), End: time.Date(1943, 7, 1, 9, 0, 1, 0, time.UTC)}),
		add(apps.CalendarEvent{ID: "utc", Title: "World", Zone: "UTC", Start: at, End: at, Repeat: &apps.Recurrence{Every: apps.Yearly, Until: at.AddDate(5, 0, 0)}}),
		add(apps.CalendarEvent{ID: "in its own calendar", Title: "Not of the other's series", Zone: "UTC", Start: at, End: at, Instead: "E7E27000-0000-4000-8000-000000000001", InsteadOf: at}),
	}}}})
	return p
}()

var frequencies = map[int]string{apps.Daily: "DAILY", apps.Weekly: "WEEKLY", apps.Monthly: "MONTHLY", apps.Yearly: "YEARLY"}

// wanted is what a phone has, by the names of the events.
func wanted(p apps.Phone) map[string]Event {
	all := map[string]Event{}
	in := map[string]string{}
	for _, a := range p.Calendars {
		for _, c := range a.Calendars {
			for _, e := range c.Events {
				in[e.ID] = a.Name + c.Title
			}
		}
	}
	for _, a := range p.Calendars {
		for _, c := range a.Calendars {
			for _, e := range c.Events {
				if e.Birthday {
					continue
				}
				w := Event{
					Ref: e.ID, Title: e.Title, Notes: e.Notes, URL: e.URL, Calendar: Calendar{Title: c.Title, Color: c.Color}, Start: e.Start, End: e.End, AllDay: e.AllDay,
					Floating: e.Zone == "", Zone: e.Zone, EndZone: e.Zone, Except: e.Except, Created: e.Created, Modified: e.Modified,
				}
				if e.Instead != "" {
					w.Ref += "/" + e.InsteadOf.Format("20060102T150405")
					if in[e.Instead] == a.Name+c.Title {
						w.Series, w.InsteadOf = e.Instead, e.InsteadOf
					}
				}
				if e.Place != nil {
					w.Place = Place(*e.Place)
				}
				if e.Repeat != nil {
					w.Rules = []icalendar.Rule{{Every: frequencies[e.Repeat.Every], Interval: max(1, e.Repeat.Interval), Count: e.Repeat.Count, Until: e.Repeat.Until, Days: e.Repeat.Days}}
				}
				if e.Cancelled {
					w.Status = Cancelled
				}
				for _, al := range e.Alarms {
					w.Alarms = append(w.Alarms, icalendar.Alarm{After: -al.Before, At: al.At})
				}
				for _, one := range e.Participants {
					w.People = append(w.People, Person{Name: one.Name, Mail: one.Mail, Answer: Answer(one.Status), Organizer: one.Organizer})
				}
				all[w.Ref] = w
			}
		}
	}
	return all
}

func read(t *testing.T, b *source.Backup) map[string]Event {
	t.Helper()
	all := map[string]Event{}
	notes, err := Read(t.Context(), b, func(e Event) error {
		if _, twice := all[e.Ref]; twice {
			t.Errorf("%s is there twice", e.Ref)
		}
		e.Calendar.row = 0
		all[e.Ref] = e
		return nil
	})
	if err != nil || len(notes) > 0 {
		t.Fatal(err, notes)
	}
	return all
}

// What was put into the calendars comes out of them, in every shape.
func TestGolden(t *testing.T) {
	want := wanted(phone)
	for _, shape := range apps.Shapes {
		t.Run(string(shape), func(t *testing.T) {
			b := contenttest.Phone(t, shape, phone, apps.BuildCalendar)
			got := read(t, b)
			if len(got) != len(want) || len(want) < 12 {
				t.Errorf("%d events, not %d", len(got), len(want))
			}
			for ref, w := range want {
				if !reflect.DeepEqual(got[ref], w) {
					t.Errorf("got  %+v\nwant %+v", got[ref], w)
				}
			}
			if s, err := Kind.Look(t.Context(), b); err != nil || s.State != kind.Found || s.Here != len(want) {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
}

// written is how the rules of the demonstration phone have to be written.
func written(r *apps.Recurrence, e apps.CalendarEvent) string {
	out := "FREQ=" + frequencies[r.Every]
	if r.Interval > 1 {
		out += fmt.Sprint(";INTERVAL=", r.Interval)
	}
	if len(r.Days) > 0 {
		out += ";BYDAY=" + strings.Join(r.Days, ",")
	}
	if r.Count > 0 {
		out += fmt.Sprint(";COUNT=", r.Count)
	}
	if !r.Until.IsZero() {
		out += ";UNTIL=" + r.Until.Format("20060102T150405")
		if e.Zone != "" {
			out += "Z"
		}
	}
	return out
}

// What is exported says what the phone has, to the second and to the letter.
func TestExport(t *testing.T) {
	b := contenttest.Phone(t, apps.IOS18, phone, apps.BuildCalendar)
	files, folder := contenttest.Export(t, Kind, b, kind.Options{})
	if len(files) != 4 {
		t.Errorf("%d files", len(files))
	}
	if left, n := folder.Left(); n != 1 || left[0].What != "Birthdays" {
		t.Errorf("left out: %+v", left)
	}
	names := map[string]string{"iCloud/Home": "Home.ics", "iCloud/Work": "Work.ics", "Holidays/Public holidays": "Public holidays.ics", "Second/Home": "Home (2).ics"}
	for _, a := range phone.Calendars {
		for _, c := range a.Calendars {
			name := names[a.Name+"/"+c.Title]
			if name == "" {
				continue
			}
			file := contenttest.ICalendar(t, files[name])
			if got := contenttest.Plain(t, file.Component, "X-WR-CALNAME"); got != c.Title || contenttest.Property(file.Component, "X-APPLE-CALENDAR-COLOR") != c.Color {
				t.Errorf("%s is called %s", c.Title, got)
			}
			events, zones := map[string]ical.Event{}, map[string]bool{}
			for _, part := range file.Children {
				if part.Name == "VTIMEZONE" {
					zones[contenttest.Property(part, "TZID")] = true
				}
			}
			for _, e := range file.Events() {
				events[contenttest.Plain(t, e.Component, "SUMMARY")] = e
			}
			if len(events) != len(c.Events) {
				t.Errorf("%s: %d events, not %d", name, len(events), len(c.Events))
			}
			for _, want := range c.Events {
				same(t, events[want.Title], want, zones)
			}
		}
	}
	swim := contenttest.ICalendar(t, files["Home.ics"]).Events()
	if id := contenttest.Property(swim[1].Component, "RECURRENCE-ID"); contenttest.Property(swim[0].Component, "UID") != contenttest.Property(swim[1].Component, "UID") || id == "" {
		t.Errorf("the day that was moved is %q of %q", id, contenttest.Property(swim[1].Component, "UID"))
	}
	alone := phone.Calendars[0].Calendars[0].Events[1]
	only, _ := contenttest.Export(t, Kind, b, kind.Options{Only: func(ref string) bool { return strings.HasPrefix(ref, alone.ID) }})
	if e := contenttest.ICalendar(t, only["Home.ics"]).Events(); len(e) != 1 || len(only) != 1 || e[0].Props.Get("RECURRENCE-ID") != nil || contenttest.Plain(t, e[0].Component, "SUMMARY") != alone.Title {
		t.Errorf("one day without its series: %q", only)
	}
}

// same compares an event of a file with what it was made of.
func same(t *testing.T, got ical.Event, want apps.CalendarEvent, zones map[string]bool) {
	t.Helper()
	if got.Component == nil {
		t.Errorf("%q is missing", want.Title)
		return
	}
	c := got.Component
	place := ""
	if want.Place != nil {
		place = want.Place.Title + "\n" + want.Place.Address
		if geo := fmt.Sprint(want.Place.Latitude, ";", want.Place.Longitude); contenttest.Property(c, "GEO") != geo {
			t.Errorf("%q lies at %s", want.Title, contenttest.Property(c, "GEO"))
		}
	}
	if contenttest.Plain(t, c, "DESCRIPTION") != want.Notes || contenttest.Property(c, "URL") != want.URL || contenttest.Plain(t, c, "LOCATION") != place {
		t.Errorf("%q says %v", want.Title, c.Props)
	}
	start, err := got.DateTimeStart(time.UTC)
	if err != nil || !start.Equal(want.Start) {
		t.Errorf("%q starts %v, not %v; %v", want.Title, start, want.Start, err)
	}
	if p := c.Props.Get("DTSTART"); p.Params.Get("TZID") != "" && !zones[p.Params.Get("TZID")] || (p.Params.Get("VALUE") == "DATE") != want.AllDay || want.Zone == "" && strings.HasSuffix(p.Value, "Z") {
		t.Errorf("%q starts %+v", want.Title, p)
	}
	end, err := got.DateTimeEnd(time.UTC)
	if wantEnd := want.End.Add(map[bool]time.Duration{true: time.Second}[want.AllDay]); err != nil || !end.Equal(wantEnd) {
		t.Errorf("%q ends %v, not %v; %v", want.Title, end, wantEnd, err)
	}
	if stated := contenttest.Property(c, "STATUS"); (stated == "CANCELLED") != want.Cancelled {
		t.Errorf("%q is %q", want.Title, stated)
	}
	for property, w := range map[string]time.Time{"CREATED": want.Created, "LAST-MODIFIED": want.Modified} {
		if got := contenttest.Property(c, property); got != w.Format("20060102T150405Z") {
			t.Errorf("%q: %s is %s", want.Title, property, got)
		}
	}
	if r := contenttest.Property(c, "RRULE"); want.Repeat != nil && r != written(want.Repeat, want) || want.Repeat == nil && r != "" {
		t.Errorf("%q: %s", want.Title, r)
	}
	var except []time.Time
	for _, p := range c.Props.Values("EXDATE") {
		x, err := p.DateTime(time.UTC)
		if err != nil {
			t.Error(err)
		}
		except = append(except, x.UTC())
	}
	if fmt.Sprint(except) != fmt.Sprint(want.Except) {
		t.Errorf("%q is left out %v, not %v", want.Title, except, want.Except)
	}
	if len(c.Children) != len(want.Alarms) {
		t.Errorf("%q has %d alarms", want.Title, len(c.Children))
	} else {
		for i, a := range want.Alarms {
			p := c.Children[i].Props.Get("TRIGGER")
			if a.At.IsZero() {
				if d, err := p.Duration(); err != nil || d != -a.Before {
					t.Errorf("%q rings %v; %v", want.Title, d, err)
				}
			} else if when, err := p.DateTime(time.UTC); err != nil || !when.Equal(a.At) {
				t.Errorf("%q rings %v; %v", want.Title, when, err)
			}
		}
	}
	people := map[string]string{}
	for _, property := range []string{"ORGANIZER", "ATTENDEE"} {
		for _, p := range c.Props.Values(property) {
			people[strings.TrimPrefix(p.Value, "mailto:")] = property + p.Params.Get("CN") + p.Params.Get("PARTSTAT")
		}
	}
	if len(people) != len(want.Participants) {
		t.Errorf("%q has %v", want.Title, people)
	}
	for _, p := range want.Participants {
		w := "ATTENDEE" + p.Name + map[int]string{apps.Pending: "NEEDS-ACTION", apps.Accepted: "ACCEPTED", apps.Declined: "DECLINED", apps.Tentative: "TENTATIVE"}[p.Status]
		if p.Organizer {
			w = "ORGANIZER" + p.Name
		}
		if people[p.Mail] != w {
			t.Errorf("%q: %s is %q, not %q", want.Title, p.Mail, people[p.Mail], w)
		}
	}
}

// shown is a text as a file can hold it.
func shown(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return -1
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n"))
}

// Nothing of what is meant to do harm gets lost, or out of its place.
func TestNasty(t *testing.T) {
	nasty := apps.Nasty()
	for _, shape := range []apps.Shape{apps.IOS27} {
		b := contenttest.Phone(t, shape, nasty, apps.BuildCalendar)
		got := map[string]Event{}
		for _, e := range read(t, b) {
			got[e.Title] = e
		}
		files, folder := contenttest.Export(t, Kind, b, kind.Options{})
		if len(files) != 1 {
			t.Errorf("%d files", len(files))
		}
		var file string
		for _, f := range files {
			file = f
		}
		exported := map[string]ical.Event{}
		for _, e := range contenttest.ICalendar(t, file).Events() {
			exported[contenttest.Plain(t, e.Component, "SUMMARY")] = e
		}
		events := nasty.Calendars[0].Calendars[0].Events
		if len(got) != len(events) || len(exported) != len(events) {
			t.Errorf("%d and %d events, not %d", len(got), len(exported), len(events))
		}
		for _, want := range events {
			e, found := exported[shown(want.Title)]
			if got[want.Title].Title == "" || !found {
				t.Errorf("%.80q is missing", want.Title)
				continue
			}
			if start, err := e.DateTimeStart(time.UTC); err != nil || !start.Equal(want.Start) || contenttest.Plain(t, e.Component, "DESCRIPTION") != shown(want.Notes) || e.Props.Get("RECURRENCE-ID") != nil {
				t.Errorf("%.80q starts %v; %v", want.Title, start, err)
			}
		}
		why := map[string]string{}
		left, _ := folder.Left()
		for _, l := range left {
			why[l.What] += l.Why.Key
		}
		for what, key := range map[string]string{"Odd rule": "content.calendar.unclear", "Ends before it starts": "content.calendar.end", "'); DROP TABLE ZICNOTEDATA; -- \" OR \"\"=\"": "content.calendar.zone"} {
			if why[what] != key {
				t.Errorf("%s is left out for %q", what, why[what])
			}
		}
	}
}

// Whatever is missing or damaged, the rest is there, and it is said.
func TestHarm(t *testing.T) {
	look := func(h apps.Harm) kind.Summary {
		p := phone
		p.Harm, p.WAL = h, false
		s, err := Kind.Look(t.Context(), contenttest.Phone(t, apps.IOS17, p, apps.BuildCalendar))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	all := len(wanted(phone))
	for _, missing := range []string{"Recurrence.frequency", "Alarm", "ExceptionDate", "Participant", "Calendar"} {
		if s := look(apps.Harm{Missing: []string{missing}}); s.State != kind.Found || s.Here != all || len(s.Notes) != 1 {
			t.Errorf("without %s: %+v", missing, s)
		}
	}
	if s := look(apps.Harm{Missing: []string{"CalendarItem.unique_identifier", "CalendarItem.url", "CalendarItem.orig_item_id", "Store", "Recurrence.specifier", "Attachment"}}); s.State != kind.Found || s.Here != all || len(s.Notes) != 0 {
		t.Errorf("without columns: %+v", s)
	}
	for _, h := range []apps.Harm{{Corrupt: []string{"Calendar.sqlitedb"}}, {Missing: []string{"CalendarItem.start_date"}}} {
		if s := look(h); s.State != kind.Unreadable || !errors.Is(s.Err, source.ErrDamaged) {
			t.Errorf("%+v: %+v", h, s)
		}
	}
	if s := look(apps.Harm{NoFile: []string{"Calendar.sqlitedb"}}); s.State != kind.None {
		t.Errorf("no file: %+v", s)
	}
	// A database in its newer place is found.
	files := contenttest.Files(t, apps.IOS26, phone, apps.BuildCalendar)
	for i := range files {
		files[i].Domain, files[i].Path = places[1].domain, strings.TrimPrefix(files[i].Path, "Library/Calendar/")
	}
	if got := contenttest.Things(t, Kind, contenttest.Open(t, "", files...)); len(got) != all {
		t.Errorf("%d events in the other place", len(got))
	}
}

// TestRules: what is not understood of a rule is said, and never guessed.
func TestRules(t *testing.T) {
	for specifier, want := range map[string]string{"": "[] true", "D=0MO,2TU,-1FR": "[MO 2TU -1FR] true", "D=0MO;": "[MO] true", "D=0XX": "[] false", "M=15": "[] false", "D=0MO;S=1": "[] false", "MO": "[] false"} {
		all, ok := days(specifier)
		if got := fmt.Sprint(all, ok); got != want {
			t.Errorf("%q is %s", specifier, got)
		}
	}
	yearly := icalendar.Rule{Every: icalendar.Yearly, Interval: 1, Days: []string{"1MO"}}
	for months, want := range map[int64]string{0: "[] true", 1 << 3: "[3] true", 1 << 2: "[3] true", 1 << 5: "[] false", 3 << 2: "[] false"} {
		made, ok := rule{Rule: yearly, months: months, clear: true}.inMonth(at)
		if got := fmt.Sprint(made.Months, ok); got != want {
			t.Errorf("%b is %s", months, got)
		}
	}
}

func TestWords(t *testing.T) { contenttest.Words(t, "content.calendar.", ".") }
