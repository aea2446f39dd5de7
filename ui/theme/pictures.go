package theme

import (
	"fmt"
	"path"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

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
