package apps

import (
	"strings"
	"time"

	"lifeboat/device/phonesim/content"
)

const calendarTables = `
Store
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  name TEXT
  type INTEGER
  external_id TEXT
  disabled INTEGER
Calendar
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  store_id INTEGER
  title TEXT
  flags INTEGER
  color TEXT
  type TEXT
  display_order INTEGER
  UUID TEXT
  sharing_status INTEGER
  owner_identity_id INTEGER
  notes TEXT
CalendarItem
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  summary TEXT
  location_id INTEGER
  description TEXT
  start_date REAL
  start_tz TEXT
  end_date REAL
  end_tz TEXT
  all_day INTEGER
  calendar_id INTEGER
  orig_item_id INTEGER
  orig_date REAL
  organizer_id INTEGER
  self_attendee_id INTEGER
  status INTEGER
  availability INTEGER
  privacy_level INTEGER
  url TEXT
  last_modified REAL
  sequence_num INTEGER
  birthday_id INTEGER
  unique_identifier TEXT
  hidden INTEGER
  has_recurrences INTEGER
  has_attendees INTEGER
  UUID TEXT
  entity_type INTEGER
  priority INTEGER
  due_date REAL
  completion_date REAL
  creation_date REAL
  conference_url TEXT | -14
  conference_url_detected TEXT | 15-
  calendar_scale TEXT
  travel_time INTEGER
  junk_status INTEGER | 17-
Location
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  title TEXT
  address TEXT
  latitude REAL
  longitude REAL
  radius REAL
  item_owner_id INTEGER
Recurrence
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  frequency INTEGER
  interval INTEGER
  week_start INTEGER
  count INTEGER
  cached_end_date REAL
  cached_end_date_tz TEXT
  end_date REAL
  specifier TEXT
  by_month_months INTEGER
  owner_id INTEGER
  UUID TEXT
Alarm
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  trigger_date REAL
  trigger_interval INTEGER
  type INTEGER
  calendaritem_owner_id INTEGER
  calendar_owner_id INTEGER
  UUID TEXT
  disabled INTEGER | 15-
ExceptionDate
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  owner_id INTEGER
  date REAL
  sync_order INTEGER
Participant
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  entity_type INTEGER
  type INTEGER
  status INTEGER
  pending_status INTEGER
  role INTEGER
  identity_id INTEGER
  owner_id INTEGER
  UUID TEXT
  email TEXT
  is_self INTEGER
  phone_number TEXT | 15-
Identity
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  display_name TEXT
  address TEXT
  first_name TEXT
  last_name TEXT
Attachment
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  owner_id INTEGER
  file_id INTEGER
AttachmentFile
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  filename TEXT
  file_size INTEGER
index CalendarItemCalendarId CalendarItem(calendar_id)
`

// The kinds of rows in CalendarItem and Participant.
const (
	entityEvent     = 2
	entityAttendee  = 7
	entityOrganizer = 8
)

// BuildCalendar makes the database of the calendars.
func BuildCalendar(shape Shape, phone Phone) ([]content.Extra, error) {
	return phone.build(shape, store{homeDomain, "Library/Calendar/Calendar.sqlitedb", calendarTables, func(d *database) {
		w := &calendarWriter{database: d, items: map[string]int{}}
		w.fill(phone.Calendars)
	}})
}

// calendarWriter counts the rows of each table.
type calendarWriter struct {
	*database
	items                                             map[string]int // events, by identifier
	calendars, places, rules, alarms, people, skipped int
}

// entry is an event with its calendar and its number.
type entry struct {
	CalendarEvent
	calendar, row int
}

func (w *calendarWriter) fill(accounts []CalendarAccount) {
	var entries []entry
	for i, a := range accounts {
		w.insert("Store", row{"ROWID": i + 1, "name": a.Name, "type": a.Type, "disabled": 0})
		for _, c := range a.Calendars {
			w.calendars++
			w.insert("Calendar", row{"ROWID": w.calendars, "store_id": i + 1, "title": c.Title, "color": optional(c.Color), "flags": 0,
				"display_order": w.calendars, "sharing_status": 0})
			for _, e := range c.Events {
				entries = append(entries, entry{e, w.calendars, len(entries) + 1})
				w.items[e.ID] = len(entries)
			}
		}
	}
	newest := 0
	for i, e := range entries {
		if e.Modified.After(entries[newest].Modified) {
			newest = i
		}
	}
	for i, e := range entries {
		if i != newest {
			w.event(e)
		}
	}
	w.newest()
	if len(entries) > 0 {
		w.event(entries[newest])
	}
}

