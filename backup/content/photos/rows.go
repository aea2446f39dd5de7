package photos

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unique"

	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

const (
	// mostAssets bounds the entries that are read: 20 times the most that was seen.
	mostAssets = 5_000_000
	// longestText bounds a name, in characters.
	longestText = 1024
)

var errEnough = errors.New("more entries than any phone has")

// query collects what is asked of a database, each in a form that has one type and a
// bound, whatever the backup has stored there, and where to. NULL is the zero value.
type query struct {
	columns []string
	into    []any
}

func (q *query) text(into *string, expression string) {
	q.ask(into, "ifnull(substr(CAST(%s AS TEXT), 1, %d), '')", expression, longestText)
}

func (q *query) whole(into *int64, expression string) {
	q.ask(into, "ifnull(CAST(%s AS INTEGER), 0)", expression)
}

func (q *query) real(into *float64, expression string) {
	q.ask(into, "ifnull(CAST(%s AS REAL), 0)", expression)
}

func (q *query) ask(into any, form string, args ...any) {
	q.columns, q.into = append(q.columns, fmt.Sprintf(form, args...)), append(q.into, into)
}

// each calls row for each row, once it has been read.
func (q *query) each(ctx context.Context, db *source.Database, from string, row func() error) error {
	return db.Each(ctx, func(rows *sql.Rows) error {
		if err := rows.Scan(q.into...); err != nil {
			return err
		}
		return row()
	}, "SELECT "+strings.Join(q.columns, ", ")+from)
}

// The tables of the library.
const (
	attributes = "ZADDITIONALASSETATTRIBUTES"
	extended   = "ZEXTENDEDATTRIBUTES"
	albums     = "ZGENERICALBUM"
	resources  = "ZINTERNALRESOURCE"
)

// tableOf is the table of the assets, "" if there is none.
func tableOf(db *source.Database) string {
	for _, table := range []string{"ZASSET", "ZGENERICASSET"} { // from iOS 14; until 13
		if db.Has(table, "ZDIRECTORY", "ZFILENAME") {
			return table
		}
	}
	return ""
}

// join joins a table that has one row for each asset, by whichever of both knows the
// other.
func join(db *source.Database, table, alias, other, link string) string {
	switch {
	case db.Has(table, link) && db.Has(other, "Z_PK"):
		return fmt.Sprintf(" LEFT JOIN %s %s ON %s = %s", other, alias, db.Column(alias, other, "Z_PK"), db.Column("a", table, link))
	case db.Has(table, "Z_PK") && db.Has(other, "ZASSET"):
		return fmt.Sprintf(" LEFT JOIN %s %s ON %s = %s", other, alias, db.Column(alias, other, "ZASSET"), db.Column("a", table, "Z_PK"))
	}
	return ""
}

// unknownZone stands for an offset that is not known.
const unknownZone = 1 << 30

// zone is where photos are taken: its name, and seconds east of UTC.
type zone struct {
	name   string
	offset int
}

// read reads the entries into the library and tells files of them. listed is false if
// none could be read; an error is that of the context.
func (r *reader) read(db *source.Database, f *files) (listed bool, err error) {
	table := tableOf(db)
	if table == "" {
		r.note("content.photos.note.damaged", true, nil)
		return false, nil
	}
	var e entry
	q, from := e.query(db, table)
	err = q.each(r.ctx, db, from, func() error {
		if len(f.names) >= mostAssets {
			return errEnough
		}
		r.enter(&e, f)
		return nil
	})
	switch {
	case err == nil:
		return true, nil
	case r.ctx.Err() != nil:
		return false, r.ctx.Err()
	case len(f.names) == 0:
		r.note("content.photos.note.damaged", true, nil)
		return false, nil
	}
	// What was read counts; what was not shows by its files.
	r.note("content.photos.note.partly", true, nil)
	return true, nil
}

// entry is an entry of the library as it is stored.
type entry struct {
	pk, offset, sort, subtype, style, saved, trashed, hidden, favorite, visible, orientation, adjusted int64
	uuid, dir, file, burst, name, zone, camera                                                         string
	taken, seconds                                                                                     float64
}

