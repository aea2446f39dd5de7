package source

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"modernc.org/sqlite" // also the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
	"modernc.org/sqlite/vfs"

	"lifeboat/backup/format"
)

// Database is a SQLite database out of a backup, with its write-ahead log: read-only,
// decrypted page by page as SQLite asks, with nothing of it on a disk. Its methods
// may be called by several goroutines.
type Database struct {
	name   string
	db     *sql.DB
	conn   *sql.Conn // the only one: the image holds one position
	vfs    *vfs.FS
	image  *image
	tables map[string]map[string]string // lower-case names of columns, and as they stand
	// programs are what can be queried and is no stored table, in lower case.
	programs map[string]bool
}

// limits bound what a database from a backup may make SQLite do.
var limits = map[int]int{
	sqlite3.SQLITE_LIMIT_LENGTH:        256 << 20, // bytes of one value or row
	sqlite3.SQLITE_LIMIT_ATTACHED:      0,
	sqlite3.SQLITE_LIMIT_COLUMN:        2000,
	sqlite3.SQLITE_LIMIT_EXPR_DEPTH:    200,
	sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 0,
}

const opensQuery = "?vfs=%s&mode=ro&immutable=1&_pragma=temp_store(memory)&_pragma=query_only(1)&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)&_pragma=cache_size(-4096)"

// Database opens a database by its name on the phone; the caller must Close it. One
// that the backup does not list is ErrNotListed, one that is no database ErrDamaged.
// needs are a table, and columns of it, without which it is ErrDamaged, too.
func (b *Backup) Database(ctx context.Context, domain, path string, needs ...string) (*Database, error) {
	f, found, err := b.Find(ctx, domain, path)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fmt.Errorf("%s of %s: %w", path, domain, ErrNotListed)
	}
	return b.DatabaseOf(ctx, f, needs...)
}

// DatabaseOf opens a database that was found; see [Backup.Database].
func (b *Backup) DatabaseOf(ctx context.Context, f File, needs ...string) (_ *Database, err error) {
	d := &Database{name: f.Domain + "/" + f.Path, image: &image{Plain: format.Plain{File: imageName}}}
	defer func() {
		if err != nil {
			d.Close()
		}
	}()
	if d.image.main, err = b.Open(ctx, f); err != nil {
		return nil, err
	}
	log, found, err := b.findExactly(ctx, f.Domain, f.Path+"-wal")
	if err != nil {
		return nil, err
	}
	if found && log.Regular() {
		if d.image.log, err = b.Open(ctx, log); err != nil {
			return nil, err
		}
	}
	if err = d.open(ctx); err != nil {
		return nil, damaged(f, err)
	}
	if len(needs) > 0 && !d.Has(needs[0], needs[1:]...) {
		return nil, damaged(f, fmt.Errorf("no table %s with what is read of it", needs[0]))
	}
	return d, nil
}

// open has SQLite read the image of what was opened.
func (d *Database) open(ctx context.Context) error {
	err := d.image.open(ctx.Err)
	if err != nil {
		return err
	}
	name, system, err := vfs.New(d.image)
	if err != nil {
		return err
	}
	d.vfs = system
	if d.db, err = sql.Open("sqlite", "file:"+imageName+fmt.Sprintf(opensQuery, name)); err != nil {
		return err
	}
	if d.conn, err = d.db.Conn(ctx); err != nil {
		return err
	}
	for limit, value := range limits {
		if limit == sqlite3.SQLITE_LIMIT_LENGTH {
			// No value is longer than all: pages that follow each other in a circle are.
			value = int(min(int64(value), max(d.image.Length, 1<<20)))
		}
		if _, err = sqlite.Limit(d.conn, limit, value); err != nil {
			return err
		}
	}
	return d.readSchema(ctx)
}

// maxColumns bounds the tables and columns that are looked at.
const maxColumns = 100_000

