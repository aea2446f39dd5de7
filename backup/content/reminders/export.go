package reminders

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

// write exports each list that has reminders as a file.
func write(ctx context.Context, b *source.Backup, to *export.Folder, o kind.Options) error {
	x := &exporter{out: icalendar.Files{Folder: to}, o: o, date: b.Info().Date}
	defer x.out.Abort()
	notes, err := read(ctx, b, x.one)
	if err != nil {
		return err
	}
	for _, n := range notes {
		to.Leave(o.Say().Say("content.kind.reminders", nil), n.Text)
	}
	return x.out.Commit()
}

// exporter is an export under way.
type exporter struct {
	out  icalendar.Files
	o    kind.Options
	date time.Time // of the backup
}

func (x *exporter) one(s *store, r Reminder) error {
	if !x.o.Takes(r.thing()) {
		return nil
	}
	if err := x.out.In(r.List.key, x.o.Called(r.List.Title, "content.reminders.nameless"), "", s.zones[r.List.key]); err != nil {
		return err
	}
	x.reminder(r)
	return nil
}

func (x *exporter) reminder(r Reminder) {
	w, form := x.out.Writer, r.form()
	w.Begin("VTODO")
	w.Text("UID", r.Ref)
	w.UTC("DTSTAMP", cmp.Or(r.Modified, r.Created, x.date, time.Unix(0, 0))) // there has to be one
	w.Text("SUMMARY", r.Title)
	w.Text("DESCRIPTION", r.Notes)
	for i, url := range r.URLs {
		if i == 0 {
			w.URI("URL", url)
		} else {
			w.URI("ATTACH", url)
		}
	}
	if !r.Due.IsZero() {
		if len(r.Rules) > 0 { // a rule counts from there
			w.Times("DTSTART", form, r.Due)
		}
		w.Times("DUE", form, r.Due)
		for _, one := range r.Rules {
			w.Rule(one, form)
		}
	}
	w.Line("STATUS", map[bool]string{false: "NEEDS-ACTION", true: "COMPLETED"}[r.Done])
	if r.Done {
		w.UTC("COMPLETED", r.Completed)
		w.Line("PERCENT-COMPLETE", "100")
	}
	if r.Priority > 0 {
		w.Line("PRIORITY", strconv.Itoa(r.Priority))
	}
	w.UTC("CREATED", r.Created)
	w.UTC("LAST-MODIFIED", r.Modified)
	if len(r.Tags) > 0 {
		quoted := make([]string, len(r.Tags))
		for i, tag := range r.Tags {
			quoted[i] = icalendar.Quote(tag)
		}
		w.Line("CATEGORIES", strings.Join(quoted, ","))
	}
	w.Text("RELATED-TO", r.Parent)
	if r.Flagged {
		w.Line("X-LIFEBOAT-FLAGGED", "TRUE")
	}
	for _, a := range r.Alarms {
		w.Alarm(a, r.Title, true)
	}
	w.End("VTODO")
	x.left(r)
}

// left says what a reminder had that the file has not.
func (x *exporter) left(r Reminder) {
	to, what := x.out.Folder, x.o.Called(r.Title, "content.reminders.untitled")
	if r.Unclear || len(r.Rules) > 0 && r.Due.IsZero() {
		to.Leave(what, words.T("content.reminders.unclear", nil))
	}
	if r.Silent {
		to.Leave(what, words.T("content.reminders.silent", nil))
	}
	if _, known := icalendar.Zone(r.Zone); !known && !r.AllDay && !r.Due.IsZero() {
		to.Leave(what, words.T("content.reminders.zone", words.Args{"Zone": words.OneLine(r.Zone)}))
	}
	for _, name := range r.Attachments {
		to.Leave(name, words.T("content.reminders.attachment", words.Args{"Reminder": words.OneLine(what)}))
	}
}
