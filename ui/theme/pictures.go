package theme

import (
	"bytes"
	"fmt"
	"image"
	"path"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"

	"lifeboat/assets"
)

// Picture returns a drawing of assets/pictures in its own colours. The name
// is one of a fixed set, which a test goes through; another one panics.
func Picture(name string) fyne.Resource {
	file := name + ".svg"
	data, err := assets.Pictures.ReadFile(path.Join("pictures", file))
	if err != nil {
		panic(fmt.Sprintf("theme: no picture %q", name))
	}
	return fyne.NewStaticResource(file, data)
}

// Draw is a picture in so many pixels, as large as they allow, in the middle of them.
func Draw(name string, width, height int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	icon, err := oksvg.ReadIconStream(bytes.NewReader(Picture(name).Content()))
	if err != nil {
		panic(fmt.Sprintf("theme: picture %q: %v", name, err))
	}
	box := icon.ViewBox
	scale := min(float64(width)/box.W, float64(height)/box.H)
	icon.SetTarget((float64(width)-box.W*scale)/2, (float64(height)-box.H*scale)/2, box.W*scale, box.H*scale)
	icon.Draw(rasterx.NewDasher(width, height, rasterx.NewScannerGV(width, height, img, img.Bounds())), 1)
	return img
}

// Icon returns the app's icon.
func Icon() fyne.Resource { return fyne.NewStaticResource("icon.png", assets.Icon) }

// Mark is the shape and colour of one status.
type Mark struct {
	Icon  fyne.Resource
	Color fyne.ThemeColorName
}

// Marks are the five statuses of a check, by the names that package checks
// gives them. Each differs from the others in shape as well as colour.
var Marks = map[string]Mark{
	"pass":    mark("pass", theme.ColorNameSuccess),
	"warn":    mark("warn", theme.ColorNameWarning),
	"fail":    mark("fail", theme.ColorNameError),
	"ask":     mark("ask", Ask),
	"unknown": mark("unknown", Quiet),
}

func mark(name string, color fyne.ThemeColorName) Mark {
	return Mark{Icon: theme.NewColoredResource(Picture(name), color), Color: color}
}
