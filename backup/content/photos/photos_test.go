package photos

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/spf13/afero"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/keybag"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/content/apps"
)

const secret = "Grüße 🔑 am See"

// opened makes a backup of these files and opens it.
func opened(t testing.TB, password string, files ...content.Extra) *source.Backup {
	t.Helper()
	return openedIn(t, t.TempDir(), password, files...)
}

func openedIn(t testing.TB, root, password string, files ...content.Extra) *source.Backup {
	t.Helper()
	backuptest.Make(t, root, content.With(content.Generate(1, 0, 0), files...), password)
	b, err := source.Open(t.Context(), afero.NewReadOnlyFs(afero.NewOsFs()), root, backuptest.UDID, 1, keybag.NewPassword(password))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// library makes a backup of a phone's photos and reads them.
func library(t testing.TB, password string, shape apps.Shape, phone apps.Phone) (*source.Backup, *Library) {
	t.Helper()
	files, err := apps.BuildPhotos(shape, phone)
	if err != nil {
		t.Fatal(err)
	}
	b := opened(t, password, files...)
	l, err := Open(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return b, l
}

// expected is what a reader has to find of a photo of a phone.
func expected(p apps.Photo, shape apps.Shape) Asset {
	a := Asset{
		Ref: p.UUID, Name: p.Original, Taken: p.Taken, Listed: true, InCloud: true,
		Seconds: float32(p.Seconds), Favorite: p.Favorite, Hidden: p.Hidden, Deleted: !p.Trashed.IsZero(),
		Further: p.Pick == apps.BurstRest, Edited: p.Rendered != nil, Presence: [...]kind.Presence{kind.Here, kind.Small, kind.Entry}[p.State],
		Origin: map[int]Origin{apps.FromSharedAlbum: SharedAlbum, apps.SharedWithYou: SharedWithYou}[p.Origin],
		Type: map[apps.Subtype]Type{
			apps.Panorama: Panorama, apps.Live: LivePhoto, apps.Screenshot: Screenshot, apps.PlainVideo: Video,
			apps.SlowMotion: SlowMotion, apps.TimeLapse: TimeLapse, apps.ScreenRecording: ScreenRecording,
		}[p.Subtype],
	}
	if p.Original == "" {
		a.Name = p.Name
	}
	if shape.Major() >= 15 {
		a.Camera = p.Camera
	}
	for _, name := range p.People {
		if !slices.Contains(a.People, name) {
			a.People = append(a.People, name)
		}
	}
	slices.Sort(a.People)
	return a
}

// phones are those whose libraries are read: with -short without the one that takes
// long to draw.
func phones() map[string]apps.Phone {
	if testing.Short() {
		return map[string]apps.Phone{"nasty": apps.Nasty()}
	}
	return map[string]apps.Phone{"demo": apps.Demo(), "nasty": apps.Nasty()}
}

// Each record of each shape is what it was made of, to the second and with its zone.
func TestEveryShape(t *testing.T) {
	for name, phone := range phones() {
		for _, shape := range apps.Shapes {
			if testing.Short() && shape != apps.IOS18 {
				continue
			}
			t.Run(name+" "+string(shape), func(t *testing.T) {
				_, l := library(t, "", shape, phone)
				checkLibrary(t, l, shape, phone.In(shape))
			})
		}
	}
}

func checkLibrary(t *testing.T, l *Library, shape apps.Shape, phone apps.Phone) {
	t.Helper()
	got := map[string]*Asset{}
	for i := range l.Assets {
		got[l.Assets[i].Ref] = &l.Assets[i]
	}
	if len(l.Assets) != len(phone.Photos) || len(got) != len(l.Assets) {
		t.Errorf("%d assets, %d of them different, of %d", len(l.Assets), len(got), len(phone.Photos))
	}
	for _, p := range phone.Photos {
		a := got[p.UUID]
		if a == nil {
			t.Errorf("%s is missing", p.Name)
			continue
		}
		slices.Sort(a.People)
		if diff := cmp.Diff(expected(p, shape), *a, cmpopts.IgnoreUnexported(Asset{}), cmp.Comparer(func(x, y time.Time) bool { return x.Equal(y) })); diff != "" {
			t.Errorf("%s: %s", p.Name, diff)
		}
		if zone, offset := a.Taken.Zone(); zone != p.Zone || offset != p.Offset {
			t.Errorf("%s: its zone is %q, %d, not %q, %d", p.Name, zone, offset, p.Zone, p.Offset)
		}
	}
	if !slices.IsSortedFunc(l.Assets, func(a, b Asset) int {
		return cmpMonths(&a, &b)
	}) {
		t.Error("they are not sorted by date")
	}
	checkAlbums(t, l, phone)
}

func cmpMonths(a, b *Asset) int {
	ay, am := a.month()
	by, bm := b.month()
	if d := ay*12 + int(am) - by*12 - int(bm); d != 0 {
		return d
	}
	return a.Taken.Compare(b.Taken)
}

func checkAlbums(t *testing.T, l *Library, phone apps.Phone) {
	t.Helper()
	byID := map[string]apps.Album{}
	for _, a := range phone.Albums {
		byID[a.UUID] = a
	}
	want := map[string]Album{}
	photos := map[string][]string{}
	for _, a := range phone.Albums {
		if a.Trashed || a.Kind != apps.AlbumUser && a.Kind != apps.AlbumShared {
			continue
		}
		album := Album{Ref: a.UUID, Title: a.Title, Shared: a.Kind == apps.AlbumShared}
		for at := a.Parent; at != "" && len(album.Folders) < deepest; at = byID[at].Parent {
			album.Folders = append(album.Folders, byID[at].Title)
		}
		slices.Reverse(album.Folders)
		want[a.UUID], photos[a.UUID] = album, a.Photos
	}
	if len(l.Albums) != len(want) {
		t.Errorf("%d albums, not %d", len(l.Albums), len(want))
	}
	for _, a := range l.Albums {
		var refs []string
		for _, i := range a.Assets {
			refs = append(refs, l.Assets[i].Ref)
		}
		if !slices.Equal(refs, photos[a.Ref]) {
			t.Errorf("the album %q has %q, not %q", a.Title, refs, photos[a.Ref])
		}
		a.Assets = nil
		if diff := cmp.Diff(want[a.Ref], a, cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	}
}

// few is a phone with these photos, each with a small picture and an original.
func few(names ...string) apps.Phone {
	phone := apps.Phone{Now: time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)}
	for i, name := range names {
		dir, base := path.Split(name)
		phone.Photos = append(phone.Photos, apps.Photo{
			UUID: "U" + name, Folder: strings.TrimSuffix(dir, "/"), Name: base, Taken: time.Date(2026, 5, 1+i, 12, 0, 0, 0, time.UTC),
			Zone: "Europe/Lisbon", Offset: 3600, Data: []byte("original " + name), Thumb: []byte("\xff\xd8\xff small " + name), Video: strings.HasSuffix(name, ".MOV"),
		})
	}
	return phone
}

// refs are those of a library with their presence, sorted.
func refs(l *Library) (all []string) {
	for i := range l.Assets {
		a := &l.Assets[i]
		all = append(all, a.Ref+" "+[...]string{"here", "small", "entry"}[a.Presence])
	}
	slices.Sort(all)
	return all
}

func notes(l *Library) (all []string) {
	for _, n := range l.Notes {
		all = append(all, strings.TrimPrefix(n.Text.Key, "content.photos.note."))
	}
	return all
}

// Whatever is wrong with the database, what is there shows, and what is wrong is said.
func TestHarm(t *testing.T) {
	phone := func() apps.Phone {
		p := few("DCIM/100APPLE/IMG_1.HEIC", "DCIM/100APPLE/IMG_2.MOV", "PhotoData/CPLAssets/group3/B.JPG", "DCIM/100APPLE/IMG_4.HEIC")
		p.Photos[0].Movie, p.Photos[0].Subtype, p.Photos[0].Rendered, p.Photos[0].Recipe = []byte("movie"), apps.Live, []byte("edited"), []byte("aae")
		p.Photos[3].State = apps.ThumbOnly
		p.Albums = []apps.Album{{UUID: "A", Title: "Trip", Kind: apps.AlbumUser, Photos: []string{p.Photos[1].UUID, p.Photos[0].UUID}}}
		return p
	}
	byRow := []string{"UDCIM/100APPLE/IMG_1.HEIC here", "UDCIM/100APPLE/IMG_2.MOV here", "UDCIM/100APPLE/IMG_4.HEIC small", "UPhotoData/CPLAssets/group3/B.JPG here"}
	byFile := []string{"Media/DCIM/100APPLE/IMG_1.HEIC here", "Media/DCIM/100APPLE/IMG_2.MOV here", "Media/PhotoData/CPLAssets/group3/B.JPG here", "Media/dcim/100apple/img_4 small"}
	for name, tc := range map[string]struct {
		harm        apps.Harm
		shape       apps.Shape
		refs, notes []string
		album       int
	}{
		"none":              {shape: apps.IOS18, refs: byRow, album: 2},
		"other numbers":     {harm: apps.Harm{AlbumEntity: 77}, shape: apps.IOS18, refs: byRow, album: 2},
		"other numbers, 13": {harm: apps.Harm{AlbumEntity: 1234}, shape: apps.IOS13, refs: byRow, album: 2},
		"no numbers":        {harm: apps.Harm{AlbumEntity: 55, Missing: []string{"Z_PRIMARYKEY"}}, shape: apps.IOS26, refs: byRow, album: 2},
		"no numbers, 13":    {harm: apps.Harm{Missing: []string{"Z_PRIMARYKEY"}}, shape: apps.IOS13, refs: byRow, album: 2},
		"no join":           {harm: apps.Harm{Missing: []string{"Z_30ASSETS"}}, shape: apps.IOS18, refs: byRow, notes: []string{"no-albums"}},
		"no albums":         {harm: apps.Harm{Missing: []string{"ZGENERICALBUM"}}, shape: apps.IOS18, refs: byRow},
		"no other tables":   {harm: apps.Harm{Missing: []string{"ZADDITIONALASSETATTRIBUTES", "ZEXTENDEDATTRIBUTES", "ZINTERNALRESOURCE", "ZDETECTEDFACE", "ZPERSON", "ZGENERICALBUM"}}, shape: apps.IOS27, refs: byRow},
		"few columns": {harm: apps.Harm{Missing: []string{"ZASSET.ZDATECREATED", "ZASSET.ZKIND", "ZASSET.ZTRASHEDSTATE", "ZASSET.ZADDITIONALATTRIBUTES", "ZASSET.ZVISIBILITYSTATE", "ZASSET.ZLATITUDE", "ZASSET.ZADJUSTMENTSSTATE",
			"ZADDITIONALASSETATTRIBUTES.ZORIGINALFILENAME", "ZADDITIONALASSETATTRIBUTES.ZTIMEZONEOFFSET", "ZGENERICALBUM.ZTITLE", "ZGENERICALBUM.Z_FOK_PARENTFOLDER", "ZINTERNALRESOURCE.ZREMOTEAVAILABILITY", "ZDETECTEDFACE.ZPERSONFORFACE"}}, shape: apps.IOS17, refs: byRow, album: 2},
		"no ids": {harm: apps.Harm{Missing: []string{"ZASSET.ZUUID"}}, shape: apps.IOS17, album: 2,
			refs: []string{"Media/DCIM/100APPLE/IMG_1.HEIC here", "Media/DCIM/100APPLE/IMG_2.MOV here", "Media/DCIM/100APPLE/IMG_4.HEIC small", "Media/PhotoData/CPLAssets/group3/B.JPG here"}},
		"no folders":  {harm: apps.Harm{Missing: []string{"ZASSET.ZDIRECTORY"}}, shape: apps.IOS17, refs: byFile, notes: []string{"damaged"}},
		"no table":    {harm: apps.Harm{Missing: []string{"ZASSET"}}, shape: apps.IOS17, refs: byFile, notes: []string{"damaged"}},
		"no database": {harm: apps.Harm{NoFile: []string{"Photos.sqlite"}}, shape: apps.IOS17, refs: byFile, notes: []string{"no-library"}},
		"corrupt":     {harm: apps.Harm{Corrupt: []string{"Photos.sqlite"}}, shape: apps.IOS17, refs: byFile, notes: []string{"damaged"}},
	} {
		if testing.Short() && name != "none" && name != "corrupt" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			p := phone()
			p.Harm = tc.harm
			b, l := library(t, "", tc.shape, p)
			if got := refs(l); !slices.Equal(got, tc.refs) {
				t.Errorf("%q, not %q", got, tc.refs)
			}
			if got := notes(l); !slices.Equal(got, tc.notes) {
				t.Errorf("the notes are %q, not %q", got, tc.notes)
			}
			if len(tc.notes) > 0 && tc.notes[0] != "no-albums" != l.Notes[0].Partial {
				t.Error("it does not say whether all are there")
			}
			album := 0
			for _, a := range l.Albums {
				album += len(a.Assets)
			}
			if album != tc.album {
				t.Errorf("%d photos are in albums, not %d", album, tc.album)
			}
			checkParts(t, b, l)
		})
	}
}

