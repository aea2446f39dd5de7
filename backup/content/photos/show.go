package photos

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"strings"

	"golang.org/x/image/draw"

	"lifeboat/backup/content/source"
)

// Fit is how large a decoded picture is to be.
type Fit struct {
	// Side is the most pixels that it has in width and in height; a smaller one stays
	// as it is.
	Side int
	// Square cuts the middle out of it.
	Square bool
}

// Decode decodes a JPEG, PNG or GIF, upright by what the file says of it. How large it
// is is looked at before: one of more than 64 megapixels is an error, as is one that
// is broken, or a JPEG that has them over and over. It may take a second and half a GiB of memory.
func Decode(data []byte, f Fit) (*image.RGBA, error) { return decode(data, 0, f) }

// decode is Decode for a picture whose orientation is known; 0 looks into the file.
func decode(data []byte, orientation uint8, f Fit) (*image.RGBA, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if config.Width <= 0 || config.Height <= 0 || config.Width > mostPixels/config.Height {
		return nil, fmt.Errorf("a picture of %d by %d pixels", config.Width, config.Height)
	}
	if most := mostScanned / (config.Width * config.Height); bytes.HasPrefix(data, []byte{0xff, 0xd8}) && scansOf(data, most) > most {
		return nil, fmt.Errorf("a picture of %d by %d pixels in more than %d scans", config.Width, config.Height, most)
	}
	large, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	from := large.Bounds()
	if from.Empty() {
		return nil, errors.New("an empty picture")
	}
	if f.Square {
		side := min(from.Dx(), from.Dy())
		from = image.Rect(0, 0, side, side).Add(from.Min).Add(image.Pt((from.Dx()-side)/2, (from.Dy()-side)/2))
	}
	longer := max(from.Dx(), from.Dy())
	by := max(1, min(f.Side, longer))
	small := image.NewRGBA(image.Rect(0, 0, max(from.Dx()*by/longer, 1), max(from.Dy()*by/longer, 1)))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(small, small.Bounds(), large, from, draw.Over, nil)
	if orientation == 0 {
		orientation = orientationOf(data)
	}
	return upright(small, orientation), nil
}

// Show is an asset, decoded and upright: of its edited form, else of its original,
// where that is a JPEG, PNG or GIF; whole is true then. Of others it is the small
// picture, as Thumbnail has it. An asset of which there is none gives
// source.ErrNotListed, a broken one source.ErrDamaged.
func (l *Library) Show(ctx context.Context, b *source.Backup, a *Asset, f Fit) (shown *image.RGBA, whole bool, err error) {
	for _, r := range []role{edited, original} {
		p, found := a.part(r)
		if !found || !decodes[strings.ToLower(p.ending)] {
			if found && r == edited && !a.Type.Moves() {
				break // the original shows something else
			}
			continue
		}
		orientation := a.orientation
		if r == edited {
			orientation = 0 // the library tells that of the original
		}
		data, err := b.ReadAll(ctx, p.file(a), largestPicture)
		if err == nil {
			if shown, err := decode(data, orientation, f); err == nil {
				return shown, true, nil
			}
		}
		if ctx.Err() != nil {
			return nil, false, ctx.Err()
		}
	}
	shown, err = l.Small(ctx, b, a, f)
	return shown, false, err
}

// Small is the small picture of an asset, decoded, with the errors of Thumbnail.
func (l *Library) Small(ctx context.Context, b *source.Backup, a *Asset, f Fit) (*image.RGBA, error) {
	data, err := l.Thumbnail(ctx, b, a)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	shown, err := decode(data, 1, f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", a.Ref, source.ErrDamaged, err)
	}
	return shown, nil
}

// mostScanned bounds how many pixels the scans of a JPEG may have together: 16 scans of
// the largest picture. Programs make some ten of a progressive one; one of a few bytes
// has the decoder go over all pixels once more.
const mostScanned = 16 * mostPixels

// scansOf counts the scans of a JPEG, up to one more than most.
func scansOf(data []byte, most int) (scans int) {
	for len(data) >= 4 && scans <= most {
		if data[0] != 0xff { // within a scan: its next marker
			at := bytes.IndexByte(data, 0xff)
			if at < 0 {
				return scans
			}
			data = data[at:]
			continue
		}
		switch mark := data[1]; {
		case mark == 0xff: // filling
			data = data[1:]
		case mark == 0 || mark >= 0xd0 && mark <= 0xd8: // a part of a scan, or the beginning
			data = data[2:]
		case mark == 0xd9: // the end
			return scans
		default:
			if mark == 0xda {
				scans++
			}
			data = data[min(2+int(binary.BigEndian.Uint16(data[2:])), len(data)):]
		}
	}
	return scans
}

// mostHead bounds how much of a file is searched for its orientation, in bytes.
const mostHead = 64 << 10

// orientationOf is how the camera was held that took a JPEG, as EXIF has it; 1 if it
// does not say.
func orientationOf(data []byte) uint8 {
	data = data[:min(len(data), mostHead)]
	if !bytes.HasPrefix(data, []byte{0xff, 0xd8}) {
		return 1
	}
	for data = data[2:]; len(data) >= 4 && data[0] == 0xff && data[1] != 0xda; { // until the picture itself
		size := int(binary.BigEndian.Uint16(data[2:]))
		if size < 2 || 2+size > len(data) {
			return 1
		}
		if tiff, found := bytes.CutPrefix(data[4:2+size], []byte("Exif\x00\x00")); found && data[1] == 0xe1 {
			return orientationIn(tiff)
		}
		data = data[2+size:]
	}
	return 1
}

// orientationIn reads the first folder of a TIFF.
func orientationIn(tiff []byte) uint8 {
	const orientation, short = 0x0112, 3
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	count := int(order.Uint16(tiff[at:]))
	for entries := tiff[at+2:]; count > 0 && len(entries) >= 12; count, entries = count-1, entries[12:] {
		if order.Uint16(entries) == orientation && order.Uint16(entries[2:]) == short {
			if value := order.Uint16(entries[8:]); value >= 1 && value <= 8 {
				return uint8(value)
			}
		}
	}
	return 1
}
