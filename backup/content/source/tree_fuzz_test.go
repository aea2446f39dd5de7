package source

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

const smallPage = 512 // bytes: the smallest that SQLite knows

// smallPages is a database of small pages, with maps of pages if vacuum is 1.
func smallPages(t testing.TB, vacuum int, statements ...string) []byte {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.db")
	db, err := sql.Open("sqlite", name+"?_pragma=synchronous(off)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, statement := range append([]string{fmt.Sprintf("PRAGMA page_size = %d", smallPage), fmt.Sprintf("PRAGMA auto_vacuum = %d", vacuum), "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)"}, statements...) {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// pageOf is a page of a database; the first is 1.
func pageOf(data []byte, page uint32) []byte { return data[(int(page)-1)*smallPage:][:smallPage] }

// often is how many times one page can stand below another.
const often = 60

// parentOf writes a page that has another below it, often. Its last bytes are zeros.
func parentOf(data []byte, page, below uint32) {
	p := pageOf(data, page)
	clear(p)
	p[0] = 5
	at := smallPage - 12
	for i := range often {
		at -= 5
		binary.BigEndian.PutUint32(p[at:], below)
		p[at+4] = byte(i)
		binary.BigEndian.PutUint16(p[12+2*i:], uint16(at)) //nolint:gosec // in a page
	}
	binary.BigEndian.PutUint16(p[3:], often)
	binary.BigEndian.PutUint16(p[5:], uint16(at)) //nolint:gosec // in a page
	binary.BigEndian.PutUint32(p[8:], below)
}

// rootOf is where the table t begins.
func rootOf(t testing.TB, data []byte) uint32 {
	t.Helper()
	d := &Database{name: "a.db", image: &image{main: plainReader(data)}}
	defer d.Close()
	var root uint32
	if err := d.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.conn.QueryRowContext(t.Context(), `SELECT rootpage FROM sqlite_schema WHERE name = 't'`).Scan(&root); err != nil {
		t.Fatal(err)
	}
	return root
}

// countAll counts the rows of all tables, up to more than there is room for.
func countAll(ctx context.Context, data, log []byte) (rows, most int, err error) {
	// A root may have itself below it, which SQLite finds after as many rounds as a
	// tree can be deep: 20. A row takes 6 bytes.
	most = 4*(len(data)+len(log)) + 1<<16
	d := &Database{name: "a.db", image: &image{main: plainReader(data)}}
	defer d.Close()
	if log != nil {
		d.image.log = plainReader(log)
	}
	if err := d.open(ctx); err != nil {
		return 0, most, err
	}
	for _, table := range d.Tables() {
		all, err := d.Query(ctx, fmt.Sprintf(`SELECT count(*) FROM (SELECT 1 FROM %s LIMIT %d)`, Quote(table), most+1))
		if err != nil {
			return rows, most, err
		}
		var n int
		for all.Next() {
			if err := all.Scan(&n); err != nil {
				n = 0
			}
		}
		if all.Close(); all.Err() != nil {
			return rows, most, all.Err()
		}
		rows = max(rows, n)
	}
	return rows, most, nil
}

// leafOf is the first page with rows after another.
func leafOf(data []byte, page uint32) uint32 {
	for page++; pageOf(data, page)[0] != 13; page++ {
	}
	return page
}

// No page multiplies what lies below it: not one that says that it is a map of pages,
// and not one of which the file has only the beginning.
func TestTreesThatMultiply(t *testing.T) {
	maps := smallPages(t, 1, fmt.Sprintf(fill, 2000, "a"))
	root := rootOf(t, maps)
	const first, each = 2, smallPage/5 + 1
	last := (uint32(len(maps)/smallPage)-first)/each*each + first
	for m := uint32(first); m < last; m += each {
		parentOf(maps, m, m+each)
	}
	parentOf(maps, last-each, leafOf(maps, root))

	roots := bytes.Clone(maps)
	place := bytes.Index(roots, []byte("tablett")) + len("tablett")
	if roots[place] != byte(root) {
		t.Fatalf("the table begins at %d, not %d", roots[place], root)
	}
	roots[place] = first

	below := bytes.Clone(pageOf(maps, root))
	binary.BigEndian.PutUint32(below[8:], first)
	copy(pageOf(maps, root), below)

	cut := smallPages(t, 0, "INSERT INTO t(v) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 5000) SELECT NULL FROM n")
	root = rootOf(t, cut)
	old := uint32(len(cut)/smallPage) + 1
	leaf, end := old+1, old+2
	cut = append(cut, make([]byte, 3*smallPage)...)
	copy(pageOf(cut, old), pageOf(cut, root))
	copy(pageOf(cut, leaf), pageOf(cut, leafOf(cut, root)))
	parentOf(cut, end, old)
	parentOf(cut, root, end)
	p := pageOf(cut, root) // of its entries one stays, and leads to the leaf
	binary.BigEndian.PutUint16(p[3:], 1)
	binary.BigEndian.PutUint32(p[binary.BigEndian.Uint16(p[12:]):], leaf)
	binary.BigEndian.PutUint32(cut[28:], end)
	cut = cut[:len(cut)-5]

	for name, data := range map[string][]byte{"maps": maps, "a root that is a map": roots, "cut short": cut} {
		if rows, most, err := countAll(t.Context(), data, nil); rows > most || rows == 0 && err == nil {
			t.Errorf("%s: %d rows of %d bytes: %v", name, rows, len(data), err)
		}
	}
}

// FuzzTree lets SQLite read databases in which some bytes are others: it comes to an
// end, whatever stands below what. A change is the place of a byte, and what it is.
func FuzzTree(f *testing.F) {
	values := "INSERT INTO t(v) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 400) SELECT printf('%.50c', i) FROM n"
	long := "UPDATE t SET v = printf('%.2000c', 'x') WHERE id % 90 = 1"
	without := []string{"CREATE TABLE w (v TEXT PRIMARY KEY, id) WITHOUT ROWID", "INSERT INTO w SELECT id || v, id FROM t"}
	bases := [][]byte{smallPages(f, 0, values, long), smallPages(f, 1, values, long), smallPages(f, 0, append([]string{values}, without...)...)}
	put := func(changes []byte, at int, values ...byte) []byte {
		for i, v := range values {
			changes = append(changes, byte((at+i)>>16), byte((at+i)>>8), byte(at+i), v)
		}
		return changes
	}
	for i, base := range bases {
		root := (int(rootOf(f, base)) - 1) * smallPage
		entry := root + int(binary.BigEndian.Uint16(base[root+12:]))
		f.Add(uint8(i), []byte{}, uint16(0))
		f.Add(uint8(i), put(nil, root+8, base[entry:entry+4]...), uint16(0))                    // one page twice
		f.Add(uint8(i), put(nil, entry, 0, 0, 0, byte(root/smallPage+1)), uint16(0))            // below itself
		f.Add(uint8(i), put(nil, root+8, 0, 0, 0, 2), uint16(7))                                // a map, or another tree
		f.Add(uint8(i), put(put(nil, 16, 4, 0), 52, 0, 0, 0, 1), uint16(len(base)%smallPage+1)) // other pages
		f.Add(uint8(i), put(nil, 20, 32), uint16(0))
	}
	f.Fuzz(func(t *testing.T, base uint8, changes []byte, cut uint16) {
		data := bytes.Clone(bases[int(base)%len(bases)])
		for ; len(changes) >= 4; changes = changes[4:] {
			at := int(changes[0])<<16 | int(changes[1])<<8 | int(changes[2])
			data[at%len(data)] = changes[3]
		}
		data = data[:max(len(data)-int(cut), 0)]
		if rows, most, _ := countAll(t.Context(), data, nil); rows > most {
			t.Errorf("%d rows of %d bytes", rows, len(data))
		}
	})
}
