package photos

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

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
// bound, whatever the backup has stored there.
type query struct{ columns []string }

func (q *query) text(expression string) {
	q.columns = append(q.columns, fmt.Sprintf("ifnull(substr(CAST(%s AS TEXT), 1, %d), '')", expression, longestText))
}

func (q *query) whole(expression string, other int) {
	q.columns = append(q.columns, fmt.Sprintf("ifnull(CAST(%s AS INTEGER), %d)", expression, other))
}

func (q *query) real(expression string, other float64) {
	q.columns = append(q.columns, fmt.Sprintf("ifnull(CAST(%s AS REAL), %g)", expression, other))
}

func (q *query) String() string { return "SELECT " + strings.Join(q.columns, ", ") }

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
	err = db.Each(r.ctx, func(rows *sql.Rows) error {
		if len(f.names) >= mostAssets {
			return errEnough
		}
		return r.row(rows, f)
	}, rowsQuery(db, table))
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

// rowsQuery asks for all entries, in the order in which row scans them.
func rowsQuery(db *source.Database, table string) string {
	of := func(column string) string { return db.Column("a", table, column) }
	more := func(column string) string { return db.Column("x", attributes, column) }
	from := " FROM " + table + " a" + join(db, table, "x", attributes, "ZADDITIONALATTRIBUTES")
	camera := "NULL"
	if joined := join(db, table, "e", extended, "ZEXTENDEDATTRIBUTES"); joined != "" && db.Has(extended, "ZCAMERAMODEL") {
		from += joined
		camera = db.Column("e", extended, "ZCAMERAMODEL")
	}
	app := db.FirstColumn("x", attributes, "ZIMPORTEDBYBUNDLEIDENTIFIER", "ZCREATORBUNDLEID")
	name, zoneName, offset := more("ZORIGINALFILENAME"), more("ZTIMEZONENAME"), more("ZTIMEZONEOFFSET")
	if !strings.Contains(from, attributes) {
		app, name, zoneName, offset = "NULL", "NULL", "NULL", "NULL"
	}
	var q query
	q.whole(of("Z_PK"), 0)
	for _, text := range []string{of("ZUUID"), of("ZDIRECTORY"), of("ZFILENAME"), of("ZAVALANCHEUUID"), name, zoneName, app, camera} {
		q.text(text)
	}
	q.whole(offset, unknownZone)
	q.real(of("ZDATECREATED"), 0)
	q.real(of("ZLATITUDE"), -180)
	q.real(of("ZLONGITUDE"), -180)
	q.real(of("ZDURATION"), 0)
	for _, column := range []string{"ZKIND", "ZKINDSUBTYPE", "ZPLAYBACKSTYLE", "ZSAVEDASSETTYPE", "ZTRASHEDSTATE", "ZHIDDEN", "ZFAVORITE", "ZVISIBILITYSTATE", "ZORIENTATION", "ZWIDTH", "ZHEIGHT"} {
		q.whole(of(column), 0)
	}
	// 2 is edited on newer iOS; what else there may be is not known to be.
	q.columns = append(q.columns, fmt.Sprintf("ifnull(%s = 1 OR %s = 2, 0)", db.Column("a", table, "ZHASADJUSTMENTS"), db.Column("a", table, "ZADJUSTMENTSSTATE")))
	return q.String() + from
}

func (r *reader) row(rows *sql.Rows, f *files) error {
	var (
		a                                                              Asset
		uuid, dir, file, burst, name, zoneName, app, camera            string
		offset, sort, subtype, style, saved, trashed, hidden, favorite int64
		visible, orientation, width, height, adjusted                  int64
		taken, latitude, longitude, seconds                            float64
	)
	err := rows.Scan(&a.pk, &uuid, &dir, &file, &burst, &name, &zoneName, &app, &camera, &offset, &taken, &latitude, &longitude, &seconds,
		&sort, &subtype, &style, &saved, &trashed, &hidden, &favorite, &visible, &orientation, &width, &height, &adjusted)
	if err != nil {
		return err
	}
	a.Listed = true
	if a.Ref = uuid; uuid == "" {
		a.Ref = "Media/" + dir + "/" + file
	}
	if a.Name = name; name == "" {
		a.Name = file
	}
	a.Taken = r.taken(taken, zoneName, offset)
	a.Burst, a.App, a.Camera = r.kept(burst), r.kept(app), r.kept(camera)
	a.Type = typeOf(sort, subtype, style)
	a.Origin = map[int64]Origin{4: SharedAlbum, 12: SharedWithYou}[saved]
	a.Deleted, a.Hidden, a.Favorite, a.Edited = trashed != 0, hidden != 0, favorite != 0, adjusted != 0
	a.Further = visible != 0 && burst != ""
	if latitude >= -90 && latitude <= 90 && longitude > -180 && longitude <= 180 {
		a.Place = &Place{latitude, longitude}
	}
	a.Width, a.Height = pixels(width), pixels(height)
	if seconds > 0 && seconds < 1e9 {
		a.Seconds = float32(seconds)
	}
	if orientation >= 1 && orientation <= 8 {
		a.orientation = uint8(orientation)
	}
	f.lib.Assets = append(f.lib.Assets, a)
	f.expect(dir + "/" + file)
	return nil
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

func pixels(n int64) int32 {
	if n < 0 || n > 1<<20 {
		return 0
	}
	return int32(n)
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

// kept keeps each text once.
func (r *reader) kept(text string) string {
	if text == "" {
		return ""
	}
	if known, found := r.intern[text]; found {
		return known
	}
	if len(r.intern) < mostAssets/10 {
		r.intern[text] = text
	}
	return text
}
