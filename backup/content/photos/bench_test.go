package photos

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/content/apps"
)

// manyPhotos is how many the benchmarks have: more than most phones.
const manyPhotos = 50_000

// many is a phone with many photos, of which nothing but the entries is made.
func many() apps.Phone {
	phone := apps.Phone{Now: time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)}
	first := time.Date(2014, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range manyPhotos {
		p := apps.Photo{
			UUID: fmt.Sprintf("%08X-0000-4000-8000-%012d", i*2654435761, i), Folder: fmt.Sprintf("DCIM/%dAPPLE", 100+i/1000), Name: fmt.Sprintf("IMG_%04d.HEIC", i%10000),
			Taken: first.Add(time.Duration(i) * 2 * time.Hour), Zone: "Europe/Lisbon", Offset: i % 2 * 3600, Width: 4032, Height: 3024, Camera: "iPhone 15 Pro",
			Place: &apps.Coordinates{Latitude: 38.7, Longitude: -9.1}, Favorite: i%50 == 0,
		}
		switch {
		case i%10 < 4:
			p.Folder, p.Original, p.Name, p.Origin = fmt.Sprintf("PhotoData/CPLAssets/group%d", i%256), p.Name, p.UUID+".HEIC", apps.FromICloud
		case i%10 == 9:
			p.Video, p.Subtype, p.Name = true, apps.PlainVideo, fmt.Sprintf("IMG_%04d.MOV", i%10000)
		}
		if i%5 == 0 {
			p.People = []string{[]string{"Maria", "Ben", "Zoë"}[i%3]}
		}
		phone.Photos = append(phone.Photos, p)
	}
	for i := range 40 {
		a := apps.Album{UUID: fmt.Sprint("A", i), Title: fmt.Sprint("Album ", i), Kind: apps.AlbumUser}
		for j := range 500 {
			a.Photos = append(a.Photos, phone.Photos[(i*997+j*13)%manyPhotos].UUID)
		}
		phone.Albums = append(phone.Albums, a)
	}
	return phone
}

// large is a backup that lists the files of many photos, and has none of them. It is
// made once for all benchmarks, by whichever is first.
var large struct {
	sync.Once
	root string
}

func TestMain(m *testing.M) {
	code := m.Run()
	if large.root != "" {
		_ = os.RemoveAll(large.root)
	}
	os.Exit(code)
}

func makeLarge(b *testing.B) {
	root, err := os.MkdirTemp("", "lifeboat-photos-")
	if err != nil {
		b.Fatal(err)
	}
	large.root = root
	phone := many()
	files, err := apps.BuildPhotos(apps.IOS18, phone)
	if err != nil {
		b.Fatal(err)
	}
	dir := backuptest.Make(b, root, content.With(content.Generate(1, 0, 0), append(files, file("DCIM/template", "x"))...), "")
	if err := list(filepath.Join(dir, format.ManifestDBName), phone); err != nil {
		b.Fatal(err)
	}
}

// list puts rows into a Manifest.db as a phone with these photos has them: four for
// each, two of which are folders.
func list(name string, phone apps.Phone) error {
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	insert, err := tx.Prepare(`INSERT INTO Files(fileID, domain, relativePath, flags, file) SELECT ?1, domain, ?2, ?3, file FROM Files WHERE fileID = ?4`)
	if err != nil {
		return err
	}
	template := format.FileID(domain, "Media/DCIM/template")
	for _, p := range phone.Photos {
		rows := map[string]int{p.Path(): 1, p.ThumbPath(): 1, filepath.ToSlash(filepath.Dir(p.ThumbPath())): 2}
		if !p.Video {
			rows[p.MoviePath()] = 1
		}
		for path, flags := range rows {
			if _, err := insert.Exec(format.FileID(domain, path), path, flags, template); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

func openLarge(b *testing.B) *source.Backup {
	b.Helper()
	large.Do(func() { makeLarge(b) })
	backup, err := source.Open(b.Context(), afero.NewReadOnlyFs(afero.NewOsFs()), large.root, backuptest.UDID, 1, keybag.Password{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { backup.Close() })
	return backup
}

// BenchmarkOpen opens the library of 50,000 photos, whose files are 200,000 rows of the
// list, and measures what it keeps in memory.
func BenchmarkOpen(b *testing.B) {
	backup := openLarge(b)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var l *Library
	for b.Loop() {
		var err error
		if l, err = Open(b.Context(), backup); err != nil || len(l.Assets) < manyPhotos {
			b.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB-kept")
	here := 0
	for i := range l.Assets {
		if l.Assets[i].Presence == kind.Here {
			here++
		}
	}
	if here < manyPhotos {
		b.Fatalf("%d of them are here", here)
	}
	runtime.KeepAlive(l)
}

// BenchmarkMonths sorts them into months, as the grid of the window does.
func BenchmarkMonths(b *testing.B) {
	l, err := Open(b.Context(), openLarge(b))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		l.Months(nil)
	}
}

// BenchmarkExport exports 500 photos of 64 KiB into memory, against BenchmarkCopy,
// which reads the same.
func BenchmarkExport(b *testing.B) {
	backup := manySmall(b)
	b.SetBytes(500 * 64 << 10)
	for b.Loop() {
		if err := Kind.Export(b.Context(), backup, export.New(afero.NewMemMapFs(), nil), kind.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCopy(b *testing.B) {
	backup := manySmall(b)
	b.SetBytes(500 * 64 << 10)
	for b.Loop() {
		for f, err := range backup.Files(b.Context(), domain) {
			if err != nil {
				b.Fatal(err)
			}
			if _, err := backup.ReadAll(b.Context(), f, 64<<20); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func manySmall(b *testing.B) *source.Backup {
	b.Helper()
	phone := few()
	for i := range 500 {
		phone.Photos = append(phone.Photos, apps.Photo{
			UUID: fmt.Sprint("U", i), Folder: "DCIM/100APPLE", Name: fmt.Sprintf("IMG_%04d.JPG", i), Taken: phone.Now,
			Data: bytes.Repeat([]byte(fmt.Sprintf("%016d", i)), 4<<10),
		})
	}
	files, err := apps.BuildPhotos(apps.IOS18, phone)
	if err != nil {
		b.Fatal(err)
	}
	return opened(b, secret, files...)
}
