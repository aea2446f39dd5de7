package source_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/content/source"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/content"
)

const secret = "Grüße 🔑 am See"

// logged makes a database of which the newest rows stand in its write-ahead log only,
// and returns the three files.
func logged(t testing.TB) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	db, err := sql.Open("sqlite", filepath.Join(dir, "a.db")+"?_pragma=journal_mode(wal)&_pragma=wal_autocheckpoint(0)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	run := func(query string, args ...any) {
		t.Helper()
		if _, err := db.Exec(query, args...); err != nil {
			t.Fatal(err)
		}
	}
	run(`CREATE TABLE message (id INTEGER PRIMARY KEY, text TEXT, "date_edited" INTEGER)`)
	run(`INSERT INTO message(text) VALUES ('old')`)
	run(`PRAGMA wal_checkpoint(TRUNCATE)`)
	for i := range 300 {
		run(`INSERT INTO message(text) VALUES (?)`, fmt.Sprintf("new %d %s", i, bytes.Repeat([]byte("x"), 100)))
	}
	run(`UPDATE message SET text = 'changed' WHERE id = 1`)
	files := map[string][]byte{}
	for _, name := range []string{"a.db", "a.db-wal", "a.db-shm"} {
		if files[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return files
}

// opened makes a backup of these files and opens it.
func opened(t testing.TB, password string, extra ...content.Extra) (*source.Backup, string) {
	t.Helper()
	root := t.TempDir()
	backuptest.Make(t, root, content.With(content.Generate(1, 15, 1<<16), extra...), password)
	b, err := source.Open(t.Context(), afero.NewReadOnlyFs(afero.NewOsFs()), root, backuptest.UDID, 1, keybag.NewPassword(password))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b, root
}

func TestFilesAndDatabases(t *testing.T) {
	when := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	long := bytes.Repeat([]byte("0123456789abcdef-"), 60_000)
	for _, password := range []string{"", secret} {
		t.Run(fmt.Sprint("encrypted ", password != ""), func(t *testing.T) {
			extra := []content.Extra{
				{Domain: "CameraRollDomain", Path: "Media/DCIM/100APPLE/IMG_1.heic", Data: long, ModTime: when},
				{Domain: "CameraRollDomain", Path: "Media/DCIM/100APPLE/empty", ModTime: when},
			}
			for name, data := range logged(t) {
				extra = append(extra, content.Extra{Domain: "HomeDomain", Path: "Library/" + name, Data: data, ModTime: when})
			}
			b, _ := opened(t, password, extra...)
			if i := b.Info(); i.DeviceName != "Test" || i.Encrypted != (password != "") || i.Date.IsZero() {
				t.Errorf("info: %+v", i)
			}
			f, found, err := b.Find(t.Context(), "CameraRollDomain", "Media/DCIM/100apple/IMG_1.HEIC")
			if err != nil || !found || f.Size != int64(len(long)) || !f.Modified.Equal(when) {
				t.Fatalf("found %v, %+v, %v", found, f, err)
			}
			if _, found, err := b.Find(t.Context(), "CameraRollDomain", "Media/DCIM/100apple/IMG_2.HEIC"); found || err != nil {
				t.Errorf("found what is not there: %v", err)
			}
			checkReads(t, b, f, long)
			x, err := b.Index(t.Context(), "CameraRollDomain", "")
			if err != nil {
				t.Fatal(err)
			}
			if g, found := x.Find("media/dcim/100APPLE/img_1.HEIC"); !found || g != f {
				t.Errorf("the index has %+v, not %+v", g, f)
			}
			if empty, found := x.Find("Media/DCIM/100APPLE/empty"); !found {
				t.Error("the empty file is not listed")
			} else if data, err := b.ReadAll(t.Context(), empty, 10); err != nil || len(data) != 0 {
				t.Errorf("the empty file has %q, %v", data, err)
			}
			if _, err := b.ReadAll(t.Context(), f, 1000); !errors.Is(err, source.ErrDamaged) {
				t.Errorf("too long a file gives %v", err)
			}
			if below, err := b.Index(t.Context(), "CameraRollDomain", "media/dcim/100Apple/"); err != nil || below.Len() != 2 {
				t.Errorf("below the folder are %d, %v", below.Len(), err)
			}
			if _, found := x.Find("Media/DCIM"); found {
				t.Error("a folder is in the index")
			}
			listed := 0
			for f, err := range b.Contents(t.Context(), "CameraRoll") {
				if err != nil || f.Domain != "CameraRollDomain" || f.Kind == format.FlagDirectory {
					t.Errorf("%+v, %v", f, err)
				}
				listed++
			}
			if listed != x.Len() {
				t.Errorf("%d are listed, and %d in the index", listed, x.Len())
			}
			var names []string
			for f, err := range b.Files(t.Context(), "HomeDomain") {
				if err != nil || f.Domain != "HomeDomain" || !f.Regular() {
					t.Errorf("%+v, %v", f, err)
				}
				names = append(names, f.Path)
			}
			for _, want := range []string{"Library/a.db", "Library/a.db-wal"} {
				if !slices.Contains(names, want) {
					t.Errorf("%s is not among %q", want, names)
				}
			}
			checkDatabase(t, b)
		})
	}
}

// checkReads reads a file in order and at odd places.
func checkReads(t *testing.T, b *source.Backup, f source.File, want []byte) {
	t.Helper()
	r, err := b.Open(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if data, err := io.ReadAll(iotestSmall{r}); err != nil || !bytes.Equal(data, want) {
		t.Errorf("read in order: %d bytes, %v", len(data), err)
	}
	for _, span := range [][2]int64{{0, 1}, {15, 2}, {16, 16}, {17, 100_000}, {int64(len(want)) - 3, 3}, {int64(len(want)) - 20, 20}} {
		p := make([]byte, span[1])
		if n, err := r.ReadAt(p, span[0]); n != len(p) || err != nil && err != io.EOF || !bytes.Equal(p, want[span[0]:span[0]+span[1]]) {
			t.Errorf("at %v: %d bytes, %v", span, n, err)
		}
	}
	if _, err := r.Seek(-5, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(r); err != nil || !bytes.Equal(data, want[len(want)-5:]) {
		t.Errorf("the end: %q, %v", data, err)
	}
}

// iotestSmall reads in odd pieces.
type iotestSmall struct{ io.Reader }

func (r iotestSmall) Read(p []byte) (int, error) { return r.Reader.Read(p[:min(len(p), 7001)]) }

func checkDatabase(t *testing.T, b *source.Backup) {
	t.Helper()
	d, err := b.Database(t.Context(), "HomeDomain", "Library/a.db")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if !d.Logged() {
		t.Error("the log was not read")
	}
	count, first := 0, ""
	err = d.Each(t.Context(), func(rows *sql.Rows) error { return rows.Scan(&count, &first) },
		`SELECT (SELECT count(*) FROM message), `+d.Column("m", "message", "text")+` FROM message m WHERE id = 1`)
	if err != nil || count != 301 || first != "changed" {
		t.Errorf("%d messages, the first %q, %v", count, first, err)
	}
	if !d.Has("Message", "TEXT", "id") || d.Has("message", "guid") || d.Has("chat") || d.Column("m", "message", "guid") != "NULL" || d.FirstColumn("m", "message", "nothing", "TEXT") != `"m"."text"` {
		t.Error("its columns are not what they are")
	}
	checkScan(t, d)
	if _, err := b.Database(t.Context(), "HomeDomain", "Library/a.db", "message", "guid"); !errors.Is(err, source.ErrDamaged) {
		t.Errorf("a database without a column that is needed gives %v", err)
	}
	for _, forbidden := range []string{`INSERT INTO message(text) VALUES ('x')`, `ATTACH 'x' AS y`, `PRAGMA journal_mode=wal; INSERT INTO message(text) VALUES ('x')`} {
		if err := d.Each(t.Context(), func(*sql.Rows) error { return nil }, forbidden); err == nil {
			t.Errorf("%s was done", forbidden)
		}
	}
	if _, err := b.Database(t.Context(), "HomeDomain", "Library/none.db"); !errors.Is(err, source.ErrNotListed) {
		t.Errorf("no database gives %v", err)
	}
	if _, err := b.Database(t.Context(), "CameraRollDomain", "Media/DCIM/100APPLE/IMG_1.heic"); !errors.Is(err, source.ErrDamaged) {
		t.Errorf("a picture as a database gives %v", err)
	}
}

// checkScan reads rows into variables, of which none keeps what the row before had.
func checkScan(t *testing.T, d *source.Database) {
	t.Helper()
	var text string
	var whole int64
	var real float64
	var bytes []byte
	var yes bool
	var rows []string
	into := []any{&text, &whole, &real, &bytes, &yes}
	if err := d.Scan(t.Context(), into, func() error {
		rows = append(rows, fmt.Sprint(text, whole, real, bytes, yes))
		return nil
	}, `SELECT 'a', '7', 1.5, x'01', 2 UNION ALL SELECT NULL, NULL, NULL, NULL, NULL UNION ALL SELECT 8, 9.0, 3, 'b', 0`); err != nil {
		t.Fatal(err)
	}
	if want := []string{"a7 1.5 [1] true", "0 0 [] false", "89 3 [98] false"}; !slices.Equal(rows, want) {
		t.Errorf("the rows are %q, not %q", rows, want)
	}
	wanted, found := make([]int64, 500), map[int64]int{}
	for i := range wanted {
		wanted[i] = int64(2 * i)
	}
	if err := source.ScanIn(t.Context(), d, []any{&whole}, func() error {
		found[whole]++
		return nil
	}, `SELECT m.id FROM message m WHERE m.id IN (?)`, wanted); err != nil {
		t.Fatal(err)
	}
	for id, n := range found {
		if n != 1 || id%2 != 0 {
			t.Errorf("row %d came %d times", id, n)
		}
	}
	if len(found) != 150 { // of 301 rows every second
		t.Errorf("%d rows came", len(found))
	}
	failed := errors.New("enough")
	if err := d.Scan(t.Context(), []any{&whole}, func() error { return failed }, `SELECT m.id FROM message m`); !errors.Is(err, failed) {
		t.Errorf("an error of visit is %v", err)
	}
}

// Nothing decrypted may lie on the disk, and the backup stays as it is.
func TestWrongPasswordAndDamage(t *testing.T) {
	plain := bytes.Repeat([]byte("words that nobody else reads "), 100)
	_, root := opened(t, secret, content.Extra{Domain: "HomeDomain", Path: "a", Data: plain, ModTime: time.Unix(1, 0)})
	open := func(password string) (*source.Backup, error) {
		return source.Open(t.Context(), afero.NewOsFs(), root, backuptest.UDID, 1, keybag.NewPassword(password))
	}
	if _, err := open("other"); fault.Of(err) != fault.PasswordWrong {
		t.Errorf("a wrong password gives %v", err)
	}
	if _, err := open(""); fault.Of(err) != fault.PasswordNeeded {
		t.Errorf("none gives %v", err)
	}
	id := format.FileID("HomeDomain", "a")
	blob := filepath.Join(root, backuptest.UDID, filepath.FromSlash(format.BlobPath(id)))
	data, err := os.ReadFile(blob)
	if err != nil {
		t.Fatal(err)
	}
	b, err := open(secret)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	f, _, err := b.Find(t.Context(), "HomeDomain", "a")
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func() error{
		"cut short": func() error { return os.WriteFile(blob, data[:len(data)-7], 0o600) },
		"other end": func() error {
			return os.WriteFile(blob, append(bytes.Clone(data[:len(data)-1]), data[len(data)-1]^1), 0o600)
		},
		"not there": func() error { return nil },
		"a folder":  func() error { return os.Mkdir(blob, 0o700) },
	} {
		if err := os.RemoveAll(blob); err != nil {
			t.Fatal(err)
		}
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if got, err := b.ReadAll(t.Context(), f, 1<<20); !errors.Is(err, source.ErrDamaged) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}
