package reminders

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"lifeboat/backup/content/icalendar"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// The tables: reminders and lists have their own since iOS 16, and lie among all other
// things before.
const (
	objects      = "ZREMCDOBJECT"
	ownReminders = "ZREMCDREMINDER"
	ownLists     = "ZREMCDBASELIST"
	entities     = "Z_PRIMARYKEY"
	labels       = "ZREMCDHASHTAGLABEL"
)

// item is what has to be known of a reminder while others are read.
type item struct {
	ref    string
	parent int64
}

// trigger is what makes an alarm ring.
type trigger struct {
	clock    []byte
	interval float64
	timed    bool // interval counts
}

// store is one of the databases.
type store struct {
	name       string
	db         *source.Database
	entities   map[string]int64
	lists      map[int64]List
	items      map[int64]item
	zones      map[string][]string // by list
	urls       map[int64][]string  // by reminder, as those that follow
	tags       map[int64][]string
	attached   map[int64][]string
	rules      map[int64][]icalendar.Rule
	unclear    map[int64]bool
	alarms     map[int64][]int64 // triggers
	triggers   map[int64]trigger
	incomplete bool
}

func (s *store) read(ctx context.Context, b *source.Backup, f source.File, visit func(Reminder) error) (err error) {
	if s.db, err = b.DatabaseOf(ctx, f); err != nil {
		return err
	}
	defer s.db.Close()
	for _, read := range []func(context.Context) error{s.readEntities, s.readObjects, s.readLists} {
		if err := read(ctx); err != nil {
			if ctx.Err() != nil || !errors.Is(err, source.ErrDamaged) {
				return err
			}
			s.incomplete = true
		}
	}
	table, where := s.table("r", ownReminders, "REMCDReminder")
	if !s.db.Has(table) || where == never {
		return fmt.Errorf("%s: no table of reminders: %w", s.name, source.ErrDamaged)
	}
	if err := s.readItems(ctx, table, where); err != nil {
		return err
	}
	return s.reminders(ctx, table, where, visit)
}

// readEntities learns by which numbers things are told apart: they change from one iOS
// to the next.
func (s *store) readEntities(ctx context.Context) error {
	s.entities = map[string]int64{}
	if !s.db.Has(entities, "Z_ENT", "Z_NAME") {
		s.incomplete = true
		return nil
	}
	var number int64
	var name string
	return s.db.Scan(ctx, []any{&number, &name}, func() error {
		s.entities[name] = number
		return nil
	}, `SELECT e.Z_ENT, e.Z_NAME FROM `+entities+` e LIMIT 10000`)
}

// never is a condition that no row meets.
const never = " WHERE 0"

// is the condition that a row is of one of some kinds.
func (s *store) is(alias string, names ...string) string {
	var numbers []string
	for _, name := range names {
		if n, known := s.entities[name]; known {
			numbers = append(numbers, fmt.Sprint(n))
		}
	}
	if len(numbers) == 0 || !s.db.Has(objects, "Z_ENT") {
		return never
	}
	return ` WHERE ` + alias + `.Z_ENT IN (` + strings.Join(numbers, ",") + `)`
}

// table is the table of one kind of things, under an alias, and the condition that a row
// is one of them.
func (s *store) table(alias, own, name string) (table, where string) {
	if s.db.Has(own) {
		return own, ""
	}
	return objects, s.is(alias, name)
}

// any is the first of some columns of a table that has a value in a row: Core Data gives
// a name a number where several kinds of things have it.
func (s *store) any(alias, table string, names ...string) string {
	var columns []string
	for _, name := range names {
		for _, number := range []string{"", "1", "2", "3", "4", "5", "6", "7", "8", "9"} {
			if s.db.Has(table, name+number) {
				columns = append(columns, s.db.Column(alias, table, name+number))
			}
		}
	}
	switch len(columns) {
	case 0:
		return "NULL"
	case 1:
		return columns[0]
	}
	return "COALESCE(" + strings.Join(columns, ", ") + ")"
}

