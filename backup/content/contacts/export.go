package contacts

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
)

// write exports the address book as vCards of both versions, each with all contacts,
// and as a table.
func write(ctx context.Context, b *source.Backup, to *export.Folder, o kind.Options) error {
	e := &exporter{o: o, say: o.Say()}
	if err := e.openPictures(ctx, b, to); err != nil {
		return err
	}
	if e.pictures != nil {
		defer e.pictures.Close()
	}
	notes, err := Read(ctx, b, func(c Contact) error {
		if !o.Takes(c.thing()) {
			return nil
		}
		if err := e.open(to); err != nil {
			return err
		}
		return e.one(ctx, to, c)
	})
	for _, n := range notes {
		to.Leave(e.say.Say("content.contacts.file", nil), n.Text)
	}
	return export.End(e.begun, err)
}

// exporter is an export under way.
type exporter struct {
	o        kind.Options
	say      *words.Catalogue
	pictures *source.Database // nil: there are none
	cards    [2]*export.File  // of version 3 and of version 4
	table    *export.Table
	begun    export.Batch // all three, once there is a contact
}

// openPictures opens the database of pictures. Contacts are exported without, too.
func (e *exporter) openPictures(ctx context.Context, b *source.Backup, to *export.Folder) (err error) {
	e.pictures, err = b.Database(ctx, domain, pictures)
	if errors.Is(err, source.ErrDamaged) && ctx.Err() == nil {
		to.Leave(e.say.Say("content.contacts.file", nil), words.T("content.contacts.no-pictures", nil))
	}
	if source.Unreadable(err) {
		return ctx.Err()
	}
	return err
}

func (e *exporter) open(to *export.Folder) (err error) {
	if e.begun != nil {
		return nil
	}
	name := e.say.Say("content.contacts.file", nil)
	for i, ending := range []string{".vcf", " (vCard 4).vcf"} {
		if e.cards[i], err = to.Create(name+ending, time.Time{}); err != nil {
			return err
		}
		e.begun = append(e.begun, e.cards[i])
	}
	e.table, err = to.Table(name, e.o.Header("content.contacts.column.name", "content.contacts.column.organization", "content.contacts.column.department",
		"content.contacts.column.title", "content.contacts.column.phones", "content.contacts.column.mails", "content.contacts.column.addresses",
		"content.contacts.column.birthday", "content.contacts.column.groups", "content.contacts.column.note")...)
	if err == nil {
		e.begun = append(e.begun, e.table)
	}
	return err
}

func (e *exporter) one(ctx context.Context, to *export.Folder, c Contact) error {
	picture, err := e.picture(ctx, c.row)
	if err != nil {
		if ctx.Err() != nil || !errors.Is(err, source.ErrDamaged) {
			return err
		}
		to.Leave(c.Name(), words.T("content.contacts.no-picture", nil))
	}
	for i, file := range e.cards {
		if _, err := io.WriteString(file, c.vcard(i == 1, picture)); err != nil {
			return err
		}
	}
	birthday := ""
	if !c.Birthday.IsZero() {
		birthday = c.Birthday.UTC().Format(time.DateOnly)
		if c.Birthday.Year() == yearless {
			birthday = c.Birthday.UTC().Format("--01-02")
		}
	}
	var addresses []string
	for _, a := range c.Addresses {
		addresses = append(addresses, withLabel(a.Label, join(", ", a.Street, join(" ", a.ZIP, a.City), a.State, a.Country)))
	}
	return e.table.Row(c.Name(), c.Organization, c.Department, c.JobTitle, listed(c.Phones), listed(c.Mails), strings.Join(addresses, "\n"), birthday, strings.Join(c.Groups, ", "), c.Note)
}

// picture is the picture of a contact: the large one, else the small one.
func (e *exporter) picture(ctx context.Context, row int64) (picture []byte, err error) {
	for _, table := range []string{"ABFullSizeImage", "ABThumbnailImage"} {
		if e.pictures == nil || len(picture) > 0 || !e.pictures.Has(table, "record_id", "data") {
			continue
		}
		err = e.pictures.Scan(ctx, []any{&picture}, nil,
			`SELECT t.data FROM `+table+` t WHERE t.record_id = ? AND t.data IS NOT NULL ORDER BY length(t.data) DESC LIMIT 1`, row)
		if err != nil {
			return nil, err
		}
	}
	return picture, nil
}

func listed(values []Value) string {
	var lines []string
	for _, v := range values {
		lines = append(lines, withLabel(v.Label, v.Value))
	}
	return strings.Join(lines, "\n")
}

func withLabel(label, value string) string {
	if label == "" {
		return value
	}
	return label + ": " + value
}
