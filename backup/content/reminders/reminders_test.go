package reminders

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

var at = time.Date(2026, 1, 20, 8, 0, 0, 0, time.UTC)

// phone has what the demonstration phone has, and what that lacks.
var phone = apps.Phone{Now: at.AddDate(0, 8, 0), WAL: true, Reminders: append(apps.Demo().Reminders, apps.ReminderStore{
	File: "Data-9.sqlite", Account: "Second", Lists: []apps.ReminderList{{ID: "second", Title: "Reminders", Reminders: []apps.Reminder{
		{ID: "before", Title: "Rings before; it, is \\n\ndue", Created: at, Modified: at, Due: at, Alarm: at.Add(-30 * time.Minute)},
		{ID: "day", Title: "Rings at nine of its day", Created: at, Modified: at, Due: at.Truncate(24 * time.Hour), AllDay: true, Alarm: at.Add(time.Hour)},
		{ID: "bare", Title: "Rings and is not due", Created: at, Modified: at, Alarm: at},
		{ID: "wall", Title: "Rings by the clock on the wall", Created: at, Modified: at, Due: at, Zone: "Europe/Berlin", Alarm: at.Add(30 * time.Minute)},
		{ID: "year", Title: "Comes again", Created: at, Modified: at, Due: at, Zone: "UTC", Repeat: &apps.Recurrence{Every: apps.Yearly, Interval: 2, Count: 5, Until: at.AddDate(20, 0, 0)}},
	}}},
})}

// alarms are when these have to ring.
var alarms = map[string]icalendar.Alarm{
	"before": {After: -30 * time.Minute}, "day": {After: 9 * time.Hour}, "bare": {At: time.Date(2026, 1, 20, 8, 0, 0, 0, time.Local)}, "wall": {After: -30 * time.Minute},
}

var frequencies = map[int]string{apps.Daily: "DAILY", apps.Weekly: "WEEKLY", apps.Monthly: "MONTHLY", apps.Yearly: "YEARLY"}

// wanted is what a phone has, by the names of the reminders.
func wanted(p apps.Phone) map[string]Reminder {
	all := map[string]Reminder{}
	for _, s := range p.Reminders {
		titles := map[string]string{}
		for _, l := range s.Lists {
			titles[l.ID] = l.Title
		}
		for _, l := range s.Lists {
			for _, r := range l.Reminders {
				w := Reminder{
					Ref: r.ID, Title: r.Title, Notes: r.Notes, Tags: r.Tags, List: List{Title: l.Title, Deleted: l.Deleted}, Created: r.Created, Modified: r.Modified,
					Due: r.Due, AllDay: r.AllDay, Zone: r.Zone, Done: r.Done, Completed: r.Completed, Flagged: r.Flagged, Priority: r.Priority, Deleted: r.Deleted || l.Deleted, Parent: r.Parent,
				}
				if r.URL != "" {
					w.URLs = []string{r.URL}
				}
				if r.Repeat != nil {
					w.Rules = []icalendar.Rule{{Every: frequencies[r.Repeat.Every], Interval: max(1, r.Repeat.Interval), Count: r.Repeat.Count, Until: r.Repeat.Until}}
				}
				if !r.Alarm.IsZero() {
					w.Alarms = []icalendar.Alarm{alarms[r.ID]}
				}
				all[w.Ref] = w
			}
		}
	}
	return all
}

func all(t *testing.T, b *source.Backup) map[string]Reminder {
	t.Helper()
	all := map[string]Reminder{}
	notes, err := Read(t.Context(), b, func(r Reminder) error {
		if _, twice := all[r.Ref]; twice || r.List.key == "" {
			t.Errorf("%s is there twice, or in no list", r.Ref)
		}
		r.List.key = ""
		all[r.Ref] = r
		return nil
	})
	if err != nil || len(notes) > 0 {
		t.Fatal(err, notes)
	}
	return all
}

// What was put into the lists comes out of them, in every shape.
func TestGolden(t *testing.T) {
	for _, shape := range apps.Shapes {
		t.Run(string(shape), func(t *testing.T) {
			want := wanted(phone.In(shape))
			got := all(t, contenttest.Phone(t, shape, phone, apps.BuildReminders))
			if len(got) != len(want) || len(want) != 14 {
				t.Errorf("%d reminders, not %d", len(got), len(want))
			}
			for ref, w := range want {
				if !reflect.DeepEqual(got[ref], w) {
					t.Errorf("got  %+v\nwant %+v", got[ref], w)
				}
			}
		})
	}
}

