package icalendar

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"

	"lifeboat/backup/content/contenttest"
)

var at = time.Date(2026, 3, 1, 10, 20, 30, 0, time.UTC)

// file writes a file with one event.
func file(write func(*Writer)) string {
	var out bytes.Buffer
	w := New(&out, "A calendar", "#1BADF8")
	w.Begin("VEVENT")
	w.Line("UID", "1")
	write(w)
	w.End("VEVENT")
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.String()
}

// wild are texts that break careless writers.
var wild = []string{
	"plain", "a,b;c\\n d\\\\", "two\nlines\n", strings.Repeat("ä⚓", 300), strings.Repeat("x", 74), strings.Repeat("x", 75) + ";", "\tTab ", "END:VEVENT\nBEGIN:VEVENT", `"quoted": 'so'`,
}

func TestText(t *testing.T) {
	for _, text := range wild {
		c := contenttest.ICalendar(t, file(func(w *Writer) {
			w.Text("SUMMARY", text)
			w.Line("ATTENDEE;CN="+Parameter(text), "mailto:a@example.com")
		}))
		event := c.Children[0]
		if got := contenttest.Plain(t, event, "SUMMARY"); got != text || len(c.Children) != 1 {
			t.Errorf("%q became %q", text, got)
		}
		name := strings.NewReplacer("\n", " ", `"`, "'", "\t", "").Replace(text)
		if p := event.Props.Get("ATTENDEE"); p.Value != "mailto:a@example.com" || p.Params.Get("CN") != name {
			t.Errorf("%q became %q of %q", text, p.Params.Get("CN"), p.Value)
		}
	}
	for text, want := range map[string]string{"a\r\nb\rc\u2028d": `a\nb\nc\nd`, "\x00a\x07\u0085": "a"} {
		if got := Quote(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
	if text := file(func(w *Writer) { w.Text("SUMMARY", " \n"); w.URI("URL", " \r\n") }); strings.Contains(text, "SUMMARY") || strings.Contains(text, "URL") {
		t.Errorf("nothing was written: %q", text)
	}
	if text := file(func(w *Writer) { w.URI("URL", "https://a/\r\nX:y z") }); !strings.Contains(text, "\r\nURL:https://a/X:yz\r\n") {
		t.Errorf("%q", text)
	}
	for color, written := range map[string]bool{"#1BADF8": true, "#1badf8FF": true, "red": false, "#12345;": false, "": false, "#1\r\nX:2": false} {
		var out bytes.Buffer
		New(&out, "", color).Close()
		if strings.Contains(out.String(), "COLOR") != written || strings.Contains(out.String(), "CALNAME") {
			t.Errorf("%q: %q", color, out.String())
		}
	}
}

func TestTimes(t *testing.T) {
	twice := time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC) // the second half past two of that night in Berlin
	for want, f := range map[string]Form{
		"DTSTART:20260301T102030Z": {}, "DTSTART;TZID=Europe/Berlin:20260301T112030": {Zone: "Europe/Berlin"}, "DTSTART;VALUE=DATE:20260301": {Day: true, Zone: "Europe/Berlin"},
		"DTSTART:20260301T102030": {Floating: true}, " DTSTART:20260301T102030Z": {Zone: "Mars/Olympus"}, "DTSTART:20260301T102030Z ": {Zone: "Local"},
	} {
		if text := file(func(w *Writer) { w.Times("DTSTART", f, at) }); !strings.Contains(text, "\r\n"+strings.TrimSpace(want)+"\r\n") {
			t.Errorf("%+v: %q", f, text)
		}
	}
	text := file(func(w *Writer) { w.Times("EXDATE", Form{Zone: "Europe/Berlin"}, twice.Add(-time.Hour), twice, at) })
	if !strings.Contains(text, "\r\nEXDATE;TZID=Europe/Berlin:20261025T023000,20260301T112030\r\nEXDATE:20261025T013000Z\r\n") {
		t.Errorf("%q", text)
	}
	if text := file(func(w *Writer) { w.Times("EXDATE", Form{}); w.UTC("COMPLETED", time.Time{}) }); strings.Contains(text, "EXDATE") || strings.Contains(text, "COMPLETED") {
		t.Errorf("%q", text)
	}
	for _, name := range []string{"../../etc/localtime", "Local", "Mars/Olympus", "Europe/Berlin\r\nX:Y", "/etc/localtime", `..\..\x`} {
		if zone, known := Zone(name); known || zone != time.UTC {
			t.Errorf("%q is known", name)
		}
	}
}

func TestRules(t *testing.T) {
	for want, c := range map[string]struct {
		Rule
		Form
	}{
		"FREQ=WEEKLY;BYDAY=TU,TH":                                {Rule: Rule{Every: Weekly, Days: []string{"TU", "TH"}}},
		"FREQ=MONTHLY;INTERVAL=2;BYDAY=2TU,-1FR;COUNT=12":        {Rule: Rule{Every: Monthly, Interval: 2, Count: 12, Until: at, Days: []string{"2TU", "-1FR"}}},
		"FREQ=DAILY;UNTIL=20260301T102030Z":                      {Rule: Rule{Every: Daily, Until: at}, Form: Form{Zone: "Europe/Berlin"}},
		"FREQ=DAILY;UNTIL=20260301T102030":                       {Rule: Rule{Every: Daily, Until: at}, Form: Form{Floating: true}},
		"FREQ=YEARLY;BYMONTHDAY=1,-1;BYMONTH=2,3;UNTIL=20260301": {Rule: Rule{Every: Yearly, Until: at, Dates: []int{1, -1}, Months: []int{2, 3}}, Form: Form{Day: true}},
	} {
		event := contenttest.ICalendar(t, file(func(w *Writer) { w.Rule(c.Rule, c.Form) })).Children[0]
		if got := contenttest.Property(event, "RRULE"); got != want {
			t.Errorf("%q is not %q", got, want)
		}
		if _, err := event.Props.RecurrenceRule(); err != nil {
			t.Errorf("%s: %v", want, err)
		}
	}
	for text, want := range map[string]string{"MO": "MO", "0WE": "WE", "2TU": "2TU", "+3SU": "3SU", "-1FR": "-1FR", "XX": "", "": "", "M": "", "99MO": "", "\r\nX:Y": "", "1.MO": ""} {
		if got, ok := Day(text); got != want || ok != (want != "") {
			t.Errorf("%q became %q", text, got)
		}
	}
	for _, r := range []Rule{{}, {Every: "HOURLY"}, {Every: Daily, Count: -1}, {Every: Daily, Interval: 1 << 40}} {
		if r.Fits() {
			t.Errorf("%+v fits", r)
		}
	}
	if r := (Rule{Every: Daily, Interval: -3}); !r.Fits() || r.Interval != 1 {
		t.Errorf("%+v", r)
	}
}

func TestAlarm(t *testing.T) {
	for want, a := range map[string]Alarm{
		"TRIGGER:-PT30M": {After: -30 * time.Minute}, "TRIGGER:-P1D": {After: -24 * time.Hour}, "TRIGGER:PT0S": {}, "TRIGGER:PT25H1S": {After: 25*time.Hour + time.Second},
		"TRIGGER;VALUE=DATE-TIME:20260301T102030Z": {At: at},
	} {
		if text := file(func(w *Writer) { w.Alarm(a, "", false) }); !strings.Contains(text, "\r\n"+want+"\r\n") {
			t.Errorf("%+v: %q", a, text)
		}
	}
	if text := file(func(w *Writer) { w.Alarm(Alarm{}, "x", true) }); !strings.Contains(text, "\r\nTRIGGER;RELATED=END:PT0S\r\n") {
		t.Errorf("%q", text)
	}
}

// TestZones: what is written of a zone gives the offsets that the zone has.
func TestZones(t *testing.T) {
	names := []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Africa/Casablanca", "Europe/Dublin", "UTC", "nowhere", "Europe/Berlin"}
	c := contenttest.ICalendar(t, file(func(w *Writer) { w.End("VEVENT"); w.Zones(names); w.Begin("VEVENT") }))
	found := 0
	for _, z := range c.Children {
		if z.Name != "VTIMEZONE" {
			continue
		}
		found++
		zone, _ := Zone(contenttest.Property(z, "TZID"))
		checkZone(t, z, zone)
	}
	if found != 6 {
		t.Errorf("%d zones", found)
	}
}

// checkZone sees that the offsets that are written of a zone are those that it has.
func checkZone(t *testing.T, z *ical.Component, zone *time.Location) {
	t.Helper()
	type change struct {
		at string
		to string
	}
	var changes []change
	for _, o := range z.Children {
		days := []string{contenttest.Property(o, "DTSTART")}
		if more := contenttest.Property(o, "RDATE"); more != "" {
			days = append(days, strings.Split(more, ",")...)
		}
		for _, d := range days {
			changes = append(changes, change{d, contenttest.Property(o, "TZOFFSETTO")})
		}
	}
	for month := range 67 * 12 {
		day := time.Date(firstYear, time.Month(1+month), 15, 12, 0, 0, 0, zone)
		var last change
		for _, c := range changes {
			if c.at <= day.Format(clockForm) && c.at > last.at {
				last = c
			}
		}
		if want := day.Format("-0700"); last.to != want {
			t.Fatalf("%s: %s is %s, not %s", zone, day, last.to, want)
		}
	}
}

// byRule is a zone without any list of changes but by a rule, as of all years on
// computers whose zones are kept short, and on Windows.
func byRule(t *testing.T, rule string) *time.Location {
	t.Helper()
	header := "TZif2" + strings.Repeat("\x00", 15+4*4) + "\x00\x00\x00\x01" + "\x00\x00\x00\x04"
	kinds := "\x00\x00\x00\x00\x00\x00" + "STD\x00"
	zone, err := time.LoadLocationFromTZData(rule, []byte(header+kinds+header+kinds+"\n"+rule+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// TestZonesByRule: what has no list of its changes comes to an end too.
func TestZonesByRule(t *testing.T) {
	for _, rule := range []string{"CET-1CEST,M3.5.0,M10.5.0/3", "AEST-10AEDT,M10.1.0,M4.1.0/3", "EST5EDT,M3.2.0,M11.1.0", "IST-5:30"} {
		zone := byRule(t, rule)
		c := contenttest.ICalendar(t, file(func(w *Writer) { w.End("VEVENT"); w.zone("A zone", zone); w.Begin("VEVENT") }))
		for _, z := range c.Children {
			if z.Name == "VTIMEZONE" {
				checkZone(t, z, zone)
			}
		}
	}
}

type broken struct{}

var errFull = errors.New("full")

func (broken) Write([]byte) (int, error) { return 0, errFull }

func TestDisk(t *testing.T) {
	w := New(broken{}, "x", "")
	for range 1000 {
		w.Text("SUMMARY", "more than a buffer holds")
	}
	if err := w.Close(); !errors.Is(err, errFull) {
		t.Error(err)
	}
}

// FuzzText: whatever a text is, it stays one value on lines that are short enough.
func FuzzText(f *testing.F) {
	for _, text := range wild {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "�")
		out := file(func(w *Writer) {
			w.Text("SUMMARY", text)
			w.Line("X-A;CN="+Parameter(text), "1")
			w.URI("URL", text)
		})
		for _, line := range strings.Split(out, "\r\n") {
			if len(line) > longestLine || strings.ContainsAny(line, "\r\n\x00") {
				t.Errorf("%q", line)
			}
		}
		names := []string{}
		for _, line := range strings.Split(strings.ReplaceAll(out, "\r\n ", ""), "\r\n") {
			name, _, _ := strings.Cut(line, ":")
			name, _, _ = strings.Cut(name, ";")
			names = append(names, name)
		}
		want := []string{"BEGIN", "VERSION", "PRODID", "CALSCALE", "X-WR-CALNAME", "X-APPLE-CALENDAR-COLOR", "BEGIN", "UID", "SUMMARY", "X-A", "URL", "END", "END", ""}
		if strings.TrimSpace(text) == "" {
			want = append(want[:8], want[9:]...)
		}
		if uri(text) == "" {
			want = append(want[:len(want)-4], want[len(want)-3:]...)
		}
		if !reflect.DeepEqual(names, want) {
			t.Error(fmt.Sprint(names, " of ", text))
		}
	})
}
