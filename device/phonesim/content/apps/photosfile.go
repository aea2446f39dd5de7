package apps

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"math"
	"time"
)

// exifTime is how EXIF writes a time.
const exifTime = "2006:01:02 15:04:05"

// jpegFile encodes a picture, with what a camera notes of the photo, or bare
// without one.
func jpegFile(img image.Image, of *Photo) []byte {
	var out bytes.Buffer
	// A bytes.Buffer never fails, and no picture here is too large.
	_ = jpeg.Encode(&out, img, &jpeg.Options{Quality: 72})
	if of == nil {
		return out.Bytes()
	}
	note := exif(*of)
	file := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(len(note)+2))...)
	return append(append(file, note...), out.Bytes()[2:]...)
}

// The types of values in EXIF.
const (
	exifASCII    = 2
	exifShort    = 3
	exifLong     = 4
	exifRational = 5
)

// field is one value of EXIF, encoded.
type field struct {
	tag, kind uint16
	count     uint32
	data      []byte
}

func exifText(tag uint16, text string) field {
	return field{tag, exifASCII, uint32(len(text) + 1), append([]byte(text), 0)}
}

func exifNumber(tag uint16, n int) field {
	return field{tag, exifLong, 1, binary.BigEndian.AppendUint32(nil, uint32(n))}
}

// exifDegrees writes an angle as degrees, minutes and hundredths of seconds.
func exifDegrees(tag uint16, angle float64) field {
	hundredths := uint32(math.Round(math.Abs(angle) * 360_000))
	var data []byte
	for _, n := range []uint32{hundredths / 360_000, 1, hundredths / 6_000 % 60, 1, hundredths % 6_000, 100} {
		data = binary.BigEndian.AppendUint32(data, n)
	}
	return field{tag, exifRational, 3, data}
}

// exif is what a camera notes of a photo: make and model, when and where.
func exif(p Photo) []byte {
	local := p.local()
	main := []field{
		exifText(0x010F, "Apple"), exifText(0x0110, first(p.Camera, "iPhone 14 Pro")),
		{0x0112, exifShort, 1, []byte{0, 1}}, // upright
		exifText(0x0132, local.Format(exifTime)),
	}
	camera := []field{
		exifText(0x9003, local.Format(exifTime)), exifText(0x9011, local.Format("-07:00")),
		exifNumber(0xA002, p.Width), exifNumber(0xA003, p.Height),
	}
	var place []field
	if p.Place != nil {
		place = []field{
			exifText(1, hemisphere(p.Place.Latitude, "N", "S")), exifDegrees(2, p.Place.Latitude),
			exifText(3, hemisphere(p.Place.Longitude, "E", "W")), exifDegrees(4, p.Place.Longitude),
		}
	}
	const start = 8 // after the head
	pointers := 1
	if place != nil {
		pointers = 2
	}
	cameraAt := start + directorySize(main, pointers)
	placeAt := cameraAt + directorySize(camera, 0)
	main = append(main, exifNumber(0x8769, cameraAt))
	if place != nil {
		main = append(main, exifNumber(0x8825, placeAt))
	}
	out := []byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08")
	out = append(out, directory(main, start)...)
	out = append(out, directory(camera, cameraAt)...)
	if place != nil {
		out = append(out, directory(place, placeAt)...)
	}
	return out
}

func hemisphere(angle float64, positive, negative string) string {
	if angle < 0 {
		return negative
	}
	return positive
}

// directorySize is how long a directory of EXIF is with more fields of four bytes.
func directorySize(fields []field, more int) int {
	n := 2 + 12*(len(fields)+more) + 4
	for _, f := range fields {
		if len(f.data) > 4 {
			n += len(f.data)
		}
	}
	return n
}

// directory writes fields; what is longer than four bytes comes behind them.
func directory(fields []field, at int) []byte {
	out := binary.BigEndian.AppendUint16(nil, uint16(len(fields)))
	behind := at + 2 + 12*len(fields) + 4
	var long []byte
	for _, f := range fields {
		out = binary.BigEndian.AppendUint16(out, f.tag)
		out = binary.BigEndian.AppendUint16(out, f.kind)
		out = binary.BigEndian.AppendUint32(out, f.count)
		if len(f.data) > 4 {
			out = binary.BigEndian.AppendUint32(out, uint32(behind+len(long)))
			long = append(long, f.data...)
			continue
		}
		var short [4]byte
		copy(short[:], f.data)
		out = append(out, short[:]...)
	}
	return append(append(out, 0, 0, 0, 0), long...)
}

// atom is a piece of a QuickTime film.
func atom(kind string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)+8))
	return append(append(out, kind...), body...)
}

// words are numbers of 32 bits.
func words(numbers ...uint32) []byte {
	var out []byte
	for _, n := range numbers {
		out = binary.BigEndian.AppendUint32(out, n)
	}
	return out
}

// unity is the matrix that leaves a film as it is.
var unity = words(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)

// movie is a QuickTime film that shows JPEG pictures for so many seconds in
// all. Players open it.
func movie(frames [][]byte, width, height int, seconds float64, taken time.Time) []byte {
	const clock = 600 // units a second
	each := uint32(seconds * clock / float64(len(frames)))
	whole := each * uint32(len(frames))
	since1904 := uint32(taken.Unix() + 2_082_844_800)
	head := atom("ftyp", []byte("qt  \x00\x00\x00\x00qt  "))
	data := atom("mdat", frames...)
	sizes := make([]uint32, 0, len(frames))
	for _, f := range frames {
		sizes = append(sizes, uint32(len(f)))
	}
	size := uint32(width)<<16 | uint32(height)
	format := atom("jpeg", words(0, 1, 0, 0, 0, 512, size, 72<<16, 72<<16, 0, 1<<16), make([]byte, 30), []byte{0, 24, 0xFF, 0xFF})
	table := atom("stbl",
		atom("stsd", words(0, 1), format),
		atom("stts", words(0, 1, uint32(len(frames)), each)),
		atom("stsc", words(0, 1, 1, uint32(len(frames)), 1)),
		atom("stsz", words(0, 0, uint32(len(sizes))), words(sizes...)),
		atom("stco", words(0, 1, uint32(len(head)+8))))
	track := atom("trak",
		atom("tkhd", words(7, since1904, since1904, 1, 0, whole, 0, 0, 0, 0), unity, words(uint32(width)<<16, uint32(height)<<16)),
		atom("mdia",
			atom("mdhd", words(0, since1904, since1904, clock, whole, 0)),
			atom("hdlr", words(0), []byte("mhlrvide"), words(0, 0, 0), []byte{0}),
			atom("minf", atom("vmhd", words(1, 0, 0)),
				atom("dinf", atom("dref", words(0, 1), atom("alis", words(1)))),
				table)))
	film := atom("moov",
		atom("mvhd", words(0, since1904, since1904, clock, whole, 0x10000, 0x01000000, 0, 0), unity, words(0, 0, 0, 0, 0, 0, 2)),
		track)
	return bytes.Join([][]byte{head, data, film}, nil)
}
