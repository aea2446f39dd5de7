package reminders

import (
	"context"
	"database/sql"
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
	interval source.Real
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
	accounts   map[int64]string
	urls       map[int64][]string // by reminder, as those that follow
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
	table, where := ownReminders, ""
	if !s.db.Has(table) {
		table, where = objects, s.is("r", "REMCDReminder")
	}
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
	return s.db.Each(ctx, func(rows *sql.Rows) error {
		var number source.Int
		var name source.Text
		if err := rows.Scan(&number, &name); err != nil {
			return err
		}
		s.entities[string(name)] = int64(number)
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
	s.accounts, s.urls, s.tags, s.attached = map[int64]string{}, map[int64][]string{}, map[int64][]string{}, map[int64][]string{}
	s.rules, s.unclear, s.alarms, s.triggers = map[int64][]icalendar.Rule{}, map[int64]bool{}, map[int64][]int64{}, map[int64]trigger{}
	if !s.db.Has(objects, "Z_PK", "Z_ENT") {
		s.incomplete = true
		return nil
	}
	known := []string{"REMCDAccount"}
	kinds := map[int64]string{}
	for name, number := range s.entities {
		if name != "REMCDReminder" && name != "REMCDList" {
			known = append(known, name)
		}
		kinds[number] = name
	}
	label, from := "NULL", ""
	if s.db.Has(labels, "Z_PK", "ZNAME") && s.db.Has(objects, "ZHASHTAGLABEL") {
		label, from = "l.ZNAME", ` LEFT JOIN `+labels+` l ON l.Z_PK = o.ZHASHTAGLABEL`
	}
	c := func(name string) string { return s.db.Column("o", objects, name) }
	return s.db.Each(ctx, func(rows *sql.Rows) error {
		var row, entity, reminder, trigged, gone source.Int
		var name, label, url, file source.Text
		var frequency, interval, count source.Int
		var until, after source.Real
		var timed bool
		var clock, weekdays, dates, months, others source.Blob
		if err := rows.Scan(&row, &entity, &reminder, &trigged, &gone, &name, &label, &url, &file, &frequency, &interval, &count, &until, &after, &timed, &clock, &weekdays, &dates, &months, &others); err != nil {
			return err
		}
		of := int64(reminder)
		switch kindOf := kinds[int64(entity)]; {
		case gone != 0:
		case kindOf == "REMCDAccount":
			s.accounts[int64(row)] = string(name)
		case kindOf == "REMCDAlarm":
			s.alarms[of] = append(s.alarms[of], int64(trigged))
		case strings.HasPrefix(kindOf, "REMCDAlarm") && strings.HasSuffix(kindOf, "Trigger"):
			s.triggers[int64(row)] = trigger{clock: clock, interval: after, timed: timed}
		case kindOf == "REMCDHashtag":
			if label == "" {
				label = name
			}
			if label != "" {
				s.tags[of] = append(s.tags[of], string(label))
			}
		case kindOf == "REMCDURLAttachment":
			if url != "" {
				s.urls[of] = append(s.urls[of], string(url))
			}
		case strings.HasSuffix(kindOf, "Attachment"):
			s.attached[of] = append(s.attached[of], string(file))
		case kindOf == "REMCDRecurrenceRule":
			if r, ok := rule(frequency, interval, count, until, weekdays, dates, months, others); ok {
				s.rules[of] = append(s.rules[of], r)
			} else {
				s.unclear[of] = true
			}
		}
		return nil
	}, `SELECT o.Z_PK, o.Z_ENT, `+s.any("o", objects, "ZREMINDER")+`, `+c("ZTRIGGER")+`, `+c("ZMARKEDFORDELETION")+`, `+s.any("o", objects, "ZNAME")+`, `+label+`, `+s.any("o", objects, "ZURL")+`, `+
		s.any("o", objects, "ZFILENAME")+`, `+c("ZFREQUENCY")+`, `+c("ZINTERVAL")+`, `+c("ZOCCURRENCECOUNT")+`, `+c("ZENDDATE")+`, `+c("ZTIMEINTERVAL")+`, `+c("ZTIMEINTERVAL")+` IS NOT NULL, `+
		c("ZDATECOMPONENTSDATA")+`, `+c("ZDAYSOFTHEWEEK")+`, `+c("ZDAYSOFTHEMONTH")+`, `+c("ZMONTHSOFTHEYEAR")+`, COALESCE(`+c("ZDAYSOFTHEYEAR")+`, `+c("ZWEEKSOFTHEYEAR")+`, `+c("ZSETPOSITIONS")+`)`+
		` FROM `+objects+` o`+from+s.is("o", known...)+` ORDER BY o.Z_PK`)
}

// every are the values of ZFREQUENCY.
var every = map[source.Int]string{0: icalendar.Daily, 1: icalendar.Weekly, 2: icalendar.Monthly, 3: icalendar.Yearly}

// rule makes a rule of its columns; ok is false if it is not wholly understood.
func rule(frequency, interval, count source.Int, until source.Real, weekdays, dates, months, others []byte) (r icalendar.Rule, ok bool) {
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

// readLists reads the lists, with the groups that they lie in.
func (s *store) readLists(ctx context.Context) error {
	s.lists = map[int64]List{}
	table, where := ownLists, ""
	if !s.db.Has(table) {
		table, where = objects, s.is("l", "REMCDList")
	}
	if !s.db.Has(table, "Z_PK") {
		s.incomplete = true
		return nil
	}
	groups := map[int64]int64{}
	c := func(name string) string { return s.db.Column("l", table, name) }
	err := s.db.Each(ctx, func(rows *sql.Rows) error {
		var row, parent, account, gone source.Int
		var name source.Text
		if err := rows.Scan(&row, &name, &parent, &account, &gone); err != nil {
			return err
		}
		s.lists[int64(row)] = List{Title: string(name), Account: s.accounts[int64(account)], Deleted: gone != 0, key: fmt.Sprint(s.name, "/", row)}
		groups[int64(row)] = int64(parent)
		return nil
	}, `SELECT l.Z_PK, `+s.any("l", table, "ZNAME")+`, `+s.any("l", table, "ZPARENTLIST")+`, `+s.any("l", table, "ZACCOUNT")+`, `+c("ZMARKEDFORDELETION")+` FROM `+table+` l`+where)
	for row, l := range s.lists {
		if parent := groups[row]; parent != row {
			l.Group = s.lists[parent].Title
			s.lists[row] = l
		}
	}
	return err
}

// readItems gives each reminder its name, and finds the time zones of each list.
func (s *store) readItems(ctx context.Context, table, where string) error {
	s.items, s.zones = map[int64]item{}, map[string][]string{}
	return s.db.Each(ctx, func(rows *sql.Rows) error {
		var row, list, parent source.Int
		var ref, zone source.Text
		var id source.Blob
		if err := rows.Scan(&row, &ref, &id, &list, &parent, &zone); err != nil {
			return err
		}
		one := item{ref: string(ref), parent: int64(parent)}
		if one.ref == "" && len(id) == 16 {
			h := strings.ToUpper(hex.EncodeToString(id))
			one.ref = h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
		}
		if one.ref == "" {
			one.ref = fmt.Sprint(s.name, "/", row)
		}
		s.items[int64(row)] = one
		const most = 100
		key := s.list(int64(list)).key
		if all := s.zones[key]; zone != "" && len(all) < most && !slices.Contains(all, string(zone)) {
			s.zones[key] = append(all, string(zone))
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
	return s.db.Each(ctx, func(rows *sql.Rows) error {
		var row, list, allDay, done, flagged, priority, gone source.Int
		var title, notes, url, zone source.Text
		var created, modified, due, completed source.Real
		if err := rows.Scan(&row, &list, &title, &notes, &url, &zone, &allDay, &done, &flagged, &priority, &gone, &created, &modified, &due, &completed); err != nil {
			return err
		}
		pk := int64(row)
		r := Reminder{
			Ref: s.items[pk].ref, Title: string(title), Notes: string(notes), Tags: s.tags[pk], List: s.list(int64(list)), Zone: string(zone), AllDay: allDay != 0, Done: done != 0, Flagged: flagged != 0,
			Created: kind.Cocoa(float64(created)), Modified: kind.Cocoa(float64(modified)), Due: kind.Cocoa(float64(due)), Completed: kind.Cocoa(float64(completed)),
			Parent: s.parent(pk), Rules: s.rules[pk], Unclear: s.unclear[pk], Attachments: s.attached[pk],
		}
		if priority > 0 && priority < 10 {
			r.Priority = int(priority)
		}
		if url != "" {
			r.URLs = append(r.URLs, string(url))
		}
		r.URLs = append(r.URLs, s.urls[pk]...)
		r.Deleted = gone != 0 || r.List.Deleted
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
		return icalendar.Alarm{After: time.Duration(max(-most, min(float64(t.interval), most))) * time.Second}, true
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
		return icalendar.Alarm{At: wall(clock)}, true
	}
	due := r.Due
	if zone, _ := icalendar.Zone(r.Zone); !r.AllDay && !clock.Equal(due) {
		_, offset := due.In(zone).Zone()
		due = due.Add(time.Duration(offset) * time.Second)
	}
	return icalendar.Alarm{After: clock.Sub(due)}, true
}
