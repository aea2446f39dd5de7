package photos

import (
	"cmp"
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

// brief is the beginning of a text, whatever the backup has stored there.
func brief(expression string) string {
	return fmt.Sprintf("substr(CAST(%s AS TEXT), 1, %d)", expression, longestText)
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
	into, query := e.query(db, table)
	err = db.Scan(r.ctx, into, func() error {
		if len(f.names) >= mostAssets {
			return errEnough
		}
		r.enter(&e, f)
		return nil
	}, query)
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
	Asset
	dir, file, burst, zone                      string
	offset, sort, subtype, style, saved, turned int64
	further                                     bool
	taken, seconds                              float64
}

// query asks for all entries, and says where each column goes.
func (e *entry) query(db *source.Database, table string) (into []any, query string) {
	of := func(column string) string { return db.Column("a", table, column) }
	more := func(column string) string { return db.Column("x", attributes, column) }
	from := " FROM " + table + " a" + join(db, table, "x", attributes, "ZADDITIONALATTRIBUTES")
	camera := "NULL"
	if joined := join(db, table, "e", extended, "ZEXTENDEDATTRIBUTES"); joined != "" && db.Has(extended, "ZCAMERAMODEL") {
		from += joined
		camera = db.Column("e", extended, "ZCAMERAMODEL")
	}
	name, zoneName, offset := more("ZORIGINALFILENAME"), more("ZTIMEZONENAME"), more("ZTIMEZONEOFFSET")
	if !strings.Contains(from, attributes) {
		name, zoneName, offset = "NULL", "NULL", "NULL"
	}
	texts := []string{of("ZUUID"), of("ZDIRECTORY"), of("ZFILENAME"), of("ZAVALANCHEUUID"), name, zoneName, camera}
	for i := range texts {
		texts[i] = brief(texts[i])
	}
	into = []any{&e.Ref, &e.dir, &e.file, &e.burst, &e.Name, &e.zone, &e.Camera, &e.offset, &e.Edited,
		&e.pk, &e.taken, &e.seconds, &e.sort, &e.subtype, &e.style, &e.saved, &e.Deleted, &e.Hidden, &e.Favorite, &e.further, &e.turned}
	// 2 is edited on newer iOS; what else there may be is not known to be.
	return into, fmt.Sprintf("SELECT %s, ifnull(%s, %d), %s = 1 OR %s = 2, ", strings.Join(texts, ", "), offset, unknownZone, of("ZHASADJUSTMENTS"), of("ZADJUSTMENTSSTATE")) +
		db.Columns("a", table, "Z_PK", "ZDATECREATED", "ZDURATION", "ZKIND", "ZKINDSUBTYPE", "ZPLAYBACKSTYLE", "ZSAVEDASSETTYPE", "ZTRASHEDSTATE", "ZHIDDEN", "ZFAVORITE", "ZVISIBILITYSTATE", "ZORIENTATION") + from
}

// enter makes an asset of an entry.
func (r *reader) enter(e *entry, f *files) {
	a := e.Asset
	if a.Ref == "" {
		a.Ref = "Media/" + e.dir + "/" + e.file
	}
	a.Name, a.Camera = cmp.Or(a.Name, e.file), kept(a.Camera)
	a.Listed, a.Taken, a.Type = true, r.taken(e.taken, e.zone, e.offset), typeOf(e.sort, e.subtype, e.style)
	a.Origin = map[int64]Origin{4: SharedAlbum, 12: SharedWithYou}[e.saved]
	a.Further = e.further && e.burst != ""
	if e.seconds > 0 && e.seconds < 1e9 {
		a.Seconds = float32(e.seconds)
	}
	if e.turned >= 1 && e.turned <= 8 {
		a.orientation = uint8(e.turned)
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
