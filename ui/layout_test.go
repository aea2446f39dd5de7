package ui

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/ui/theme"
	"lifeboat/ui/widgets"
)

// largeType is the theme with letters half as large again.
type largeType struct{ *theme.Lifeboat }

var large = largeType{theme.New()}

func (l largeType) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case fynetheme.SizeNameText, fynetheme.SizeNameCaptionText, fynetheme.SizeNameSubHeadingText, fynetheme.SizeNameHeadingText, theme.TileText:
		return 1.5 * l.Lifeboat.Size(name)
	}
	return l.Lifeboat.Size(name)
}

// piece is something that people see or press as a whole, and where it is in the
// window.
type piece struct {
	fyne.CanvasObject
	at     fyne.Position
	clip   *container.Scroll // that cuts it off, nil for none
	clipAt fyne.Position
}

// pieces are all pieces below an object.
func pieces(o fyne.CanvasObject, at fyne.Position, in piece, each func(piece)) {
	if o == nil || !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	p := piece{o, at, in.clip, in.clipAt}
	var children []fyne.CanvasObject
	switch c := o.(type) {
	case *widgets.Text:
		if strings.TrimSpace(c.Text) != "" {
			each(p)
		}
		return
	case *widgets.Link, *widgets.Action, *widgets.MenuItem, *widgets.Tab, *widgets.Chooser, *widgets.Tile, *widgets.IconButton, *widgets.Mark, *widgets.Bar,
		*widgets.TickBox, *widgets.Secret, *widgets.TextBox, *widgets.SearchBox, *widgets.Choice, *widgets.ThumbGrid, *widgets.Viewer, *widgets.Shot, *widget.Icon, *canvas.Image:
		each(p)
		return
	case *fyne.Container:
		children = c.Objects
	case *container.Scroll:
		each(p)
		children, in = []fyne.CanvasObject{c.Content}, piece{clip: c, clipAt: at}
	case fyne.Widget:
		children = test.WidgetRenderer(c).Objects()
	}
	for _, child := range children {
		pieces(child, at, in, each)
	}
}

// called is how a piece is named in a message.
func (p piece) called() string {
	text := ""
	switch o := p.CanvasObject.(type) {
	case *widgets.Text:
		text = o.Text
	case *widgets.Link:
		text = o.Text
	case *widgets.Action:
		text = o.Text
	case *widgets.MenuItem:
		text = o.Text
	case *widgets.Tile:
		name, value := o.Words()
		text = name + ": " + value
	case *widgets.TickBox:
		text = o.Text
	case *widgets.Choice:
		text = o.Selected
	}
	return fmt.Sprintf("%s %q at %.0f,%.0f, %.0f × %.0f,", strings.TrimPrefix(fmt.Sprintf("%T", p.CanvasObject), "*"), widgets.Shorten(text, 40),
		p.at.X, p.at.Y, p.Size().Width, p.Size().Height)
}

// rounding is what rounding may cost.
const rounding = 1

// cut says what of a piece cannot be read, "" for nothing. A text on one line may
// end in "…", and so may a phone's name and a line of the checklist.
func (p piece) cut() string {
	size := p.Size()
	least := p.MinSize()
	switch o := p.CanvasObject.(type) {
	case *container.Scroll, *widgets.TextBox, *widgets.Secret, *widgets.SearchBox, *widgets.Bar:
		return ""
	case *widgets.Text:
		if o.Truncation == fyne.TextTruncateEllipsis || o.Wrapping != fyne.TextWrapOff {
			// A line of a few letters says nothing any more.
			least.Width = min(least.Width, 3*fynetheme.Size(o.SizeName))
		}
	}
	if least.Width > size.Width+rounding || least.Height > size.Height+rounding {
		return fmt.Sprintf("needs %.0f × %.0f", least.Width, least.Height)
	}
	return ""
}