// What is exported says what the phone has, to the second and to the letter.
func TestExport(t *testing.T) {
	files, folder := contenttest.Export(t, Kind, contenttest.Phone(t, apps.IOS18, phone, apps.BuildReminders), kind.Options{})
	if left, n := folder.Left(); n != 0 || len(files) != 4 {
		t.Errorf("%d files; left out: %+v", len(files), left)
	}
	names := map[string]string{"list-family": "Family.ics", "list-shop": "Groceries.ics", "second": "Reminders.ics", "list-local": "Reminders (2).ics"}
	want := wanted(phone)
	for _, s := range phone.Reminders {
		for _, l := range s.Lists {
			name := names[l.ID]
			if name == "" {
				continue
			}
			file := contenttest.ICalendar(t, files[name])
			todos, zones := map[string]*ical.Component{}, map[string]bool{}
			for _, part := range file.Children {
				switch part.Name {
				case "VTIMEZONE":
					zones[contenttest.Property(part, "TZID")] = true
				case "VTODO":
					todos[contenttest.Plain(t, part, "UID")] = part
				}
			}
			count := 0
			for _, r := range l.Reminders {
				if !r.Deleted {
					count++
					same(t, todos[r.ID], want[r.ID], zones)
				}
			}
			if len(todos) != count || contenttest.Plain(t, file.Component, "X-WR-CALNAME") != l.Title {
				t.Errorf("%s: %d reminders, not %d", name, len(todos), count)
			}
		}
	}
}

