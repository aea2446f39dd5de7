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
	theme.SizeNameText:           14,
	theme.SizeNameCaptionText:    12,
	theme.SizeNameSubHeadingText: 18,
	theme.SizeNameHeadingText:    24,
	theme.SizeNamePadding:        4,
	theme.SizeNameInnerPadding:   8,
	theme.SizeNameInlineIcon:     18,
	theme.SizeNameInputRadius:    8,
	theme.SizeNameButtonRadius:   8,
	theme.SizeNameScrollBarSmall: 5,
	TileText:                     13,
}

// Names of sizes that Fyne has no name for.
const (
	// TileText is a line of the checklist.
	TileText fyne.ThemeSizeName = "lifeboat-tile"
)

// Lifeboat is the app's theme.
type Lifeboat struct {
	fyne.Theme
	// forced is a variant in place of the system's, if isForced.
	forced   fyne.ThemeVariant
	isForced bool
}

// New returns the theme, which follows the system; what it does not set is Fyne's own.
func New() *Lifeboat { return &Lifeboat{Theme: theme.DefaultTheme()} }

// Light is the theme in its light form, Dark in its dark one, whatever the system says.
func Light() *Lifeboat { return &Lifeboat{theme.DefaultTheme(), theme.VariantLight, true} }

// Dark is the dark form.
func Dark() *Lifeboat { return &Lifeboat{theme.DefaultTheme(), theme.VariantDark, true} }

// Color returns the colour of a name in a variant.
func (l *Lifeboat) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if l.isForced {
		variant = l.forced
	}
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

// OnDemo is the theme of the words on the band that marks a demonstration.
func OnDemo() fyne.Theme { return onDemo{New()} }

type onDemo struct{ *Lifeboat }

func (d onDemo) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if name == theme.ColorNameForeground {
		name = OnDemoBand
	}
	return d.Lifeboat.Color(name, variant)
}
