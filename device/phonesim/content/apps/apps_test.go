package apps

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lifeboat/device/phonesim/content"
)

// opened lays some files into a folder of their own and opens the first.
func opened(t *testing.T, files ...content.Extra) *sql.DB {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(f.Path)), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(filepath.Join(dir, filepath.Base(files[0].Path))))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// databases are the databases among some files, each with what belongs to it.
func databases(files []content.Extra) map[string][]content.Extra {
	all := map[string][]content.Extra{}
	for _, f := range files {
		name := strings.TrimSuffix(strings.TrimSuffix(f.Path, "-wal"), "-shm")
		if name != f.Path {
			all[name] = append(all[name], f)
		} else if strings.HasPrefix(string(f.Data), "SQLite format 3\x00") {
			all[name] = append(all[name], f)
		}
	}
	return all
}

func one(t *testing.T, db *sql.DB, query string) int {
	t.Helper()
	var n int
	if err := db.QueryRow(query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// Every database of every shape is one that SQLite finds nothing wrong with.
func TestIntegrity(t *testing.T) {
	for name, phone := range map[string]Phone{"empty": {}, "demo": Demo(), "nasty": Nasty()} {
		for _, shape := range Shapes {
			files, err := Build(shape, phone)
			if err != nil {
				t.Fatal(name, err)
			}
			for path, files := range databases(files) {
				var verdict string
				if err := opened(t, files...).QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
					t.Errorf("%s, iOS %s, %s: %q, %v", name, shape, path, verdict, err)
				}
			}
		}
	}
}