// faults are what is wrong with a layout.
func faults(root fyne.CanvasObject, window fyne.Size) (found []string) {
	var all []piece
	pieces(root, fyne.Position{}, piece{}, func(p piece) { all = append(all, p) })
	if least := root.MinSize(); least.Width > window.Width+rounding || least.Height > window.Height+rounding {
		found = append(found, fmt.Sprintf("all of it needs %.0f × %.0f", least.Width, least.Height))
	}
	for i, a := range all {
		as := a.Size()
		if lack := a.cut(); lack != "" {
			found = append(found, a.called()+" is cut: "+lack)
		}
		left, right, top, bottom := float32(0), window.Width, float32(0), window.Height
		if a.clip != nil {
			left, right = a.clipAt.X, a.clipAt.X+a.clip.Size().Width
			top, bottom = a.at.Y, a.at.Y+as.Height // what is below comes into sight by scrolling
		}
		if a.at.X < left-rounding || a.at.X+as.Width > right+rounding || a.at.Y < top-rounding || a.at.Y+as.Height > bottom+rounding {
			found = append(found, a.called()+fmt.Sprintf(" stands out of %.0f to %.0f", left, right))
		}
		for _, b := range all[i+1:] {
			bs := b.Size()
			if a.clip == b.clip && a.at.X+rounding < b.at.X+bs.Width && b.at.X+rounding < a.at.X+as.Width &&
				a.at.Y+rounding < b.at.Y+bs.Height && b.at.Y+rounding < a.at.Y+as.Height {
				found = append(found, a.called()+" stands on "+b.called())
			}
		}
	}
	return found
}

// atAGlance are what is wrong with a page as most people see it: it has more than
// one button that stands out, or a line of the checklist that is cut or out of sight.
func atAGlance(root fyne.CanvasObject) (found []string) {
	var standOut []string
	pieces(root, fyne.Position{}, piece{}, func(p piece) {
		switch o := p.CanvasObject.(type) {
		case *widgets.Action:
			if o.Importance == widget.HighImportance {
				standOut = append(standOut, o.Text)
			}
		case *widgets.Tile:
			if p.at.Y+p.Size().Height > p.clipAt.Y+p.clip.Size().Height+rounding {
				found = append(found, p.called()+" is out of sight")
			}
			name, value := o.Words()
			shown := map[string]bool{"": true}
			visible(o, fyne.Position{}, nil, func(o object) {
				if text, ok := o.CanvasObject.(*canvas.Text); ok {
					shown[text.Text] = true
				}
			})
			if !shown[name] || !shown[value] {
				found = append(found, p.called()+" is cut")
			}
		}
	})
	if len(standOut) > 1 {
		found = append(found, fmt.Sprintf("%d buttons stand out: %q", len(standOut), standOut))
	}
	return found
}

// TestLayout looks at every state in small, usual and large windows, with usual and
// large letters, in English and in longer words: nothing is cut, stands on something
// else or outside of the window. As most people see it, all of the checklist is in
// sight, and one button stands out.
func TestLayout(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	pseudo, err := words.Pseudo()
	if err != nil {
		t.Fatal(err)
	}
	sizes := []fyne.Size{fyne.NewSize(minWidth, minHeight), fyne.NewSize(width, height), fyne.NewSize(1600, 1000)}
	for form, name := range []string{"English", "longer words", "large letters", "longer words in large letters"} {
		for _, s := range states {
			t.Run(s.name+"/"+name, func(t *testing.T) {
				look := fyne.Theme(usual)
				if form&2 != 0 {
					look = large
				}
				inTheme(t, look, func(o *Options) {
					if form&1 != 0 {
						o.Words = pseudo
					}
				}, func(r *rig) {
					r.longer = form&1 != 0
					s.lead(r)
					for _, size := range sizes {
						r.settle(size.Width, size.Height)
						root := r.o.Window.Content()
						if top := r.o.Window.Canvas().Overlays().Top(); top != nil {
							root = top
						}
						found := faults(root, size)
						if form == 0 && size.Width == width {
							found = append(found, atAGlance(root)...)
						}
						for _, f := range found {
							t.Errorf("%.0f × %.0f: %s", size.Width, size.Height, f)
						}
					}
				})
			})
		}
	}
}
