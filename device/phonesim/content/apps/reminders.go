package apps

import (
	"fmt"
	"slices"
	"time"

	"lifeboat/device/phonesim/content"
)

// ReminderStore is one of the databases of Reminders: there is one for each
// account, and one that has nothing.
type ReminderStore struct {
	// File is its name, such as "Data-local.sqlite".
	File string
	// Account is what the account is called.
	Account string
	Lists   []ReminderList
}

// ReminderList is a list, or a group of lists.
type ReminderList struct {
	// Parent is the ID of the group that it lies in, "" at the top.
	ID, Title, Parent string
	Group, Deleted    bool
	Reminders         []Reminder
}

// Reminder is one reminder.
type Reminder struct {
	ID, Title, Notes, URL string
	// Created and Modified are always there; a zero time stands for none in
	// the others.
	Created, Modified, Due, Completed time.Time
	// Done is one that is completed.
	Done bool
	// AllDay is due on a day, without a time. Zone is that of Due, "" for none.
	AllDay bool
	Zone   string
	// Priority is 0 for none, 1 high, 5 medium, 9 low.
	Flagged  bool
	Priority int
	Deleted  bool
	// Parent is the ID of the reminder that this is a part of, "" for none.
	Parent string
	// Tags are hashtags without the #, which iOS 13 does not have.
	Tags []string
	// Repeat is nil for once. Alarm is a time to ring at.
	Repeat *Recurrence
	Alarm  time.Time
}

const remindersTables = coreData + `
ZREMCDREMINDER | 16-
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZACCOUNT INTEGER
  ZLIST INTEGER
  ZPARENTREMINDER INTEGER
  ZALLDAY INTEGER
  ZCOMPLETED INTEGER
  ZFLAGGED INTEGER
  ZPRIORITY INTEGER
  ZMARKEDFORDELETION INTEGER
  ZCOMPLETIONDATE TIMESTAMP
  ZCREATIONDATE TIMESTAMP
  ZDISPLAYDATEDATE TIMESTAMP
  ZDUEDATE TIMESTAMP
  ZLASTMODIFIEDDATE TIMESTAMP
  ZCKIDENTIFIER VARCHAR
  ZICSURL VARCHAR
  ZNOTES VARCHAR
  ZTIMEZONE VARCHAR
  ZTITLE VARCHAR
  ZISURGENTSTATEENABLEDFORCURRENTUSER INTEGER | 26-
ZREMCDBASELIST | 16-
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZACCOUNT INTEGER
  ZISGROUP INTEGER
  ZPARENTLIST INTEGER
  ZMARKEDFORDELETION INTEGER
  ZCKIDENTIFIER VARCHAR
  ZNAME VARCHAR
ZREMCDHASHTAGLABEL | 15-
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZNAME VARCHAR
ZREMCDOBJECT
  Z_PK INTEGER PRIMARY KEY
  Z_ENT INTEGER
  Z_OPT INTEGER
  ZMARKEDFORDELETION INTEGER
  ZACCOUNT INTEGER
  ZREMINDER INTEGER
  ZREMINDER3 INTEGER
  ZREMINDER4 INTEGER
  ZHASHTAGLABEL INTEGER
  ZTRIGGER INTEGER
  ZFREQUENCY INTEGER
  ZINTERVAL INTEGER
  ZENDDATE TIMESTAMP
  ZOCCURRENCECOUNT INTEGER
  ZDATECOMPONENTSDATA BLOB
  ZNAME VARCHAR
  ZNAME1 VARCHAR
  ZCKIDENTIFIER VARCHAR
  ZTITLE VARCHAR
  ZTITLE1 VARCHAR | -15
  ZNOTES VARCHAR | -15
  ZICSURL VARCHAR | -15
  ZLIST INTEGER | -15
  ZPARENTLIST INTEGER | -15
  ZISGROUP INTEGER | -15
  ZPARENTREMINDER INTEGER | -15
  ZALLDAY INTEGER | -15
  ZCOMPLETED INTEGER | -15
  ZFLAGGED INTEGER | -15
  ZPRIORITY INTEGER | -15
  ZCOMPLETIONDATE TIMESTAMP | -15
  ZCREATIONDATE TIMESTAMP | -15
  ZDISPLAYDATEDATE TIMESTAMP | -15
  ZDUEDATE TIMESTAMP | -15
  ZLASTMODIFIEDDATE TIMESTAMP | -15
  ZTIMEZONE VARCHAR | -15
`

