package apps

import (
	"fmt"
	"math"
	"strings"
	"time"
)

func nastyRecordings(now time.Time) Recordings {
	r := Recordings{Folders: []MemoFolder{{ID: "f", Name: nastyUp}, {ID: "g", Name: nastyScript}}}
	at := clock(now, 800, 4, 4)
	for i, m := range []Memo{
		{Title: nastyScript, File: "script.m4a", Seconds: 1}, {Title: nastySQL, File: "sql.m4a", Seconds: -5}, {Title: nastyUp, File: nastyUp + ".m4a", Seconds: 3, Folder: "f"},
		{Title: "a/b\\c:d*e?f", File: "slash.m4a", Seconds: 1e18}, {Title: "CON", File: "con.m4a", Folder: "g"}, {Title: "Same", File: "same-1.m4a", Seconds: 2},
		{Title: "same", File: "same-2.m4a", Seconds: 2}, {Title: "SAME", File: "same-1.m4a", Seconds: 2}, {Title: strings.Repeat("ü", 4_000), File: "long.m4a"},
		{Title: "", File: "untitled.m4a"}, {Title: "No file name", File: ""}, {Title: nastyLetter, File: "letter.m4a", Folder: "not there"},
		{Title: "Nothing in it", File: "empty.m4a"}, {Title: "Another kind", File: "what.exe", Seconds: 1},
	} {
		m.ID, m.Recorded = fmt.Sprintf("nasty-%d", i), at.Add(time.Duration(i)*time.Minute)
		switch m.Title {
		case "No file name":
		case "Nothing in it":
			m.Audio = []byte{}
		default:
			m.Audio = m4a(m.File, 1)
		}
		r.Memos = append(r.Memos, m)
	}
	return r
}

func nastyVoicemail(now time.Time) []Voicemail {
	at := clock(now, 700, 5, 5)
	return []Voicemail{
		{Date: at, Sender: nastyScript, Callback: nastySQL, Seconds: -1, Audio: amr("nasty", 1), Transcript: nastyScript + nastyCSV},
		{Date: at, Sender: nastyUp, Seconds: 1 << 30, Audio: []byte("not a sound")},
		{Date: time.Unix(0, 0), Sender: nastyCSV, Audio: []byte{}, Transcript: strings.Repeat("la ", 100_000)},
	}
}

func nastyCalendars(now time.Time) []CalendarAccount {
	at := clock(now, 600, 6, 6)
	split := "Dinner\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Not invited; \\n, \""
	var events []CalendarEvent
	add := func(e CalendarEvent) {
		e.ID, e.Created, e.Modified = fmt.Sprintf("nasty-event-%d", len(events)), at, at
		if e.Start.IsZero() {
			e.Start, e.End = at, at.Add(time.Hour)
		}
		events = append(events, e)
	}
	add(CalendarEvent{Title: split, Notes: split, URL: nastyScheme, Zone: "Europe/Berlin", Place: &EventPlace{Title: split, Address: nastyScript, Latitude: 1e9, Longitude: math.Inf(1)}})
	add(CalendarEvent{Title: nastySQL, Zone: "../../../etc/localtime"})
	add(CalendarEvent{Title: nastyScript, Zone: "Mars/Olympus Mons"})
	add(CalendarEvent{Title: "Instead of the next", Instead: "nasty-event-4", InsteadOf: at})
	add(CalendarEvent{Title: "Instead of the one before", Instead: "nasty-event-3", InsteadOf: at, Repeat: &Recurrence{Every: Daily}})
	add(CalendarEvent{Title: "Instead of itself", Instead: "nasty-event-5", InsteadOf: at})
	add(CalendarEvent{Title: "Instead of nothing", Instead: "nowhere", InsteadOf: at})
	add(CalendarEvent{Title: "Ends before it starts", Start: at, End: at.Add(-48 * time.Hour), Zone: "UTC"})
	add(CalendarEvent{Title: "Never ends", Start: time.Unix(0, 0), End: time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC), AllDay: true})
	add(CalendarEvent{Title: "Odd rule", Repeat: &Recurrence{Every: 99, Interval: -3, Count: -1, Days: []string{"XX", "99999999999999999999MO", "\r\nX:Y"}}})
	add(CalendarEvent{Title: strings.Repeat("long ", 1_000), Notes: strings.Repeat("Wörter\n", 150_000)})
	add(CalendarEvent{Title: "Guests", Participants: []Participant{{Name: nastyScript, Mail: "a@example.com\r\nATTENDEE:b@example.com", Status: 99, Organizer: true}, {}},
		Alarms: []Alarm{{Before: -time.Hour}, {Before: math.MaxInt64}, {At: time.Unix(0, 0)}}})
	return []CalendarAccount{{Name: nastyUp, Type: 99, Calendars: []Calendar{
		{Title: nastyUp, Color: "red;background:url(https://example.invalid/)", Events: events}, {Title: "CON"}, {Title: "con"}}}}
}

