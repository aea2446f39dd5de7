//go:build interop

package main

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"database/sql"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"howett.net/plist"

	"lifeboat/backup/keybag"
)

// TestSameAsIdevicebackup2 backs up one phone with idevicebackup2 and with
// lifeboatctl, and compares the two folders: the same files under the same
// ids with the same bytes, the same manifest, and property lists of the same
// shape.
func TestSameAsIdevicebackup2(t *testing.T) {
	t.Parallel() // other people's tools wait more than they work
	b := build(t)
	address, _ := startPhone(t, b, "--files", "500", "--bytes", "40000000", "--seed", "11")
	theirs, ours := t.TempDir(), t.TempDir()
	run(t, address, "idevicepair", "pair")
	run(t, address, "idevicebackup2", "encryption", "on", "correct horse", theirs)
	run(t, address, "idevicebackup2", "backup", "--full", theirs)
	run(t, address, b.ctl, "backup", "--json", "--to", ours)
	compare(t, backupOfPhone(t, theirs), backupOfPhone(t, ours))
}

// TestIncrementalSameAsIdevicebackup2 has both programs back up one phone,
// changes what is on it, and has both back it up again: the second backups are
// incremental and equal.
func TestIncrementalSameAsIdevicebackup2(t *testing.T) {
	t.Parallel() // other people's tools wait more than they work
	b := build(t)
	state := filepath.Join(t.TempDir(), "state")
	arguments := []string{"--state", state, "--files", "500", "--bytes", "20000000", "--seed", "11"}
	theirs, ours := t.TempDir(), t.TempDir()
	backUp := func(address string) {
		t.Helper()
		run(t, address, "idevicebackup2", "backup", theirs)
		run(t, address, b.ctl, "backup", "--json", "--to", ours)
	}
	address, stop := startPhone(t, b, arguments...)
	run(t, address, "idevicepair", "pair")
	run(t, address, "idevicebackup2", "encryption", "on", "correct horse", theirs)
	backUp(address)
	compare(t, backupOfPhone(t, theirs), backupOfPhone(t, ours))
	stop()

	address, _ = startPhone(t, b, append(arguments, "--change", "60", "--add", "40", "--delete", "30")...)
	backUp(address)
	for name, dir := range map[string]string{"idevicebackup2": theirs, "lifeboatctl": ours} {
		if full := dict(t, backupOfPhone(t, dir), "Status.plist")["IsFullBackup"]; full != false {
			t.Errorf("the second backup of %s is a full one: %v", name, full)
		}
	}
	compare(t, backupOfPhone(t, theirs), backupOfPhone(t, ours))
}

// backupOfPhone is the folder of the only phone.
func backupOfPhone(t *testing.T, root string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root, "*", "Manifest.plist"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s holds the backups %v, %v; want one", root, found, err)
	}
	return filepath.Dir(found[0])
}

var blobName = regexp.MustCompile(`^([0-9a-f]{2})/([0-9a-f]{2})[0-9a-f]{38}$`)

func compare(t *testing.T, theirs, ours string) {
	a, b := files(t, theirs), files(t, ours)
	if d := cmp.Diff(a, b); d != "" {
		t.Fatalf("other files (-idevicebackup2 +lifeboatctl):\n%s", d)
	}
	blobs := 0
	for _, name := range a {
		if m := blobName.FindStringSubmatch(name); m == nil {
			continue
		} else if m[1] != m[2] {
			t.Errorf("%s lies in the wrong folder", name)
		}
		blobs++
		if !bytes.Equal(read(t, theirs, name), read(t, ours, name)) {
			t.Errorf("%s has other bytes", name)
		}
	}
	if blobs < 400 {
		t.Errorf("only %d blobs were compared", blobs)
	}
	if d := cmp.Diff(rows(t, theirs), rows(t, ours)); d != "" {
		t.Errorf("other manifest (-idevicebackup2 +lifeboatctl):\n%s", d)
	}
	for _, name := range []string{"Info.plist", "Status.plist", "Manifest.plist"} {
		if d := cmp.Diff(shape("", dict(t, theirs, name)), shape("", dict(t, ours, name))); d != "" {
			t.Errorf("%s has other keys or types (-idevicebackup2 +lifeboatctl):\n%s", name, d)
		}
	}
	// What does not depend on the moment has the same values too.
	infoA, infoB := dict(t, theirs, "Info.plist"), dict(t, ours, "Info.plist")
	for _, volatile := range []string{"GUID", "Last Backup Date"} {
		delete(infoA, volatile)
		delete(infoB, volatile)
	}
	if d := cmp.Diff(infoA, infoB); d != "" {
		t.Errorf("Info.plist (-idevicebackup2 +lifeboatctl):\n%s", d)
	}
}

// files lists what a backup consists of, folders left out.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func dict(t *testing.T, dir, name string) map[string]any {
	t.Helper()
	var d map[string]any
	if _, err := plist.Unmarshal(read(t, dir, name), &d); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return d
}

// shape lists every key of a property list with the type of its value.
func shape(path string, v any) []string {
	d, ok := v.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s: %T", path, v)}
	}
	var all []string
	for _, key := range slices.Sorted(maps.Keys(d)) {
		all = append(all, shape(path+"/"+key, d[key])...)
	}
	return all
}

// rows decrypts Manifest.db and reads all that is in it.
func rows(t *testing.T, dir string) [][]any {
	t.Helper()
	manifest := dict(t, dir, "Manifest.plist")
	data := read(t, dir, "Manifest.db")
	if on, _ := manifest["IsEncrypted"].(bool); on {
		data = decrypt(t, manifest, data)
	}
	if !bytes.HasPrefix(data, []byte("SQLite format 3\x00")) {
		t.Fatal("Manifest.db is no database after decryption")
	}
	plain := filepath.Join(t.TempDir(), "Manifest.db")
	if err := os.WriteFile(plain, data, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", plain)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	result, err := db.Query("SELECT fileID, domain, relativePath, flags, file FROM Files ORDER BY rowid")
	if err != nil {
		t.Fatal(err)
	}
	defer result.Close()
	var all [][]any
	for result.Next() {
		var id, domain, path string
		var flags int
		var file []byte
		if err := result.Scan(&id, &domain, &path, &flags, &file); err != nil {
			t.Fatal(err)
		}
		all = append(all, []any{id, domain, path, flags, file})
	}
	if err := result.Err(); err != nil || len(all) < 400 {
		t.Fatalf("%d rows, %v", len(all), err)
	}
	return all
}

// decrypt opens Manifest.db with the password of [run].
func decrypt(t *testing.T, manifest map[string]any, data []byte) []byte {
	t.Helper()
	bag, err := keybag.Parse(manifest["BackupKeyBag"].([]byte))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := bag.Unlock(context.Background(), keybag.NewPassword("correct horse"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := keys.UnwrapPrefixed(manifest["ManifestKey"].([]byte))
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(data, data)
	return data
}
