package format

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"
)

var key = bytes.Repeat([]byte{7}, 32)

// database makes a Manifest.db with n files and what more says, and returns
// its bytes.
func makeDatabase(t testing.TB, n int, more ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.db")
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	exec := func(q string, args ...any) {
		t.Helper()
		if _, err := db.Exec(q, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB)")
	exec("BEGIN")
	for i := range n {
		path := fmt.Sprintf("Media/%d", i)
		exec("INSERT INTO Files VALUES (?,?,?,?,?)", FileID("D", path), "D", path, 1, []byte(strings.Repeat("x", 500)))
	}
	exec("COMMIT")
	for _, q := range more {
		exec(q)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func encrypt(t testing.TB, plain []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, len(plain))
	cipher.NewCBCEncrypter(block, make([]byte, 16)).CryptBlocks(out, plain)
	return out
}

func read(t testing.TB, data, key []byte) (rows []Row, err error) {
	t.Helper()
	fsys := afero.NewMemMapFs()
	if err := afero.WriteFile(fsys, "/b/Manifest.db", data, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	db, err := OpenManifestDB(ctx, fsys, "/b", key)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := db.Check(ctx); err != nil {
		return nil, err
	}
	for row, err := range db.Rows(ctx) {
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// TestManifestDB reads a database of many windows, plain, encrypted with and
// without padding.
func TestManifestDB(t *testing.T) {
	plain := makeDatabase(t, 2000)
	if len(plain) < 4*maxWindow {
		t.Fatal("too small to cross windows:", len(plain))
	}
	padded := append(bytes.Clone(plain), bytes.Repeat([]byte{16}, 16)...)
	for name, c := range map[string]struct{ data, key []byte }{
		"plain": {plain, nil}, "encrypted": {encrypt(t, plain), key}, "encrypted, padded": {encrypt(t, padded), key},
	} {
		rows, err := read(t, c.data, c.key)
		if err != nil || len(rows) != 2000 {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
			continue
		}
		seen := map[string]bool{}
		for _, r := range rows {
			if r.FileID != FileID(r.Domain, r.Path) || r.Flags != FlagFile || len(r.Record) != 500 || seen[r.FileID] {
				t.Fatalf("%s: %+v", name, r)
			}
			seen[r.FileID] = true
		}
	}
}

func TestManifestDBRefuses(t *testing.T) {
	plain := makeDatabase(t, 300)
	sealed := encrypt(t, plain)
	wrong := bytes.Repeat([]byte{8}, 32)
	for name, c := range map[string]struct{ data, key []byte }{
		"wrong key":             {sealed, wrong},
		"encrypted, but no key": {sealed, nil},
		"plain, but a key":      {plain, key},
		"nothing":               {nil, nil},
		"only a header":         {plain[:100], nil},
		"cut":                   {plain[:len(plain)-4096], nil},
		"cut, encrypted":        {sealed[:len(sealed)-4096], key},
		"cut within a block":    {sealed[:len(sealed)-3], key},
		"wrong padding":         {encrypt(t, append(bytes.Clone(plain), bytes.Repeat([]byte{15}, 16)...)), key},
		"much behind it":        {append(bytes.Clone(sealed), make([]byte, 4096)...), key},
		"another database":      {makeDatabase(t, 0, "DROP TABLE Files"), nil},
		"a damaged page":        {append(append(bytes.Clone(plain[:8192]), make([]byte, 4096)...), plain[12288:]...), nil},
		"a format to come":      {append(append(bytes.Clone(plain[:18]), 9, 9), plain[20:]...), nil},
	} {
		if rows, err := read(t, c.data, c.key); !errors.Is(err, ErrContent) {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
		}
	}
}

// TestManifestDBBounds: rows that are too long do not come into memory, and
// wrong types do not stop the reading.
func TestManifestDBBounds(t *testing.T) {
	data := makeDatabase(t, 1,
		"INSERT INTO Files VALUES (hex(zeroblob(20)), hex(zeroblob(1000000)), hex(zeroblob(1000000)), 1, zeroblob(2000000))",
		"INSERT INTO Files VALUES ('short', 5, NULL, 'many', NULL)",
		"INSERT INTO Files VALUES (NULL, NULL, NULL, NULL, 'text')",
	)
	rows, err := read(t, data, nil)
	if err != nil || len(rows) != 4 {
		t.Fatal(len(rows), err)
	}
	for _, r := range rows {
		if len(r.Domain) > maxText || len(r.Path) > maxText || len(r.Record) > maxRecord {
			t.Errorf("too long: %d, %d, %d", len(r.Domain), len(r.Path), len(r.Record))
		}
	}
}

// FuzzManifestDB lets SQLite open damaged databases through our window.
func FuzzManifestDB(f *testing.F) {
	plain := makeDatabase(f, 20)
	f.Add(plain)
	f.Add(plain[:5000])
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, k := range [][]byte{nil, key} {
			if rows, err := read(t, data, k); err == nil && len(rows) > len(data) {
				t.Fatalf("%d rows out of %d bytes", len(rows), len(data))
			}
		}
	})
}

// TestManifestDBRow finds single entries, also where nothing else was read.
func TestManifestDBRow(t *testing.T) {
	fsys := afero.NewMemMapFs()
	if err := afero.WriteFile(fsys, "/b/Manifest.db", encrypt(t, makeDatabase(t, 2000)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	db, err := OpenManifestDB(ctx, fsys, "/b", key)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, n := range []int{1999, 0, 1000} {
		want := fmt.Sprintf("Media/%d", n)
		if row, found, err := db.Row(ctx, FileID("D", want)); row.FileID != FileID("D", want) || row.Domain != "D" || row.Path != want || !found || err != nil {
			t.Errorf("%s: %+v, %v, %v", want, row, found, err)
		}
	}
	if _, found, err := db.Row(ctx, FileID("D", "no such")); found || err != nil {
		t.Errorf("%v, %v", found, err)
	}
}

// TestManifestDBDisk: a disk that does not give the file back has not damaged it.
func TestManifestDBDisk(t *testing.T) {
	data := makeDatabase(t, 2000)
	file, fails := mem(t, data), errors.New("input/output error")
	broken := &brokenFile{File: file, from: int64(len(data) / 2), err: fails}
	m := &ManifestDB{file: broken}
	ctx := context.Background()
	if err := m.open(ctx, nil); err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var err error
	for _, err = range m.Rows(ctx) {
	}
	if !errors.Is(err, fails) || errors.Is(err, ErrContent) {
		t.Errorf("got %v", err)
	}
}

func mem(t *testing.T, data []byte) afero.File {
	t.Helper()
	fsys := afero.NewMemMapFs()
	if err := afero.WriteFile(fsys, "db", data, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := fsys.Open("db")
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// brokenFile cannot be read from an offset on.
type brokenFile struct {
	afero.File
	from int64
	err  error
}

func (f *brokenFile) ReadAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > f.from {
		return 0, f.err
	}
	return f.File.ReadAt(p, at)
}
