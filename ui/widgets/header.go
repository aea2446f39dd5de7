package widgets

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/theme"
)

// Tabs are a few pages beside one another, of which at most one is shown.
type Tabs struct {
	*fyne.Container
	all []*Tab
}

// Tab is one of them.
type Tab struct {
	tap
	Text   string
	chosen bool
}

// NewTabs are tabs with these words; chosen is called with the number of the one
// that the person presses, from 0 on.
func NewTabs(texts []string, chosen func(int)) *Tabs {
	t := &Tabs{}
	line := container.New(layout.NewCustomPaddedHBoxLayout(0))
	for i, text := range texts {
		tab := &Tab{Text: text}
		tab.extend(tab, func() { chosen(i) })
		t.all = append(t.all, tab)
		line.Add(tab)
	}
	t.Container = Ground(fynetheme.ColorNameButton, fynetheme.ColorNameButton, 3, line)
	return t
}

// Choose shows which page it is; -1 for another.
func (t *Tabs) Choose(n int) {
	for i, tab := range t.all {
		if on := i == n; tab.chosen != on {
			tab.chosen = on
			tab.Refresh()
		}
	}
}

// AccessibilityLabel is what a screen reader says.
func (t *Tab) AccessibilityLabel() string { return t.Text }

// Chosen reports whether its page is shown.
func (t *Tab) Chosen() bool { return t.chosen }

// CreateRenderer draws the tab.
func (t *Tab) CreateRenderer() fyne.WidgetRenderer {
	r := &tabRenderer{of: t, ground: canvas.NewRectangle(color.Transparent), text: canvas.NewText(t.Text, nil), ring: newRing()}
	r.WidgetRenderer = widget.NewSimpleRenderer(container.NewWithoutLayout(r.ground, r.text, r.ring.Rectangle))
	r.Refresh()
	return r
}

type tabRenderer struct {
	fyne.WidgetRenderer
	of     *Tab
	ground *canvas.Rectangle
	text   *canvas.Text
	ring   ring
}

// MinSize is that of the bold words, so that nothing moves when a tab is chosen.
func (r *tabRenderer) MinSize() fyne.Size {
	m := fyne.MeasureText(r.of.Text, fynetheme.TextSize(), fyne.TextStyle{Bold: true})
	return m.AddWidthHeight(4*Grid, Grid)
}

func (r *tabRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.ground.Resize(size)
	m := r.text.MinSize()
	r.text.Resize(fyne.NewSize(size.Width, m.Height))
	r.text.Move(fyne.NewPos(0, (size.Height-m.Height)/2))
	// Within the tab, as the one beside it would cover it.
	r.ring.Move(fyne.NewPos(1, 1))
	r.ring.Resize(size.SubtractWidthHeight(2, 2))
}

func (r *tabRenderer) Refresh() {
	t := r.of
	r.text.Alignment, r.text.TextSize, r.text.TextStyle.Bold = fyne.TextAlignCenter, fynetheme.TextSize(), t.chosen
	r.text.Color = fynetheme.ColorForWidget(fynetheme.ColorNameForeground, t)
	r.ground.CornerRadius, r.ground.FillColor = 6, color.Transparent
	switch {
	case t.chosen:
		r.ground.FillColor = fynetheme.ColorForWidget(theme.Card, t)
	case t.hovered:
		r.ground.FillColor = fynetheme.ColorForWidget(fynetheme.ColorNameHover, t)
	}
	r.Layout(t.Size())
	r.ground.Refresh()
	r.text.Refresh()
	r.ring.show(t.focused, t)
}

// Chooser is the phone at the left of the header: a small drawing, its name, what
// is known of it, and an arrow where a press shows more.
type Chooser struct {
	tap
	name, about string
	choice      bool
}

// NewChooser is an empty chooser; pressed is called for a press.
func NewChooser(pressed func()) *Chooser {
	c := &Chooser{}
	c.extend(c, pressed)
	return c
}

// Set shows a name and what is known; choice is whether there is another to choose.
func (c *Chooser) Set(name, about string, choice bool) {
	if c.name != name || c.about != about || c.choice != choice {
		c.name, c.about, c.choice = name, about, choice
		c.Refresh()
	}
}

// Words are what can be read.
func (c *Chooser) Words() (name, about string) { return c.name, c.about }

// AccessibilityLabel is what a screen reader says.
func (c *Chooser) AccessibilityLabel() string { return c.name + ", " + c.about }

// CreateRenderer draws the chooser.
func (c *Chooser) CreateRenderer() fyne.WidgetRenderer {
	r := &chooserRenderer{of: c, body: canvas.NewRectangle(nil), name: canvas.NewText("", nil), about: canvas.NewText("", nil),
		arrow: widget.NewIcon(fynetheme.MenuDropDownIcon()), ring: newRing()}
	r.WidgetRenderer = widget.NewSimpleRenderer(container.NewWithoutLayout(r.body, r.name, r.about, r.arrow, r.ring.Rectangle))
	r.Refresh()
	return r
}

