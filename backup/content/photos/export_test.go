package photos

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/content/contenttest"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/content/apps"
)

// exported exports into memory and returns the files with their times, without the
// pages of albums, and what was left out.
func exported(t *testing.T, b *source.Backup, o kind.Options) (afero.Fs, map[string]time.Time, []string) {
	t.Helper()
	fsys := afero.NewMemMapFs()
	top := export.New(fsys, nil)
	photos, err := top.In("Photos")
	if err != nil {
		t.Fatal(err)
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if err := Kind.Export(t.Context(), b, photos, o); err != nil {
		t.Fatal(err)
	}
	files := map[string]time.Time{}
	err = afero.Walk(fsys, "/", func(name string, info fs.FileInfo, err error) error {
		if err == nil && !info.IsDir() && path.Ext(name) != ".html" {
			files[strings.TrimPrefix(filepath.ToSlash(name), "/Photos/")] = info.ModTime()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	all, _ := top.Left()
	for _, l := range all {
		left = append(left, l.What+": "+strings.TrimPrefix(strings.TrimPrefix(l.Why.Key, "content."), "photos."))
	}
	slices.Sort(left)
	return fsys, files, left
}

// digests counts the content of files; of a phone, of those that an export has to take.
func digests(t *testing.T, fsys afero.Fs, files map[string]time.Time) map[[32]byte]int {
	t.Helper()
	all := map[[32]byte]int{}
	for name := range files {
		data, err := afero.ReadFile(fsys, "/Photos/"+name)
		if err != nil {
			t.Fatal(err)
		}
		all[sha256.Sum256(data)]++
	}
	return all
}

// What is exported equals what the phone had, byte for byte and to the second.
func TestExportEqualsItsSource(t *testing.T) {
	for name, phone := range phones() {
		for i, password := range []string{"", secret} {
			if testing.Short() && password == "" {
				continue
			}
			t.Run(fmt.Sprint(name, i), func(t *testing.T) {
				b, _ := library(t, password, apps.Shapes[(i+len(name))%len(apps.Shapes)], phone)
				for _, o := range []kind.Options{{}, {Hidden: true, Deleted: true, SmallPictures: true}, {Photos: kind.EditedForm}, {Photos: kind.OriginalForm, Hidden: true}} {
					fsys, files, _ := exported(t, b, o)
					want, times := map[[32]byte]int{}, map[[32]byte][]time.Time{}
					for _, p := range phone.Photos {
						for _, data := range wanted(p, o) {
							sum := sha256.Sum256(data)
							want[sum]++
							times[sum] = append(times[sum], p.Taken)
						}
					}
					got := digests(t, fsys, files)
					for sum, n := range want {
						if got[sum] != n {
							t.Errorf("%+v: %d of %d are there, of %v", o, got[sum], n, times[sum])
						}
					}
					if len(got) != len(want) {
						t.Errorf("%+v: %d different files, not %d", o, len(got), len(want))
					}
					for file, at := range files {
						data, _ := afero.ReadFile(fsys, "/Photos/"+file)
						if all := times[sha256.Sum256(data)]; !slices.ContainsFunc(all, at.Equal) {
							t.Errorf("%s is of %v, not of one of %v", file, at, all)
						}
					}
				}
			})
		}
	}
}

// wanted is what an export has to take of a photo.
func wanted(p apps.Photo, o kind.Options) (all [][]byte) {
	if p.Hidden && !o.Hidden || !p.Trashed.IsZero() && !o.Deleted {
		return nil
	}
	if p.State == apps.ThumbOnly && o.SmallPictures && p.Thumb != nil {
		return [][]byte{p.Thumb}
	}
	if p.State != apps.Here {
		return nil
	}
	if o.Photos == kind.EditedForm && p.Rendered != nil {
		all = [][]byte{p.Rendered, p.Movie}
	} else {
		all = [][]byte{p.Data, p.Movie}
		if o.Photos == kind.BothForms && p.Rendered != nil {
			all = append(all, p.Rendered, p.Recipe)
		}
	}
	return slices.DeleteFunc(all, func(data []byte) bool { return data == nil })
}

// The folders and names are those that people look for.
func TestFoldersAndNames(t *testing.T) {
	phone := few("DCIM/100APPLE/IMG_1.HEIC", "DCIM/100APPLE/IMG_2.MOV", "DCIM/101APPLE/IMG_1.HEIC", "PhotoData/CPLAssets/group3/B.JPG", "DCIM/100APPLE/IMG_5.HEIC", "DCIM/100APPLE/IMG_6.HEIC",
		"DCIM/100APPLE/IMG_7.JPG", "DCIM/100APPLE/IMG_8.JPG", "PhotoData/PhotoCloudSharingData/1/A/100CLOUD/IMG_9.JPG", "DCIM/100APPLE/IMG_10.JPG", "DCIM/100APPLE/IMG_11.JPG")
	p := phone.Photos
	p[0].Movie, p[0].Subtype, p[0].Rendered, p[0].Recipe = []byte("movie"), apps.Live, []byte("edited"), []byte("aae")
	p[1].Taken = time.Date(2025, 12, 31, 23, 30, 0, 0, time.UTC) // in Lisbon, with its summer's hour, it was 2026
	p[2].Movie, p[2].Subtype = []byte("movie 2"), apps.Live
	p[3].Original = "IMG_1.HEIC"
	p[4].State, p[5].State = apps.ThumbOnly, apps.EntryOnly
	p[6].Hidden, p[7].Trashed = true, phone.Now
	p[8].Origin = apps.FromSharedAlbum
	p[9].Burst, p[9].Pick = "B", apps.BurstRest
	p[10].Taken, p[10].Original = time.Time{}, "No ending.v2"
	phone.Albums = []apps.Album{
		{UUID: "F", Title: "Trips", Kind: apps.AlbumFolder},
		{UUID: "A", Title: "Lisbon / Lisboa", Kind: apps.AlbumUser, Parent: "F", Photos: []string{p[1].UUID, p[3].UUID, p[4].UUID, p[6].UUID}},
		{UUID: "S", Title: "Family", Kind: apps.AlbumShared, Photos: []string{p[8].UUID}},
	}
	b, _ := library(t, "", apps.IOS18, phone)
	fsys, files, left := exported(t, b, kind.Options{Hidden: true, Deleted: true, SmallPictures: true, AlbumCopies: true})
	want := []string{
		"2026/2026-01 January/IMG_2.MOV",
		"2026/2026-05 May/IMG_1.HEIC", "2026/2026-05 May/IMG_1.MOV", "2026/2026-05 May/IMG_1 edited.jpg", "2026/2026-05 May/IMG_1.AAE",
		"2026/2026-05 May/IMG_1 (2).HEIC", "2026/2026-05 May/IMG_1 (2).MOV", "2026/2026-05 May/IMG_1 (3).JPG",
		"2026/2026-05 May/More of bursts/IMG_10.JPG",
		"Albums/Trips/Lisbon %2F Lisboa/IMG_1.JPG", "Albums/Trips/Lisbon %2F Lisboa/IMG_2.MOV", "Albums/Family/IMG_9.JPG",
		"Hidden/2026/2026-05 May/IMG_7.JPG", "Albums/Trips/Lisbon %2F Lisboa/IMG_7.JPG", "Recently Deleted/2026/2026-05 May/IMG_8.JPG",
		"Only small pictures/2026/2026-05 May/IMG_5.JPG", "Shared albums/Family/IMG_9.JPG", "Without a date/No ending.v2.JPG",
	}
	for _, name := range want {
		if _, found := files[name]; !found {
			t.Errorf("%s is missing", name)
		}
		delete(files, name)
	}
	for name := range files {
		t.Errorf("%s is too much", name)
	}
	if wantLeft := []string{"IMG_5.HEIC, 2026-05-05 13:00: left.small-in-cloud", "IMG_6.HEIC, 2026-05-06 13:00: left.entry-in-cloud"}; !slices.Equal(left, wantLeft) {
		t.Errorf("left out: %q", left)
	}
	page, err := afero.ReadFile(fsys, "/Photos/Albums/Trips/Lisbon %2F Lisboa.html")
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, text := range []string{"<h1>Lisbon / Lisboa</h1>", "4 photos and videos", `href="./../../2026/2026-01%20January/IMG_2.MOV"`, `src="./../../2026/2026-05%20May/IMG_1%20%283%29.JPG"`, "Only%20small%20pictures/2026/2026-05%20May/IMG_5.JPG", "Hidden/"} {
		next := bytes.Index(page[at:], []byte(text))
		if next < 0 {
			t.Fatalf("no %s from %d in\n%s", text, at, page)
		}
		at += next
	}

	_, files, _ = exported(t, b, kind.Options{Only: func(ref string) bool { return ref == p[3].UUID }})
	if len(files) != 1 {
		t.Errorf("only one was asked for: %v", files)
	}
}

// What is not there of a photo is said.
func TestWhatIsMissingIsSaid(t *testing.T) {
	phone := few("DCIM/100APPLE/IMG_1.JPG", "DCIM/100APPLE/IMG_2.JPG", "DCIM/100APPLE/IMG_3.JPG", "DCIM/100APPLE/IMG_4.JPG")
	p := phone.Photos
	p[0].Rendered, p[1].Subtype, p[2].Rendered = []byte("edited"), apps.Live, []byte("edited too")
	p[3].State, p[3].Thumb = apps.ThumbOnly, []byte("\xff\xd8\xff")
	phone.Harm.Missing = []string{"ZINTERNALRESOURCE"}
	files, err := apps.BuildPhotos(apps.IOS17, phone)
	if err != nil {
		t.Fatal(err)
	}
	files = slices.DeleteFunc(files, func(f content.Extra) bool { return f.Path == p[0].Path() || f.Path == p[2].RenderedPath() })
	b := opened(t, "", files...)
	for _, tc := range []struct {
		form kind.PhotoForm
		left []string
	}{
		{kind.BothForms, []string{"IMG_1.JPG, 2026-05-01 13:00: left.original", "IMG_2.JPG, 2026-05-02 13:00: left.movie", "IMG_3.JPG, 2026-05-03 13:00: left.edited", "IMG_4.JPG, 2026-05-04 13:00: left.small"}},
		{kind.EditedForm, []string{"IMG_2.JPG, 2026-05-02 13:00: left.movie", "IMG_3.JPG, 2026-05-03 13:00: left.edited", "IMG_4.JPG, 2026-05-04 13:00: left.small"}},
		{kind.OriginalForm, []string{"IMG_1.JPG, 2026-05-01 13:00: left.original", "IMG_2.JPG, 2026-05-02 13:00: left.movie", "IMG_4.JPG, 2026-05-04 13:00: left.small"}},
	} {
		if _, _, left := exported(t, b, kind.Options{Photos: tc.form}); !slices.Equal(left, tc.left) {
			t.Errorf("form %d: %q, not %q", tc.form, left, tc.left)
		}
	}
}

// Names of the backup lead nowhere: not out of the folder, and to no other file.
func TestHostileNames(t *testing.T) {
	phone := few("DCIM/100APPLE/IMG_1.JPG")
	for i, name := range []string{"../../HomeDomain/Library/SMS/sms.db", "DCIM/100APPLE/../../../x.JPG", "/etc/passwd", "../Media/DCIM/100APPLE/IMG_1.JPG", "DCIM/./100APPLE/IMG_1.JPG", "", "DCIM/100APPLE/", "\x00/\x00"} {
		dir, base := path.Split(name)
		phone.Photos = append(phone.Photos, apps.Photo{UUID: fmt.Sprint("H", i), Folder: strings.TrimSuffix(dir, "/"), Name: base, Original: strings.Repeat("../", 12) + "evil" + strconv.Itoa(i) + ".sh", Taken: phone.Now, State: apps.EntryOnly})
	}
	files, err := apps.BuildPhotos(apps.IOS26, phone)
	if err != nil {
		t.Fatal(err)
	}
	secretFile := content.Extra{Domain: "HomeDomain", Path: "Library/SMS/sms.db", Data: []byte("secret"), ModTime: phone.Now}
	b := opened(t, "", append(files, secretFile)...)
	l, err := Open(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	for i := range l.Assets {
		if a := &l.Assets[i]; strings.HasPrefix(a.Ref, "H") && (len(a.parts) > 0 || a.Presence != kind.Entry) {
			t.Errorf("%s has %d files", a.Ref, len(a.parts))
		}
	}
	_, written, _ := exported(t, b, kind.Options{SmallPictures: true})
	if len(written) != 1 {
		t.Errorf("%v", written)
	}
}

// A cancelled export ends, and leaves no half of a file.
func TestCancelled(t *testing.T) {
	b, _ := library(t, "", apps.IOS18, few("DCIM/100APPLE/IMG_1.JPG"))
	fsys := afero.NewMemMapFs()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Kind.Export(ctx, b, export.New(fsys, nil), kind.Options{}); err == nil {
		t.Error("it was done")
	}
}

func TestWords(t *testing.T) { contenttest.Words(t, "content.photos.", ".") }
