package content

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"howett.net/plist"
	_ "modernc.org/sqlite"
)

// all walks over a source and returns what it tells.
func all(t testing.TB, source Source) []File {
	t.Helper()
	var files []File
	if err := source.Walk(func(f File) error { files = append(files, f); return nil }); err != nil {
		t.Fatal(err)
	}
	return files
}

// read opens a file and reads it all, in the portions of a reader.
func read(t testing.TB, source Source, file File, portions func(io.Reader) io.Reader) []byte {
	t.Helper()
	r, err := source.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(portions(r))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func whole(r io.Reader) io.Reader { return r }

// A generated phone has the files and about the bytes that it was asked for,
// and each entry is one that a phone could have.
func TestGenerateCounts(t *testing.T) {
	for _, tc := range []struct {
		files int
		bytes int64
	}{{0, 0}, {1, 0}, {1, 1 << 20}, {12, 1 << 20}, {60, 4 << 20}, {1000, 5 << 20}, {300, 300 << 20}, {5_000, 40 << 20}} {
		regular, bytes := 0, int64(0)
		seen := map[string]Kind{}
		for _, f := range all(t, Generate(9, tc.files, tc.bytes)) {
			id := f.Domain + "-" + f.Path
			if seen[id] != 0 {
				t.Fatalf("%s comes twice", id)
			}
			seen[id] = f.Kind
			if f.Path != "" {
				parent := path.Dir(f.Path)
				if parent == "." {
					parent = ""
				}
				if seen[f.Domain+"-"+parent] != Directory {
					t.Fatalf("%s comes before its folder", id)
				}
			}
			if f.Path != "" && (path.Clean(f.Path) != f.Path || strings.HasPrefix(f.Path, "/") || !utf8.ValidString(f.Path)) {
				t.Errorf("the path %q", f.Path)
			}
			for _, part := range strings.Split(f.Path, "/") {
				if len(part) > 255 {
					t.Errorf("a name of %d bytes", len(part))
				}
			}
			wantMode := map[Kind]uint32{Regular: modeRegular, Directory: modeDirectory, Symlink: modeSymlink}[f.Kind]
			if f.Mode&0o170000 != wantMode || f.ModTime.Year() < 2023 || f.ModTime.Nanosecond() != 0 || (f.Target != "") != (f.Kind == Symlink) {
				t.Errorf("%+v", f)
			}
			if f.Kind == Regular {
				regular++
				bytes += f.Size
			} else if f.Size != 0 {
				t.Errorf("%s has %d bytes", id, f.Size)
			}
		}
		if regular != tc.files {
			t.Errorf("%d files instead of %d", regular, tc.files)
		}
		if tc.files > len(peculiarFiles()) && (bytes < tc.bytes*97/100 || bytes > tc.bytes*103/100) {
			t.Errorf("%d files have %d bytes instead of %d", tc.files, bytes, tc.bytes)
		}
	}
}

// The phone has what makes backups go wrong.
func TestGenerateVariety(t *testing.T) {
	var empty, big, long, composed, decomposed, emoji, links int
	domains := map[string]bool{}
	for _, f := range all(t, Generate(2, 2000, 200<<20)) {
		domain, _, _ := strings.Cut(f.Domain, "-")
		domains[domain] = true
		switch {
		case f.Kind == Symlink:
			links++
		case f.Kind == Regular && f.Size == 0:
			empty++
		case f.Size > 4<<20:
			big++
		}
		if len(f.Path) > 255 {
			long++
		}
		for _, r := range f.Path {
			switch {
			case r == 'ü':
				composed++
			case r == '\u0301':
				decomposed++
			case r > 0x1F000:
				emoji++
			}
		}
	}
	if empty < 2 || big < 2 || long < 1 || composed < 1 || decomposed < 1 || emoji < 1 || links < 2 {
		t.Errorf("empty %d, big %d, long %d, composed %d, decomposed %d, emoji %d, links %d", empty, big, long, composed, decomposed, emoji, links)
	}
	for _, domain := range []string{"AppDomain", "AppDomainGroup", "CameraRollDomain", "HealthDomain", "HomeDomain", "KeychainDomain", "MediaDomain", "WirelessDomain"} {
		if !domains[domain] {
			t.Errorf("nothing is in %s", domain)
		}
	}
}

// Photos open as pictures that differ, property lists as such, the Messages
// database as SQLite.
func TestGenerateForms(t *testing.T) {
	source := Generate(4, 300, 40<<20)
	sums := map[[32]byte]string{}
	photos, bigPhotos, lists := 0, 0, 0
	for _, f := range all(t, source) {
		if f.Kind != Regular {
			continue
		}
		data := read(t, source, f, whole)
		if int64(len(data)) != f.Size {
			t.Fatalf("%s has %d bytes instead of %d", f.Path, len(data), f.Size)
		}
		if sum := sha256.Sum256(data); f.Size > 100 && !strings.HasSuffix(f.Path, ".txt") {
			if other, twice := sums[sum]; twice {
				t.Errorf("%s is the same as %s", f.Path, other)
			}
			sums[sum] = f.Path
		}
		switch path.Ext(f.Path) {
		case ".JPG":
			photos++
			picture, err := jpeg.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatalf("%s of %d bytes: %v", f.Path, f.Size, err)
			}
			if picture.Bounds().Dx() == 640 {
				bigPhotos++
			}
		case ".plist":
			lists++
			var value map[string]any
			if _, err := plist.Unmarshal(data, &value); err != nil || value["name"] != path.Base(f.Path) {
				t.Errorf("%s: %v, %v", f.Path, value, err)
			}
		case ".db":
			checkMessages(t, data)
		}
	}
	if photos < 100 || bigPhotos == 0 || lists < 3 {
		t.Errorf("%d photos, %d of them big, %d property lists", photos, bigPhotos, lists)
	}
}

