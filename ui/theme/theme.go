// Package theme is how Lifeboat looks: its colours in a light and a dark
// form, a generous type scale, and the five shapes of a check's status.
//
// The variant follows the system. No colour carries a meaning alone: each
// status has its own shape, and the screens set a word beside it.
package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// sizes that differ from Fyne's, in device-independent pixels.
var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameText:           15,
	theme.SizeNameCaptionText:    13,
	theme.SizeNameSubHeadingText: 18,
	theme.SizeNameHeadingText:    25,
	theme.SizeNamePadding:        5,
	theme.SizeNameInnerPadding:   9,
	theme.SizeNameInlineIcon:     20,
	theme.SizeNameInputRadius:    8,
	theme.SizeNameButtonRadius:   8,
	theme.SizeNameScrollBarSmall: 5,
	TitleText:                    21,
	BigButtonText:                18,
}

// Names of sizes that Fyne has no name for.
const (
	// TitleText is the one sentence that a screen opens with.
	TitleText fyne.ThemeSizeName = "lifeboat-title"
	// BigButtonText is the lettering of the one big button.
	BigButtonText fyne.ThemeSizeName = "lifeboat-big-button"
)

// Lifeboat is the app's theme.
type Lifeboat struct{ fyne.Theme }

// New returns the theme; what it does not set is Fyne's own.
func New() *Lifeboat { return &Lifeboat{Theme: theme.DefaultTheme()} }

// Color returns the colour of a name in a variant.
func (l *Lifeboat) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	p, ours := palette[name]
	if !ours {
		return l.Theme.Color(name, variant)
	}
	if variant == theme.VariantDark {
		return p.dark
	}
	return p.light
}

// Size returns the size of a name.
func (l *Lifeboat) Size(name fyne.ThemeSizeName) float32 {
	if s, ours := sizes[name]; ours {
		return s
	}
	return l.Theme.Size(name)
}
