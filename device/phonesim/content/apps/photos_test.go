package apps

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image/jpeg"
	"maps"
	"slices"
	"strings"
	"testing"
)

// The library of every shape has its photos in the table, under the numbers and
// in the albums that the shape has, and its files where they are said to be.
func TestPhotosDatabase(t *testing.T) {
	for _, shape := range Shapes {
		for _, albums := range []int{0, 41} {
			phone := Nasty()
			phone.Harm.AlbumEntity = albums
			named, stores := built(t, BuildPhotos, shape, phone)
			db := opened(t, stores[photosPath]...)
			asset, photo, album := "ZASSET", 3, map[Shape]int{IOS13: 26, IOS15: 27, IOS17: 28, IOS18: 30, IOS26: 33, IOS27: 34}[shape]
			if shape == IOS13 {
				asset, photo = "ZGENERICASSET", 34
			}
			if albums != 0 {
				album = albums
			}
			if got := number(t, db, "SELECT Z_ENT FROM Z_PRIMARYKEY WHERE Z_NAME = 'Album'"); got != album {
				t.Errorf("iOS %s: albums have the number %d, want %d", shape, got, album)
			}
			for _, p := range phone.Photos {
				var folder, name string
				var taken float64
				var trashed, hidden, kind int
				err := db.QueryRow("SELECT ZDIRECTORY, ZFILENAME, ZDATECREATED, ZTRASHEDSTATE, ZHIDDEN, ZKIND FROM "+asset+" WHERE ZUUID = ?", p.UUID).Scan(&folder, &name, &taken, &trashed, &hidden, &kind)
				if err != nil || folder != p.Folder || name != p.Name || taken != cocoa(p.Taken) || trashed != flag(!p.Trashed.IsZero()) || hidden != flag(p.Hidden) || kind != flag(p.Video) {
					t.Errorf("iOS %s, %s: %v, %s, %s, %f", shape, p.UUID, err, folder, name, taken)
				}
				for path, want := range map[string][]byte{p.Path(): p.Data, p.MoviePath(): p.Movie, p.RenderedPath(): p.Rendered, p.RecipePath(): p.Recipe, p.ThumbPath(): p.Thumb} {
					f, there := named[cameraDomain+"/"+path]
					if path == p.Path() && p.State != Here || path == p.ThumbPath() && p.State == EntryOnly {
						want = nil
					}
					if p.Video && path == p.MoviePath() {
						want = p.Data // which is the film itself
					}
					if there != (want != nil) || there && !bytes.Equal(f.Data, want) {
						t.Errorf("iOS %s: %s is there: %v", shape, path, there)
					}
				}
			}
			for _, a := range phone.Albums {
				rows, err := db.Query(fmt.Sprintf("SELECT p.ZUUID FROM ZGENERICALBUM a JOIN Z_%[1]dASSETS j ON j.Z_%[1]dALBUMS = a.Z_PK JOIN %[3]s p ON p.Z_PK = j.Z_%[2]dASSETS WHERE a.ZUUID = ? ORDER BY j.Z_FOK_%[2]dASSETS", album, photo, asset), a.UUID)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for rows.Next() {
					var id string
					if err := rows.Scan(&id); err != nil {
						t.Fatal(err)
					}
					got = append(got, id)
				}
				if rows.Close(); !slices.Equal(got, a.Photos) {
					t.Errorf("iOS %s, album %q: %v, want %v", shape, a.Title, got, a.Photos)
				}
			}
		}
	}
}

