package calendar

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"
	"time"

	"lifeboat/backup/content/icalendar"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// The values of CalendarItem.entity_type and of Participant.entity_type, of
// Store.type, and of CalendarItem.availability, that matter.
const (
	isEvent     = 2
	isOrganizer = 8
	ofBirthdays = 5
	isFree      = 1
)

// item is what has to be known of an event while others are read.
type item struct {
	ref      string
	calendar int64
	series   int64 // the row of the event one of whose days it is, 0 for none
	birthday bool
}

// reader reads the calendars.
type reader struct {
	db        *source.Database
	items     map[int64]item
	calendars map[int64]Calendar
	birthdays map[int64]bool // calendars
	places    map[int64]Place
	rules     map[int64][]rule
	except    map[int64][]time.Time
	alarms    map[int64][]icalendar.Alarm
	people    map[int64][]Person
	attached  map[int64][]string
	zones     map[int64][]string // by calendar
	// made is how many birthdays were left out; incomplete: something that belongs to
	// events could not be read.
	made       int
	incomplete bool
}

// rule is a row of Recurrence.
type rule struct {
	icalendar.Rule
	months int64 // bits
	clear  bool
}

const table = "CalendarItem"

// mostZones bounds how many time zones of one calendar are looked at.
const mostZones = 100

func (r *reader) read(ctx context.Context) error {
	for _, read := range []func(context.Context) error{r.readCalendars, r.readPlaces, r.readRules, r.readExcept, r.readAlarms, r.readPeople, r.readAttachments} {
		if err := read(ctx); err != nil {
			if ctx.Err() != nil || !errors.Is(err, source.ErrDamaged) {
				return err
			}
			r.incomplete = true
		}
	}
	return r.readItems(ctx)
}

// has notes that something is incomplete if a table lacks one of these columns.
func (r *reader) has(table string, columns ...string) bool {
	there := r.db.Has(table, columns...)
	r.incomplete = r.incomplete || !there
	return there
}

func (r *reader) readCalendars(ctx context.Context) error {
	r.calendars, r.birthdays = map[int64]Calendar{}, map[int64]bool{}
	if !r.has("Calendar", "title") {
		return nil
	}
	kindOf, from := "NULL", ""
	if r.db.Has("Calendar", "store_id") && r.db.Has("Store") {
		kindOf, from = r.db.Column("s", "Store", "type"), ` LEFT JOIN Store s ON s.rowid = c.store_id`
	}
	var c Calendar
	var store int64
	return r.db.Scan(ctx, []any{&c.row, &store, &c.Title, &c.Color}, func() error {
		r.calendars[c.row], r.birthdays[c.row] = c, store == ofBirthdays
		return nil
	}, `SELECT c.rowid, `+kindOf+`, `+r.db.Columns("c", "Calendar", "title", "color")+` FROM Calendar c`+from)
}

func (r *reader) readPlaces(ctx context.Context) error {
	r.places = map[int64]Place{}
	if !r.has("Location", "title") {
		return nil
	}
	var row int64
	var p Place
	return r.db.Scan(ctx, []any{&row, &p.Title, &p.Address, &p.Latitude, &p.Longitude}, func() error {
		if math.Abs(p.Latitude) > 90 || math.Abs(p.Longitude) > 180 {
			p.Latitude, p.Longitude = 0, 0
		}
		r.places[row] = p
		return nil
	}, `SELECT l.rowid, `+r.db.Columns("l", "Location", "title", "address", "latitude", "longitude")+` FROM Location l`)
}

// every are the values of Recurrence.frequency.
var every = map[int64]string{1: icalendar.Daily, 2: icalendar.Weekly, 3: icalendar.Monthly, 4: icalendar.Yearly}

func (r *reader) readRules(ctx context.Context) error {
	r.rules = map[int64][]rule{}
	if !r.has("Recurrence", "owner_id", "frequency") {
		return nil
	}
	var owner, frequency, interval, count, months int64
	var until float64
	var specifier string
	return r.db.Scan(ctx, []any{&owner, &frequency, &interval, &count, &until, &specifier, &months}, func() error {
		one := rule{Rule: icalendar.Rule{Every: every[frequency], Interval: small(interval), Count: small(count), Until: kind.Cocoa(until)}, months: months}
		one.Days, one.clear = days(specifier)
		one.clear = one.clear && one.Fits()
		r.rules[owner] = append(r.rules[owner], one)
		return nil
	}, `SELECT `+r.db.Columns("c", "Recurrence", "owner_id", "frequency", "interval", "count", "end_date", "specifier", "by_month_months")+` FROM Recurrence c ORDER BY c.rowid`)
}

// small is a number as an int; one that no rule has stays one that none has.
func small(n int64) int {
	if n < math.MinInt32 {
		return math.MaxInt32
	}
	return int(min(n, math.MaxInt32))
}