// Reminders lie here: since iOS 17 in a place that the apps of one group share.
const (
	remindersDomain = "AppDomainGroup-group.com.apple.reminders"
	remindersFolder = "Container_v1/Stores"
)

// Assumed of these tables: that lists of older versions have their name in
// ZNAME1, and that the time of an alarm is JSON with a number for each part of
// it. Frequencies are 0 for daily to 3 for yearly.

// reminderKinds are the entities, in the order of their numbers.
var reminderKinds = []string{"REMCDObject", "REMCDAccount", "REMCDAlarm", "REMCDAlarmDateTrigger", "REMCDHashtag", "REMCDHashtagLabel",
	"REMCDList", "REMCDRecurrenceRule", "REMCDReminder"}

// reminderKind is the number of an entity, which moves with the version.
func reminderKind(s Shape, name string) int {
	first := 15
	switch {
	case s.since(26):
		first = 31
	case s.since(17):
		first = 27
	case s.since(15):
		first = 20
	}
	return first + slices.Index(reminderKinds, name)
}

// BuildReminders makes the databases of Reminders.
func BuildReminders(shape Shape, phone Phone) ([]content.Extra, error) {
	phone = phone.In(shape)
	domain, folder := homeDomain, "Library/Reminders/"+remindersFolder
	if shape.since(17) {
		domain, folder = remindersDomain, remindersFolder
	}
	var all []content.Extra
	for _, s := range phone.Reminders {
		files, err := phone.build(shape, store{domain, folder + "/" + s.File, remindersTables, s.fill})
		if err != nil {
			return nil, err
		}
		all = append(all, files...)
	}
	return all, nil
}

// reminderWriter counts the rows of the table of all other things.
type reminderWriter struct {
	*database
	objects int
	labels  map[string]int
	lists   map[string]int
	rows    map[string]int // reminders
}

func (s ReminderStore) fill(d *database) {
	w := &reminderWriter{database: d, labels: map[string]int{}, lists: map[string]int{}, rows: map[string]int{}}
	const most = 1_000_000
	for _, name := range reminderKinds {
		d.entity(reminderKind(d.shape, name), name, 0, most)
	}
	d.insert("Z_METADATA", row{"Z_VERSION": 1, "Z_UUID": s.File})
	account := w.object("REMCDAccount", row{"ZNAME": s.Account})
	// Lists and reminders may point at others that come later. In older shapes
	// they have their rows in the table of all other things.
	split := d.has("ZREMCDREMINDER")
	next := w.objects
	for i, l := range s.Lists {
		w.lists[l.ID] = i + 1
		if !split {
			next++
			w.lists[l.ID] = next
		}
	}
	reminders := 0
	for _, l := range s.Lists {
		for _, r := range l.Reminders {
			reminders++
			w.rows[r.ID] = reminders
			if !split {
				next++
				w.rows[r.ID] = next
			}
		}
	}
	if !split {
		w.objects = next
	}
	for _, l := range s.Lists {
		w.list(account, l)
	}
	seen := 0
	for _, l := range s.Lists {
		for _, r := range l.Reminders {
			if seen++; seen == reminders {
				d.newest()
			}
			w.reminder(account, w.lists[l.ID], r)
		}
	}
}

// object adds a row of another kind and returns its key.
func (w *reminderWriter) object(kind string, r row) int {
	w.objects++
	r["Z_PK"], r["Z_ENT"], r["Z_OPT"], r["ZMARKEDFORDELETION"] = w.objects, reminderKind(w.shape, kind), 1, 0
	w.insert("ZREMCDOBJECT", r)
	return w.objects
}