func nastyReminders(now time.Time) []ReminderStore {
	at := clock(now, 500, 7, 7)
	var all []Reminder
	for i, r := range []Reminder{
		{Title: nastyScript, Notes: nastyScript, URL: nastyScheme}, {Title: nastySQL, Zone: "../../etc/localtime", Due: at}, {Title: "In itself", Parent: "nasty-reminder-2"},
		{Title: "In the next", Parent: "nasty-reminder-4"}, {Title: "In the one before", Parent: "nasty-reminder-3"}, {Title: "In nothing", Parent: "nowhere"},
		{Title: "Urgent", Priority: 77, Due: time.Unix(0, 0), Completed: at}, {Title: "x\r\nEND:VTODO\r\nBEGIN:VTODO", Tags: []string{nastyScript, ""}},
		{Title: "", Notes: strings.Repeat("long\n", 200_000)}, {Title: nastyLetter, Done: true, Repeat: &Recurrence{Every: 50, Interval: -1}},
	} {
		r.ID, r.Created, r.Modified = fmt.Sprintf("nasty-reminder-%d", i), at, at
		all = append(all, r)
	}
	return []ReminderStore{
		{File: "Data-nasty.sqlite", Account: nastyScript, Lists: []ReminderList{{ID: "a", Title: nastyUp, Parent: "b", Reminders: all}, {ID: "b", Title: "Round", Parent: "a", Group: true},
			{ID: "c", Title: "In itself", Parent: "c", Group: true}, {ID: "d", Title: "In nothing", Parent: "nowhere", Reminders: []Reminder{{ID: "lost", Title: "Lost", Created: at, Modified: at}}}}},
		{File: "Data-second.sqlite", Account: "Second", Lists: []ReminderList{{ID: "e", Title: "Fine", Reminders: []Reminder{{ID: "fine", Title: "Still here", Created: at, Modified: at}}}}},
	}
}

// nastyDepth is how many folders of bookmarks lie in each other.
const nastyDepth = 3_000

