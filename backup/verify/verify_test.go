package verify

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/cryptotest"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"
	"go.uber.org/goleak"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/backuptest/links"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/content"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "correct horse"

var password = keybag.NewPassword(secret)

// subject is a backup of which nothing is remembered.
func subject(dir string) Subject { return Subject{Fs: afero.NewOsFs(), Dir: dir} }

// blobs lists the contents of a backup, largest first, so that a test can
// pick one with several blocks.
func blobs(t *testing.T, dir string) (all []string) {
	t.Helper()
	var largest int64
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !format.ValidFileID(d.Name()) {
			return err
		}
		info, err := d.Info()
		if info.Size() > largest {
			largest = info.Size()
			all = append([]string{path}, all...)
		} else {
			all = append(all, path)
		}
		return err
	})
	if err != nil || largest < 64 {
		t.Fatal("no contents", largest, err)
	}
	return all
}

func edit(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(bytes.Clone(data)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func flip(at int) func([]byte) []byte {
	return func(b []byte) []byte {
		if at < 0 {
			at += len(b)
		}
		b[at] ^= 0x40
		return b
	}
}

func cut(n int) func([]byte) []byte { return func(b []byte) []byte { return b[:len(b)-n] } }

// spoilIndex empties a page of an index, which a mere reading of all rows
// does not come across.
func spoilIndex(db []byte) []byte {
	const page, leafOfIndex = 4096, 0x0a
	for at := len(db) - page; at > 0; at -= page {
		if db[at] == leafOfIndex || !bytes.HasPrefix(db, []byte("SQLite")) {
			clear(db[at+8 : at+page])
			return db
		}
	}
	panic("no index")
}

func TestWhole(t *testing.T) {
	source := content.Generate(7, 60, 3<<20)
	files, folders, links := 0, 0, 0
	if err := source.Walk(func(f content.File) error {
		switch f.Kind {
		case content.Regular:
			files++
		case content.Directory:
			folders++
		case content.Symlink:
			links++
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, pw := range []string{secret, ""} {
		dir := backuptest.Make(t, t.TempDir(), source, pw)
		var last Progress
		r, err := Run(context.Background(), subject(dir), keybag.NewPassword(pw), Level{}, func(p Progress) { last = p })
		if err != nil {
			t.Fatalf("%v, %+v", err, r.Problems)
		}
		if r.Files != files || r.Directories != folders || r.Links != links || r.Encrypted != (pw != "") || r.Bytes < 3<<20*9/10 || r.Depth != "full" {
			t.Errorf("%+v, want %d files, %d folders, %d links", r, files, folders, links)
		}
		if d := cmp.Diff(Progress{Listed: files + folders + links, Files: files, FilesTotal: files, Bytes: r.Bytes, BytesTotal: r.Bytes}, last); d != "" {
			t.Error(d)
		}
		if r.NoteCount != 0 {
			t.Errorf("notes: %v", r.Notes)
		}
	}
}

// TestDamage damages one thing of an intact backup at a time.
func TestDamage(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	cryptotest.SetGlobalRandom(t, 8) // as in makeKnown
	source := content.Generate(8, 30, 1<<20)
	whole := map[string]string{}
	for _, pw := range []string{secret, ""} {
		whole[pw] = backuptest.Make(t, t.TempDir(), source, pw)
	}
	at := func(name string, change func([]byte) []byte) func(*testing.T, string) {
		return func(t *testing.T, dir string) { edit(t, filepath.Join(dir, name), change) }
	}
	blob := func(change func([]byte) []byte) func(*testing.T, string) {
		return func(t *testing.T, dir string) { edit(t, blobs(t, dir)[0], change) }
	}
	remove := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	empty := func([]byte) []byte { return nil }
	for name, c := range map[string]struct {
		damage func(*testing.T, string)
		code   fault.Code
		kind   Kind // of the single problem; "" if it does not come that far
		plain  bool // shows without encryption too
	}{
		"what the last block hangs on": {blob(flip(-17)), fault.BackupDamaged, BadPadding, false},
		// Where nothing is remembered, the list's lengths decide nothing: those of
		// real phones often differ from what is stored. Padding decides.
		"cut by a block": {blob(cut(16)), fault.BackupDamaged, BadPadding, false},
		"cut by a byte":  {blob(cut(1)), fault.BackupDamaged, BadPadding, false},
		"longer":         {blob(func(b []byte) []byte { return append(b, 0) }), fault.BackupDamaged, BadPadding, false},
		"empty":          {blob(empty), fault.BackupDamaged, WrongSize, true},
		"missing": {func(t *testing.T, dir string) {
			if err := os.Remove(blobs(t, dir)[0]); err != nil {
				t.Fatal(err)
			}
		}, fault.BackupDamaged, Missing, true},
		"a link instead": {func(t *testing.T, dir string) {
			path := blobs(t, dir)[0]
			if err := os.Rename(path, path+".away"); err != nil {
				t.Fatal(err)
			}
			links.Make(t, path+".away", path)
		}, fault.BackupDamaged, Unreadable, true},
		"database cut":             {at(format.ManifestDBName, cut(4096)), fault.BackupDamaged, "", true},
		"database cut oddly":       {at(format.ManifestDBName, cut(5)), fault.BackupDamaged, "", true},
		"database empty":           {at(format.ManifestDBName, empty), fault.BackupDamaged, "", true},
		"database's first byte":    {at(format.ManifestDBName, flip(0)), fault.BackupDamaged, "", true},
		"database's second page":   {at(format.ManifestDBName, flip(4096)), fault.BackupDamaged, "", true},
		"an index of the database": {at(format.ManifestDBName, spoilIndex), fault.BackupDamaged, "", true},
		"database gone":            {remove(format.ManifestDBName), fault.BackupDamaged, "", true},
		"Manifest.plist gone":      {remove(format.ManifestName), fault.BackupDamaged, "", true},
		"Manifest.plist empty":     {at(format.ManifestName, empty), fault.BackupDamaged, "", true},
		"Status.plist gone":        {remove(format.StatusName), fault.BackupDamaged, "", true},
		"Status.plist is rubbish":  {at(format.StatusName, func([]byte) []byte { return []byte("bplist00") }), fault.BackupDamaged, "", true},
		"not finished": {at(format.StatusName, func(b []byte) []byte {
			return bytes.Replace(b, []byte("finished"), []byte("removing"), 1)
		}), fault.BackupUnfinished, "", true},
		"a class key": {at(format.ManifestName, func(b []byte) []byte {
			i := bytes.LastIndex(b, []byte("WPKY"))
			b[i+10] ^= 1
			return b
		}), fault.BackupDamaged, "", false},
		"the database's key": {at(format.ManifestName, func(b []byte) []byte {
			i := bytes.Index(b, []byte("\x4f\x10\x2c\x03\x00\x00\x00")) // 44 bytes of data, class 3
			if i < 0 {
				t.Fatal("ManifestKey not found")
			}
			b[i+20] ^= 1
			return b
		}), fault.BackupDamaged, "", false},
		"all gone": {func(t *testing.T, dir string) {
			for _, name := range []string{format.ManifestDBName, format.ManifestName, format.StatusName} {
				remove(name)(t, dir)
			}
		}, fault.NotABackup, "", true},
	} {
		for _, pw := range []string{secret, ""} {
			if pw == "" && !c.plain {
				continue
			}
			t.Run(fmt.Sprintf("%s, password %q", name, pw), func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "copy")
				if err := os.CopyFS(dir, os.DirFS(whole[pw])); err != nil {
					t.Fatal(err)
				}
				c.damage(t, dir)
				r, err := Run(context.Background(), subject(dir), keybag.NewPassword(pw), Level{}, nil)
				if fault.Of(err) != c.code {
					t.Fatalf("%v, %+v", err, r)
				}
				var kinds []Kind
				for _, p := range r.Problems {
					kinds = append(kinds, p.Kind)
				}
				if c.kind != "" && (len(kinds) != 1 || kinds[0] != c.kind || r.Problems[0].Path == "") {
					t.Errorf("%+v", r.Problems)
				}
			})
		}
	}
}

func TestPassword(t *testing.T) {
	dir := backuptest.Make(t, t.TempDir(), content.Generate(9, 5, 1000), secret)
	for in, want := range map[string]fault.Code{secret: "", "wrong": fault.PasswordWrong, "": fault.PasswordNeeded} {
		if _, err := Run(context.Background(), subject(dir), keybag.NewPassword(in), Level{}, nil); fault.Of(err) != want {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestStrays(t *testing.T) {
	dir := backuptest.Make(t, t.TempDir(), content.Generate(10, 20, 1<<16), secret)
	stray := path.Join("ab", "ab"+strings.Repeat("0", 38))
	for _, name := range []string{stray, "ab/thumbs.db", "notes.txt"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Run(context.Background(), subject(dir), password, Level{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"notes.txt", "ab/thumbs.db", stray}, r.Notes); d != "" || r.NoteCount != 3 {
		t.Error(d)
	}
}

func TestCancel(t *testing.T) {
	dir := backuptest.Make(t, t.TempDir(), content.Generate(11, 20, 1<<20), secret)
	b, err := Open(subject(dir))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Unlock(context.Background(), password); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if _, err := b.Prove(ctx, Level{}, func(Progress) { cancel() }); fault.Of(err) != fault.Cancelled {
		t.Errorf("got %v", err)
	}
}
