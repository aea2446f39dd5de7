package apps

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
)

func meal(c *canvas) {
	wood := hue(0.08, 0.45, c.between(0.4, 0.7))
	c.fade(0, 1, wood, wood)
	for i := range 12 {
		c.box(0, float64(i)/12, c.wide, 1.0/12, blend(wood, color.RGBA{50, 34, 22, 255}, c.between(0, 0.2)))
	}
	x, y := c.wide/2+c.between(-0.1, 0.1), 0.5+c.between(-0.05, 0.05)
	c.disc(x+0.01, y+0.02, 0.4, 0.4, blend(wood, color.RGBA{20, 14, 10, 255}, 0.5))
	c.disc(x, y, 0.39, 0.39, color.RGBA{246, 244, 238, 255})
	c.disc(x, y, 0.3, 0.3, color.RGBA{233, 230, 222, 255})
	tones := []float64{0.02, 0.09, 0.13, 0.28, 0.33}
	for range 26 {
		angle, far := c.between(0, 2*math.Pi), 0.22*math.Sqrt(c.rnd.Float64())
		size := c.between(0.025, 0.075)
		c.disc(x+far*math.Cos(angle), y+far*math.Sin(angle), size, size*c.between(0.6, 1), hue(tones[c.rnd.IntN(len(tones))], c.between(0.5, 0.85), c.between(0.55, 0.95)))
	}
	c.disc(x+0.52, 0.2, 0.13, 0.13, color.RGBA{236, 238, 240, 255})
	c.disc(x+0.52, 0.2, 0.11, 0.11, hue(c.between(0.93, 1.1), 0.7, 0.55))
}

// portrait is somebody, whose looks follow from the seed.
func portrait(c *canvas) {
	tone := c.rnd.Float64()
	c.fade(0, 1, hue(tone, 0.3, 0.95), hue(tone+0.08, 0.45, 0.7))
	for range 8 {
		size := c.between(0.04, 0.12)
		c.disc(c.between(0, c.wide), c.between(0, 1), size, size, hue(tone+c.between(0, 0.1), 0.25, 0.98))
	}
	dark := c.rnd.Float64()
	skin := hue(0.07, 0.28+0.32*dark, 0.98-0.5*dark)
	hair := hue(c.between(0.05, 0.11), c.between(0.3, 0.8), c.between(0.12, 0.75))
	x := c.wide / 2
	long := c.rnd.IntN(2) == 0
	if long {
		c.disc(x, 0.52, 0.25, 0.34, hair)
	}
	c.disc(x, 1.08, 0.42, 0.36, hue(tone+0.5, 0.6, 0.75))
	c.box(x-0.06, 0.6, 0.12, 0.16, blend(skin, color.RGBA{60, 30, 20, 255}, 0.15))
	c.disc(x, 0.33, 0.2, 0.2, hair)
	c.disc(x, 0.46, 0.165, 0.21, skin)
	c.disc(x, 0.3, 0.15, 0.07, hair)
	for _, side := range []float64{-1, 1} {
		c.disc(x+side*0.065, 0.43, 0.022, 0.016, color.RGBA{250, 250, 250, 255})
		c.disc(x+side*0.065, 0.43, 0.011, 0.013, hue(c.between(0.08, 0.6), 0.6, 0.35))
		c.box(x+side*0.065-0.03, 0.395, 0.06, 0.009, hair)
	}
	c.disc(x, 0.5, 0.018, 0.03, blend(skin, color.RGBA{90, 40, 30, 255}, 0.18))
	for i := range 24 { // a smile
		a := math.Pi * (0.15 + 0.7*float64(i)/23)
		c.disc(x+0.08*math.Cos(a), 0.535+0.05*math.Sin(a), 0.008, 0.008, hue(0.99, 0.6, 0.65))
	}
}

