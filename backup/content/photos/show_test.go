package photos

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"lifeboat/backup/content/source"
	"lifeboat/device/phonesim/content/apps"
)

// turned is a JPEG whose EXIF says how the camera was held.
func turned(t testing.TB, order binary.AppendByteOrder, mark string, orientation uint16) []byte {
	t.Helper()
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, image.NewGray(image.Rect(0, 0, 40, 20)), nil); err != nil {
		t.Fatal(err)
	}
	tiff := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, e := range [][3]uint16{{0x0100, 3, 40}, {0x0112, 3, orientation}} {
		tiff = order.AppendUint16(order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, e[0]), e[1]), 1), e[2])
		tiff = append(tiff, 0, 0)
	}
	exif := append([]byte("Exif\x00\x00"), tiff...)
	head := append(binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(exif)+2)), exif...)
	return append(head, plain.Bytes()[2:]...)
}

// scanned is a progressive JPEG of a megapixel that says nothing in many scans.
func scanned(scans int) []byte {
	const side = 1000
	out := []byte{0xff, 0xd8}
	segment := func(mark byte, content ...byte) {
		out = append(binary.BigEndian.AppendUint16(append(out, 0xff, mark), uint16(len(content)+2)), content...)
	}
	segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)
	segment(0xc2, 8, side>>8, side&0xff, side>>8, side&0xff, 1, 1, 0x11, 0)
	segment(0xc4, append(append([]byte{0x10, 1}, make([]byte, 15)...), 0xe0)...) // one code: as many blocks of nothing as can be
	for range scans {
		segment(0xda, 1, 1, 0, 1, 63, 0)
		out = append(out, 0, 0)
	}
	return append(out, 0xff, 0xd9)
}

// A picture is decoded upright, no larger than it is to be, and none that says that it
// is larger than any camera's.
func TestDecode(t *testing.T) {
	var small bytes.Buffer
	if err := png.Encode(&small, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	bomb := small.Bytes() // its head says 9,000 by 9,000
	binary.BigEndian.PutUint32(bomb[16:], 9000)
	binary.BigEndian.PutUint32(bomb[20:], 9000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	for name, c := range map[string]struct {
		data []byte
		fit  Fit
		want image.Point
	}{
		"as it is":      {turned(t, binary.LittleEndian, "II", 1), Fit{Side: 100}, image.Pt(40, 20)},
		"turned":        {turned(t, binary.LittleEndian, "II", 6), Fit{Side: 100}, image.Pt(20, 40)},
		"turned, other": {turned(t, binary.BigEndian, "MM", 8), Fit{Side: 100}, image.Pt(20, 40)},
		"smaller":       {turned(t, binary.BigEndian, "MM", 5), Fit{Side: 10}, image.Pt(5, 10)},
		"square":        {turned(t, binary.BigEndian, "MM", 1), Fit{Side: 10, Square: true}, image.Pt(10, 10)},
		"no such turn":  {turned(t, binary.BigEndian, "MM", 9), Fit{Side: 40}, image.Pt(40, 20)},
		"cut":           {turned(t, binary.BigEndian, "MM", 1)[:150], Fit{Side: 40}, image.Point{}},
		"too large":     {bomb, Fit{Side: 40}, image.Point{}},
		"some scans":    {scanned(20), Fit{Side: 10}, image.Pt(10, 10)},
		"too many":      {scanned(1025), Fit{Side: 10}, image.Point{}},
		"none":          {[]byte("no picture"), Fit{Side: 40}, image.Point{}},
	} {
		shown, err := Decode(c.data, c.fit)
		if (err != nil) != (c.want == image.Point{}) || err == nil && shown.Bounds().Size() != c.want {
			t.Errorf("%s: %v", name, err)
		}
		if name == "too large" && !strings.Contains(err.Error(), "9000 by 9000") {
			t.Errorf("it was decoded: %v", err)
		}
		if name == "too many" && !strings.Contains(fmt.Sprint(err), "scans") {
			t.Errorf("it was decoded: %v", err)
		}
	}
}

// An asset is shown in its edited form, else as it was taken, else small.
func TestShow(t *testing.T) {
	large := func(width, height int) []byte {
		var data bytes.Buffer
		if err := jpeg.Encode(&data, image.NewGray(image.Rect(0, 0, width, height)), nil); err != nil {
			t.Fatal(err)
		}
		return data.Bytes()
	}
	phone := few("DCIM/100APPLE/1.JPG", "DCIM/100APPLE/2.JPG", "DCIM/100APPLE/3.HEIC", "DCIM/100APPLE/4.JPG", "DCIM/100APPLE/5.JPG")
	p := phone.Photos
	for i := range p {
		p[i].Data, p[i].Thumb = large(80, 60), large(16, 12)
	}
	p[1].Rendered = large(50, 60)
	p[3].Data = p[3].Data[:300]
	p[4].Data, p[4].Thumb = p[4].Data[:300], []byte("\xff\xd8\xff")
	b, l := library(t, secret, apps.IOS26, phone)
	for i, want := range []struct {
		width int
		whole bool
	}{{80, true}, {50, true}, {16, false}, {16, false}} {
		shown, whole, err := l.Show(t.Context(), b, &l.Assets[i], Fit{Side: 100})
		if err != nil || whole != want.whole || shown.Bounds().Dx() != want.width {
			t.Errorf("%s: %v, whole %v, %v", l.Assets[i].Name, shown.Bounds(), whole, err)
		}
	}
	if _, _, err := l.Show(t.Context(), b, &l.Assets[4], Fit{Side: 100}); !source.Unreadable(err) {
		t.Errorf("broken: %v", err)
	}
}

func FuzzOrientation(f *testing.F) {
	f.Add(turned(f, binary.BigEndian, "MM", 8))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x20Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if o := orientationOf(data); o < 1 || o > 8 {
			t.Errorf("orientation %d", o)
		}
	})
}

// FuzzDecode: no picture makes a decoder fail, and none comes out larger than asked for.
func FuzzDecode(f *testing.F) {
	f.Add(turned(f, binary.LittleEndian, "II", 6), uint8(20), false)
	for _, encode := range []func(*bytes.Buffer) error{
		func(out *bytes.Buffer) error { return png.Encode(out, image.NewNRGBA(image.Rect(0, 0, 9, 4))) },
		func(out *bytes.Buffer) error {
			return gif.Encode(out, image.NewPaletted(image.Rect(0, 0, 3, 8), palette.Plan9), nil)
		},
		func(out *bytes.Buffer) error {
			return jpeg.Encode(out, image.NewRGBA(image.Rect(0, 0, 17, 16)), &jpeg.Options{Quality: 30})
		},
	} {
		var out bytes.Buffer
		if err := encode(&out); err != nil {
			f.Fatal(err)
		}
		f.Add(out.Bytes(), uint8(8), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, side uint8, square bool) {
		if config, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && config.Width > 1000 || config.Height > 1000 {
			return // that takes a while, and nothing else
		}
		shown, err := Decode(data, Fit{Side: int(side), Square: square})
		if err != nil {
			return
		}
		most := max(int(side), 1)
		if size := shown.Bounds().Size(); size.X < 1 || size.Y < 1 || size.X > most || size.Y > most || square && size.X != size.Y {
			t.Errorf("%v of a picture that is to fit into %d", size, side)
		}
	})
}