func (w *reminderWriter) list(account int, l ReminderList) {
	r := row{"Z_PK": w.lists[l.ID], "Z_ENT": reminderKind(w.shape, "REMCDList"), "Z_OPT": 1, "ZACCOUNT": account, "ZISGROUP": flag(l.Group),
		"ZPARENTLIST": key(w.lists, l.Parent), "ZMARKEDFORDELETION": flag(l.Deleted), "ZCKIDENTIFIER": l.ID}
	if w.has("ZREMCDBASELIST") {
		r["ZNAME"] = l.Title
		w.insert("ZREMCDBASELIST", r)
		return
	}
	r["ZNAME1"] = l.Title
	w.insert("ZREMCDOBJECT", r)
}

func (w *reminderWriter) reminder(account, list int, m Reminder) {
	pk := w.rows[m.ID]
	r := row{"Z_PK": pk, "Z_ENT": reminderKind(w.shape, "REMCDReminder"), "Z_OPT": 1, "ZACCOUNT": account, "ZLIST": list,
		"ZPARENTREMINDER": key(w.rows, m.Parent), "ZALLDAY": flag(m.AllDay), "ZCOMPLETED": flag(m.Done), "ZFLAGGED": flag(m.Flagged),
		"ZPRIORITY": m.Priority, "ZMARKEDFORDELETION": flag(m.Deleted), "ZCOMPLETIONDATE": cocoa(m.Completed), "ZCREATIONDATE": cocoa(m.Created),
		"ZDISPLAYDATEDATE": cocoa(m.Due), "ZDUEDATE": cocoa(m.Due), "ZLASTMODIFIEDDATE": cocoa(m.Modified), "ZCKIDENTIFIER": m.ID,
		"ZICSURL": optional(m.URL), "ZNOTES": optional(m.Notes), "ZTIMEZONE": optional(m.Zone)}
	if w.has("ZREMCDREMINDER") {
		r["ZTITLE"] = m.Title
		w.insert("ZREMCDREMINDER", r)
	} else {
		r["ZTITLE1"] = m.Title
		w.insert("ZREMCDOBJECT", r)
	}
	for _, tag := range m.Tags {
		if w.labels[tag] == 0 {
			w.labels[tag] = len(w.labels) + 1
			w.insert("ZREMCDHASHTAGLABEL", row{"Z_PK": w.labels[tag], "Z_ENT": reminderKind(w.shape, "REMCDHashtagLabel"), "Z_OPT": 1, "ZNAME": tag})
		}
		w.object("REMCDHashtag", row{"ZREMINDER3": pk, "ZHASHTAGLABEL": w.labels[tag], "ZNAME1": tag})
	}
	if m.Repeat != nil {
		w.object("REMCDRecurrenceRule", row{"ZREMINDER4": pk, "ZFREQUENCY": m.Repeat.Every - 1, "ZINTERVAL": max(1, m.Repeat.Interval),
			"ZENDDATE": cocoa(m.Repeat.Until), "ZOCCURRENCECOUNT": m.Repeat.Count})
	}
	if !m.Alarm.IsZero() {
		at := m.Alarm.UTC()
		trigger := w.object("REMCDAlarmDateTrigger", row{"ZDATECOMPONENTSDATA": fmt.Appendf(nil, `{"year":%d,"month":%d,"day":%d,"hour":%d,"minute":%d,"second":%d}`,
			at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second())})
		w.object("REMCDAlarm", row{"ZREMINDER": pk, "ZTRIGGER": trigger})
	}
}

// narrowReminders takes out what iOS 13 does not have: tags.
func narrowReminders(shape Shape, phone *Phone) {
	if shape.since(15) {
		return
	}
	stores := slices.Clone(phone.Reminders)
	for i := range stores {
		stores[i].Lists = slices.Clone(stores[i].Lists)
		for j := range stores[i].Lists {
			l := &stores[i].Lists[j]
			l.Reminders = slices.Clone(l.Reminders)
			for k := range l.Reminders {
				l.Reminders[k].Tags = nil
			}
		}
	}
	phone.Reminders = stores
}
