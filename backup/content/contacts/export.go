package contacts

import (
	"context"
	"database/sql"
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
	e := &exporter{say: o.Say()}
	if err := e.openPictures(ctx, b, to); err != nil {
		return err
	}
	defer e.close()
	notes, err := Read(ctx, b, func(c Contact) error {
		if !o.Takes(c.thing()) {
			return nil
		}
		if err := e.open(to); err != nil {
			return err
		}
		return e.one(ctx, to, c)
	})
	if err != nil {
		return err
	}
	for _, n := range notes {
		to.Leave(e.say.Say("content.contacts.file", nil), n.Text)
	}
	return e.commit()
}

// exporter is an export under way.
type exporter struct {
	say      *words.Catalogue
	pictures *source.Database // nil: there are none
	v3, v4   *export.File     // nil until there is a contact
	table    *export.Table
}

// openPictures opens the database of pictures. Contacts are exported without, too.
func (e *exporter) openPictures(ctx context.Context, b *source.Backup, to *export.Folder) (err error) {
	e.pictures, err = b.Database(ctx, domain, pictures)
	if errors.Is(err, source.ErrDamaged) && ctx.Err() == nil {
		to.Leave(e.say.Say("content.contacts.file", nil), words.T("content.contacts.no-pictures", nil))
	}
	if errors.Is(err, source.ErrNotListed) || errors.Is(err, source.ErrDamaged) {
		return ctx.Err()
	}
	return err
}

func (e *exporter) open(to *export.Folder) (err error) {
	if e.v3 != nil {
		return nil
	}
	name := e.say.Say("content.contacts.file", nil)
	if e.v3, err = to.Create(name+".vcf", time.Time{}); err != nil {
		return err
	}
	if e.v4, err = to.Create(name+" (vCard 4).vcf", time.Time{}); err != nil {
		return err
	}
	var header []string
	for _, column := range []string{"name", "organization", "department", "title", "phones", "mails", "addresses", "birthday", "groups", "note"} {
		header = append(header, e.say.Say("content.contacts.column."+column, nil))
	}
	e.table, err = to.Table(name, header...)
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
	for v4, file := range map[bool]*export.File{false: e.v3, true: e.v4} {
		if _, err := io.WriteString(file, c.vcard(v4, picture)); err != nil {
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
func (e *exporter) picture(ctx context.Context, row int64) (picture source.Blob, err error) {
	for _, table := range []string{"ABFullSizeImage", "ABThumbnailImage"} {
		if e.pictures == nil || len(picture) > 0 || !e.pictures.Has(table, "record_id", "data") {
			continue
		}
		err = e.pictures.Each(ctx, func(rows *sql.Rows) error { return rows.Scan(&picture) },
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

func (e *exporter) commit() error {
	if e.v3 == nil {
		return nil
	}
	v3, v4, table := e.v3, e.v4, e.table
	e.v3, e.v4, e.table = nil, nil, nil
	return errors.Join(v3.Commit(), v4.Commit(), table.Commit())
}

// close drops what was not committed.
func (e *exporter) close() {
	if e.v3 != nil {
		e.v3.Abort()
	}
	if e.v4 != nil {
		e.v4.Abort()
	}
	if e.table != nil {
		e.table.Abort()
	}
	if e.pictures != nil {
		e.pictures.Close()
	}
}