func checkMessages(t *testing.T, data []byte) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "sms.db")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+name+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var messages, people int
	var verdict string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity: %q, %v", verdict, err)
	}
	err = db.QueryRow(`SELECT count(*), count(DISTINCT h.id) FROM message m JOIN handle h ON m.handle_id = h.ROWID
		JOIN chat_message_join j ON j.message_id = m.ROWID JOIN chat c ON c.ROWID = j.chat_id WHERE m.text <> '' AND m.date > 0`).Scan(&messages, &people)
	if err != nil || messages < 1000 || people != len(messagesPeople) {
		t.Errorf("%d messages of %d people, %v", messages, people, err)
	}
}

// The same arguments make the same phone, however it is read; another seed
// makes another.
func TestGenerateIsDeterministic(t *testing.T) {
	one, two, other := generate(5, 120, 3<<20), generate(5, 120, 3<<20), generate(6, 120, 3<<20)
	files := all(t, one)
	if diff := cmp.Diff(files, all(t, two)); diff != "" {
		t.Errorf("two walks differ: %s", diff)
	}
	differ := 0
	for _, f := range files {
		if f.Kind != Regular {
			continue
		}
		data := read(t, one, f, whole)
		if !bytes.Equal(data, read(t, two, f, iotest.HalfReader)) {
			t.Errorf("%s is another file when read in halves", f.Path)
		}
		if f.Size < 5000 && !bytes.Equal(data, read(t, two, f, iotest.OneByteReader)) {
			t.Errorf("%s is another file when read byte by byte", f.Path)
		}
		if !bytes.Equal(data, read(t, other, f, whole)) {
			differ++
		}
	}
	if differ < 80 {
		t.Errorf("another seed changes only %d files", differ)
	}
}