// readObjects reads what belongs to reminders.
func (s *store) readObjects(ctx context.Context) error {
	s.urls, s.tags, s.attached = map[int64][]string{}, map[int64][]string{}, map[int64][]string{}
	s.rules, s.unclear, s.alarms, s.triggers = map[int64][]icalendar.Rule{}, map[int64]bool{}, map[int64][]int64{}, map[int64]trigger{}
	if !s.db.Has(objects, "Z_PK", "Z_ENT") {
		s.incomplete = true
		return nil
	}
	var known []string
	kinds := map[int64]string{}
	for name, number := range s.entities {
		if name != "REMCDReminder" && name != "REMCDList" && name != "REMCDAccount" {
			known = append(known, name)
		}
		kinds[number] = name
	}
	label, from := "NULL", ""
	if s.db.Has(labels, "Z_PK", "ZNAME") && s.db.Has(objects, "ZHASHTAGLABEL") {
		label, from = "l.ZNAME", ` LEFT JOIN `+labels+` l ON l.Z_PK = o.ZHASHTAGLABEL`
	}
	var row, entity, of, trigged, frequency, interval, count int64
	var gone, timed bool
	var name, tag, url, file string
	var until, after float64
	var clock, weekdays, dates, months, others []byte
	return s.db.Scan(ctx, []any{&of, &name, &tag, &url, &file, &timed, &others, &row, &entity, &trigged, &gone, &frequency, &interval, &count, &until, &after, &clock, &weekdays, &dates, &months}, func() error {
		switch kindOf := kinds[entity]; {
		case gone:
		case kindOf == "REMCDAlarm":
			s.alarms[of] = append(s.alarms[of], trigged)
		case strings.HasPrefix(kindOf, "REMCDAlarm") && strings.HasSuffix(kindOf, "Trigger"):
			s.triggers[row] = trigger{clock: clock, interval: after, timed: timed}
		case kindOf == "REMCDHashtag":
			if tag = cmp.Or(tag, name); tag != "" {
				s.tags[of] = append(s.tags[of], tag)
			}
		case kindOf == "REMCDURLAttachment":
			if url != "" {
				s.urls[of] = append(s.urls[of], url)
			}
		case strings.HasSuffix(kindOf, "Attachment"):
			s.attached[of] = append(s.attached[of], file)
		case kindOf == "REMCDRecurrenceRule":
			if r, ok := rule(frequency, interval, count, until, weekdays, dates, months, others); ok {
				s.rules[of] = append(s.rules[of], r)
			} else {
				s.unclear[of] = true
			}
		}
		return nil
	}, `SELECT `+s.any("o", objects, "ZREMINDER")+`, `+s.any("o", objects, "ZNAME")+`, `+label+`, `+s.any("o", objects, "ZURL")+`, `+s.any("o", objects, "ZFILENAME")+`, `+
		s.db.Column("o", objects, "ZTIMEINTERVAL")+` IS NOT NULL, COALESCE(`+s.db.Columns("o", objects, "ZDAYSOFTHEYEAR", "ZWEEKSOFTHEYEAR", "ZSETPOSITIONS")+`), `+
		s.db.Columns("o", objects, "Z_PK", "Z_ENT", "ZTRIGGER", "ZMARKEDFORDELETION", "ZFREQUENCY", "ZINTERVAL", "ZOCCURRENCECOUNT", "ZENDDATE", "ZTIMEINTERVAL",
			"ZDATECOMPONENTSDATA", "ZDAYSOFTHEWEEK", "ZDAYSOFTHEMONTH", "ZMONTHSOFTHEYEAR")+` FROM `+objects+` o`+from+s.is("o", known...)+` ORDER BY o.Z_PK`)
}

// every are the values of ZFREQUENCY.
var every = map[int64]string{0: icalendar.Daily, 1: icalendar.Weekly, 2: icalendar.Monthly, 3: icalendar.Yearly}

