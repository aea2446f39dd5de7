package backupd

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"lifeboat/device/phonesim/content"
)

// The manifest lists what real phones listed: sizes of other content, and
// rows that no document has.
func TestOddRows(t *testing.T) {
	cfg := testConfig(t, content.Generate(7, 60, 1<<20))
	cfg.Faults = Faults{SizesDiffer: 5, OddRows: true}
	root := t.TempDir()
	if _, answer := backUp(t, newTestEngine(t, cfg), root); answer["ErrorCode"] != uint64(0) {
		t.Fatal(answer)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(root, testUDID, "Manifest.db")+"?immutable=1")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var bare, flagless int
	if err := db.QueryRow(`SELECT count(*) FROM Files WHERE flags = 16 AND domain IS NULL AND relativePath IS NULL AND file IS NULL`).Scan(&bare); err != nil || bare != 1 {
		t.Errorf("%d bare rows, %v", bare, err)
	}
	rows, err := db.Query(`SELECT fileID, domain, relativePath, flags, file FROM Files WHERE file IS NOT NULL`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	differ, sizeless := 0, map[int]int{}
	for rows.Next() {
		var r storedRow
		if err := rows.Scan(&r.id, &r.domain, &r.path, &r.flags, &r.blob); err != nil {
			t.Fatal(err)
		}
		r.parse(t)
		if r.flags == 0 && r.number("Mode")&0o170000 == 0o100000 {
			flagless++
		}
		if _, has := r.file["Size"]; !has {
			sizeless[r.flags]++
			continue
		}
		if info, err := os.Stat(filepath.Join(root, testUDID, r.id[:2], r.id)); err == nil && info.Size() != r.number("Size") {
			differ++
		}
	}
	if differ != 5 || flagless != 1 || sizeless[int(content.Regular)] != 1 || sizeless[int(content.Directory)] != 1 {
		t.Errorf("%d sizes differ, %d rows have no flags, these no Size: %v", differ, flagless, sizeless)
	}
}

// The rows of a large phone have what a Manifest.db of iOS 14.3 has: owners
// other than mobile, Flags, extended attributes, folders with classes.
func TestRowsAreAsVaried(t *testing.T) {
	owners, flags, names, classes := map[int64]int{}, 0, 0, 0
	err := content.Generate(7, 3000, 1<<20).Walk(func(file content.File) error {
		e := newEntry(file)
		r := storedRow{id: e.id, domain: file.Domain, path: file.Path, blob: e.appendBlob(nil, nil)}
		r.parse(t)
		user, negative := r.file["UserID"].(int64)
		if !negative {
			user = r.number("UserID")
		}
		owners[user]++
		if r.number("Flags") == 128 {
			flags++
		}
		if _, has := r.at("ExtendedAttributes").([]byte); has {
			names++
		}
		if file.Kind == content.Directory && r.number("ProtectionClass") != 0 {
			classes++
		}
		return nil
	})
	if err != nil || owners[-2] == 0 || owners[0] == 0 || owners[501] < 2000 || flags == 0 || names < 100 || classes == 0 {
		t.Errorf("owners %v, %d with Flags, %d with extended attributes, %d folders with a class, %v", owners, flags, names, classes, err)
	}
}
