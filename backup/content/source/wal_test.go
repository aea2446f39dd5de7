package source

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/afero/mem"
	_ "modernc.org/sqlite"
)

// writeLog makes a database with the statements of each step committed apart, and
// returns the database and its log after the last. A step "checkpoint" moves the log
// into the database, after which it is written over from its start.
func writeLog(t testing.TB, steps ...string) (main, log []byte) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.db")
	db, err := sql.Open("sqlite", name+"?_pragma=journal_mode(wal)&_pragma=wal_autocheckpoint(0)&_pragma=page_size(1024)&_pragma=cache_size(10)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	var open *sql.Tx
	for _, step := range steps {
		switch step {
		case "checkpoint":
			_, err = db.Exec("PRAGMA wal_checkpoint(RESTART)")
		case "begin":
			open, err = db.Begin()
		default:
			if open != nil {
				_, err = open.Exec(step)
			} else {
				_, err = db.Exec(step)
			}
		}
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
	}
	if main, err = os.ReadFile(name); err != nil {
		t.Fatal(err)
	}
	if log, err = os.ReadFile(name + "-wal"); err != nil {
		t.Fatal(err)
	}
	if open != nil {
		open.Rollback()
	}
	return main, log
}

const fill = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < %d) INSERT INTO t(v) SELECT printf('%s %%0200d', i) FROM n`

// What SQLite itself reads of a database and its log is what the overlay shows.
func TestLogAsSQLiteReadsIt(t *testing.T) {
	create := "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)"
	for name, steps := range map[string][]string{
		"one commit":          {create},
		"many":                {create, fmt.Sprintf(fill, 500, "a"), fmt.Sprintf(fill, 300, "b"), "DELETE FROM t WHERE id % 3 = 0"},
		"written over":        {create, fmt.Sprintf(fill, 500, "a"), "checkpoint", fmt.Sprintf(fill, 5, "b"), "UPDATE t SET v = 'x' WHERE id = 7"},
		"not committed":       {create, fmt.Sprintf(fill, 100, "a"), "begin", fmt.Sprintf(fill, 900, "never")},
		"smaller than before": {create, fmt.Sprintf(fill, 900, "a"), "checkpoint", "DELETE FROM t", "VACUUM"},
	} {
		t.Run(name, func(t *testing.T) {
			main, log := writeLog(t, steps...)
			for cut, log := range map[string][]byte{"whole": log, "cut off": log[:max(len(log)-500, 0)], "none": nil, "another's": bytes.Repeat([]byte{7}, 4000)} {
				if got, want := overlaid(t, main, log), readSQLite(t, main, log); got != want {
					t.Errorf("%s: %.200s is not %.200s", cut, got, want)
				}
			}
		})
	}
}

// readSQLite reads the table with SQLite alone.
func readSQLite(t *testing.T, main, log []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "b.db")
	if err := os.WriteFile(name, main, 0o600); err != nil {
		t.Fatal(err)
	}
	if log != nil {
		if err := os.WriteFile(name+"-wal", log, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	return rowsOf(db)
}

// overlaid reads the table from the image of the two, as bytes of a database.
func overlaid(t *testing.T, main, log []byte) string {
	t.Helper()
	data, err := imageBytes(main, log)
	if err != nil {
		return "no rows"
	}
	name := filepath.Join(t.TempDir(), "c.db")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	return rowsOf(db)
}

func rowsOf(db *sql.DB) string {
	var sum sql.NullString
	if err := db.QueryRow("SELECT count(*) || ' ' || ifnull(group_concat(id || v), '') FROM (SELECT * FROM t ORDER BY id)").Scan(&sum); err != nil {
		return "no rows"
	}
	return sum.String
}

// plainReader reads bytes that are not encrypted.
func plainReader(data []byte) *Reader {
	return &Reader{file: mem.NewReadOnlyFileHandle(fileOfBytes(data)), size: int64(len(data))}
}

func fileOfBytes(data []byte) *mem.FileData {
	f := mem.CreateFile("x")
	if _, err := mem.NewFileHandle(f).Write(data); err != nil {
		panic(err)
	}
	return f
}

// imageBytes is all that the image of a database and its log holds.
func imageBytes(main, log []byte) ([]byte, error) {
	i := &image{main: plainReader(main)}
	if log != nil {
		i.log = plainReader(log)
	}
	if err := i.open(func() error { return nil }); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for i.At < i.Length {
		p := make([]byte, 700)
		n, err := i.Read(p)
		if err != nil {
			return nil, err
		}
		out.Write(p[:n])
	}
	return out.Bytes(), nil
}

func FuzzLog(f *testing.F) {
	main, log := writeLog(f, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)", fmt.Sprintf(fill, 20, "a"))
	f.Add(main, log)
	f.Add(main[:50], log[:40])
	f.Fuzz(func(t *testing.T, main, log []byte) {
		if len(main) > 1<<20 || len(log) > 1<<20 {
			return
		}
		w, err := readWAL(bytes.NewReader(log), int64(len(log)), func() error { return nil })
		if err == nil {
			for page, at := range w.pages {
				if page == 0 || at < walHeader+frameHeader || at+w.pageSize > int64(len(log)) {
					t.Errorf("page %d at %d of %d", page, at, len(log))
				}
			}
		}
		i := &image{main: plainReader(main), log: plainReader(log)}
		if i.open(func() error { return nil }) != nil {
			return
		}
		p := make([]byte, 4096)
		for at := int64(0); at < min(i.Length, 1<<20); at += 4096 {
			if _, err := i.Seek(at, 0); err != nil {
				t.Fatal(err)
			}
			if _, err := i.Read(p); err != nil {
				return
			}
		}
	})
}