// readSchema learns which tables have which columns. Which there are changes from
// one iOS to the next; a name in double quotes that is no column is a text to SQLite,
// so that to ask for it would give nonsense and no error.
//
// Only what is stored counts: views, virtual tables and generated columns are
// programs, which no reader needs, and which can be made to calculate for ever.
func (d *Database) readSchema(ctx context.Context) error {
	d.tables = map[string]map[string]string{}
	var table, column string
	if err := d.Scan(ctx, []any{&table, &column}, func() error {
		key := strings.ToLower(table)
		if d.tables[key] == nil {
			d.tables[key] = map[string]string{}
		}
		d.tables[key][strings.ToLower(column)] = column
		return nil
	}, `SELECT m.name, p.name FROM sqlite_schema m, pragma_table_xinfo(m.name) p WHERE m.type = 'table' AND m.sql LIKE 'CREATE TABLE%' AND p.hidden = 0 LIMIT ?`, maxColumns); err != nil {
		return err
	}
	var root int64
	if err := d.Scan(ctx, []any{&root}, func() error {
		if d.image.tree.isMap(uint32(root)) { // SQLite takes its lowest bits, too
			return errNoTree // a tree begins where none can
		}
		return nil
	}, `SELECT rootpage FROM sqlite_schema WHERE rootpage > 0`); err != nil {
		return err
	}
	programs := map[string]bool{} // known once all are, as queries look at them
	err := d.Scan(ctx, []any{&table}, func() error {
		programs[strings.ToLower(table)] = true
		return nil
	}, `SELECT name FROM sqlite_schema WHERE type = 'view' OR type = 'table' AND ifnull(sql, '') NOT LIKE 'CREATE TABLE%' LIMIT ?`, maxColumns)
	d.programs = programs
	return err
}

// queried finds what a query of a reader takes rows from, and a little more.
var queried = regexp.MustCompile(`(?i)(?:\bFROM|\bJOIN|,)\s+"?(\w+)`)

// Has reports whether there is a table with all of these columns.
func (d *Database) Has(table string, columns ...string) bool {
	known, found := d.tables[strings.ToLower(table)]
	for _, c := range columns {
		found = found && known[strings.ToLower(c)] != ""
	}
	return found
}

// Tables gives the names of all tables, in lower case, in no order.
func (d *Database) Tables() []string {
	names := make([]string, 0, len(d.tables))
	for name := range d.tables {
		names = append(names, name)
	}
	return names
}

// Column is how a query asks for a column of a table under an alias: NULL if there
// is none. All three names are the reader's own, never the backup's.
func (d *Database) Column(alias, table, column string) string {
	name := d.tables[strings.ToLower(table)][strings.ToLower(column)]
	if name == "" {
		return "NULL"
	}
	return Quote(alias) + "." + Quote(name)
}

// FirstColumn is Column for the first of several names that the table has.
func (d *Database) FirstColumn(alias, table string, columns ...string) string {
	for _, c := range columns {
		if d.Has(table, c) {
			return d.Column(alias, table, c)
		}
	}
	return "NULL"
}

// Columns is Column for several columns of a table, in the order of their names, with
// commas between them.
func (d *Database) Columns(alias, table string, columns ...string) string {
	asked := make([]string, len(columns))
	for i, c := range columns {
		asked[i] = d.Column(alias, table, c)
	}
	return strings.Join(asked, ", ")
}

// Quote makes a name fit for a query, also one that the backup gives.
func Quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Query runs a query of stored tables, which views are not; the caller must Close the rows. Other queries may run meanwhile.
// Values that are longer than 256 MiB are an error.
func (d *Database) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if len(d.programs) > 0 {
		for _, found := range queried.FindAllStringSubmatch(query, -1) {
			if d.programs[strings.ToLower(found[1])] {
				return nil, d.explain(ctx, fmt.Errorf("%s is no stored table", found[1]))
			}
		}
	}
	rows, err := d.conn.QueryContext(ctx, query, args...)
	return rows, d.explain(ctx, err)
}

// fewestBytes is less than a row takes of a database. Of two tables whose rows all
// belong to each other more rows come than any phone has.
const fewestBytes = 8

// Each calls scan for each row of a query. An error that is not of ctx or of scan
// wraps ErrDamaged; so does that of a query with more rows than the database has room
// for.
func (d *Database) Each(ctx context.Context, scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := d.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	most := d.image.Length/fewestBytes + 10_000
	for rows.Next() {
		if most--; most < 0 {
			return d.explain(ctx, errors.New("more rows than it has room for"))
		}
		if err := scan(rows); err != nil {
			return err
		}
	}
	return d.explain(ctx, rows.Err())
}

// Scan calls visit after each row of a query was read into these places, which are the
// same for all rows: pointers to strings, int64, float64, []byte and bool take what a
// row has as Text, Int, Real and Blob do. visit may be nil. Errors are those of [Database.Each].
func (d *Database) Scan(ctx context.Context, into []any, visit func() error, query string, args ...any) error {
	scanners := make([]any, len(into))
	for i, place := range into {
		switch p := place.(type) {
		case *string:
			place = (*Text)(p)
		case *int64:
			place = (*Int)(p)
		case *float64:
			place = (*Real)(p)
		case *[]byte:
			place = (*Blob)(p)
		case *bool:
			place = (*truth)(p)
		}
		scanners[i] = place
	}
	return d.Each(ctx, func(rows *sql.Rows) error {
		if err := rows.Scan(scanners...); err != nil || visit == nil {
			return err
		}
		return visit()
	}, query, args...)
}

