package apps

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"

	"golang.org/x/image/draw"
)

// canvas is a picture while it is painted. Places and sizes are shares of its height;
// x goes from 0 to wide.
type canvas struct {
	img  *image.RGBA
	wide float64
	rnd  *rand.Rand
}

// paint paints a picture of a sort: the same seed paints the same at every size.
func paint(sort func(*canvas), seed uint64, width, height int) *image.RGBA {
	c := &canvas{img: image.NewRGBA(image.Rect(0, 0, width, height)), wide: float64(width) / float64(height), rnd: rand.New(rand.NewPCG(seed, 77))}
	sort(c)
	return c.img
}

// smaller is a picture so wide.
func smaller(img image.Image, width int) *image.RGBA {
	b := img.Bounds()
	return fitted(img, image.Rect(0, 0, width, max(1, b.Dy()*width/b.Dx())))
}

// fitted is a picture of another size.
func fitted(img image.Image, size image.Rectangle) *image.RGBA {
	out := image.NewRGBA(size)
	draw.ApproxBiLinear.Scale(out, size, img, img.Bounds(), draw.Src, nil)
	return out
}

// between is a random number of a span.
func (c *canvas) between(low, high float64) float64 { return low + c.rnd.Float64()*(high-low) }

func (c *canvas) height() float64 { return float64(c.img.Rect.Dy()) }

// hue is a colour of a wheel (0 to 1), with saturation and brightness.
func hue(h, s, v float64) color.RGBA {
	h -= math.Floor(h)
	part := func(n float64) uint8 {
		k := math.Mod(n+h*6, 6)
		return uint8(255 * (v - v*s*max(0, min(k, 4-k, 1))))
	}
	return color.RGBA{part(5), part(3), part(1), 255}
}

