package widgets

import (
	"image"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/theme"
)

// Grid is the step of all distances, in device-independent pixels.
const Grid = 8

// Picture is one of the drawings at a size, in the middle of its place. It is drawn
// once, when it comes into sight: Fyne draws an image that is an SVG for each size
// that a layout gives it, and twice as large before it is in a window.
func Picture(name string, width, height float32) fyne.CanvasObject {
	drawn := canvas.NewRaster(func(w, h int) image.Image { return theme.Draw(name, w, h) })
	drawn.SetMinSize(fyne.NewSize(width, height))
	return container.NewCenter(drawn)
}

// Mark is the shape of a status at a size.
type Mark struct {
	widget.BaseWidget
	status string
	size   float32
	icon   *widget.Icon
}

// NewMark shows a status by the name that package checks gives it.
func NewMark(status string, size float32) *Mark {
	m := &Mark{status: status, size: size, icon: widget.NewIcon(theme.Marks[status].Icon)}
	m.ExtendBaseWidget(m)
	return m
}

// Status is what it shows.
func (m *Mark) Status() string { return m.status }

// Set shows another status.
func (m *Mark) Set(status string) {
	if status != m.status {
		m.status = status
		m.icon.SetResource(theme.Marks[status].Icon)
	}
}

// CreateRenderer draws the shape.
func (m *Mark) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewGridWrap(fyne.NewSquareSize(m.size), m.icon))
}

// Beside sets something of a fixed width to the left of content, at the height
// of its first line.
func Beside(left, content fyne.CanvasObject) fyne.CanvasObject {
	return container.New(beside{}, left, content)
}

// Headline is a mark and the sentence that a page or a sheet opens with.
func Headline(status, text string) fyne.CanvasObject {
	return Beside(NewMark(status, 28), Title(text))
}

// Ground sets content on a ground of its own with rounded corners, with a
// padding on all sides.
func Ground(ground, border fyne.ThemeColorName, padding float32, content fyne.CanvasObject) *fyne.Container {
	return container.NewStack(newSurface(ground, border), Padded(padding, content))
}

// Card sets content on the quiet ground of cards.
func Card(content fyne.CanvasObject) *fyne.Container {
	return Ground(theme.Card, theme.CardBorder, 2*Grid, content)
}

// NoticeCard sets content on the ground of what must be seen.
func NoticeCard(content fyne.CanvasObject) *fyne.Container {
	return Ground(theme.Notice, theme.CardBorder, 2*Grid, content)
}

// surface is a rounded rectangle that follows the theme.
type surface struct {
	widget.BaseWidget
	ground, border fyne.ThemeColorName
}

func newSurface(ground, border fyne.ThemeColorName) *surface {
	s := &surface{ground: ground, border: border}
	s.ExtendBaseWidget(s)
	return s
}

func (s *surface) CreateRenderer() fyne.WidgetRenderer {
	r := &surfaceRenderer{of: s, rect: canvas.NewRectangle(nil)}
	r.WidgetRenderer = widget.NewSimpleRenderer(r.rect)
	r.Refresh()
	return r
}

type surfaceRenderer struct {
	fyne.WidgetRenderer
	of   *surface
	rect *canvas.Rectangle
}

func (r *surfaceRenderer) Refresh() {
	r.rect.FillColor = fynetheme.ColorForWidget(r.of.ground, r.of)
	if r.of.border != "" {
		r.rect.StrokeColor = fynetheme.ColorForWidget(r.of.border, r.of)
		r.rect.StrokeWidth = 1
		r.rect.CornerRadius = 10
	}
	r.rect.Refresh()
}

// Tinted is a card whose ground can be changed.
type Tinted struct {
	*fyne.Container
	surface *surface
}

// NewTinted is a card on a ground.
func NewTinted(ground fyne.ThemeColorName, content fyne.CanvasObject) *Tinted {
	s := newSurface(ground, ground)
	return &Tinted{container.NewStack(s, Padded(2*Grid, content)), s}
}

