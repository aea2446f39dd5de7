package source

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// What SQLite makes, with indexes, long values, free pages and maps of pages, are trees.
func TestTreesOfSQLite(t *testing.T) {
	for _, vacuum := range []int{0, 1, 2} {
		name := filepath.Join(t.TempDir(), "a.db")
		db, err := sql.Open("sqlite", name+fmt.Sprintf("?_pragma=auto_vacuum(%d)&_pragma=synchronous(off)", vacuum))
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{
			"CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)", "CREATE INDEX x ON t(v)", fmt.Sprintf(fill, 2000, "a"), "DELETE FROM t WHERE id % 3 = 0", fmt.Sprintf(fill, 700, "b"),
			"UPDATE t SET v = printf('%.5000c', 'x') WHERE id % 50 = 1",
		} {
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
		size := int(binary.BigEndian.Uint16(data[16:]))
		seen := newTree(data[:100], int64(size))
		inner := 0
		for i := 0; i < len(data); i += size {
			page := uint32(i/size) + 1
			if err := seen.see(page, data[i:i+size]); err != nil {
				t.Errorf("vacuum %d, page %d: %v", vacuum, page, err)
			}
			if data[i] == 5 && !seen.isMap(page) {
				inner = i
			}
		}
		if len(seen.parents) < 100 || inner == 0 {
			t.Fatalf("only %d pages lie below another", len(seen.parents))
		}
		other := bytes.Clone(data[inner : inner+size])
		if seen.see(1<<20, other) == nil {
			t.Error("two pages have the same ones below them")
		}
	}
}