func night(c *canvas) {
	c.fade(0, 1, hue(0.67, 0.8, 0.16), hue(0.7, 0.6, 0.36))
	for range 90 {
		bright := c.between(0.5, 1)
		size := c.between(0.0015, 0.004)
		c.disc(c.between(0, c.wide), c.between(0, 0.6), size, size, hue(0.15, 0.1, bright))
	}
	mx := c.between(0.2, c.wide-0.2)
	c.glow(mx, 0.2, 0.25, color.RGBA{220, 222, 240, 255})
	c.disc(mx, 0.2, 0.055, 0.055, color.RGBA{246, 244, 226, 255})
	for x := -0.05; x < c.wide; {
		width, top := c.between(0.08, 0.16), c.between(0.5, 0.75)
		c.box(x, top, width, 1-top, color.RGBA{16, 16, 30, 255})
		for wx := x + 0.015; wx < x+width-0.02; wx += 0.03 {
			for wy := top + 0.02; wy < 1; wy += 0.045 {
				if c.rnd.IntN(3) == 0 {
					c.box(wx, wy, 0.014, 0.02, hue(c.between(0.09, 0.15), 0.6, 0.98))
				}
			}
		}
		x += width + 0.008
	}
}

func flowers(c *canvas) {
	c.fade(0, 1, hue(0.3, 0.45, 0.6), hue(0.34, 0.6, 0.3))
	for range 60 {
		x := c.between(0, c.wide)
		c.box(x, c.between(0.1, 0.9), 0.006, c.between(0.1, 0.4), hue(c.between(0.27, 0.36), 0.6, c.between(0.3, 0.55)))
	}
	tone := c.rnd.Float64()
	for range 22 {
		x, y, size := c.between(0, c.wide), c.between(0.05, 0.95), c.between(0.02, 0.05)
		with := hue(tone+c.between(-0.08, 0.08), c.between(0.4, 0.8), c.between(0.8, 1))
		for i := range 6 {
			a := float64(i) * math.Pi / 3
			c.disc(x+size*math.Cos(a), y+size*math.Sin(a), size*0.75, size*0.75, with)
		}
		c.disc(x, y, size*0.6, size*0.6, hue(0.13, 0.8, 0.95))
	}
}

func snow(c *canvas) {
	c.fade(0, 0.7, hue(0.6, 0.35, 0.85), hue(0.58, 0.08, 0.98))
	c.ridge(0.45, 0.16, color.RGBA{236, 240, 250, 255}, hue(0.61, 0.3, 0.72))
	c.ridge(0.72, 0.05, color.RGBA{252, 253, 255, 255}, color.RGBA{214, 224, 240, 255})
	for range 16 {
		x, foot, tall := c.between(0, c.wide), c.between(0.72, 0.95), c.between(0.1, 0.24)
		for i := range 30 {
			up := float64(i) / 30
			c.box(x-tall*0.3*up, foot-tall*(1-up), tall*0.6*up, tall/29, blend(hue(0.38, 0.5, 0.3), color.RGBA{240, 246, 250, 255}, 0.5-0.5*up))
		}
	}
}

func window(c *canvas) {
	c.fade(0, 1, color.RGBA{250, 250, 252, 255}, color.RGBA{242, 242, 247, 255})
	c.box(0, 0, c.wide, 0.07, hue(c.rnd.Float64(), 0.5, 0.85))
	for y := 0.12; y < 0.95; y += 0.105 {
		c.box(0.03, y, c.wide-0.06, 0.09, color.RGBA{255, 255, 255, 255})
		c.disc(0.085, y+0.045, 0.03, 0.03, hue(c.rnd.Float64(), 0.45, 0.9))
		c.box(0.14, y+0.02, c.between(0.08, max(0.09, c.wide-0.26)), 0.018, color.RGBA{70, 70, 78, 255})
		c.box(0.14, y+0.055, c.between(0.08, max(0.09, c.wide-0.22)), 0.014, color.RGBA{176, 176, 184, 255})
	}
}

// pngFile encodes a picture without loss, as screenshots are.
func pngFile(img image.Image) []byte {
	var out bytes.Buffer
	_ = png.Encode(&out, img) // a bytes.Buffer never fails
	return out.Bytes()
}

// sceneries are the sorts of pictures that can be painted.
var sceneries = map[string]func(*canvas){
	"sunset": sunset, "hills": hills, "beach": beach, "city": city, "tram": tram, "tiles": tiles,
	"meal": meal, "portrait": portrait, "night": night, "flowers": flowers, "snow": snow, "screenshot": window,
}