// SetGround changes the colour.
func (t *Tinted) SetGround(ground fyne.ThemeColorName) {
	if t.surface.ground != ground {
		t.surface.ground, t.surface.border = ground, ground
		t.surface.Refresh()
	}
}

// NumberedSteps are instructions, one under the other.
func NumberedSteps(texts []string) fyne.CanvasObject {
	all := make([]fyne.CanvasObject, 0, len(texts))
	for i, text := range texts {
		number := Strong(strconv.Itoa(i + 1)).Word()
		all = append(all, Beside(container.New(AtLeast{Size: fyne.NewSize(2*Grid, 0)}, number), Plain(text)))
	}
	return NewRows(all...)
}

// Bar shows how far something is as a thin line. It stands still where nothing is
// known: a bar that wanders costs half a processor where drawing is done in software.
type Bar struct {
	widget.BaseWidget
	value float64
	color fyne.ThemeColorName
}

const barHeight = 6

// NewBar is an empty bar.
func NewBar() *Bar {
	b := &Bar{color: fynetheme.ColorNamePrimary}
	b.ExtendBaseWidget(b)
	return b
}

// Value is how far it is, 0 to 1.
func (b *Bar) Value() float64 { return b.value }

// SetValue fills the bar to a share, 0 to 1. What cannot be seen is not drawn.
func (b *Bar) SetValue(v float64) {
	v = min(1, max(0, v))
	step := 0.5 / max(100, float64(b.Size().Width))
	if d := v - b.value; d < step && d > -step && v != 0 && v != 1 {
		return
	}
	if v != b.value {
		b.value = v
		b.Refresh()
	}
}

// CreateRenderer draws the bar.
func (b *Bar) CreateRenderer() fyne.WidgetRenderer {
	r := &barRenderer{of: b, ground: canvas.NewRectangle(nil), fill: canvas.NewRectangle(nil)}
	r.WidgetRenderer = widget.NewSimpleRenderer(container.NewWithoutLayout(r.ground, r.fill))
	r.Refresh()
	return r
}

type barRenderer struct {
	fyne.WidgetRenderer
	of           *Bar
	ground, fill *canvas.Rectangle
}

func (r *barRenderer) MinSize() fyne.Size { return fyne.NewSize(4*Grid, barHeight) }

func (r *barRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	y := (size.Height - barHeight) / 2
	r.ground.Move(fyne.NewPos(0, y))
	r.ground.Resize(fyne.NewSize(size.Width, barHeight))
	r.fill.Move(fyne.NewPos(0, y))
	width := size.Width * float32(r.of.value)
	if r.of.value > 0 {
		width = max(width, barHeight)
	}
	r.fill.Resize(fyne.NewSize(width, barHeight))
}

func (r *barRenderer) Refresh() {
	for rect, name := range map[*canvas.Rectangle]fyne.ThemeColorName{r.ground: theme.BarGround, r.fill: r.of.color} {
		rect.CornerRadius = barHeight / 2
		rect.FillColor = fynetheme.ColorForWidget(name, r.of)
	}
	r.fill.Hidden = r.of.value == 0
	r.Layout(r.of.Size())
	r.ground.Refresh()
	r.fill.Refresh()
}

// Show shows an object, or hides it.
func Show(o fyne.CanvasObject, visible bool) {
	if visible == o.Visible() {
		return
	}
	if visible {
		o.Show()
	} else {
		o.Hide()
	}
}

// SetEnabled lets a button be pressed, or not.
func SetEnabled(b fyne.Disableable, on bool) {
	if on == b.Disabled() {
		if on {
			b.Enable()
		} else {
			b.Disable()
		}
	}
}

// Left sets objects side by side at the left, as wide as they are.
func Left(all ...fyne.CanvasObject) fyne.CanvasObject {
	return Line(append(all, layout.NewSpacer())...)
}

// Padded leaves room around content.
func Padded(padding float32, content fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(padding, padding, padding, padding), content)
}

// Indent leaves room at the left of content.
func Indent(width float32, content fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(0, 0, width, 0), content)
}