// rule makes a rule of its columns; ok is false if it is not wholly understood.
func rule(frequency, interval, count int64, until float64, weekdays, dates, months, others []byte) (r icalendar.Rule, ok bool) {
	if interval > math.MaxInt32 || count > math.MaxInt32 || !empty(others) {
		return r, false
	}
	r = icalendar.Rule{Every: every[frequency], Interval: int(interval), Count: int(count), Until: kind.Cocoa(float64(until))}
	if !empty(weekdays) {
		var days []struct{ DayOfTheWeek, WeekNumber int }
		if json.Unmarshal(weekdays, &days) != nil {
			return r, false
		}
		for _, d := range days {
			if d.DayOfTheWeek < 1 || d.DayOfTheWeek > 7 {
				return r, false
			}
			day, ok := icalendar.Day(fmt.Sprint(d.WeekNumber) + [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}[d.DayOfTheWeek-1])
			if !ok {
				return r, false
			}
			r.Days = append(r.Days, day)
		}
	}
	for _, list := range []struct {
		data        []byte
		into        *[]int
		first, last int
	}{{dates, &r.Dates, -31, 31}, {months, &r.Months, 1, 12}} {
		if empty(list.data) {
			continue
		}
		if json.Unmarshal(list.data, list.into) != nil {
			return r, false
		}
		for _, n := range *list.into {
			if n == 0 || n > list.last || n < list.first {
				return r, false
			}
		}
	}
	return r, r.Fits()
}

// empty reports whether a list that is kept as JSON has nothing.
func empty(data []byte) bool {
	text := strings.TrimSpace(string(data[:min(len(data), 100)]))
	return text == "" || text == "[]" || text == "null"
}

// readLists reads the lists.
func (s *store) readLists(ctx context.Context) error {
	s.lists = map[int64]List{}
	table, where := s.table("l", ownLists, "REMCDList")
	if !s.db.Has(table, "Z_PK") {
		s.incomplete = true
		return nil
	}
	var row int64
	var l List
	return s.db.Scan(ctx, []any{&l.Title, &row, &l.Deleted}, func() error {
		l.key = fmt.Sprint(s.name, "/", row)
		s.lists[row] = l
		return nil
	}, `SELECT `+s.any("l", table, "ZNAME")+`, `+s.db.Columns("l", table, "Z_PK", "ZMARKEDFORDELETION")+` FROM `+table+` l`+where)
}

// readItems gives each reminder its name, and finds the time zones of each list.
func (s *store) readItems(ctx context.Context, table, where string) error {
	s.items, s.zones = map[int64]item{}, map[string][]string{}
	var row, list int64
	var zone string
	var id []byte
	var one item
	return s.db.Scan(ctx, []any{&row, &one.ref, &id, &list, &one.parent, &zone}, func() error {
		if one.ref == "" && len(id) == 16 {
			h := strings.ToUpper(hex.EncodeToString(id))
			one.ref = h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
		}
		if one.ref == "" {
			one.ref = fmt.Sprint(s.name, "/", row)
		}
		s.items[row] = one
		const most = 100
		key := s.list(list).key
		if all := s.zones[key]; zone != "" && len(all) < most && !slices.Contains(all, zone) {
			s.zones[key] = append(all, zone)
		}
		return nil
	}, `SELECT r.Z_PK, `+s.any("r", table, "ZCKIDENTIFIER")+`, `+s.any("r", table, "ZIDENTIFIER")+`, `+s.any("r", table, "ZLIST")+`, `+s.any("r", table, "ZPARENTREMINDER")+`, `+
		s.any("r", table, "ZTIMEZONE")+` FROM `+table+` r`+where)
}

// list is a list by its row; one that is not there is one without a name.
func (s *store) list(row int64) List {
	if l, found := s.lists[row]; found {
		return l
	}
	return List{key: s.name}
}

// deepest bounds how far reminders are part of each other; the app allows one step.
const deepest = 50

