package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/theme"
)

// Tile is one line of a checklist: a mark, a name and a value in few words. It is
// pressed to learn more.
type Tile struct {
	tap
	status, name, value string
	strong, asks        bool
}

// NewTile is an empty tile.
func NewTile(tapped func()) *Tile {
	t := &Tile{status: "unknown"}
	t.extend(t, tapped)
	return t
}

// Set shows a status, a name and a value. strong makes the name bold, asks colours
// the value as what can be pressed.
func (t *Tile) Set(status, name, value string, strong, asks bool) {
	if t.status == status && t.name == name && t.value == value && t.strong == strong && t.asks == asks {
		return
	}
	t.status, t.name, t.value, t.strong, t.asks = status, name, value, strong, asks
	t.Refresh()
}

// Words are what can be read on the tile.
func (t *Tile) Words() (name, value string) { return t.name, t.value }

// Status is the mark that is shown.
func (t *Tile) Status() string { return t.status }

// AccessibilityLabel is what a screen reader says.
func (t *Tile) AccessibilityLabel() string { return t.name + ", " + t.value }

// CreateRenderer draws the tile.
func (t *Tile) CreateRenderer() fyne.WidgetRenderer {
	r := &tileRenderer{of: t, ground: canvas.NewRectangle(color.Transparent), icon: widget.NewIcon(nil),
		name: canvas.NewText("", nil), value: canvas.NewText("", nil), ring: newRing()}
	r.WidgetRenderer = widget.NewSimpleRenderer(container.NewWithoutLayout(r.ground, r.icon, r.name, r.value, r.ring.Rectangle))
	r.Refresh()
	return r
}

type tileRenderer struct {
	fyne.WidgetRenderer
	of          *Tile
	ground      *canvas.Rectangle
	icon        *widget.Icon
	name, value *canvas.Text
	ring        ring
}

const (
	tileHeight = 22
	tileIcon   = 14
	tileGap    = Grid
)

func (r *tileRenderer) MinSize() fyne.Size {
	return fyne.NewSize(tileIcon+10*Grid, max(tileHeight, r.name.MinSize().Height+2))
}

func (r *tileRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.ground.Move(fyne.NewPos(-Grid/2, 0))
	r.ground.Resize(size.AddWidthHeight(Grid, 0))
	r.icon.Resize(fyne.NewSquareSize(tileIcon))
	r.icon.Move(fyne.NewPos(0, (size.Height-tileIcon)/2))
	left := float32(tileIcon + tileGap)
	room := size.Width - left
	r.name.Text, r.value.Text = r.of.name, r.of.value
	// The value is short and our own; a long name gives way to it, and the value
	// to nothing: it is cut where even it alone has no room.
	fit(r.value, room)
	value := r.value.MinSize()
	if value.Width > 0 {
		value.Width += tileGap
	}
	fit(r.name, room-value.Width)
	center := func(text *canvas.Text, x, width float32) {
		m := text.MinSize()
		text.Resize(fyne.NewSize(width, m.Height))
		text.Move(fyne.NewPos(x, (size.Height-m.Height)/2))
	}
	center(r.name, left, room-value.Width)
	center(r.value, left, room)
	r.ring.around(size)
}

// fit cuts a text to a width.
func fit(t *canvas.Text, width float32) {
	if t.MinSize().Width <= width {
		return
	}
	runes := []rune(t.Text)
	for n := len(runes) - 1; n > 0; n-- {
		t.Text = string(runes[:n]) + "…"
		if t.MinSize().Width <= width {
			return
		}
	}
	t.Text = ""
}

func (r *tileRenderer) Refresh() {
	t := r.of
	r.icon.SetResource(theme.Marks[t.status].Icon)
	paint := func(name fyne.ThemeColorName) color.Color { return fynetheme.ColorForWidget(name, t) }
	r.name.Color, r.name.TextStyle.Bold, r.name.TextSize = paint(fynetheme.ColorNameForeground), t.strong, fynetheme.Size(theme.TileText)
	r.value.Alignment, r.value.TextSize = fyne.TextAlignTrailing, fynetheme.CaptionTextSize()
	value := theme.Quiet
	switch {
	case t.asks:
		value = fynetheme.ColorNamePrimary
	case t.status == "fail":
		value = fynetheme.ColorNameError
	}
	r.value.Color = paint(value)
	r.ground.FillColor, r.ground.CornerRadius = color.Transparent, 6
	if t.hovered {
		r.ground.FillColor = paint(fynetheme.ColorNameHover)
	}
	r.Layout(t.Size())
	for _, o := range []fyne.CanvasObject{r.ground, r.name, r.value} {
		o.Refresh()
	}
	r.ring.show(t.focused, t)
}