// query asks for all entries, one after another.
func (e *entry) query(db *source.Database, table string) (q query, from string) {
	of := func(column string) string { return db.Column("a", table, column) }
	more := func(column string) string { return db.Column("x", attributes, column) }
	from = " FROM " + table + " a" + join(db, table, "x", attributes, "ZADDITIONALATTRIBUTES")
	camera := "NULL"
	if joined := join(db, table, "e", extended, "ZEXTENDEDATTRIBUTES"); joined != "" && db.Has(extended, "ZCAMERAMODEL") {
		from += joined
		camera = db.Column("e", extended, "ZCAMERAMODEL")
	}
	name, zoneName, offset := more("ZORIGINALFILENAME"), more("ZTIMEZONENAME"), more("ZTIMEZONEOFFSET")
	if !strings.Contains(from, attributes) {
		name, zoneName, offset = "NULL", "NULL", "NULL"
	}
	for _, c := range []struct {
		into   *string
		column string
	}{{&e.uuid, of("ZUUID")}, {&e.dir, of("ZDIRECTORY")}, {&e.file, of("ZFILENAME")}, {&e.burst, of("ZAVALANCHEUUID")}, {&e.name, name}, {&e.zone, zoneName}, {&e.camera, camera}} {
		q.text(c.into, c.column)
	}
	q.whole(&e.offset, fmt.Sprintf("ifnull(%s, %d)", offset, unknownZone))
	q.real(&e.taken, of("ZDATECREATED"))
	q.real(&e.seconds, of("ZDURATION"))
	for _, c := range []struct {
		into   *int64
		column string
	}{{&e.pk, "Z_PK"}, {&e.sort, "ZKIND"}, {&e.subtype, "ZKINDSUBTYPE"}, {&e.style, "ZPLAYBACKSTYLE"}, {&e.saved, "ZSAVEDASSETTYPE"}, {&e.trashed, "ZTRASHEDSTATE"}, {&e.hidden, "ZHIDDEN"},
		{&e.favorite, "ZFAVORITE"}, {&e.visible, "ZVISIBILITYSTATE"}, {&e.orientation, "ZORIENTATION"}} {
		q.whole(c.into, of(c.column))
	}
	// 2 is edited on newer iOS; what else there may be is not known to be.
	q.whole(&e.adjusted, fmt.Sprintf("%s = 1 OR %s = 2", of("ZHASADJUSTMENTS"), of("ZADJUSTMENTSSTATE")))
	return q, from
}

// enter makes an asset of an entry.
func (r *reader) enter(e *entry, f *files) {
	a := Asset{
		Ref: cmp.Or(e.uuid, "Media/"+e.dir+"/"+e.file), Name: cmp.Or(e.name, e.file), Taken: r.taken(e.taken, e.zone, e.offset), Camera: kept(e.camera),
		Type: typeOf(e.sort, e.subtype, e.style), Origin: map[int64]Origin{4: SharedAlbum, 12: SharedWithYou}[e.saved], Listed: true, pk: e.pk,
		Deleted: e.trashed != 0, Hidden: e.hidden != 0, Favorite: e.favorite != 0, Edited: e.adjusted != 0, Further: e.visible != 0 && e.burst != "",
	}
	if e.seconds > 0 && e.seconds < 1e9 {
		a.Seconds = float32(e.seconds)
	}
	if e.orientation >= 1 && e.orientation <= 8 {
		a.orientation = uint8(e.orientation)
	}
	f.lib.Assets = append(f.lib.Assets, a)
	f.expect(e.dir + "/" + e.file)
}

// typeOf is the type of an entry, by its kind, its subtype and how it is played.
func typeOf(sort, subtype, style int64) Type {
	switch {
	case sort == 1 && subtype == 101:
		return SlowMotion
	case sort == 1 && subtype == 102:
		return TimeLapse
	case sort == 1 && subtype == 103:
		return ScreenRecording
	case sort == 1:
		return Video
	case subtype == 1:
		return Panorama
	case subtype == 2, style == 3:
		return LivePhoto
	case subtype == 10:
		return Screenshot
	}
	return Photo
}

// taken is a date in the zone where it was.
func (r *reader) taken(seconds float64, name string, offset int64) time.Time {
	t := kind.Cocoa(seconds)
	if t.IsZero() || offset < -16*3600 || offset > 16*3600 {
		return t
	}
	where := zone{name, int(offset)}
	place, known := r.zones[where]
	if !known {
		place = time.FixedZone(name, int(offset))
		if len(r.zones) < 10_000 {
			r.zones[where] = place
		}
	}
	return t.In(place)
}

// kept gives what is the same text in many assets once, and nothing of what it is cut
// out of.
func kept(text string) string { return unique.Make(text).Value() }