// Walking over many files leaves nothing in memory.
func TestGenerateTakesNoMemory(t *testing.T) {
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	source := Generate(1, 100_000, 100<<20)
	before := heap()
	count, during := 0, uint64(0)
	err := source.Walk(func(File) error {
		if count++; count == 50_000 || count == 99_000 {
			during = max(during, heap())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	after := heap()
	runtime.KeepAlive(source)
	if grown := max(int64(during), int64(after)) - int64(before); count < 100_000 || grown > 1<<20 {
		t.Errorf("%d entries take %d bytes", count, grown)
	}
}

func TestWalkStops(t *testing.T) {
	stop := errors.New("stop")
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "HomeDomain", "a"), 0o755); err != nil {
		t.Fatal(err)
	}
	source, err := Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, source := range map[string]Source{"generated": Generate(1, 50, 1000), "folder": source} {
		for at := range 2 {
			calls := 0
			err := source.Walk(func(File) error {
				if calls++; calls > at {
					return stop
				}
				return nil
			})
			if !errors.Is(err, stop) || calls != at+1 {
				t.Errorf("%s: %v after %d calls", name, err, calls)
			}
		}
	}
}

// A folder is reported as it is, in order, with links unfollowed and nothing
// outside of it.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(filepath.Join(dir, "HomeDomain", "Library", "ümlaut 🏖️"), 0o750))
	must(os.MkdirAll(filepath.Join(dir, "AppDomain-com.example"), 0o755))
	must(os.WriteFile(filepath.Join(dir, "HomeDomain", "Library", "b"), []byte("bee"), 0o640))
	must(os.WriteFile(filepath.Join(dir, "HomeDomain", "Library", "a.txt"), nil, 0o644))
	must(os.WriteFile(filepath.Join(dir, "not a domain"), []byte("x"), 0o644))
	must(os.WriteFile(filepath.Join(filepath.Dir(dir), "outside"), []byte("secret"), 0o644))
	must(os.Symlink("../../../outside", filepath.Join(dir, "HomeDomain", "Library", "link")))
	if runtime.GOOS != "windows" { // which makes a valid name of it
		_ = os.WriteFile(filepath.Join(dir, "HomeDomain", "Library", "\xff"), nil, 0o644) // where the file system lets one
	}
	source, err := Folder(dir)
	must(err)
	var walked []string
	for _, f := range all(t, source) {
		if runtime.GOOS == "windows" && f.Kind != Symlink {
			f.Mode &^= 0o077 // it knows no groups, and what it says of them is all alike
		}
		walked = append(walked, fmt.Sprintf("%s|%s|%d|%d|%o|%s", f.Domain, f.Path, f.Kind, f.Size, f.Mode, f.Target))
		if f.Kind == Regular && len(read(t, source, f, whole)) != int(f.Size) {
			t.Errorf("%s is not what it is reported to be", f.Path)
		}
	}
	want := []string{
		"AppDomain-com.example||2|0|40755|",
		"HomeDomain||2|0|40755|",
		"HomeDomain|Library|2|0|40755|",
		"HomeDomain|Library/a.txt|1|0|100644|",
		"HomeDomain|Library/b|1|3|100640|",
		"HomeDomain|Library/link|4|0|120777|../../../outside",
		"HomeDomain|Library/ümlaut 🏖️|2|0|40750|",
	}
	want[1], want[2] = strings.Replace(want[1], "40755", "40750", 1), strings.Replace(want[2], "40755", "40750", 1)
	if runtime.GOOS == "windows" {
		want = []string{"AppDomain-com.example||2|0|40700|", "HomeDomain||2|0|40700|", "HomeDomain|Library|2|0|40700|",
			"HomeDomain|Library/a.txt|1|0|100600|", "HomeDomain|Library/b|1|3|100600|", want[5], "HomeDomain|Library/ümlaut 🏖️|2|0|40700|"}
		if _, err := os.Readlink(filepath.Join(dir, "HomeDomain", "Library", "link")); err != nil {
			t.Logf("links cannot be read here: %v", err)
			want = slices.Delete(want, 5, 6)
		}
	}
	if diff := cmp.Diff(want, walked); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []File{{Domain: "HomeDomain", Path: "Library/link"}, {Domain: "..", Path: "outside"}, {Domain: "HomeDomain", Path: "../../outside"}} {
		if r, err := source.Open(bad); err == nil {
			data, _ := io.ReadAll(r)
			t.Errorf("%+v opens as %q", bad, data)
			r.Close()
		}
	}
	if _, err := Folder(filepath.Join(dir, "missing")); err == nil {
		t.Error("a missing folder is no error")
	}
	if _, err := Folder(filepath.Join(dir, "not a domain")); err == nil {
		t.Error("a file is a folder")
	}
}

func BenchmarkRead(b *testing.B) {
	source := Generate(1, 20, 1<<30)
	var big File
	for _, f := range all(b, source) {
		if f.Kind == Regular && f.Size > big.Size {
			big = f
		}
	}
	buffer := make([]byte, 256<<10)
	b.SetBytes(big.Size)
	for b.Loop() {
		r, err := source.Open(big)
		if err != nil {
			b.Fatal(err)
		}
		for {
			if _, err := r.Read(buffer); err != nil {
				break
			}
		}
	}
}