// days reads what a rule says of weekdays: "D=0MO,2TU", of which a number of 0 is every
// one. What else may stand there is not known, so that such a rule is not understood.
func days(specifier string) (all []string, ok bool) {
	specifier = strings.Trim(strings.TrimSpace(specifier), ";")
	if specifier == "" {
		return nil, true
	}
	list, found := strings.CutPrefix(specifier, "D=")
	if !found || len(list) > 1000 {
		return nil, false
	}
	for _, text := range strings.Split(list, ",") {
		day, ok := icalendar.Day(text)
		if !ok {
			return nil, false
		}
		all = append(all, day)
	}
	return all, true
}

// inMonth puts the month into a rule that names one. How the bits count is not known:
// only those are understood that stand for the month of the start in one way or
// another.
func (one rule) inMonth(start time.Time) (icalendar.Rule, bool) {
	made := one.Rule
	if one.months == 0 || made.Every != icalendar.Yearly {
		return made, one.clear && one.months == 0
	}
	month := int(start.UTC().Month())
	bit := bits.TrailingZeros64(uint64(one.months))                                  //nolint:gosec // bits
	if bits.OnesCount64(uint64(one.months)) != 1 || bit != month && bit != month-1 { //nolint:gosec // bits
		return made, false
	}
	made.Months = []int{month}
	return made, one.clear
}

func (r *reader) readExcept(ctx context.Context) error {
	r.except = map[int64][]time.Time{}
	if !r.has("ExceptionDate", "owner_id", "date") {
		return nil
	}
	var owner int64
	var date stamp
	return r.db.Scan(ctx, []any{&owner, &date}, func() error {
		if !date.IsZero() {
			r.except[owner] = append(r.except[owner], date.Time)
		}
		return nil
	}, `SELECT x.owner_id, x.date FROM ExceptionDate x ORDER BY x.rowid`)
}

func (r *reader) readAlarms(ctx context.Context) error {
	r.alarms = map[int64][]icalendar.Alarm{}
	if !r.has("Alarm", "calendaritem_owner_id", "trigger_interval") {
		return nil
	}
	var owner, interval int64
	var at float64
	var off, hasInterval bool
	return r.db.Scan(ctx, []any{&owner, &at, &interval, &off, &hasInterval}, func() error {
		one := icalendar.Alarm{At: kind.Cocoa(at)}
		if one.At.IsZero() {
			const most = math.MaxInt64 / int64(time.Second)
			one.After = time.Duration(max(-most, min(interval, most))) * time.Second
		}
		if !off && (hasInterval || !one.At.IsZero()) {
			r.alarms[owner] = append(r.alarms[owner], one)
		}
		return nil
	}, `SELECT `+r.db.Columns("a", "Alarm", "calendaritem_owner_id", "trigger_date", "trigger_interval", "disabled")+`, a.trigger_interval IS NOT NULL FROM Alarm a WHERE a.calendaritem_owner_id IS NOT NULL ORDER BY a.rowid`)
}

func (r *reader) readPeople(ctx context.Context) error {
	r.people = map[int64][]Person{}
	if !r.has("Participant", "owner_id") {
		return nil
	}
	name, address, from := "NULL", "NULL", ""
	if r.has("Identity", "display_name") && r.db.Has("Participant", "identity_id") {
		name, address, from = "i.display_name", r.db.Column("i", "Identity", "address"), ` LEFT JOIN Identity i ON i.rowid = p.identity_id`
	}
	var owner, status, kindOf int64
	var uri string
	var one Person
	return r.db.Scan(ctx, []any{&owner, &kindOf, &status, &one.Mail, &one.Phone, &one.Name, &uri}, func() error {
		one.Answer, one.Organizer = Answer(status), kindOf == isOrganizer
		scheme, rest, _ := strings.Cut(uri, ":")
		switch {
		case one.Mail == "" && strings.EqualFold(scheme, "mailto"):
			one.Mail = rest
		case one.Phone == "" && strings.EqualFold(scheme, "tel"):
			one.Phone = rest
		}
		if one.Name != "" || one.Mail != "" || one.Phone != "" {
			r.people[owner] = append(r.people[owner], one)
		}
		return nil
	}, `SELECT `+r.db.Columns("p", "Participant", "owner_id", "entity_type", "status", "email", "phone_number")+`, `+name+`, `+address+` FROM Participant p`+from+` ORDER BY p.rowid`)
}

func (r *reader) readAttachments(ctx context.Context) error {
	r.attached = map[int64][]string{}
	if !r.db.Has("Attachment", "owner_id", "file_id") || !r.db.Has("AttachmentFile", "filename") {
		return nil
	}
	var owner int64
	var name string
	return r.db.Scan(ctx, []any{&owner, &name}, func() error {
		r.attached[owner] = append(r.attached[owner], name)
		return nil
	}, `SELECT a.owner_id, f.filename FROM Attachment a JOIN AttachmentFile f ON f.rowid = a.file_id ORDER BY a.rowid`)
}