// perQuery is how many values a query names at most.
const perQuery = 200

// ScanIn is [Database.Scan] of a query that names values where it has "IN (?)": of many
// values it takes several queries, one after another.
func ScanIn[V any](ctx context.Context, d *Database, into []any, visit func() error, query string, values []V) error {
	for some := range slices.Chunk(values, perQuery) {
		args := make([]any, len(some))
		for i, v := range some {
			args[i] = v
		}
		marks := strings.Repeat("?, ", len(some)-1) + "?"
		if err := d.Scan(ctx, into, visit, strings.Replace(query, "IN (?)", "IN ("+marks+")", 1), args...); err != nil {
			return err
		}
	}
	return nil
}

func (d *Database) explain(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return errors.Join(ctx.Err(), err)
	}
	return fmt.Errorf("%s: %w: %w", d.name, ErrDamaged, err)
}

// Logged reports whether some of its pages came from a write-ahead log.
func (d *Database) Logged() bool { return d.image.wal != nil }

// Close closes the database.
func (d *Database) Close() error {
	var errs []error
	if d.conn != nil {
		errs = append(errs, d.conn.Close())
	}
	if d.db != nil {
		errs = append(errs, d.db.Close())
	}
	if d.vfs != nil {
		errs = append(errs, d.vfs.Close())
	}
	for _, r := range []*Reader{d.image.main, d.image.log} {
		if r != nil {
			errs = append(errs, r.Close())
		}
	}
	return errors.Join(errs...)
}

const imageName = "db"

// image is a database as SQLite is to see it: the file with the pages of its log over
// it, and with the mark that it has none.
type image struct {
	format.Plain
	main, log *Reader
	wal       *wal // nil: no log that counts
	pageSize  int64
	tree      *tree
}

// open reads the log and the header.
func (i *image) open(progress func() error) error {
	head := make([]byte, 100)
	if n, err := i.main.ReadAt(head, 0); n < len(head) && i.main.Size() >= int64(len(head)) {
		return short(err)
	}
	if i.log != nil {
		w, err := readWAL(i.log, i.log.Size(), progress)
		switch {
		case err == nil:
			i.wal, i.pageSize, i.Length = w, w.pageSize, w.size
		case !errors.Is(err, errNoLog):
			return err
		}
	}
	if i.wal != nil {
		if at, found := i.wal.pages[1]; found {
			if _, err := i.log.ReadAt(head, at); err != nil && err != io.EOF {
				return err
			}
		}
	}
	if string(head[:16]) != "SQLite format 3\x00" {
		return errors.New("it is no SQLite database")
	}
	page := int64(binary.BigEndian.Uint16(head[16:]))
	if page == 1 {
		page = 65536
	}
	if i.wal == nil {
		i.pageSize, i.Length = page, i.main.Size()
	}
	if page != i.pageSize || page < 512 {
		return errors.New("its pages have no size that SQLite knows")
	}
	i.tree = newTree(head, page)
	return nil
}

// Open implements [fs.FS]: there is the database, and none of its companions.
func (i *image) Open(name string) (fs.File, error) {
	if name != imageName {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return i, nil
}

// Read gives plain bytes, of the log where it has the page.
func (i *image) Read(p []byte) (int, error) {
	if i.At >= i.Length {
		return 0, io.EOF
	}
	within := i.At % i.pageSize
	whole := within == 0 && int64(len(p)) >= i.pageSize
	p = p[:min(int64(len(p)), i.pageSize-within, i.Length-i.At)]
	from, offset := i.main, i.At
	if i.wal != nil {
		if at, found := i.wal.pages[uint32(i.At/i.pageSize)+1]; found { //nolint:gosec // a database has fewer pages
			from, offset = i.log, at+within
		}
	}
	n, err := from.ReadAt(p, offset)
	if whole && n > 0 {
		if err := i.tree.see(uint32(i.At/i.pageSize)+1, p); err != nil { //nolint:gosec // a database has fewer pages
			return 0, err
		}
	}
	if n == 0 && err == io.EOF {
		// A page that neither has: the database was cut short.
		return 0, io.ErrUnexpectedEOF
	}
	if err == io.EOF {
		err = nil
	}
	i.unmark(p[:n])
	i.At += int64(n)
	return n, err
}

// unmark says in the header that there is no log, as SQLite would look for it.
func (i *image) unmark(p []byte) {
	for at := int64(18); at <= 19; at++ {
		if k := at - i.At; k >= 0 && k < int64(len(p)) {
			p[k] = 1
		}
	}
}