func blend(a, b color.RGBA, share float64) color.RGBA {
	share = max(0, min(share, 1))
	mix := func(x, y uint8) uint8 { return uint8(float64(x)*(1-share) + float64(y)*share) }
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

// row fills a line of pixels from x to below end.
func (c *canvas) row(y, x, end int, with color.RGBA) {
	if y < 0 || y >= c.img.Rect.Dy() {
		return
	}
	x, end = max(x, 0), min(end, c.img.Rect.Dx())
	if x >= end {
		return
	}
	line := c.img.Pix[y*c.img.Stride+4*x : y*c.img.Stride+4*end]
	for i := 0; i < len(line); i += 4 {
		line[i], line[i+1], line[i+2], line[i+3] = with.R, with.G, with.B, 255
	}
}

// fade fills from one height to another with a gradient.
func (c *canvas) fade(from, to float64, top, bottom color.RGBA) {
	h := c.height()
	for y := int(from * h); y < int(math.Ceil(to*h)); y++ {
		c.row(y, 0, c.img.Rect.Dx(), blend(top, bottom, (float64(y)/h-from)/(to-from)))
	}
}

// box fills a rectangle.
func (c *canvas) box(x, y, width, height float64, with color.RGBA) {
	h := c.height()
	for line := int(y * h); line < int((y+height)*h); line++ {
		c.row(line, int(x*h), int((x+width)*h), with)
	}
}

// disc fills an ellipse.
func (c *canvas) disc(x, y, rx, ry float64, with color.RGBA) {
	h := c.height()
	for line := int((y - ry) * h); line <= int((y+ry)*h); line++ {
		part := (float64(line)/h - y) / ry
		if part*part > 1 {
			continue
		}
		half := rx * math.Sqrt(1-part*part)
		c.row(line, int((x-half)*h), int((x+half)*h+0.5), with)
	}
}

// glow brightens what lies around a point.
func (c *canvas) glow(x, y, radius float64, with color.RGBA) {
	h := c.height()
	for line := max(0, int((y-radius)*h)); line < min(c.img.Rect.Dy(), int((y+radius)*h)); line++ {
		for at := max(0, int((x-radius)*h)); at < min(c.img.Rect.Dx(), int((x+radius)*h)); at++ {
			dx, dy := (float64(at)/h-x)/radius, (float64(line)/h-y)/radius
			near := 1 - dx*dx - dy*dy
			if near <= 0 {
				continue
			}
			i := line*c.img.Stride + 4*at
			p := c.img.Pix[i : i+3]
			now := blend(color.RGBA{p[0], p[1], p[2], 255}, with, near*near*0.7)
			p[0], p[1], p[2] = now.R, now.G, now.B
		}
	}
}

// ridge fills all below a line of hills.
func (c *canvas) ridge(base, rough float64, top, bottom color.RGBA) {
	a, b, d := c.between(0, 6), c.between(0, 6), c.between(0, 6)
	f := c.between(1.2, 2.4)
	h := c.height()
	for at := range c.img.Rect.Dx() {
		x := float64(at) / h
		line := base - rough*(0.6*math.Sin(f*x+a)+0.3*math.Sin(2.7*f*x+b)+0.1*math.Sin(7.1*f*x+d))
		for y := max(0, int(line*h)); y < c.img.Rect.Dy(); y++ {
			with := blend(top, bottom, (float64(y)/h-line)/max(1-line, 0.01))
			i := y*c.img.Stride + 4*at
			c.img.Pix[i], c.img.Pix[i+1], c.img.Pix[i+2], c.img.Pix[i+3] = with.R, with.G, with.B, 255
		}
	}
}

// clouds are a few soft heaps.
func (c *canvas) clouds(count int, with color.RGBA) {
	for range count {
		x, y, size := c.between(0, c.wide), c.between(0.05, 0.3), c.between(0.03, 0.07)
		for i := range 5 {
			c.disc(x+size*float64(i-2)*1.1, y+c.between(-0.2, 0.2)*size, size*1.3, size*c.between(0.4, 0.7), with)
		}
	}
}

func sunset(c *canvas) {
	warm := c.between(-0.03, 0.08)
	horizon := c.between(0.52, 0.66)
	c.fade(0, horizon, hue(0.68+warm, 0.55, 0.45), hue(0.05+warm, 0.6, 1))
	x, y := c.between(0.3, c.wide-0.3), horizon-c.between(0.02, 0.16)
	c.glow(x, y, 0.4, hue(0.12+warm, 0.5, 1))
	c.disc(x, y, 0.065, 0.065, hue(0.14, 0.25, 1))
	c.fade(horizon, 1, hue(0.03+warm, 0.45, 0.75), hue(0.66, 0.6, 0.22))
	for i := range 40 {
		d := horizon + 0.01 + float64(i)*0.011
		c.box(x-c.between(0.01, 0.05+float64(i)*0.003), d, c.between(0.03, 0.12), 0.004, hue(0.11, 0.35, 0.98))
	}
	if c.rnd.IntN(2) == 0 { // a boat
		b := c.between(0.2, c.wide-0.3)
		c.box(b, horizon+0.005, 0.12, 0.014, color.RGBA{30, 26, 40, 255})
		for i := range 20 {
			c.box(b+0.05, horizon-0.1+float64(i)*0.005, float64(i)*0.003, 0.005, color.RGBA{48, 38, 56, 255})
		}
	}
}

func hills(c *canvas) {
	tone := c.between(0.24, 0.46)
	c.fade(0, 0.7, hue(0.58, c.between(0.35, 0.65), 0.92), hue(0.55, 0.12, 1))
	c.disc(c.between(0.2, c.wide-0.2), c.between(0.1, 0.25), 0.05, 0.05, hue(0.14, 0.2, 1))
	c.clouds(3, color.RGBA{250, 251, 253, 255})
	for i := range 4 {
		deep := float64(i) / 3
		c.ridge(0.48+0.13*float64(i), 0.09, hue(tone+0.12*(1-deep), 0.25+0.35*deep, 0.8-0.3*deep), hue(tone, 0.4+0.3*deep, 0.55-0.25*deep))
	}
}

func beach(c *canvas) {
	c.fade(0, 0.42, hue(0.57, 0.6, 0.95), hue(0.54, 0.2, 1))
	c.clouds(2, color.RGBA{252, 252, 255, 255})
	c.fade(0.42, 0.73, hue(0.56, 0.75, 0.62), hue(0.48, 0.5, 0.85))
	for range 14 {
		c.box(c.between(0, c.wide), c.between(0.45, 0.66), c.between(0.03, 0.14), 0.004, color.RGBA{225, 240, 244, 255})
	}
	c.ridge(0.7, 0.015, hue(0.11, 0.18, 0.98), hue(0.1, 0.38, 0.85))
	tone := c.rnd.Float64()
	x, y := c.between(0.2, c.wide-0.35), 0.6
	c.box(x+0.145, y, 0.01, 0.3, color.RGBA{120, 90, 60, 255})
	for i := range 40 { // a parasol, in stripes
		up := float64(i) / 40
		half := 0.15 * math.Sqrt(1-(1-up)*(1-up))
		for s := range 6 {
			with := hue(tone, 0.7, 0.95)
			if s%2 == 1 {
				with = color.RGBA{250, 246, 238, 255}
			}
			c.box(x+0.15-half+half*float64(s)/3, y-0.02+up*0.1, half/3+0.002, 0.004, with)
		}
	}
	c.box(x+0.1, 0.9, 0.26, 0.04, hue(tone+0.4, 0.55, 0.9))
}

func city(c *canvas) {
	c.fade(0, 1, hue(0.58, c.between(0.3, 0.55), 0.97), hue(0.1, 0.12, 1))
	for layer := range 3 {
		base := 0.42 + 0.18*float64(layer)
		for x := -0.1; x < c.wide; {
			width, top := c.between(0.1, 0.2), base+c.between(-0.1, 0.06)
			wall := hue([]float64{0.1, 0.13, 0.02, 0.55, 0.95}[c.rnd.IntN(5)], c.between(0.06, 0.3), 0.78+0.07*float64(layer))
			roof := hue(0.03, 0.68, 0.62+0.08*float64(layer))
			for i := range 12 {
				c.box(x-0.012+float64(12-i)*width/26, top-0.05+float64(i)*0.0042, width+0.024-float64(12-i)*width/13, 0.005, roof)
			}
			c.box(x, top, width, 1-top, wall)
			for wx := x + 0.018; wx < x+width-0.03; wx += 0.045 {
				for wy := top + 0.03; wy < 1; wy += 0.07 {
					c.box(wx, wy, 0.022, 0.036, blend(wall, color.RGBA{52, 70, 96, 255}, 0.75))
				}
			}
			x += width + c.between(-0.01, 0.02)
		}
	}
}

func tram(c *canvas) {
	city(c)
	c.fade(0.86, 1, color.RGBA{124, 118, 112, 255}, color.RGBA{96, 92, 90, 255})
	c.box(0, 0.935, c.wide, 0.008, color.RGBA{60, 60, 64, 255})
	x := c.between(0.15, c.wide-0.85)
	yellow, cream := color.RGBA{247, 192, 28, 255}, color.RGBA{250, 244, 224, 255}
	c.box(x+0.05, 0.46, 0.6, 0.03, color.RGBA{90, 84, 78, 255})
	c.box(x, 0.49, 0.7, 0.2, cream)
	c.box(x, 0.68, 0.7, 0.2, yellow)
	for i := range 5 {
		c.box(x+0.03+float64(i)*0.133, 0.53, 0.105, 0.13, color.RGBA{70, 96, 118, 255})
	}
	c.box(x, 0.87, 0.7, 0.03, color.RGBA{60, 52, 44, 255})
	for _, wheel := range []float64{0.14, 0.56} {
		c.disc(x+wheel, 0.91, 0.04, 0.04, color.RGBA{46, 44, 48, 255})
	}
	c.disc(x+0.05, 0.79, 0.022, 0.022, color.RGBA{255, 250, 220, 255})
	c.box(x+0.34, 0.2, 0.006, 0.27, color.RGBA{70, 66, 66, 255})
	c.box(0, 0.2, c.wide, 0.004, color.RGBA{70, 66, 66, 255})
}

func tiles(c *canvas) {
	blue, white := hue(0.6+c.between(-0.03, 0.03), 0.8, 0.66), color.RGBA{240, 242, 246, 255}
	c.fade(0, 1, white, blend(white, blue, 0.12))
	const size = 0.25
	form := c.rnd.IntN(3)
	for y := 0.0; y < 1; y += size {
		for x := 0.0; x < c.wide; x += size {
			mx, my := x+size/2, y+size/2
			c.box(x, y, size, 0.005, blend(white, blue, 0.4))
			c.box(x, y, 0.005, size, blend(white, blue, 0.4))
			c.disc(mx, my, 0.095, 0.095, blue)
			c.disc(mx, my, 0.07, 0.07, white)
			for i := range 8 {
				angle := float64(i) * math.Pi / 4
				c.disc(mx+0.05*math.Cos(angle), my+0.05*math.Sin(angle), 0.018+0.004*float64(form), 0.018, blend(blue, white, 0.2*float64(form)))
			}
			c.disc(mx, my, 0.016, 0.016, hue(0.13, 0.8, 0.92))
			for _, corner := range [][2]float64{{0, 0}, {size, 0}, {0, size}, {size, size}} {
				c.disc(x+corner[0], y+corner[1], 0.045, 0.045, blend(blue, white, 0.25))
			}
		}
	}
}