func (w *calendarWriter) event(e entry) {
	zone := e.Zone
	if zone == "" {
		zone = "_float"
	}
	r := row{"ROWID": e.row, "summary": e.Title, "description": optional(e.Notes), "start_date": cocoa(e.Start), "start_tz": zone,
		"end_date": cocoa(e.End), "end_tz": zone, "all_day": flag(e.AllDay), "calendar_id": e.calendar, "url": optional(e.URL),
		"unique_identifier": e.ID, "UUID": e.ID, "entity_type": entityEvent, "hidden": 0, "has_recurrences": flag(e.Repeat != nil),
		"has_attendees": flag(len(e.Participants) > 0), "creation_date": cocoa(e.Created), "last_modified": cocoa(e.Modified), "sequence_num": 0,
		"status": 0, "location_id": w.place(e), "orig_item_id": 0, "organizer_id": w.invite(e)}
	if e.Cancelled {
		r["status"] = 3
	}
	if e.Birthday {
		r["calendar_scale"], r["birthday_id"] = "gregorian", e.row
	}
	if e.Instead != "" {
		r["orig_item_id"], r["orig_date"] = key(w.items, e.Instead), cocoa(e.InsteadOf)
	}
	w.insert("CalendarItem", r)
	if e.Repeat != nil {
		w.repeat(e.row, *e.Repeat)
	}
	for _, at := range e.Except {
		w.skipped++
		w.insert("ExceptionDate", row{"ROWID": w.skipped, "owner_id": e.row, "date": cocoa(at), "sync_order": 0})
	}
	for _, a := range e.Alarms {
		w.alarms++
		r := row{"ROWID": w.alarms, "calendaritem_owner_id": e.row, "type": 0, "trigger_interval": -int64(a.Before / time.Second), "disabled": 0}
		if !a.At.IsZero() {
			r["trigger_date"], r["trigger_interval"] = cocoa(a.At), nil
		}
		w.insert("Alarm", r)
	}
}

func (w *calendarWriter) place(e entry) any {
	if e.Place == nil {
		return 0
	}
	w.places++
	r := row{"ROWID": w.places, "title": e.Place.Title, "address": optional(e.Place.Address), "item_owner_id": e.row}
	if e.Place.Latitude != 0 || e.Place.Longitude != 0 {
		r["latitude"], r["longitude"], r["radius"] = e.Place.Latitude, e.Place.Longitude, 100
	}
	w.insert("Location", r)
	return w.places
}

// invite writes who takes part, and returns the row of who invites.
func (w *calendarWriter) invite(e entry) any {
	organizer := 0
	for _, p := range e.Participants {
		w.people++
		kind := entityAttendee
		if p.Organizer {
			kind, organizer = entityOrganizer, w.people
		}
		first, last, _ := strings.Cut(p.Name, " ")
		address := p.Mail
		if address != "" {
			address = "mailto:" + address
		}
		w.insert("Identity", row{"ROWID": w.people, "display_name": optional(p.Name), "address": optional(address), "first_name": optional(first), "last_name": optional(last)})
		w.insert("Participant", row{"ROWID": w.people, "entity_type": kind, "type": 1, "status": p.Status, "role": 1, "identity_id": w.people,
			"owner_id": e.row, "email": optional(p.Mail), "is_self": flag(p.Self)})
	}
	return organizer
}

// repeat writes a rule. Its days stand in a text of Apple's own: "D=" and, for
// each, which of the month (0: every one) and the weekday. That form is assumed.
func (w *calendarWriter) repeat(owner int, rule Recurrence) {
	w.rules++
	var days []string
	for _, d := range rule.Days {
		if len(d) == 2 {
			d = "0" + d
		}
		days = append(days, d)
	}
	r := row{"ROWID": w.rules, "owner_id": owner, "frequency": rule.Every, "interval": max(1, rule.Interval), "week_start": 2, "count": rule.Count,
		"end_date": cocoa(rule.Until)}
	if len(days) > 0 {
		r["specifier"] = "D=" + strings.Join(days, ",")
	}
	w.insert("Recurrence", r)
}