type chooserRenderer struct {
	fyne.WidgetRenderer
	of          *Chooser
	body        *canvas.Rectangle
	name, about *canvas.Text
	arrow       *widget.Icon
	ring        ring
}

// What stands to the left of the words, and to the right of the first line.
const (
	phoneWidth, phoneHeight = 20, 36
	phoneGap                = 12
	arrowWidth              = 20
)

// Natural is the width that all words need, in whole units.
func (c *Chooser) Natural() float32 {
	name := fyne.MeasureText(c.name, fynetheme.TextSize(), fyne.TextStyle{Bold: true}).Width
	if c.choice {
		name += arrowWidth
	}
	about := fyne.MeasureText(c.about, fynetheme.CaptionTextSize(), fyne.TextStyle{}).Width
	return phoneWidth + phoneGap + float32(math.Ceil(float64(max(name, about))))
}

func (r *chooserRenderer) MinSize() fyne.Size {
	return fyne.NewSize(phoneWidth+phoneGap+10*Grid, phoneHeight+4)
}

func (r *chooserRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.body.Resize(fyne.NewSize(phoneWidth, phoneHeight))
	r.body.Move(fyne.NewPos(0, (size.Height-phoneHeight)/2))
	left := float32(phoneWidth + phoneGap)
	room := size.Width - left
	arrow := float32(0)
	if r.of.choice {
		arrow = arrowWidth
	}
	r.name.Text, r.about.Text = r.of.name, r.of.about
	fit(r.name, room-arrow)
	fit(r.about, room)
	n, a := r.name.MinSize(), r.about.MinSize()
	top := (size.Height - n.Height - a.Height) / 2
	if r.about.Text == "" {
		top = (size.Height - n.Height) / 2
	}
	r.name.Resize(fyne.NewSize(room-arrow, n.Height))
	r.name.Move(fyne.NewPos(left, top))
	r.about.Resize(fyne.NewSize(room, a.Height))
	r.about.Move(fyne.NewPos(left, top+n.Height))
	r.arrow.Resize(fyne.NewSquareSize(18))
	r.arrow.Move(fyne.NewPos(left+n.Width+4, top+(n.Height-18)/2))
	r.arrow.Hidden = !r.of.choice
	r.ring.around(size)
}

func (r *chooserRenderer) Refresh() {
	c := r.of
	paint := func(name fyne.ThemeColorName) color.Color { return fynetheme.ColorForWidget(name, c) }
	r.body.CornerRadius, r.body.StrokeWidth = 5, 2
	r.body.FillColor, r.body.StrokeColor = paint(fynetheme.ColorNameButton), paint(fynetheme.ColorNameForeground)
	r.name.TextStyle.Bold, r.name.TextSize, r.name.Color = true, fynetheme.TextSize(), paint(fynetheme.ColorNameForeground)
	r.about.TextSize, r.about.Color = fynetheme.CaptionTextSize(), paint(theme.Quiet)
	r.Layout(c.Size())
	for _, o := range []fyne.CanvasObject{r.body, r.name, r.about} {
		o.Refresh()
	}
	r.ring.show(c.focused, c)
}

// IconButton is an action as a small picture, with words for who cannot see it.
type IconButton struct {
	tap
	Label string
	icon  fyne.Resource
}

// NewIconButton is a button with a picture of the theme's.
func NewIconButton(label string, icon fyne.Resource, tapped func()) *IconButton {
	b := &IconButton{Label: label, icon: icon}
	b.extend(b, tapped)
	return b
}

// AccessibilityLabel is what a screen reader says.
func (b *IconButton) AccessibilityLabel() string { return b.Label }

// CreateRenderer draws the picture.
func (b *IconButton) CreateRenderer() fyne.WidgetRenderer {
	r := &iconButtonRenderer{of: b, ground: canvas.NewRectangle(color.Transparent), icon: widget.NewIcon(b.icon), ring: newRing()}
	r.WidgetRenderer = widget.NewSimpleRenderer(container.NewWithoutLayout(r.ground, r.icon, r.ring.Rectangle))
	r.Refresh()
	return r
}

type iconButtonRenderer struct {
	fyne.WidgetRenderer
	of     *IconButton
	ground *canvas.Rectangle
	icon   *widget.Icon
	ring   ring
}

const iconButton, iconInButton = 32, 20

func (r *iconButtonRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(iconButton) }

func (r *iconButtonRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.ground.Resize(size)
	r.icon.Resize(fyne.NewSquareSize(iconInButton))
	r.icon.Move(fyne.NewPos((size.Width-iconInButton)/2, (size.Height-iconInButton)/2))
	r.ring.around(size)
}

func (r *iconButtonRenderer) Refresh() {
	r.ground.CornerRadius, r.ground.FillColor = 8, color.Transparent
	if r.of.hovered {
		r.ground.FillColor = fynetheme.ColorForWidget(fynetheme.ColorNameHover, r.of)
	}
	r.ground.Refresh()
	r.ring.show(r.of.focused, r.of)
}