// parent is the name of the reminder that one is a part of, "" if there is none, or if
// they lie in each other.
func (s *store) parent(row int64) string {
	first := s.items[row].parent
	at := first
	for range deepest {
		next, found := s.items[at]
		if !found || next.parent == 0 {
			return s.items[first].ref
		}
		at = next.parent
	}
	return ""
}

func (s *store) reminders(ctx context.Context, table, where string, visit func(Reminder) error) error {
	c := func(names ...string) string { return s.any("r", table, names...) }
	var pk, list, priority int64
	var url string
	var created, modified, due, completed float64
	var as Reminder
	return s.db.Scan(ctx, []any{&pk, &list, &as.Title, &as.Notes, &url, &as.Zone, &as.AllDay, &as.Done, &as.Flagged, &priority, &as.Deleted, &created, &modified, &due, &completed}, func() error {
		r := as
		r.Ref, r.Parent, r.List, r.Tags, r.Rules, r.Unclear, r.Attachments = s.items[pk].ref, s.parent(pk), s.list(list), s.tags[pk], s.rules[pk], s.unclear[pk], s.attached[pk]
		r.Created, r.Modified, r.Due, r.Completed = kind.Cocoa(created), kind.Cocoa(modified), kind.Cocoa(due), kind.Cocoa(completed)
		if priority > 0 && priority < 10 {
			r.Priority = int(priority)
		}
		if url != "" {
			r.URLs = append(r.URLs, url)
		}
		r.URLs = append(r.URLs, s.urls[pk]...)
		r.Deleted = r.Deleted || r.List.Deleted
		for _, at := range s.alarms[pk] {
			if a, ok := r.alarm(s.triggers[at]); ok {
				r.Alarms = append(r.Alarms, a)
			} else {
				r.Silent = true
			}
		}
		return visit(r)
	}, `SELECT r.Z_PK, `+c("ZLIST")+`, `+c("ZTITLE")+`, `+c("ZNOTES")+`, `+c("ZICSURL")+`, `+c("ZTIMEZONE")+`, `+c("ZALLDAY")+`, `+c("ZCOMPLETED")+`, `+c("ZFLAGGED")+`, `+c("ZPRIORITY")+`, `+
		c("ZMARKEDFORDELETION")+`, `+c("ZCREATIONDATE")+`, `+c("ZLASTMODIFIEDDATE")+`, `+c("ZDUEDATE", "ZDISPLAYDATEDATE")+`, `+c("ZCOMPLETIONDATE")+` FROM `+table+` r`+where+` ORDER BY 2, 1`)
}

// alarm makes an alarm of what makes it ring: a length of time, or the parts of a time
// as JSON. Sources do not agree whether these are of a clock on the wall or of world
// time. Most ring when the reminder is due, which one of the two says.
func (r Reminder) alarm(t trigger) (a icalendar.Alarm, ok bool) {
	if t.timed {
		const most = 1e9 // seconds: 30 years
		return icalendar.Alarm{After: time.Duration(max(-most, min(t.interval, most))) * time.Second}, true
	}
	var parts struct{ Year, Month, Day, Hour, Minute, Second int }
	if len(t.clock) > 10_000 || json.Unmarshal(t.clock, &parts) != nil {
		return a, false
	}
	clock := time.Date(parts.Year, time.Month(parts.Month), parts.Day, parts.Hour, parts.Minute, parts.Second, 0, time.UTC)
	if year, month, day := clock.Date(); year != parts.Year || year < 2 || year > 9998 || int(month) != parts.Month || day != parts.Day {
		return a, false // no such day, or none that has a name in each time zone
	}
	if r.Due.IsZero() {
		return icalendar.Alarm{At: icalendar.Wall(clock)}, true
	}
	due := r.Due
	if zone, _ := icalendar.Zone(r.Zone); !r.AllDay && !clock.Equal(due) {
		_, offset := due.In(zone).Zone()
		due = due.Add(time.Duration(offset) * time.Second)
	}
	return icalendar.Alarm{After: clock.Sub(due)}, true
}
