package verify

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"database/sql"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"
	"howett.net/plist"

	"lifeboat/assets/words"
	"lifeboat/backup/backuptest"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/device/phonesim/content"
)

// mbFile is the column "file" of a row; more are further fields of it.
func mbFile(t testing.TB, key []byte, more map[string]any) []byte {
	t.Helper()
	root := map[string]any{"Mode": 0o100644, "ProtectionClass": 3}
	if key != nil {
		root["EncryptionKey"] = plist.UID(2)
	}
	for k, v := range more {
		root[k] = v
	}
	data, err := plist.Marshal(map[string]any{
		"$archiver": "NSKeyedArchiver", "$top": map[string]any{"root": plist.UID(1)},
		"$objects": []any{"$null", root, map[string]any{"NS.data": key}},
	}, plist.BinaryFormat)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// listKeys gives what opens the backup, and the key of its list; nil if it is
// not encrypted.
func listKeys(t testing.TB, dir, pw string) (*keybag.Keys, []byte) {
	t.Helper()
	b, err := Open(subject(dir))
	if err != nil {
		t.Fatal(err)
	}
	if !b.Manifest.Encrypted {
		return nil, nil
	}
	if err := b.Unlock(context.Background(), keybag.NewPassword(pw)); err != nil {
		t.Fatal(err)
	}
	key, err := b.keys.UnwrapPrefixed(b.Manifest.ManifestKey)
	if err != nil {
		t.Fatal(err)
	}
	return b.keys, key
}

// editList changes the rows of a backup's Manifest.db. It is padded afterwards,
// and its header says that it has a write-ahead log, as those of real phones do.
func editList(t testing.TB, dir, pw string, change func(db *sql.DB)) {
	t.Helper()
	_, key := listKeys(t, dir, pw)
	path := filepath.Join(dir, format.ManifestDBName)
	sealed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block := func() cipher.Block {
		b, err := aes.NewCipher(key)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if key != nil {
		cipher.NewCBCDecrypter(block(), make([]byte, 16)).CryptBlocks(sealed, sealed)
		sealed = sealed[:int(binary.BigEndian.Uint32(sealed[28:]))*4096]
	}
	plain := filepath.Join(t.TempDir(), "plain.db")
	if err := os.WriteFile(plain, sealed, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+plain+"?_pragma=journal_mode(off)")
	if err != nil {
		t.Fatal(err)
	}
	change(db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(plain)
	if err != nil {
		t.Fatal(err)
	}
	data[18], data[19] = 2, 2
	if key != nil {
		data = append(data, bytes.Repeat([]byte{16}, 16)...)
		cipher.NewCBCEncrypter(block(), make([]byte, 16)).CryptBlocks(data, data)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func exec(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

// anyFile gives the domain, path and stored key of a listed file that is not
// empty, the n-th of its backup.
func anyFile(t testing.TB, db *sql.DB, n int) (id string, file format.File) {
	t.Helper()
	rows, err := db.Query(`SELECT fileID, file FROM Files WHERE flags = 1 ORDER BY fileID`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var blob []byte
		if err := rows.Scan(&id, &blob); err != nil {
			t.Fatal(err)
		}
		if file, err = format.ParseFile(blob); err != nil {
			t.Fatal(err)
		}
		if file.Size > 100 {
			if n--; n < 0 {
				return id, file
			}
		}
	}
	t.Fatal("no such file")
	return "", format.File{}
}

const insertRow = `INSERT INTO Files(fileID, domain, relativePath, flags, file) VALUES (?, ?, ?, ?, ?)`

// TestOddRows: shapes of rows that real phones have, and some that nobody has
// seen. Each is noted, and none says anything against the backup.
func TestOddRows(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	source := content.Generate(41, 30, 1<<20)
	put := func(path string, flags any, blob any) func(*sql.DB) {
		return func(db *sql.DB) {
			exec(t, db, insertRow, format.FileID("HomeDomain", path), "HomeDomain", path, flags, blob)
		}
	}
	resize := func(size func(int64) any) func(*sql.DB) {
		return func(db *sql.DB) {
			id, file := anyFile(t, db, 0)
			more := map[string]any{}
			if n := size(file.Size); n != nil {
				more["Size"] = n
			}
			exec(t, db, `UPDATE Files SET file = ? WHERE fileID = ?`, mbFile(t, file.EncryptionKey, more), id)
		}
	}
	for name, c := range map[string]struct {
		change func(*sql.DB)
		want   Oddity // "" for what is not unusual
		sealed bool   // only where it is encrypted
	}{
		"a larger size":            {resize(func(n int64) any { return n + 70_000 }), OddSize, false},
		"a smaller size":           {resize(func(n int64) any { return n / 2 }), OddSize, false},
		"a size of nothing":        {resize(func(int64) any { return 0 }), OddSize, false},
		"a file without size":      {resize(func(int64) any { return nil }), OddNoSize, false},
		"a size that is a text":    {resize(func(int64) any { return "many" }), OddNoSize, false},
		"a folder without size":    {put("f", 2, mbFile(t, nil, nil)), OddNoSize, false},
		"flags 16, all else NULL":  {func(db *sql.DB) { exec(t, db, insertRow, format.FileID("", ""), nil, nil, 16, nil) }, OddKind, false},
		"flags 0, a file's mode":   {put("f", 0, mbFile(t, nil, map[string]any{"Size": 70})), OddKind, false},
		"flags NULL":               {put("f", nil, mbFile(t, nil, map[string]any{"Size": 70})), OddKind, false},
		"no record":                {put("f", 1, nil), OddRecord, false},
		"a record that is rubbish": {put("f", 1, []byte("bplist00 and more")), OddRecord, false},
		"an ID of another path": {func(db *sql.DB) {
			exec(t, db, insertRow, format.FileID("D", "p"), "D", "q", 2, mbFile(t, nil, map[string]any{"Size": 0}))
		}, OddName, false},
		"no ID":                     {func(db *sql.DB) { exec(t, db, insertRow, "short", "D", "q", 1, nil) }, OddName, false},
		"an ID in capitals":         {func(db *sql.DB) { exec(t, db, insertRow, "ABCDEF0000000000000000000000000000000000", "D", "q", 1, nil) }, OddName, false},
		"an empty file, no content": {put("f", 1, mbFile(t, nil, map[string]any{"Size": 0})), OddAbsent, false},
		"owner -2, flags 128, attributes": {put("f", 2, mbFile(t, nil, map[string]any{
			"Size": 0, "UserID": -2, "GroupID": -2, "Flags": 128, "ExtendedAttributes": []byte("bplist00"),
		})), "", false},
		"a key of a class that is not there": {func(db *sql.DB) {
			id, file := anyFile(t, db, 0)
			key := append([]byte{77, 0, 0, 0}, file.EncryptionKey[4:]...)
			exec(t, db, `UPDATE Files SET file = ? WHERE fileID = ?`, mbFile(t, key, map[string]any{"Size": file.Size}), id)
		}, OddClass, true},
		"a key of odd length": {func(db *sql.DB) {
			id, file := anyFile(t, db, 0)
			exec(t, db, `UPDATE Files SET file = ? WHERE fileID = ?`, mbFile(t, []byte("short"), map[string]any{"Size": file.Size}), id)
		}, OddKey, true},
		"no key": {func(db *sql.DB) {
			id, file := anyFile(t, db, 0)
			exec(t, db, `UPDATE Files SET file = ? WHERE fileID = ?`, mbFile(t, nil, map[string]any{"Size": file.Size}), id)
		}, OddKey, true},
	} {
		for _, pw := range []string{secret, ""} {
			if c.sealed && pw == "" {
				continue
			}
			t.Run(fmt.Sprintf("%s, password %q", name, pw), func(t *testing.T) {
				dir := backuptest.Make(t, t.TempDir(), source, pw)
				editList(t, dir, pw, c.change)
				for _, depth := range []Depth{Quick, Full} {
					r, err := Run(context.Background(), subject(dir), keybag.NewPassword(pw), Level{Depth: depth}, nil)
					if err != nil || r.ProblemCount != 0 || r.Files < 30 || r.NoteCount != 0 {
						t.Fatalf("%s: %v, %+v", depth, err, r)
					}
					var want []OddCount
					if c.want != "" && (c.want != OddClass || depth == Full) {
						want = []OddCount{{c.want, 1}}
					}
					if d := cmp.Diff(want, r.Oddities); d != "" || r.OddCount != len(want) || len(r.Odd) != len(want) {
						t.Errorf("%s: %s %+v", depth, d, r.Odd)
					}
				}
			})
		}
	}
}

// TestOddWithContent: content that belongs to a row of an unknown kind is no
// stray, and what arrived is proven whatever the row says.
func TestOddWithContent(t *testing.T) {
	k := makeKnown(t, 42, 20, 1<<18, secret)
	path := blobs(t, k.dir)[0]
	editList(t, k.dir, secret, func(db *sql.DB) {
		exec(t, db, `UPDATE Files SET flags = 0 WHERE fileID = ?`, filepath.Base(path))
		other := k.entries[3].ID.String()
		if other == filepath.Base(path) {
			other = k.entries[4].ID.String()
		}
		exec(t, db, `UPDATE Files SET file = NULL WHERE fileID = ?`, other)
	})
	k.tops = nil
	r := k.prove(t, k.subject(), Level{Depth: Full}, true)
	if !r.Bound || !r.Digests || r.Files != 20 || r.Sampled != 20 || r.NoteCount != 0 || r.OddCount < 2 {
		t.Errorf("%+v", r)
	}
	damaged(t, path, flip(40), func() {
		r, err := k.proof(t, k.subject(), Level{Depth: Full}, true)
		only(t, "unknown kind", r, err, Problem{Kind: Changed, FileID: filepath.Base(path)})
	})
	damaged(t, path, flip(-17), func() { // nothing is remembered: its padding tells
		r, err := k.proof(t, subject(k.dir), Level{Depth: Full}, true)
		only(t, "unknown kind", r, err, Problem{Kind: BadPadding, FileID: filepath.Base(path)})
	})
}

// TestEmptyFiles: an empty file may have a key or none, and then no byte or a
// block of padding.
func TestEmptyFiles(t *testing.T) {
	for _, pw := range []string{secret, ""} {
		dir := backuptest.Make(t, t.TempDir(), content.Generate(44, 20, 1<<18), pw)
		keys, _ := listKeys(t, dir, pw)
		add := func(db *sql.DB, path string, key, stored []byte) {
			id := format.FileID("HomeDomain", path)
			exec(t, db, insertRow, id, "HomeDomain", path, 1, mbFile(t, key, map[string]any{"Size": 0}))
			name := filepath.Join(dir, format.BlobPath(id))
			if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := afero.WriteFile(afero.NewOsFs(), name, stored, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		editList(t, dir, pw, func(db *sql.DB) {
			add(db, "empty", nil, nil)
			if keys == nil {
				return
			}
			_, file := anyFile(t, db, 0)
			plain, err := keys.UnwrapPrefixed(file.EncryptionKey)
			if err != nil {
				t.Fatal(err)
			}
			block, err := aes.NewCipher(plain)
			if err != nil {
				t.Fatal(err)
			}
			padding := bytes.Repeat([]byte{16}, 16)
			cipher.NewCBCEncrypter(block, make([]byte, 16)).CryptBlocks(padding, padding)
			add(db, "empty, key", file.EncryptionKey, nil)
			add(db, "empty, key, padding", file.EncryptionKey, padding)
		})
		r, err := Run(context.Background(), subject(dir), keybag.NewPassword(pw), Level{}, nil)
		if err != nil || r.OddCount != 0 {
			t.Errorf("%q: %v, %+v", pw, err, r)
		}
	}
}

// TestOddityWords: each has its words.
func TestOddityWords(t *testing.T) {
	say := words.English()
	for _, what := range Oddities {
		if key := "verify.oddity." + string(what); !say.Has(key) {
			t.Errorf("no words at %s", key)
		}
	}
	if got, want := say.Text(OddCount{OddSize, 1}.Words()), "1 file has another length than the list says"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
