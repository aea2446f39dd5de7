package content_test

import (
	"database/sql"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lifeboat/backup/content/contenttest"
	phone "lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/content/apps"
)

// A page of a database that has itself, or one other page very many times, below it
// gives rows without an end.
func TestEndlessTree(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes a backup of a whole phone")
	}
	files := contenttest.Files(t, apps.IOS18, apps.Nasty())
	var all []phone.Extra
	for _, f := range files {
		if strings.HasSuffix(f.Path, "-wal") || strings.HasSuffix(f.Path, "-shm") {
			continue
		}
		if len(f.Data) > 100 && string(f.Data[:15]) == "SQLite format 3" {
			f.Data = endless(t, f.Data)
		}
		all = append(all, f)
	}
	endure(t, contenttest.Open(t, "", files...), contenttest.Open(t, "", all...))
}

// endless makes of each table a tree ten pages deep, each of which has the next one
// some hundred times.
func endless(t *testing.T, data []byte) []byte {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.db")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND rootpage > 1")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	size := int(binary.BigEndian.Uint16(data[16:]))
	out := append([]byte(nil), data...)
	for rows.Next() {
		var root int
		if err := rows.Scan(&root); err != nil {
			t.Fatal(err)
		}
		first := append([]byte(nil), data[(root-1)*size:root*size]...) // as the leaf
		if first[0] != 0x0d || binary.BigEndian.Uint16(first[3:]) == 0 {
			continue
		}
		pages := len(out) / size
		const deep = 10
		for level := range deep {
			page := make([]byte, size)
			page[0] = 5                        // an inner page of a table
			child := uint32(pages + level + 1) // the pages that are put behind all others
			const cells = 200
			binary.BigEndian.PutUint16(page[3:], cells)
			at := size
			for i := range cells {
				at -= 6
				binary.BigEndian.PutUint32(page[at:], child)
				page[at+4], page[at+5] = 0xff, 0x7f // a high number of a row
				binary.BigEndian.PutUint16(page[12+2*i:], uint16(at))
			}
			binary.BigEndian.PutUint16(page[5:], uint16(at))
			binary.BigEndian.PutUint32(page[8:], child)
			if level == 0 {
				copy(out[(root-1)*size:], page)
			} else {
				out = append(out, page...)
			}
		}
		out = append(out, make([]byte, size)...)
		copy(out[len(out)-size:], first)
	}
	binary.BigEndian.PutUint32(out[28:], uint32(len(out)/size))
	return out
}
