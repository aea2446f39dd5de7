package content

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"path"
	"strings"
)

// The pictures of which all photos are made. A photo of at least bigPhoto
// bytes shows a big one.
const (
	pictureVariants = 4
	bigPhoto        = 64 << 10
)

// maxRemark bounds the comment that makes each photo another file.
const maxRemark = 200

// pictures are encoded JPEG images without their start marker.
type pictures struct {
	small, big [pictureVariants][]byte
}

// drawPictures encodes a few pictures from the seed.
func drawPictures(seed int64) (*pictures, error) {
	var p pictures
	for i := range pictureVariants {
		tone := mix(uint64(seed) + uint64(i)*golden)
		for _, shape := range []struct {
			into          *[]byte
			width, height int
		}{{&p.small[i], 16, 12}, {&p.big[i], 640, 480}} {
			data, err := drawPicture(shape.width, shape.height, tone)
			if err != nil {
				return nil, err
			}
			*shape.into = data[2:]
		}
	}
	return &p, nil
}

// drawPicture is a sky over a shore, in a colour of its own.
func drawPicture(width, height int, tone uint64) ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	r, g, b := uint8(tone), uint8(tone>>8), uint8(tone>>16)
	for y := range height {
		for x := range width {
			c := color.RGBA{R: r/2 + uint8(x*100/width), G: g/2 + uint8(y*100/height), B: b/2 + 100, A: 255}
			if y*3 > height*2 {
				c.B /= 3
			}
			img.SetRGBA(x, y, c)
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 60}); err != nil {
		return nil, fmt.Errorf("drawing a photo: %w", err)
	}
	return out.Bytes(), nil
}

// smallest is the size under which no photo can be cut.
func (p *pictures) smallest() int64 {
	most := 0
	for _, data := range p.small {
		most = max(most, len(data))
	}
	return int64(2 + 4 + maxRemark + most)
}

// photo is a JPEG file: a comment of its own, a picture, and random bytes
// behind the end-of-image marker, where decoders no longer read.
func (p *pictures) photo(file File, key uint64) []byte {
	picture := p.small[key%pictureVariants]
	if file.Size >= bigPhoto {
		picture = p.big[key%pictureVariants]
	}
	remark := file.Path[max(0, len(file.Path)-maxRemark):]
	head := make([]byte, 0, 6+len(remark)+len(picture))
	head = append(head, 0xFF, 0xD8, 0xFF, 0xFE)
	head = binary.BigEndian.AppendUint16(head, uint16(2+len(remark)))
	head = append(head, remark...)
	return append(head, picture...)
}

// propertyList is an XML property list that may be followed by any number of
// blanks.
func propertyList(file File, key uint64) []byte {
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>name</key><string>%s</string><key>serial</key><integer>%d</integer></dict></plist>
`, html.EscapeString(path.Base(file.Path)), key>>1)
}

var (
	blanks = []byte(strings.Repeat(" ", 79) + "\n")
	diary  = []byte("A line of the simulated phone, long enough to be read and short enough to be skipped.\n")
)

// open makes the content of a generated file out of its name and size alone.
func (g *generated) open(file File) (io.ReadCloser, error) {
	b := &body{key: hash(g.seed, file.Domain, file.Path), size: file.Size}
	switch extension := path.Ext(file.Path); {
	case file.Domain == homeDomain && file.Path == messagesPath:
		messages, err := g.messages()
		if err != nil {
			return nil, err
		}
		b.head = messages
	case extension == ".JPG":
		b.head = g.pictures.photo(file, b.key)
	case extension == ".plist":
		b.head, b.filler = propertyList(file, b.key), blanks
	case extension == ".txt":
		b.filler = diary
	}
	return b, nil
}
