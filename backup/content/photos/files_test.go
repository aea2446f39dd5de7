package photos

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/format"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/content/apps"
)

// file is a file of the camera roll.
func file(name, data string) content.Extra {
	return content.Extra{Domain: domain, Path: "Media/" + name, Data: []byte(data), ModTime: time.Date(2024, 3, 4, 5, 6, 7, 0, time.UTC)}
}

// Names in the list of files differ from those in the database, and some files have no
// entry.
func TestFilesAndEntries(t *testing.T) {
	phone := few("DCIM/100APPLE/IMG_1.HEIC", "DCIM/100APPLE/IMG_2.HEIC", "DCIM/100APPLE/IMG_3.JPG", "DCIM/100APPLE/IMG_3.MOV", "DCIM/100APPLE/IMG_4.MOV", "DCIM/100APPLE/IMG_5.DNG")
	for i := range phone.Photos {
		phone.Photos[i].State = apps.EntryOnly
	}
	entries, err := apps.BuildPhotos(apps.IOS18, phone)
	if err != nil {
		t.Fatal(err)
	}
	const dir, thumbs, edits = "DCIM/100APPLE/", "PhotoData/Thumbnails/V2/DCIM/100APPLE/", "PhotoData/Mutations/DCIM/100APPLE/"
	b := opened(t, "", append(entries,
		file(dir+"img_1.heic", "1"), file(dir+"Img_1.mov", "1 moves"), file(thumbs+"IMG_1.JPG/5003.JPG", "small"), file(thumbs+"IMG_1.JPG/5005.JPG", "less small"), file(thumbs+"IMG_1.JPG/9.JPG", "smallest"),
		file(edits+"IMG_1/Adjustments/FullSizeRender.heic", "1 edited"), file(edits+"IMG_1/Adjustments/FullSizeRender.mov", "1 edited moves"), file(edits+"IMG_1/Adjustments/Adjustments.plist", "x"), file(edits+"IMG_1/Adjustments/PenultimateFullSizeRender.jpg", "x"),
		file(dir+"IMG_2.JPG", "2, of another ending"),
		file(dir+"IMG_3.JPG", "3"), file(dir+"IMG_3.MOV", "3, a video"), file(thumbs+"IMG_3.MOV/5005.JPG", "video"), file(thumbs+"IMG_3.JPG/5005.JPG", "photo"), file(dir+"IMG_3.AAE", "recipe"),
		file(dir+"IMG_4.MP4", "4, of another ending"), file(edits+"IMG_4/Adjustments/FullSizeRender.mov", "4 edited"),
		file(dir+"IMG_5.DNG", "raw"), file(dir+"IMG_5.HEIC", "5"),
		// Without an entry:
		file(dir+"IMG_7.HEIC", "7"), file(dir+"IMG_7.MOV", "7 moves"), file(dir+"IMG_7.AAE", "7 recipe"), file(thumbs+"IMG_7.HEIC/5005.JPG", "7 small"),
		file(dir+"IMG_8.MP4", "8"), file(edits+"IMG_8/Adjustments/FullSizeRender.mov", "8 edited"), file(dir+"strange.xyz", "9"), file("PhotoData/CPLAssets/group1/A.PNG", "10"),
		file(dir+"IMG_6.AAE", "recipe of nothing"), file(dir+".DS_Store", "x"), file("PhotoData/CPLAssets/group1/list.plist", "x"), file(thumbs+"IMG_9.HEIC/5005.JPG", "a leftover"), file("PhotoData/Caches/a.jpg", "x"),
	)...)
	l, err := Open(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for i := range l.Assets {
		a := &l.Assets[i]
		var parts []string
		for _, p := range a.parts {
			data, err := b.ReadAll(t.Context(), p.file(a), 100)
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, [...]string{"original", "movie", "edited", "editedMove", "also", "recipe", "thumb"}[p.role]+"="+string(data))
		}
		slices.Sort(parts)
		name := strings.TrimPrefix(strings.TrimPrefix(a.Ref, "U"), "Media/")
		got[path.Base(name)] = [...]string{"Photo", "Video", "Live", "", "", "", "", ""}[a.Type] + " " + strings.Join(parts, ", ")
		if !a.Listed != strings.HasPrefix(a.Ref, "Media/") || a.Presence != kind.Here || !a.Listed && a.Taken.Year() != 2024 {
			t.Errorf("%+v", a)
		}
	}
	want := map[string]string{
		"IMG_1.HEIC":  "Photo edited=1 edited, editedMove=1 edited moves, movie=1 moves, original=1, thumb=less small",
		"IMG_2.HEIC":  "Photo original=2, of another ending",
		"IMG_3.JPG":   "Photo original=3, recipe=recipe, thumb=photo",
		"IMG_3.MOV":   "Video original=3, a video, thumb=video",
		"IMG_4.MOV":   "Video edited=4 edited, original=4, of another ending",
		"IMG_5.DNG":   "Photo also=5, original=raw",
		"IMG_7.HEIC":  "Live movie=7 moves, original=7, recipe=7 recipe, thumb=7 small",
		"IMG_8.MP4":   "Video edited=8 edited, original=8",
		"strange.xyz": "Photo original=9",
		"A.PNG":       "Photo original=10",
	}
	for name, parts := range want {
		if got[name] != parts {
			t.Errorf("%s is %q, not %q", name, got[name], parts)
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("too much: %v", got)
	}
	if len(l.Notes) != 1 || l.Notes[0].Text.Key != "content.photos.note.unlisted" || l.Notes[0].Partial {
		t.Errorf("%+v", l.Notes)
	}
}

// What others sent has a library of its own; of it only what is here counts, and
// nothing twice.
func TestSharedWithYou(t *testing.T) {
	mine := few("DCIM/100APPLE/IMG_1.JPG", "DCIM/100APPLE/IMG_2.JPG")
	mine.Photos[1].State = apps.EntryOnly
	theirs := few("A/AAAA.JPG", "B/BBBB.JPG", "C/CCCC.JPG", "D/DDDD.JPG")
	theirs.Photos[1].State = apps.EntryOnly
	theirs.Photos[2].UUID, theirs.Photos[3].UUID = mine.Photos[0].UUID, mine.Photos[1].UUID
	files, err := apps.BuildPhotos(apps.IOS18, mine)
	if err != nil {
		t.Fatal(err)
	}
	more, err := apps.BuildPhotos(apps.IOS18, theirs)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range more {
		f.Domain = sharedDomain
		switch name := strings.TrimPrefix(f.Path, "Media/"); {
		case strings.HasPrefix(name, "PhotoData/Photos.sqlite"):
			f.Path = sharedLibrary + "/database/" + path.Base(name)
		case strings.HasPrefix(name, "PhotoData/Thumbnails/"):
			stem := strings.TrimSuffix(path.Dir(strings.TrimPrefix(name, "PhotoData/Thumbnails/V2/")), ".JPG")
			f.Path = sharedLibrary + "/resources/derivatives/masters/" + stem + "_4_5005_c.jpeg"
		default:
			f.Path = sharedLibrary + "/originals/" + name
		}
		files = append(files, f)
	}
	b := opened(t, "", files...)
	l, err := Open(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := refs(l), []string{"UA/AAAA.JPG here", "UDCIM/100APPLE/IMG_1.JPG here", "UDCIM/100APPLE/IMG_2.JPG here"}; !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
	if len(l.Notes) > 0 {
		t.Errorf("%+v", l.Notes)
	}
	_, written, _ := exported(t, b, kind.Options{})
	for _, name := range []string{"Shared with you/2026/2026-05 May/AAAA.JPG", "2026/2026-05 May/IMG_1.JPG", "2026/2026-05 May/IMG_2.JPG"} {
		if _, found := written[name]; !found {
			t.Errorf("%s is not among %v", name, written)
		}
	}
	i := slices.IndexFunc(l.Assets, func(a Asset) bool { return a.Origin == SharedWithYou })
	if data, err := l.Thumbnail(t.Context(), b, &l.Assets[i]); err != nil || string(data) != "\xff\xd8\xff small A/AAAA.JPG" {
		t.Errorf("%q, %v", data, err)
	}
}

// corner is a picture of 600 by 400 with a red first corner.
func corner() image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 600, 400))
	for y := range 400 {
		for x := range 600 {
			c := color.RGBA{0, 0, 255, 255}
			if x < 150 && y < 150 {
				c = color.RGBA{255, 0, 0, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func TestThumbnail(t *testing.T) {
	var large, drawn bytes.Buffer
	if err := jpeg.Encode(&large, corner(), nil); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&drawn, corner()); err != nil {
		t.Fatal(err)
	}
	phone := few("DCIM/100APPLE/1.JPG", "DCIM/100APPLE/2.PNG", "DCIM/100APPLE/3.HEIC", "DCIM/100APPLE/4.JPG", "DCIM/100APPLE/5.HEIC", "DCIM/100APPLE/6.HEIC", "DCIM/100APPLE/7.JPG")
	p := phone.Photos
	p[0].Data, p[0].Thumb = large.Bytes(), nil
	p[1].Data, p[1].Thumb = drawn.Bytes(), []byte("no picture")
	p[2].Thumb = nil
	p[3].Data, p[3].Thumb = large.Bytes()[:1000], nil
	p[4].Thumb, p[4].Rendered = nil, large.Bytes()
	p[6].Data, p[6].Thumb = bytes.Repeat([]byte{0}, 100), nil
	b, l := library(t, secret, apps.IOS26, phone)
	for i := range l.Assets {
		data, err := l.Thumbnail(t.Context(), b, &l.Assets[i])
		switch l.Assets[i].Name {
		case "1.JPG", "2.PNG", "5.HEIC":
			img, decoding := jpeg.Decode(bytes.NewReader(data))
			if err != nil || decoding != nil || img.Bounds().Dx() != thumbSide || img.Bounds().Dy() != 341 {
				t.Errorf("%s: %v, %v", l.Assets[i].Name, err, decoding)
			} else if r, _, _, _ := img.At(20, 20).RGBA(); r < 0xd000 {
				t.Errorf("%s is another picture", l.Assets[i].Name)
			}
		case "3.HEIC":
			if !source.NotListed(err) {
				t.Errorf("a picture of what cannot be decoded: %v", err)
			}
		case "6.HEIC":
			if err != nil || string(data) != "\xff\xd8\xff small DCIM/100APPLE/6.HEIC" {
				t.Errorf("%q, %v", data, err)
			}
		default:
			if !source.Unreadable(err) || source.NotListed(err) {
				t.Errorf("%s, which is damaged: %v", l.Assets[i].Name, err)
			}
		}
	}
}

// Each orientation puts the first corner where a viewer of EXIF shows it.
func TestUpright(t *testing.T) {
	from := image.NewRGBA(image.Rect(0, 0, 3, 2))
	from.SetRGBA(0, 0, color.RGBA{255, 0, 0, 255})
	from.SetRGBA(2, 0, color.RGBA{0, 255, 0, 255})
	for orientation, want := range map[uint8][2]image.Point{
		0: {{0, 0}, {2, 0}}, 1: {{0, 0}, {2, 0}}, 2: {{2, 0}, {0, 0}}, 3: {{2, 1}, {0, 1}}, 4: {{0, 1}, {2, 1}},
		5: {{0, 0}, {0, 2}}, 6: {{1, 0}, {1, 2}}, 7: {{1, 2}, {1, 0}}, 8: {{0, 2}, {0, 0}},
	} {
		to := upright(from, orientation)
		red, _, _, _ := to.At(want[0].X, want[0].Y).RGBA()
		_, green, _, _ := to.At(want[1].X, want[1].Y).RGBA()
		if red == 0 || green == 0 {
			t.Errorf("orientation %d puts the corners elsewhere than %v", orientation, want)
		}
	}
}

// Assets are chosen, and gathered by month.
func TestMonths(t *testing.T) {
	_, l := library(t, secret, apps.IOS15, few("PhotoData/CPLAssets/group1/B.HEIC", "DCIM/100APPLE/2.JPG"))
	months := l.Months(func(a *Asset) bool { return a.Name == "2.JPG" })
	if len(months) != 1 || months[0].Year != 2026 || months[0].Month != time.May || !slices.Equal(months[0].Assets, []int32{1}) || len(l.Months(nil)[0].Assets) != 2 {
		t.Errorf("%+v", months)
	}
}

// A file that cannot be read is left out, and the others follow.
func TestDamagedFile(t *testing.T) {
	phone := few("DCIM/100APPLE/IMG_1.HEIC", "DCIM/100APPLE/IMG_2.JPG")
	phone.Photos[0].Movie = []byte("movie")
	files, err := apps.BuildPhotos(apps.IOS17, phone)
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	b := openedIn(t, root, secret, files...)
	blob := filepath.Join(root, backuptest.UDID, filepath.FromSlash(format.BlobPath(format.FileID(domain, phone.Photos[0].Path()))))
	if err := os.Truncate(blob, 5); err != nil {
		t.Fatal(err)
	}
	_, written, left := exported(t, b, kind.Options{})
	names := slices.Sorted(maps.Keys(written))
	if want := []string{"2026/2026-05 May/IMG_1.MOV", "2026/2026-05 May/IMG_2.JPG"}; !slices.Equal(names, want) {
		t.Errorf("%q, not %q", names, want)
	}
	if want := []string{"IMG_1.HEIC, 2026-05-01 13:00: left.unreadable"}; !slices.Equal(left, want) {
		t.Errorf("left out: %q", left)
	}
}

// FuzzPlaces: whatever entries and files are called, each file belongs to one asset at
// most, and no ending leads out of a folder.
func FuzzPlaces(f *testing.F) {
	for _, name := range []string{
		"Media/DCIM/100APPLE/IMG_1.HEIC", "media/photodata/thumbnails/v2/dcim/100apple/img_1.heic/5005.jpg", "Media/PhotoData/Mutations/DCIM/100APPLE/IMG_1/Adjustments/FullSizeRender.mov",
		"Media/../x", "Media/", "Media/.", "Media/PhotoData/Mutations//adjustments/", "Media/DCIM/.aae", "Library/Photos/Libraries/Syndication.photoslibrary/originals/A/x.jpg", "İ/İ.JPG", "Media/DCIM/a\xff.MOV",
	} {
		f.Add(name, name)
	}
	f.Fuzz(func(t *testing.T, entry, listed string) {
		for _, place := range []func(string) (placing, bool){cameraRoll, syndication} {
			l := &Library{}
			m := newFiles(l, place)
			l.Assets = append(l.Assets, Asset{Ref: "x", Listed: true})
			m.expect(entry)
			const id = "0123456789012345678901234567890123456789"
			for _, name := range []string{listed, listed + ".MOV"} {
				if p, ok := place(strings.ToLower(name)); ok {
					m.add(placed{source.File{ID: id, Domain: domain, Path: name, Kind: 1}, p})
				}
			}
			m.finish(len(entry)%2 == 0)
			for i := range l.Assets {
				a := &l.Assets[i]
				if a.Ref == "" || !a.Listed && a.Name == "" || len(a.parts) > 2 {
					t.Errorf("%q and %q give %+v", entry, listed, a)
				}
				for _, p := range a.parts {
					if ending := a.endingOf(p); strings.ContainsAny(ending, "/\\") {
						t.Errorf("the ending %q", ending)
					}
				}
			}
		}
	})
}
