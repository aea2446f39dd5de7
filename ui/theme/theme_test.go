package theme_test

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"

	"lifeboat/assets"
	"lifeboat/ui/theme"
)

// luminance and contrast are those of WCAG 2.1.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		f := float64(v) / 0xffff
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	if la < lb {
		la, lb = lb, la
	}
	return (la + 0.05) / (lb + 0.05)
}

// over lays a translucent colour on an opaque one.
func over(top, ground color.Color) color.Color {
	r, g, b, a := top.RGBA()
	gr, gg, gb, _ := ground.RGBA()
	mix := func(t, u uint32) uint16 { return uint16(t + u*(0xffff-a)/0xffff) }
	return color.NRGBA64{R: mix(r, gr), G: mix(g, gg), B: mix(b, gb), A: 0xffff}
}

// TestContrast holds the palette to WCAG AA: 4.5 for text, 3 for shapes and lines.
func TestContrast(t *testing.T) {
	grounds := []fyne.ThemeColorName{fynetheme.ColorNameBackground, theme.Card, fynetheme.ColorNameOverlayBackground}
	texts := []fyne.ThemeColorName{
		fynetheme.ColorNameForeground, theme.Quiet, theme.Ask, fynetheme.ColorNamePrimary, fynetheme.ColorNameHyperlink,
		fynetheme.ColorNameSuccess, fynetheme.ColorNameWarning, fynetheme.ColorNameError, fynetheme.ColorNamePlaceHolder,
	}
	type rule struct {
		top, ground fyne.ThemeColorName
		least       float64
	}
	var rules []rule
	for _, ground := range grounds {
		for _, text := range texts {
			rules = append(rules, rule{text, ground, 4.5})
		}
		rules = append(rules, rule{theme.FocusRing, ground, 3}, rule{fynetheme.ColorNameInputBorder, ground, 3})
	}
	rules = append(rules,
		rule{fynetheme.ColorNameForegroundOnPrimary, fynetheme.ColorNamePrimary, 4.5},
		rule{fynetheme.ColorNameForegroundOnError, fynetheme.ColorNameError, 4.5},
		rule{fynetheme.ColorNameForegroundOnWarning, fynetheme.ColorNameWarning, 4.5},
		rule{fynetheme.ColorNameForegroundOnSuccess, fynetheme.ColorNameSuccess, 4.5},
		rule{theme.OnDemoBand, theme.DemoBand, 4.5},
		rule{fynetheme.ColorNameForeground, theme.Notice, 4.5},
		rule{fynetheme.ColorNameForeground, fynetheme.ColorNameButton, 4.5},
		rule{fynetheme.ColorNameForeground, fynetheme.ColorNameMenuBackground, 4.5},
		rule{fynetheme.ColorNameForeground, fynetheme.ColorNameInputBackground, 4.5},
		rule{fynetheme.ColorNamePlaceHolder, fynetheme.ColorNameInputBackground, 4.5},
		rule{fynetheme.ColorNameDisabled, fynetheme.ColorNameDisabledButton, 3},
		rule{theme.FocusRing, fynetheme.ColorNameButton, 3},
	)
	// The bands hold a headline, a sentence and the mark of their state.
	for _, band := range []fyne.ThemeColorName{theme.SafeBand, theme.AgeingBand, theme.UnsafeBand, theme.UnknownBand} {
		rules = append(rules, rule{fynetheme.ColorNameForeground, band, 4.5}, rule{theme.FocusRing, band, 3})
	}
	rules = append(rules,
		rule{fynetheme.ColorNameSuccess, theme.SafeBand, 4.5},
		rule{fynetheme.ColorNameWarning, theme.AgeingBand, 4.5},
		rule{fynetheme.ColorNameError, theme.UnsafeBand, 4.5},
		rule{theme.Quiet, theme.UnknownBand, 4.5},
		// What a bar has filled, beside what it has not.
		rule{fynetheme.ColorNamePrimary, theme.BarGround, 3},
	)
	for _, bubble := range []fyne.ThemeColorName{theme.OwnBubble, theme.OtherBubble} {
		for _, text := range []fyne.ThemeColorName{fynetheme.ColorNameForeground, theme.Quiet, fynetheme.ColorNamePlaceHolder, fynetheme.ColorNamePrimary} {
			rules = append(rules, rule{text, bubble, 4.5})
		}
		rules = append(rules, rule{theme.FocusRing, bubble, 3})
	}
	th := theme.New()
	for name, variant := range map[string]fyne.ThemeVariant{"light": fynetheme.VariantLight, "dark": fynetheme.VariantDark} {
		for _, r := range rules {
			ground := th.Color(r.ground, variant)
			if got := contrast(th.Color(r.top, variant), ground); got < r.least {
				t.Errorf("%s: %s on %s has contrast %.2f, want %.1f", name, r.top, r.ground, got, r.least)
			}
		}
		// A focused or hovered button keeps its lettering readable.
		for _, veil := range []fyne.ThemeColorName{fynetheme.ColorNameFocus, fynetheme.ColorNameHover} {
			for text, ground := range map[fyne.ThemeColorName]fyne.ThemeColorName{
				fynetheme.ColorNameForeground:          fynetheme.ColorNameButton,
				fynetheme.ColorNameForegroundOnPrimary: fynetheme.ColorNamePrimary,
			} {
				under := over(th.Color(veil, variant), th.Color(ground, variant))
				if got := contrast(th.Color(text, variant), under); got < 4.5 {
					t.Errorf("%s: %s on %s under %s has contrast %.2f", name, text, ground, veil, got)
				}
			}
		}
	}
}

