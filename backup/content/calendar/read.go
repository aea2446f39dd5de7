package calendar

import (
	"context"
	"database/sql"
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

func (r *reader) open(ctx context.Context) error {
	if !r.db.Has(table, "start_date") || !r.db.Has(table, "summary") {
		return fmt.Errorf("calendar: no table of events: %w", source.ErrDamaged)
	}
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
	c := func(name string) string { return r.db.Column("c", "Calendar", name) }
	account, kindOf, from := "NULL", "NULL", ""
	if r.db.Has("Calendar", "store_id") && r.db.Has("Store") {
		account, kindOf, from = r.db.Column("s", "Store", "name"), r.db.Column("s", "Store", "type"), ` LEFT JOIN Store s ON s.rowid = c.store_id`
	}
	return r.db.Each(ctx, func(rows *sql.Rows) error {
		var row, kindOf source.Int
		var title, color, account source.Text
		if err := rows.Scan(&row, &title, &color, &account, &kindOf); err != nil {
			return err
		}
		r.calendars[int64(row)] = Calendar{Title: string(title), Color: string(color), Account: string(account), row: int64(row)}
		r.birthdays[int64(row)] = kindOf == ofBirthdays
		return nil
	}, `SELECT c.rowid, `+c("title")+`, `+c("color")+`, `+account+`, `+kindOf+` FROM Calendar c`+from)
}

func (r *reader) readPlaces(ctx context.Context) error {
	r.places = map[int64]Place{}
	if !r.has("Location", "title") {
		return nil
	}
	l := func(name string) string { return r.db.Column("l", "Location", name) }
	return r.db.Each(ctx, func(rows *sql.Rows) error {
		var row source.Int
		var title, address source.Text
		var latitude, longitude source.Real
		if err := rows.Scan(&row, &title, &address, &latitude, &longitude); err != nil {
			return err
		}
		p := Place{Title: string(title), Address: string(address)}
		if math.Abs(float64(latitude)) <= 90 && math.Abs(float64(longitude)) <= 180 {
			p.Latitude, p.Longitude = float64(latitude), float64(longitude)
		}
		r.places[int64(row)] = p
		return nil
	}, `SELECT l.rowid, `+l("title")+`, `+l("address")+`, `+l("latitude")+`, `+l("longitude")+` FROM Location l`)
}

// every are the values of Recurrence.frequency.
var every = map[source.Int]string{1: icalendar.Daily, 2: icalendar.Weekly, 3: icalendar.Monthly, 4: icalendar.Yearly}

func (r *reader) readRules(ctx context.Context) error {
	r.rules = map[int64][]rule{}
	if !r.has("Recurrence", "owner_id", "frequency") {
		return nil
	}
	c := func(name string) string { return r.db.Column("c", "Recurrence", name) }
	return r.db.Each(ctx, func(rows *sql.Rows) error {
		var owner, frequency, interval, count, months source.Int
		var until source.Real
		var specifier source.Text
		if err := rows.Scan(&owner, &frequency, &interval, &count, &until, &specifier, &months); err != nil {
			return err
		}
		one := rule{Rule: icalendar.Rule{Every: every[frequency], Interval: small(interval), Count: small(count), Until: kind.Cocoa(float64(until))}, months: int64(months)}
		one.Days, one.clear = days(string(specifier))
		one.clear = one.clear && one.Fits()
		r.rules[int64(owner)] = append(r.rules[int64(owner)], one)
		return nil
	}, `SELECT `+c("owner_id")+`, `+c("frequency")+`, `+c("interval")+`, `+c("count")+`, `+c("end_date")+`, `+c("specifier")+`, `+c("by_month_months")+` FROM Recurrence c ORDER BY c.rowid`)
}

// small is a number as an int; one that no rule has stays one that none has.
func small(n source.Int) int {
	if n > math.MaxInt32 || n < math.MinInt32 {
		return math.MaxInt32
	}
	return int(n)
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
	return r.db.Each(ctx, func(rows *sql.Rows) error {
		var owner source.Int
		var date stamp
		if err := rows.Scan(&owner, &date); err != nil {
			return err
		}
		if !date.IsZero() {
			r.except[int64(owner)] = append(r.except[int64(owner)], date.Time)
		}
		return nil
	}, `SELECT x.owner_id, x.date FROM ExceptionDate x ORDER BY x.rowid`)
}

func (r *reader) readAlarms(ctx context.Context) error {
	r.alarms = map[int64][]icalendar.Alarm{}
	if !r.has("Alarm", "calendaritem_owner_id", "trigger_interval") {
		return nil
	}
	a := func(name string) string { return r.db.Column("a", "Alarm", name) }
	return r.db.Each(ctx, func(rows *sql.Rows) error {
		var owner, interval, off source.Int
		var at source.Real
		var hasInterval bool
		if err := rows.Scan(&owner, &at, &interval, &hasInterval, &off); err != nil {
			return err
		}
		one := icalendar.Alarm{At: kind.Cocoa(float64(at))}
		if one.At.IsZero() {
			const most = math.MaxInt64 / source.Int(time.Second)
			one.After = time.Duration(max(-most, min(interval, most))) * time.Second
		}
		if off == 0 && (hasInterval || !one.At.IsZero()) {
			r.alarms[int64(owner)] = append(r.alarms[int64(owner)], one)
		}
		return nil
	}, `SELECT a.calendaritem_owner_id, `+a("trigger_date")+`, `+a("trigger_interval")+`, `+a("trigger_interval")+` IS NOT NULL, `+a("disabled")+` FROM Alarm a WHERE a.calendaritem_owner_id IS NOT NULL ORDER BY a.rowid`)
}

// answers are the values of Participant.status.
var answers = map[source.Int]Answer{1: Pending, 2: Accepted, 3: Declined, 4: Tentative, 5: Delegated}

func (r *reader) readPeople(ctx context.Context) error {
	r.people = map[int64][]Person{}
	if !r.has("Participant", "owner_id") {
		return nil
	}
	p := func(name string) string { return r.db.Column("p", "Participant", name) }
	name, address, from := "NULL", "NULL", ""
	if r.has("Identity", "display_name") && r.db.Has("Participant", "identity_id") {
		name, address, from = "i.display_name", r.db.Column("i", "Identity", "address"), ` LEFT JOIN Identity i ON i.rowid = p.identity_id`
	}
	return r.db.Each(ctx, func(rows *sql.Rows) error {
		var owner, status, kindOf, self source.Int
		var mail, phone, name, address source.Text
		if err := rows.Scan(&owner, &kindOf, &status, &self, &mail, &phone, &name, &address); err != nil {
			return err
		}
		one := Person{Name: string(name), Mail: string(mail), Phone: string(phone), Answer: answers[status], Organizer: kindOf == isOrganizer, Self: self != 0}
		scheme, rest, _ := strings.Cut(string(address), ":")
		switch {
		case one.Mail == "" && strings.EqualFold(scheme, "mailto"):
			one.Mail = rest
		case one.Phone == "" && strings.EqualFold(scheme, "tel"):
			one.Phone = rest
		}
		if one.Name != "" || one.Mail != "" || one.Phone != "" {
			r.people[int64(owner)] = append(r.people[int64(owner)], one)
		}
		return nil
	}, `SELECT p.owner_id, `+p("entity_type")+`, `+p("status")+`, `+p("is_self")+`, `+p("email")+`, `+p("phone_number")+`, `+name+`, `+address+` FROM Participant p`+from+` ORDER BY p.rowid`)
}

func (r *reader) readAttachments(ctx context.Context) error {
	r.attached = map[int64][]string{}
	if !r.db.Has("Attachment", "owner_id", "file_id") || !r.db.Has("AttachmentFile", "filename") {
		return nil
	}
	return r.db.Each(ctx, func(rows *sql.Rows) error {
		var owner source.Int
		var name source.Text
		if err := rows.Scan(&owner, &name); err != nil {
			return err
		}
		r.attached[int64(owner)] = append(r.attached[int64(owner)], string(name))
		return nil
	}, `SELECT a.owner_id, f.filename FROM Attachment a JOIN AttachmentFile f ON f.rowid = a.file_id ORDER BY a.rowid`)
}

// column is a column of the table of events.
func (r *reader) column(name string) string { return r.db.Column("i", table, name) }

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
	c := r.column
	return r.db.Each(ctx, func(rows *sql.Rows) error {
		var row, calendar, series, birthday source.Int
		var uid, uuid, scale, zone, endZone source.Text
		var instead stamp
		if err := rows.Scan(&row, &calendar, &uid, &uuid, &series, &instead, &birthday, &scale, &zone, &endZone); err != nil {
			return err
		}
		one := item{ref: string(uid), calendar: int64(calendar), series: int64(series)}
		if one.ref == "" {
			one.ref = string(uuid)
		}
		if series != 0 && one.ref != "" {
			one.ref += "/" + instead.Format("20060102T150405")
		}
		// One event may stand in the calendars of two accounts.
		if one.ref == "" || taken[one.ref] {
			one.ref += "/" + string(uuid)
		}
		if one.ref == "/" || taken[one.ref] {
			one.ref += fmt.Sprintf("/row-%d", row)
		}
		taken[one.ref] = true
		// Rows that say so are made up; where none can, the scale does.
		one.birthday = birthday != 0 || r.birthdays[one.calendar] || scale == "gregorian" && !r.db.Has(table, "birthday_id")
		if one.birthday {
			r.made++
		}
		r.items[int64(row)] = one
		for _, name := range []string{zoneName(string(zone)), zoneName(string(endZone))} {
			if all := r.zones[one.calendar]; name != "" && len(all) < mostZones && !slices.Contains(all, name) {
				r.zones[one.calendar] = append(all, name)
			}
		}
		return nil
	}, `SELECT i.rowid, `+c("calendar_id")+`, `+c("unique_identifier")+`, `+c("UUID")+`, `+c("orig_item_id")+`, `+c("orig_date")+`, `+c("birthday_id")+`, `+c("calendar_scale")+`, `+
		c("start_tz")+`, `+c("end_tz")+` FROM `+table+` i`+r.only()+` ORDER BY i.rowid`)
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
	c := r.column
	return r.db.Each(ctx, func(rows *sql.Rows) error {
		var row, calendar, place, allDay, status, availability, hidden source.Int
		var title, notes, zone, endZone, url, conference source.Text
		var start, end, instead stamp
		var created, modified source.Real
		if err := rows.Scan(&row, &calendar, &title, &notes, &start, &zone, &end, &endZone, &allDay, &place, &instead, &status, &availability, &url, &conference, &hidden, &created, &modified); err != nil {
			return err
		}
		known, found := r.items[int64(row)]
		if !found || known.birthday {
			return nil
		}
		e := Event{
			Ref: known.ref, Title: string(title), Notes: string(notes), URL: string(url), Conference: string(conference), Calendar: r.calendars[int64(calendar)],
			Start: start.Time, End: end.Time, AllDay: allDay != 0, Floating: zone == floats, Zone: zoneName(string(zone)), EndZone: zoneName(string(endZone)), Place: r.places[int64(place)],
			Except: r.except[int64(row)], Alarms: r.alarms[int64(row)], People: r.people[int64(row)], Attachments: r.attached[int64(row)],
			Free: availability == isFree, Hidden: hidden != 0, Created: kind.Cocoa(float64(created)), Modified: kind.Cocoa(float64(modified)),
		}
		if status >= source.Int(Confirmed) && status <= source.Int(Cancelled) {
			e.Status = Status(status)
		}
		for _, one := range r.rules[int64(row)] {
			if made, ok := one.inMonth(e.Start); ok {
				e.Rules = append(e.Rules, made)
			} else {
				e.Unclear = true
			}
		}
		if series, ok := r.series(int64(row)); ok {
			e.Series, e.InsteadOf = series, instead.Time
		}
		return visit(e)
	}, `SELECT i.rowid, `+c("calendar_id")+`, `+c("summary")+`, `+c("description")+`, `+c("start_date")+`, `+c("start_tz")+`, `+c("end_date")+`, `+c("end_tz")+`, `+c("all_day")+`, `+
		c("location_id")+`, `+c("orig_date")+`, `+c("status")+`, `+c("availability")+`, `+c("url")+`, `+r.db.FirstColumn("i", table, "conference_url", "conference_url_detected")+`, `+
		c("hidden")+`, `+c("creation_date")+`, `+c("last_modified")+` FROM `+table+` i`+r.only()+` ORDER BY 2, 1`)
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