// A painted photo opens as a picture, and has in its EXIF when and where.
func TestPhotoFile(t *testing.T) {
	for name, sort := range sceneries {
		p := Photo{Taken: day(2026, 5, 10), Zone: "Europe/Lisbon", Offset: 3600, Width: 80, Height: 60, Place: &Coordinates{38.71, -9.14}}
		img := paint(sort, 7, 80, 60)
		data := jpegFile(img, &p)
		if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		colours := map[[3]byte]bool{}
		for i := 0; i < len(img.Pix); i += 4 {
			if img.Pix[i+3] != 255 {
				t.Fatalf("%s: not all is painted", name)
			}
			colours[[3]byte(img.Pix[i:i+3])] = true
		}
		if len(colours) < 8 {
			t.Errorf("%s: only %d colours", name, len(colours))
		}
		got := readEXIF(t, data[12:])
		for tag, want := range map[uint16]string{0x9003: "2026:05:10 13:00:00\x00", 0x9011: "+01:00\x00", 0x0132: "2026:05:10 13:00:00\x00", 1: "N\x00\x00\x00", 3: "W\x00\x00\x00"} {
			if got[tag] != want {
				t.Errorf("%s: tag %x is %q, want %q", name, tag, got[tag], want)
			}
		}
		if degrees := []byte(got[2]); len(degrees) != 24 || binary.BigEndian.Uint32(degrees) != 38 || binary.BigEndian.Uint32(degrees[8:]) != 42 || binary.BigEndian.Uint32(degrees[16:]) != 3600 {
			t.Errorf("%s: the latitude is %v", name, degrees)
		}
	}
}

// readEXIF reads the values of all directories, from the head of TIFF on.
func readEXIF(t *testing.T, tiff []byte) map[uint16]string {
	t.Helper()
	all := map[uint16]string{}
	size := map[uint16]int{2: 1, 3: 2, 4: 4, 5: 8}
	var read func(at uint32)
	read = func(at uint32) {
		last := uint16(0)
		for i := range uint32(binary.BigEndian.Uint16(tiff[at:])) {
			entry := tiff[at+2+12*i:]
			tag, n := binary.BigEndian.Uint16(entry), size[binary.BigEndian.Uint16(entry[2:])]*int(binary.BigEndian.Uint32(entry[4:]))
			value := string(entry[8:12])
			if n > 4 {
				from := binary.BigEndian.Uint32(entry[8:])
				value = string(tiff[from : int(from)+n])
			}
			if tag <= last {
				t.Errorf("tag %x comes after %x", tag, last)
			}
			last = tag
			if tag == 0x8769 || tag == 0x8825 {
				read(binary.BigEndian.Uint32(entry[8:]))
			}
			all[tag] = value
		}
	}
	read(binary.BigEndian.Uint32(tiff[4:]))
	return all
}

// A film is made of atoms that fit into each other, and its pictures lie where
// it says.
func TestMovie(t *testing.T) {
	frame := jpegFile(paint(snow, 1, 40, 30), nil)
	data := movie([][]byte{frame, frame}, 40, 30, 2, day(2026, 2, 15))
	inside := []string{"moov", "trak", "mdia", "minf", "dinf", "stbl"}
	found := map[string][]byte{}
	var read func(data []byte)
	read = func(data []byte) {
		for len(data) > 0 {
			n := binary.BigEndian.Uint32(data)
			if n < 8 || int(n) > len(data) {
				t.Fatalf("an atom of %d in %d bytes", n, len(data))
			}
			kind := string(data[4:8])
			found[kind] = data[8:n]
			if slices.Contains(inside, kind) {
				read(data[8:n])
			}
			data = data[n:]
		}
	}
	read(data)
	for _, kind := range strings.Fields("ftyp mdat mvhd tkhd mdhd hdlr vmhd dref stsd stts stsc stsz stco") {
		if found[kind] == nil {
			t.Errorf("there is no %s, only %v", kind, slices.Sorted(maps.Keys(found)))
		}
	}
	at := binary.BigEndian.Uint32(found["stco"][8:])
	if !bytes.HasPrefix(data[at:], frame) {
		t.Errorf("no picture lies at %d", at)
	}
	if n := len(found["tkhd"]); n != 84 {
		t.Errorf("the head of the track has %d bytes", n)
	}
	if n := len(found["mvhd"]); n != 100 {
		t.Errorf("the head of the film has %d bytes", n)
	}
}