// checkParts opens what belongs to the first photo.
func checkParts(t *testing.T, b *source.Backup, l *Library) {
	t.Helper()
	i := slices.IndexFunc(l.Assets, func(a Asset) bool { return strings.HasSuffix(a.Ref, "IMG_1.HEIC") })
	a := &l.Assets[i]
	if a.Type != LivePhoto && a.Type != Photo || !a.Edited {
		t.Errorf("%+v", a)
	}
	for want, p := range map[string]role{"original DCIM/100APPLE/IMG_1.HEIC": original, "movie": movie, "edited": edited, "aae": recipe, "\xff\xd8\xff small DCIM/100APPLE/IMG_1.HEIC": thumb} {
		one, found := a.part(p)
		if data, err := b.ReadAll(t.Context(), one.file(a), 1000); !found || err != nil || string(data) != want {
			t.Errorf("%d is %q, %v", p, data, err)
		}
	}
}

// Of a list that cannot be read to its end what was read counts, and the rest shows
// by its files.
func TestHalfAList(t *testing.T) {
	if testing.Short() {
		t.Skip("a thousand photos")
	}
	var names []string
	for i := range 1000 {
		names = append(names, fmt.Sprintf("DCIM/100APPLE/IMG_%04d.JPG", i))
	}
	files, err := apps.BuildPhotos(apps.IOS18, few(names...))
	if err != nil {
		t.Fatal(err)
	}
	data := files[0].Data
	at := bytes.Index(data, []byte("UDCIM/100APPLE/IMG_0700.JPG")) / 4096 * 4096 // a page of the entries
	copy(data[at:], bytes.Repeat([]byte{0xA5}, 4096))
	l, err := Open(t.Context(), opened(t, "", files...))
	if err != nil {
		t.Fatal(err)
	}
	listed := 0
	for i := range l.Assets {
		if l.Assets[i].Listed {
			listed++
		}
		if l.Assets[i].Presence != kind.Here {
			t.Errorf("%+v", l.Assets[i])
		}
	}
	if len(l.Assets) != 1000 || listed < 500 || listed > 700 || len(l.Notes) != 2 || l.Notes[0].Text.Key != "content.photos.note.partly" || !l.Notes[0].Partial {
		t.Errorf("%d, %d of them with an entry, %+v", len(l.Assets), listed, l.Notes)
	}
}

// A backup without photos has none, and says so.
func TestNothing(t *testing.T) {
	b := opened(t, "")
	if _, err := Open(t.Context(), b); !source.NotListed(err) {
		t.Errorf("%v", err)
	}
	if s, err := Kind.Look(t.Context(), b); err != nil || s.State != kind.None {
		t.Errorf("%+v, %v", s, err)
	}
	// An empty library is one.
	_, l := library(t, "", apps.IOS18, apps.Phone{})
	if len(l.Assets)+len(l.Notes)+len(l.Albums) != 0 {
		t.Errorf("%+v", l)
	}
}
