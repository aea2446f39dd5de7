package apps

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"path"
	"strings"

	"crypto/sha256"
)

// randomBytes are bytes that look random, the same ones for the same name always.
func randomBytes(name string, count int) []byte {
	data := make([]byte, count)
	// A ChaCha8 never fails.
	_, _ = rand.NewChaCha8(sha256.Sum256([]byte(name))).Read(data)
	return data
}

// within reports whether a path lies below a folder. What does not is in the
// database only.
func within(name, folder string) bool {
	return strings.HasPrefix(path.Clean(name), folder+"/") && !strings.ContainsAny(name, "\x00")
}

// box is a part of an MPEG-4 file: its length, its type, what is in it.
func box(kind string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	out := binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))
	return append(append(out, kind...), body...)
}

// m4a is an MPEG-4 audio file (.m4a) that says how long it is. Its sound is
// noise of few bytes: it is there to be told from others, not to be heard.
func m4a(name string, seconds float64) []byte {
	const ticks = 1000
	head := make([]byte, 100)
	binary.BigEndian.PutUint32(head[12:], ticks)
	binary.BigEndian.PutUint32(head[16:], uint32(seconds*ticks))
	binary.BigEndian.PutUint32(head[20:], 0x00010000) // plays at its own pace
	binary.BigEndian.PutUint16(head[24:], 0x0100)     // and its own loudness
	binary.BigEndian.PutUint32(head[96:], 2)          // the next track
	return append(append(
		box("ftyp", []byte("M4A \x00\x00\x00\x00M4A mp42isom\x00\x00\x00\x00")),
		box("moov", box("mvhd", head))...),
		box("mdat", randomBytes("audio "+name, 900))...)
}

// amr is an AMR file, as voicemail has: a word at its start, then fifty
// frames a second, each with what it is made of in its first byte.
func amr(name string, seconds int) []byte {
	const perSecond, frame, speech = 50, 31, 0x3C
	data := []byte("#!AMR\n")
	sound := randomBytes("voice "+name, frame)
	for i := range seconds * perSecond {
		data = append(data, speech)
		data = append(data, sound...)
		data[len(data)-1] = byte(i)
	}
	return data
}

// landscape is a JPEG of a hill under a sky, in colours that follow its name.
func landscape(name string, width, height int) []byte {
	tone := randomBytes("picture "+name, 6)
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.RGBA{R: tone[0]/2 + uint8(90*y/height), G: tone[1]/2 + uint8(90*x/width), B: 150 + tone[2]/4, A: 255}
			if hill := height/2 + (x-width/2)*(x-width/2)/(width+1); y > hill {
				c = color.RGBA{R: tone[3] / 3, G: 90 + tone[4]/3, B: tone[5] / 4, A: 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var out bytes.Buffer
	// A bytes.Buffer never fails, and the picture is no larger than a JPEG can be.
	_ = jpeg.Encode(&out, img, &jpeg.Options{Quality: 70})
	return out.Bytes()
}