// only is the condition that a row is an event.
func (r *reader) only() string {
	if !r.db.Has(table, "entity_type") {
		return ""
	}
	return fmt.Sprintf(` WHERE i.entity_type IS NULL OR i.entity_type IN (0, %d)`, isEvent)
}

// readItems gives each event its name, and finds the time zones of each calendar.
func (r *reader) readItems(ctx context.Context) error {
	r.items, r.zones = map[int64]item{}, map[int64][]string{}
	taken := map[string]bool{}
	var row int64
	var uid, uuid, scale, zone, endZone string
	var instead stamp
	var one item
	return r.db.Scan(ctx, []any{&row, &one.calendar, &uid, &uuid, &one.series, &instead, &one.birthday, &scale, &zone, &endZone}, func() error {
		one.ref = cmp.Or(uid, uuid)
		if one.series != 0 && one.ref != "" {
			one.ref += "/" + instead.Format("20060102T150405")
		}
		// One event may stand in the calendars of two accounts.
		if one.ref == "" || taken[one.ref] {
			one.ref += "/" + uuid
		}
		if one.ref == "/" || taken[one.ref] {
			one.ref += fmt.Sprintf("/row-%d", row)
		}
		taken[one.ref] = true
		// Rows that say so are made up; where none can, the scale does.
		one.birthday = one.birthday || r.birthdays[one.calendar] || scale == "gregorian" && !r.db.Has(table, "birthday_id")
		if one.birthday {
			r.made++
		}
		r.items[row] = one
		for _, name := range []string{zoneName(zone), zoneName(endZone)} {
			if all := r.zones[one.calendar]; name != "" && len(all) < mostZones && !slices.Contains(all, name) {
				r.zones[one.calendar] = append(all, name)
			}
		}
		return nil
	}, `SELECT i.rowid, `+r.db.Columns("i", table, "calendar_id", "unique_identifier", "UUID", "orig_item_id", "orig_date", "birthday_id", "calendar_scale", "start_tz", "end_tz")+
		` FROM `+table+` i`+r.only()+` ORDER BY i.rowid`)
}

// floats is the zone of an event that has none.
const floats = "_float"

func zoneName(zone string) string {
	if zone == floats {
		return ""
	}
	return zone
}

func (r *reader) events(ctx context.Context, visit func(Event) error) error {
	var row, calendar, place, status, availability int64
	var e Event
	var start, end, instead stamp
	var created, modified float64
	return r.db.Scan(ctx, []any{&row, &calendar, &e.Title, &e.Notes, &start, &e.Zone, &end, &e.EndZone, &e.AllDay, &place, &instead, &status, &availability, &e.URL, &e.Hidden, &created, &modified, &e.Conference}, func() error {
		known, found := r.items[row]
		if !found || known.birthday {
			return nil
		}
		e := e
		e.Ref, e.Calendar, e.Place = known.ref, r.calendars[calendar], r.places[place]
		e.Start, e.End, e.Floating, e.Zone, e.EndZone = start.Time, end.Time, e.Zone == floats, zoneName(e.Zone), zoneName(e.EndZone)
		e.Except, e.Alarms, e.People, e.Attachments = r.except[row], r.alarms[row], r.people[row], r.attached[row]
		e.Status, e.Free, e.Created, e.Modified = Status(status), availability == isFree, kind.Cocoa(created), kind.Cocoa(modified)
		for _, one := range r.rules[row] {
			if made, ok := one.inMonth(e.Start); ok {
				e.Rules = append(e.Rules, made)
			} else {
				e.Unclear = true
			}
		}
		if series, ok := r.series(row); ok {
			e.Series, e.InsteadOf = series, instead.Time
		}
		return visit(e)
	}, `SELECT i.rowid, `+r.db.Columns("i", table, "calendar_id", "summary", "description", "start_date", "start_tz", "end_date", "end_tz", "all_day", "location_id", "orig_date", "status",
		"availability", "url", "hidden", "creation_date", "last_modified")+`, `+r.db.FirstColumn("i", table, "conference_url", "conference_url_detected")+` FROM `+table+` i`+r.only()+` ORDER BY 2, 1`)
}

// series is the name of the recurring event one of whose days a row is. What says so
// of itself, or of another such day, or of what does not come again, is no such day.
func (r *reader) series(row int64) (ref string, ok bool) {
	one := r.items[row]
	whole, found := r.items[one.series]
	if !found || one.series == row || whole.series != 0 || whole.birthday || whole.calendar != one.calendar || len(r.rules[one.series]) == 0 {
		return "", false
	}
	return whole.ref, true
}
