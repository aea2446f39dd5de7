package apps

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the database driver "sqlite"

	"lifeboat/device/phonesim/content"
)

// store is a database that is to be made.
type store struct {
	domain, path string
	// tables is its description, see [schema].
	tables string
	// fill puts in the rows, oldest first. What it inserts after newest lies in
	// the write-ahead log only.
	fill func(*database)
}

// row is what is put into a table, by column. A column that the table has in
// other shapes only is left out; one that it never has is an error.
type row map[string]any

// database is a database while it is made. After the first error it does
// nothing more; build returns that error.
type database struct {
	phone  Phone
	shape  Shape
	schema schema
	file   string
	db     *sql.DB
	tx     *sql.Tx
	stmts  map[string]*sql.Stmt
	logged bool // a write-ahead log takes what comes
	err    error
}

// build makes the files of a database: itself, and its write-ahead log and the index of that
// if anything was to lie there only.
func (p Phone) build(shape Shape, s store) ([]content.Extra, error) {
	base := path.Base(s.path)
	if slices.Contains(p.Harm.NoFile, base) {
		return nil, nil
	}
	dir, err := os.MkdirTemp("", "phonesim-apps-")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", base, err)
	}
	defer os.RemoveAll(dir)
	d := &database{phone: p, shape: shape, file: filepath.Join(dir, "database")}
	if d.schema, err = describe(s.tables, shape, p.Harm.Missing); err != nil {
		return nil, fmt.Errorf("%s: %w", base, err)
	}
	files, err := d.run(s)
	if err != nil {
		return nil, fmt.Errorf("%s of iOS %s: %w", base, shape, err)
	}
	if slices.Contains(p.Harm.Corrupt, base) {
		spoil(files[0].Data)
	}
	return files, nil
}

func (d *database) run(s store) (files []content.Extra, err error) {
	d.open("PRAGMA page_size=4096", "PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF")
	defer func() { d.close() }()
	for _, statement := range d.schema.statements() {
		d.exec(statement)
	}
	s.fill(d)
	d.commit()
	endings := []string{""}
	if d.logged { // read while it is open: who closes it last puts its log into it
		endings = append(endings, "-wal", "-shm")
	} else {
		d.close()
	}
	if d.err != nil {
		return nil, d.err
	}
	for _, ending := range endings {
		data, err := os.ReadFile(d.file + ending)
		if ending != "" && errors.Is(err, fs.ErrNotExist) {
			continue // nothing came after newest
		}
		if err != nil {
			return nil, err
		}
		files = append(files, d.phone.file(s.domain, s.path+ending, data))
	}
	return files, nil
}

// file is a file of the phone as old as the newest there is on it.
func (p Phone) file(domain, path string, data []byte) content.Extra {
	return content.Extra{Domain: domain, Path: path, Data: data, ModTime: p.Now}
}

// open opens the database file and begins to write.
func (d *database) open(pragmas ...string) {
	if d.err != nil {
		return
	}
	if d.db, d.err = sql.Open("sqlite", d.file); d.err != nil {
		return
	}
	d.db.SetMaxOpenConns(1)
	for _, pragma := range pragmas {
		if _, d.err = d.db.Exec(pragma); d.err != nil {
			return
		}
	}
	d.stmts = map[string]*sql.Stmt{}
	d.tx, d.err = d.db.BeginTx(context.Background(), nil)
}

func (d *database) commit() {
	if d.tx == nil {
		return
	}
	for _, stmt := range d.stmts {
		stmt.Close()
	}
	if err := d.tx.Commit(); d.err == nil {
		d.err = err
	}
	d.tx, d.stmts = nil, nil
}

func (d *database) close() {
	d.commit()
	if d.db == nil {
		return
	}
	if err := d.db.Close(); d.err == nil {
		d.err = err
	}
	d.db = nil
}

// newest has all that is inserted from now on lie in the write-ahead log only,
// if the newest rows of this phone do.
func (d *database) newest() {
	if !d.phone.WAL || d.logged || d.err != nil {
		return
	}
	d.close()
	d.logged = true
	d.open("PRAGMA journal_mode=WAL", "PRAGMA wal_autocheckpoint=0", "PRAGMA synchronous=OFF")
}

// exec runs a statement.
func (d *database) exec(query string, args ...any) {
	if d.err != nil {
		return
	}
	if _, err := d.tx.Exec(query, args...); err != nil {
		d.err = fmt.Errorf("%s: %w", query, err)
	}
}

// has reports whether the table exists here, with all these columns.
func (d *database) has(name string, columns ...string) bool {
	t, ok := d.schema.table(name)
	return ok && !t.absent && !slices.ContainsFunc(columns, func(c string) bool { return !t.has(c) })
}

// insert puts a row into a table, or nothing if the table is one of other
// shapes.
func (d *database) insert(name string, values row) {
	if d.err != nil {
		return
	}
	t, ok := d.schema.table(name)
	if !ok {
		d.err = fmt.Errorf("no shape has a table %s", name)
		return
	}
	if t.absent {
		return
	}
	var columns []string
	var args []any
	for _, c := range slices.Sorted(maps.Keys(values)) {
		switch {
		case t.has(c):
			columns = append(columns, c)
			args = append(args, values[c])
		case !slices.Contains(t.elsewhere, c):
			d.err = fmt.Errorf("no shape has a column %s.%s", name, c)
			return
		}
	}
	query := fmt.Sprintf("INSERT INTO %s(%s) VALUES (%s)", name, strings.Join(columns, ", "), strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", "))
	stmt := d.stmts[query]
	if stmt == nil {
		if stmt, d.err = d.tx.Prepare(query); d.err != nil {
			return
		}
		d.stmts[query] = stmt
	}
	if _, err := stmt.Exec(args...); err != nil {
		d.err = fmt.Errorf("%s: %w", query, err)
	}
}

// coreData are the tables that all of Apple's own object stores have.
const coreData = `
Z_PRIMARYKEY
  Z_ENT INTEGER PRIMARY KEY
  Z_NAME VARCHAR
  Z_SUPER INTEGER
  Z_MAX INTEGER
Z_METADATA
  Z_VERSION INTEGER PRIMARY KEY
  Z_UUID VARCHAR(255)
  Z_PLIST BLOB
`

// entity gives an entity of an object store its number.
func (d *database) entity(number int, name string, super, highest int) {
	d.insert("Z_PRIMARYKEY", row{"Z_ENT": number, "Z_NAME": name, "Z_SUPER": super, "Z_MAX": highest})
}

// spoil overwrites what lies behind the first page of a database, and of a
// small one the second half, as a disk does that returns other bytes.
func spoil(data []byte) {
	for i := min(4096, len(data)/2); i < len(data); i++ {
		data[i] = byte(i*7) ^ 0xA5
	}
}

// cocoaEpoch is 2001-01-01 in Unix time.
const cocoaEpoch = 978_307_200

// cocoa is a time in seconds since 2001, nil of the zero time.
func cocoa(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return float64(t.UnixNano()-cocoaEpoch*1_000_000_000) / 1e9
}

// cocoaNano is a time in nanoseconds since 2001, 0 of the zero time.
func cocoaNano(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano() - cocoaEpoch*1_000_000_000
}

// optional is a text, or nil in place of the empty one.
func optional(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
