package calendar

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/icalendar"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
)

// write exports each calendar that has events as a file.
func write(ctx context.Context, b *source.Backup, to *export.Folder, o kind.Options) error {
	r, err := open(ctx, b)
	if err != nil {
		return err
	}
	defer r.db.Close()
	e := &exporter{reader: r, out: icalendar.Files{Folder: to}, o: o}
	defer e.out.Abort()
	if err := r.events(ctx, e.one); err != nil {
		return err
	}
	if err := e.out.Commit(); err != nil {
		return err
	}
	for _, n := range r.notes() {
		to.Leave(o.Say().Say("content.kind.calendar", nil), n.Text)
	}
	if r.made > 0 && o.Only == nil {
		to.Leave(o.Say().Say("content.calendar.birthdays", nil), words.T("content.calendar.made-up", nil))
	}
	return nil
}

// exporter is an export under way.
type exporter struct {
	*reader
	out icalendar.Files
	o   kind.Options
}

func (x *exporter) one(e Event) error {
	if !x.o.Takes(e.thing()) {
		return nil
	}
	if e.Start.IsZero() {
		x.leave(e, "content.calendar.no-date", nil)
		return nil
	}
	c := e.Calendar
	if err := x.out.In(strconv.FormatInt(c.row, 10), x.o.Called(c.Title, "content.calendar.nameless"), c.Color, x.zones[c.row]); err != nil {
		return err
	}
	x.event(e)
	return nil
}

func (x *exporter) leave(e Event, key string, args words.Args) {
	x.out.Folder.Leave(x.o.Called(e.Title, "content.calendar.untitled"), words.T(key, args))
}

func (x *exporter) event(e Event) {
	w := x.out.Writer
	form := icalendar.Form{Day: e.AllDay, Floating: e.Floating, Zone: e.Zone}
	w.Begin("VEVENT")
	// One of the days of a series has its name, if the series is there.
	if e.Series != "" && (x.o.Only == nil || x.o.Only(e.Series)) && !e.InsteadOf.IsZero() {
		w.Text("UID", e.Series)
		w.Times("RECURRENCE-ID", form, e.InsteadOf)
	} else {
		w.Text("UID", e.Ref)
	}
	w.UTC("DTSTAMP", cmp.Or(e.Modified, e.Created, e.Start))
	w.Times("DTSTART", form, e.Start)
	x.end(e)
	w.Text("SUMMARY", e.Title)
	w.Text("DESCRIPTION", e.Notes)
	w.Text("LOCATION", e.Place.text())
	if e.Place.Latitude != 0 || e.Place.Longitude != 0 {
		w.Line("GEO", strconv.FormatFloat(e.Place.Latitude, 'f', -1, 64)+";"+strconv.FormatFloat(e.Place.Longitude, 'f', -1, 64))
	}
	w.URI("URL", e.URL)
	if e.Conference != e.URL {
		w.URI("CONFERENCE;VALUE=URI", e.Conference)
	}
	if status := map[Status]string{Confirmed: "CONFIRMED", Uncertain: "TENTATIVE", Cancelled: "CANCELLED"}[e.Status]; status != "" {
		w.Line("STATUS", status)
	}
	if e.Free {
		w.Line("TRANSP", "TRANSPARENT")
	}
	w.UTC("CREATED", e.Created)
	w.UTC("LAST-MODIFIED", e.Modified)
	for _, one := range e.Rules {
		w.Rule(one, form)
	}
	w.Times("EXDATE", form, e.Except...)
	people(w, e.People)
	for _, a := range e.Alarms {
		w.Alarm(a, e.Title, false)
	}
	w.End("VEVENT")
	x.left(e)
}

// end writes when an event ends. Of whole days, a file has the day after the last.
func (x *exporter) end(e Event) {
	switch {
	case e.End.IsZero(), !e.AllDay && e.End.Equal(e.Start):
	case e.End.Before(e.Start):
		x.leave(e, "content.calendar.end", nil)
	case e.AllDay:
		const day = 24 * time.Hour
		after := e.End.UTC().Add(day - time.Second).Truncate(day)
		if first := e.Start.UTC().Truncate(day); !after.After(first) {
			after = first.Add(day)
		}
		x.out.Times("DTEND", icalendar.Form{Day: true}, after)
	default:
		x.out.Times("DTEND", icalendar.Form{Floating: e.Floating, Zone: cmp.Or(e.EndZone, e.Zone)}, e.End)
	}
}

// left says what an event had that the file has not.
func (x *exporter) left(e Event) {
	if e.Unclear {
		x.leave(e, "content.calendar.unclear", nil)
	}
	if _, known := icalendar.Zone(e.Zone); !known && !e.AllDay {
		x.leave(e, "content.calendar.zone", words.Args{"Zone": words.OneLine(e.Zone)})
	}
	for _, name := range e.Attachments {
		x.out.Folder.Leave(name, words.T("content.calendar.attachment", words.Args{"Event": words.OneLine(e.Title)}))
	}
}

// states are the answers as files have them.
var states = map[Answer]string{Pending: "NEEDS-ACTION", Accepted: "ACCEPTED", Declined: "DECLINED", Tentative: "TENTATIVE", Delegated: "DELEGATED"}

// people writes who takes part. A file has one who invites.
func people(w *icalendar.Writer, all []Person) {
	invited := false
	for _, p := range all {
		property := "ATTENDEE"
		if p.Organizer && !invited {
			property, invited = "ORGANIZER", true
		}
		if p.Name != "" {
			property += ";CN=" + icalendar.Parameter(p.Name)
		}
		if state := states[p.Answer]; state != "" && !strings.HasPrefix(property, "ORGANIZER") {
			property += ";PARTSTAT=" + state
		}
		// There has to be an address, be it none.
		address := "invalid:nomail"
		switch {
		case p.Mail != "":
			address = "mailto:" + p.Mail
		case p.Phone != "":
			address = "tel:" + p.Phone
		}
		w.URI(property, address)
	}
}