func nastySafari(now time.Time) Safari {
	at := clock(now, 400, 8, 8)
	s := Safari{Bookmarks: []Bookmark{
		{ID: 10, Parent: 11, Folder: true, Title: "Round"}, {ID: 11, Parent: 10, Folder: true, Title: "and round"}, {ID: 12, Parent: 12, Folder: true, Title: "In itself"},
		{ID: 13, Parent: 12, Title: "In what lies in itself", URL: "https://example.org/lost"}, {ID: 14, Parent: 99_999_999, Title: "In nothing", URL: "https://example.org/orphan"},
		{ID: 15, Parent: BookmarksBar, Title: "</A></DL>" + nastyScript, URL: nastyScheme}, {ID: 16, Parent: BookmarksBar, Title: nastySQL, URL: "data:text/html," + nastyScript},
		{ID: 17, Parent: BookmarksBar, Title: "Quotes", URL: `https://example.org/" onclick="alert(1)`}, {ID: 18, Parent: BookmarksBar, Title: "File", URL: "file:///etc/passwd"},
		{ID: 19, Parent: BookmarksBar, Title: "Long", URL: "https://example.org/?q=" + strings.Repeat("x", 1<<20)}, {ID: 20, Parent: BookmarksBar, Title: "", URL: ""},
		{ID: 21, Parent: 13, Title: "In one that is no folder", URL: "https://example.org/leaf"},
		{ID: 22, Parent: ReadingList, Title: "Odd list", URL: "https://example.org/odd", Raw: []byte("bplist00 no list at all")},
		{ID: 23, Parent: ReadingList, Title: "Bomb", URL: "https://example.org/bomb", Raw: randomBytes("reading list", 200_000)},
	}}
	for i := range nastyDepth {
		s.Bookmarks = append(s.Bookmarks, Bookmark{ID: 1_000 + i, Parent: max(BookmarksMenu, 999+i), Folder: true, Title: fmt.Sprintf("Deep %d", i)})
	}
	s.Bookmarks[len(s.Bookmarks)-nastyDepth].Parent = BookmarksMenu
	s.Bookmarks = append(s.Bookmarks, Bookmark{ID: 999, Parent: 1_000 + nastyDepth - 1, Title: "At the bottom", URL: "https://example.org/bottom"})
	for i, u := range []string{nastyScheme, nastyScript, nastySQL, "", "https://example.org/\x00nul", nastyCSV} {
		s.Visits = append(s.Visits, Visit{URL: u, Title: nastyScript, At: at.Add(time.Duration(i) * time.Second)})
	}
	s.Visits = append(s.Visits, Visit{URL: "https://example.org/old", At: time.Date(1970, 1, 1, 0, 0, 1, 0, time.UTC)}, Visit{URL: "https://example.org/new", At: time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)})
	return s
}

func nastyHealth(now time.Time) Health {
	at := clock(now, 300, 9, 9)
	h := Health{Sources: []HealthSource{{Name: nastyScript, Bundle: nastySQL, Product: nastyCSV, Zone: "../../etc/localtime"}, {Name: nastyCSV}}}
	for i, v := range []float64{math.Inf(1), math.Inf(-1), math.NaN(), -5, 1e300, 5e-324} {
		h.Samples = append(h.Samples, Sample{Type: Steps, Start: at, End: at.Add(-time.Hour), Value: v, Source: i % 3})
	}
	h.Samples = append(h.Samples, Sample{Type: Sleep, Start: at, End: at, Value: 77}, Sample{Type: 99_999, Start: at, End: at, Value: 1}, Sample{Type: HeartRate, Start: at, End: at, Value: 1, Source: 50})
	h.Workouts = []Workout{{Activity: 9_999, Start: at, End: at, Seconds: -1, Metres: math.Inf(1), Source: 50}}
	return h
}

// nastyFiles has names that are harmless to a phone only, and domains that are
// no names at all.
func nastyFiles(now time.Time) []AppFile {
	var files []AppFile
	for i, domain := range []string{AppDomain("com.example.nasty"), OnMyPhone, AppDomain("../../evil"), AppDomain("CON"), AppDomain("com.example." + strings.Repeat("long", 60))} {
		for _, name := range append(hostileNames(), `..\..\..\Windows\escaped.txt`, `C:\escaped.txt`, `\\server\share\escaped.txt`, "page.html", "run.desktop", "run.command", "run.lnk") {
			folder := "Documents/"
			if domain == OnMyPhone {
				folder = OnMyPhoneFolder + "/"
			}
			files = append(files, AppFile{Domain: domain, Path: folder + name, Data: fmt.Appendf(nil, "%d %s %s", i, name, nastyScript), Changed: clock(now, 200, 1, i)})
		}
	}
	// It was fetched, and what was fetched is no transcript.
	return append(files, AppFile{Domain: homeDomain, Path: voicemailFolder + "/2.transcript", Data: randomBytes("transcript", 3_000)})
}

// nastyRest puts into a phone what a reader may trip over and is not photos,
// talk or people. Its databases are in order; see [Harm] for those that are
// not.
func nastyRest(p *Phone) {
	now := p.Now
	p.Notes, p.Recordings, p.Voicemail = nastyNotes(now), nastyRecordings(now), nastyVoicemail(now)
	p.Calendars, p.Reminders = nastyCalendars(now), nastyReminders(now)
	p.Safari, p.Health, p.Files = nastySafari(now), nastyHealth(now), nastyFiles(now)
}