// same compares a reminder of a file with what it was made of.
func same(t *testing.T, c *ical.Component, want Reminder, zones map[string]bool) {
	t.Helper()
	if c == nil {
		t.Errorf("%q is missing", want.Title)
		return
	}
	url, tags, rule := "", "", ""
	if len(want.URLs) > 0 {
		url = want.URLs[0]
	}
	if len(want.Tags) > 0 {
		tags = strings.Join(want.Tags, ",")
	}
	for _, r := range want.Rules {
		if rule = "FREQ=" + r.Every; r.Interval > 1 {
			rule += fmt.Sprint(";INTERVAL=", r.Interval)
		}
		if r.Count > 0 {
			rule += fmt.Sprint(";COUNT=", r.Count)
		}
	}
	for property, w := range map[string]string{"SUMMARY": want.Title, "DESCRIPTION": want.Notes, "RELATED-TO": want.Parent} {
		if got := contenttest.Plain(t, c, property); got != w {
			t.Errorf("%q: %s is %q", want.Title, property, got)
		}
	}
	const utc = "20060102T150405Z"
	expected := map[string]string{"URL": url, "CATEGORIES": tags, "RRULE": rule, "CREATED": want.Created.Format(utc), "LAST-MODIFIED": want.Modified.Format(utc), "STATUS": "NEEDS-ACTION", "COMPLETED": "", "PRIORITY": "", "X-LIFEBOAT-FLAGGED": ""}
	if want.Done {
		expected["STATUS"], expected["COMPLETED"] = "COMPLETED", want.Completed.Format(utc)
	}
	if want.Priority > 0 {
		expected["PRIORITY"] = fmt.Sprint(want.Priority)
	}
	if want.Flagged {
		expected["X-LIFEBOAT-FLAGGED"] = "TRUE"
	}
	for property, w := range expected {
		if got := contenttest.Property(c, property); got != w {
			t.Errorf("%q: %s is %q, not %q", want.Title, property, got, w)
		}
	}
	due := c.Props.Get("DUE")
	if want.Due.IsZero() != (due == nil) {
		t.Errorf("%q is due %v", want.Title, due)
	} else if due != nil {
		when, err := due.DateTime(time.UTC)
		zone := due.Params.Get("TZID")
		if err != nil || !when.Equal(want.Due) || (due.Params.Get("VALUE") == "DATE") != want.AllDay || zone != "" && !zones[zone] || want.Zone == "" && strings.HasSuffix(due.Value, "Z") {
			t.Errorf("%q is due %+v; %v", want.Title, due, err)
		}
	}
	if len(c.Children) != len(want.Alarms) {
		t.Errorf("%q has %d alarms", want.Title, len(c.Children))
		return
	}
	for i, a := range want.Alarms {
		p := c.Children[i].Props.Get("TRIGGER")
		if a.At.IsZero() {
			if d, err := p.Duration(); err != nil || d != a.After || p.Params.Get("RELATED") != "END" {
				t.Errorf("%q rings %v; %v", want.Title, d, err)
			}
		} else if when, err := p.DateTime(time.UTC); err != nil || !when.Equal(a.At) {
			t.Errorf("%q rings %v; %v", want.Title, when, err)
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
	for _, shape := range []apps.Shape{apps.IOS13, apps.IOS27} {
		b := contenttest.Phone(t, shape, nasty, apps.BuildReminders)
		want := wanted(nasty)
		files, folder := contenttest.Export(t, Kind, b, kind.Options{})
		exported := map[string]*ical.Component{}
		for _, file := range files {
			for _, part := range contenttest.ICalendar(t, file).Children {
				if part.Name == "VTODO" {
					exported[contenttest.Plain(t, part, "UID")] = part
				}
			}
		}
		if got := all(t, b); len(got) != len(want) || len(exported) != len(want) || len(files) != 3 {
			t.Errorf("%d and %d reminders in %d files, not %d", len(got), len(exported), len(files), len(want))
		}
		for ref, w := range want {
			c := exported[ref]
			if c == nil {
				t.Errorf("%s is missing", ref)
				continue
			}
			if contenttest.Plain(t, c, "SUMMARY") != shown(w.Title) || contenttest.Plain(t, c, "DESCRIPTION") != shown(w.Notes) || c.Props.Get("RELATED-TO") != nil {
				t.Errorf("%s says %.500v", ref, c.Props)
			}
		}
		why := map[string]string{}
		left, _ := folder.Left()
		for _, l := range left {
			why[l.What] += l.Why.Key
		}
		if why["'); DROP TABLE ZICNOTEDATA; -- \" OR \"\"=\""] != "content.reminders.zone" || len(left) != 2 {
			t.Errorf("left out: %v", left)
		}
	}
}

// Whatever is missing or damaged, the rest is there, and it is said.
func TestHarm(t *testing.T) {
	look := func(shape apps.Shape, h apps.Harm) kind.Summary {
		p := phone
		p.Harm, p.WAL = h, false
		s, err := Kind.Look(t.Context(), contenttest.Phone(t, shape, p, apps.BuildReminders))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, missing := range []string{"ZREMCDOBJECT", "Z_PRIMARYKEY"} {
		if s := look(apps.IOS18, apps.Harm{Missing: []string{missing}}); s.State != kind.Found || s.Here != 13 || len(s.Notes) != 1 || s.Notes[0].Partial {
			t.Errorf("without %s: %+v", missing, s)
		}
	}
	if s := look(apps.IOS18, apps.Harm{Missing: []string{"ZREMCDREMINDER.ZDUEDATE", "ZREMCDREMINDER.ZCKIDENTIFIER", "ZREMCDHASHTAGLABEL", "ZREMCDREMINDER.ZPARENTREMINDER"}}); s.State != kind.Found || s.Here != 13 || len(s.Notes) != 0 {
		t.Errorf("without columns: %+v", s)
	}
	if s := look(apps.IOS15, apps.Harm{Missing: []string{"Z_PRIMARYKEY"}}); s.State != kind.Unreadable || !errors.Is(s.Err, source.ErrDamaged) {
		t.Errorf("reminders among all other things: %+v", s)
	}
	broken := phone.Reminders[0].File
	if s := look(apps.IOS18, apps.Harm{Corrupt: []string{broken}}); s.State != kind.Found || s.Here != 6 || len(s.Notes) != 1 || !s.Notes[0].Partial {
		t.Errorf("one broken account: %+v", s)
	}
	var files []string
	for _, s := range phone.Reminders {
		files = append(files, s.File)
	}
	if s := look(apps.IOS26, apps.Harm{Corrupt: files}); s.State != kind.Unreadable {
		t.Errorf("all broken: %+v", s)
	}
	if s := look(apps.IOS26, apps.Harm{NoFile: files}); s.State != kind.None {
		t.Errorf("no file: %+v", s)
	}
}

// What an update left behind is not there twice.
func TestBothPlaces(t *testing.T) {
	older := phone
	older.Reminders = []apps.ReminderStore{phone.Reminders[1]}
	files := append(contenttest.Files(t, apps.IOS17, phone, apps.BuildReminders), contenttest.Files(t, apps.IOS15, older, apps.BuildReminders)...)
	if got := all(t, contenttest.Open(t, "", files...)); len(got) != 14 {
		t.Errorf("%d reminders", len(got))
	}
}

// What is not understood of a rule or of an alarm is said, and never guessed.
func TestParts(t *testing.T) {
	for parts, want := range map[[4]string]string{
		{}:                      "[] [] [] true",
		{"[]", "null", "", " "}: "[] [] [] true",
		{`[{"dayOfTheWeek":2,"weekNumber":0},{"dayOfTheWeek":6,"weekNumber":-1}]`}: "[MO -1FR] [] [] true",
		{"", "[1,-1]", "[2,12]"}: "[] [1 -1] [2 12] true",
		{`[{"dayOfTheWeek":8}]`}: "[] [] [] false",
		{"[2]"}:                  "[] [] [] false",
		{"", "[0]"}:              "[] [0] [] false",
		{"", "", "[13]"}:         "[] [] [13] false",
		{"bplist00"}:             "[] [] [] false",
		{"", "", "", "[1]"}:      "[] [] [] false",
	} {
		r, ok := rule(2, 1, 0, 0, []byte(parts[0]), []byte(parts[1]), []byte(parts[2]), []byte(parts[3]))
		if got := fmt.Sprint(r.Days, r.Dates, r.Months, ok); got != want {
			t.Errorf("%q is %s", parts, got)
		}
	}
	for clock, ok := range map[string]bool{`{"year":2026,"month":1,"day":2}`: true, "": false, "bplist00": false, `{"hour":9}`: false, `{"year":99999,"month":1,"day":1}`: false} {
		if _, got := (Reminder{}).alarm(trigger{clock: []byte(clock)}); got != ok {
			t.Errorf("%q is understood: %v", clock, got)
		}
	}
	if a, ok := (Reminder{}).alarm(trigger{interval: -600, timed: true}); !ok || a.After != -10*time.Minute {
		t.Errorf("%+v", a)
	}
}

func TestWords(t *testing.T) { contenttest.Words(t, "content.reminders.", ".") }