// TestMarks sees that each status has a shape of its own, not just a colour.
func TestMarks(t *testing.T) {
	seen := map[string]string{}
	for _, status := range []string{"pass", "warn", "fail", "ask", "unknown"} {
		if _, ok := theme.Marks[status]; !ok {
			t.Errorf("no mark for status %q", status)
			continue
		}
		shape := string(bytes.TrimSpace(theme.Picture(status).Content()))
		if other, twice := seen[shape]; twice {
			t.Errorf("%q and %q have the same shape", status, other)
		}
		seen[shape] = status
	}
	if len(theme.Marks) != 5 {
		t.Errorf("%d marks, want 5", len(theme.Marks))
	}
}

// TestDraw draws each picture whole and in the middle: with so much more room it is so
// much larger, and what is left over stands on both sides of it.
func TestDraw(t *testing.T) {
	files, err := assets.Pictures.ReadDir("pictures")
	if err != nil {
		t.Fatal(err)
	}
	painted := func(name string, w, h int) (in image.Rectangle) {
		img := theme.Draw(name, w, h)
		if img.Bounds() != image.Rect(0, 0, w, h) {
			t.Fatalf("%s: %v, want %d by %d", name, img.Bounds(), w, h)
		}
		for y := range h {
			for x := range w {
				if _, _, _, a := img.At(x, y).RGBA(); a > 0x1000 {
					in = in.Union(image.Rect(x, y, x+1, y+1))
				}
			}
		}
		return in
	}
	near := func(a, b int) bool { return a-b <= 4 && b-a <= 4 }
	for _, file := range files {
		name := strings.TrimSuffix(file.Name(), ".svg")
		small := painted(name, 176, 110)
		if small.Empty() {
			t.Errorf("%s: nothing is painted", name)
		}
		if large := painted(name, 3*176, 3*110); !near(large.Min.X, 3*small.Min.X) || !near(large.Max.X, 3*small.Max.X) ||
			!near(large.Min.Y, 3*small.Min.Y) || !near(large.Max.Y, 3*small.Max.Y) {
			t.Errorf("%s: three times as large it is at %v, not three times %v", name, large, small)
		}
		if wide := painted(name, 376, 110); !near(wide.Min.X, small.Min.X+100) || !near(wide.Max.X, small.Max.X+100) || wide.Dy() != small.Dy() {
			t.Errorf("%s: with 200 more in width it is at %v, not 100 beside %v", name, wide, small)
		}
		painted(name, 1, 1)
	}
}

// TestFynesOwn sees that what the palette does not set is still answered.
func TestFynesOwn(t *testing.T) {
	test.NewTempApp(t)
	th := theme.New()
	if th.Color(fynetheme.ColorNameHeaderBackground, fynetheme.VariantLight) == nil {
		t.Error("no colour for a name that the palette does not set")
	}
	if got := th.Size(fynetheme.SizeNameSeparatorThickness); got != 1 {
		t.Errorf("separator is %v thick, want Fyne's 1", got)
	}
}
