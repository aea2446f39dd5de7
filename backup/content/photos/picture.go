package photos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // pictures that are decoded
	"image/jpeg"
	_ "image/png"
	"strings"

	"lifeboat/backup/content/source"
)

const (
	// largestThumb bounds a small picture that the backup has, in bytes.
	largestThumb = 8 << 20
	// largestPicture and mostPixels bound an original that one is made of: a photo of
	// 48 megapixels, and some.
	largestPicture = 64 << 20
	mostPixels     = 64_000_000
	// thumbSide is the longer side of one that is made, in pixels.
	thumbSide = 512
)

// Thumbnail is a small picture of an asset, as JPEG and upright: the one that the
// phone made, some 300 pixels wide, or else one made of the original, if it is a JPEG,
// PNG or GIF, which may take a second and half a GiB of memory. Other assets have none:
// source.ErrNotListed.
func (l *Library) Thumbnail(ctx context.Context, b *source.Backup, a *Asset) ([]byte, error) {
	var failed error
	if p, found := a.part(thumb); found {
		data, err := b.ReadAll(ctx, p.file(a), largestThumb)
		if err == nil && bytes.HasPrefix(data, []byte{0xff, 0xd8, 0xff}) {
			return data, nil
		}
		failed = err
	}
	for _, r := range []role{edited, original, also} {
		p, found := a.part(r)
		if !found || !decodes[strings.ToLower(p.ending)] {
			continue
		}
		data, err := b.ReadAll(ctx, p.file(a), largestPicture)
		if err == nil {
			if data, err = smaller(data, a.orientation); err == nil {
				return data, nil
			}
			err = fmt.Errorf("%s: %w: %w", a.Ref, source.ErrDamaged, err)
		}
		failed = errors.Join(failed, err)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if failed != nil {
		return nil, failed
	}
	return nil, fmt.Errorf("a small picture of %s: %w", a.Ref, source.ErrNotListed)
}

// decodes are the endings of what can be decoded here.
var decodes = map[string]bool{".jpg": true, ".jpeg": true, ".png": true, ".gif": true}

// smaller makes a small picture of a large one.
func smaller(data []byte, orientation uint8) ([]byte, error) {
	small, err := decode(data, orientation, Fit{Side: thumbSide})
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = jpeg.Encode(&out, small, &jpeg.Options{Quality: 85})
	return out.Bytes(), err
}

// upright turns a picture as its camera was held: the values are those of EXIF, of
// which the odd ones below 5 keep the sides and the even ones mirror them.
func upright(from *image.RGBA, orientation uint8) *image.RGBA {
	w, h := from.Bounds().Dx(), from.Bounds().Dy()
	// at gives the place in from of a place in the upright picture.
	var at func(x, y int) (int, int)
	switch orientation {
	case 2:
		at = func(x, y int) (int, int) { return w - 1 - x, y }
	case 3:
		at = func(x, y int) (int, int) { return w - 1 - x, h - 1 - y }
	case 4:
		at = func(x, y int) (int, int) { return x, h - 1 - y }
	case 5:
		at = func(x, y int) (int, int) { return y, x }
	case 6:
		at = func(x, y int) (int, int) { return y, h - 1 - x }
	case 7:
		at = func(x, y int) (int, int) { return w - 1 - y, h - 1 - x }
	case 8:
		at = func(x, y int) (int, int) { return w - 1 - y, x }
	default:
		return from
	}
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	to := image.NewRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			fx, fy := at(x, y)
			to.SetRGBA(x, y, from.RGBAAt(fx, fy))
		}
	}
	return to
}
