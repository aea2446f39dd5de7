package widgets

import (
	"image"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/theme"
)

// Viewer shows one picture as large as there is room. It hands the keys that lead to
// another one to Key.
type Viewer struct {
	keyed
	// Key is called for each key; it reports whether it has a use for it.
	Key func(fyne.KeyName) bool

	picture *canvas.Image
	words   *Text
}

// NewViewer is an empty viewer.
func NewViewer(key func(fyne.KeyName) bool) *Viewer {
	v := &Viewer{Key: key, picture: &canvas.Image{FillMode: canvas.ImageFillContain}, words: Quiet("")}
	v.words.Alignment = fyne.TextAlignCenter
	v.ExtendBaseWidget(v)
	v.marked = v.Refresh
	return v
}

// Set shows a picture, or the words in its place if it is nil.
func (v *Viewer) Set(picture image.Image, words string) {
	if picture != nil {
		words = ""
	}
	v.words.SetText(words)
	if v.picture.Image != picture {
		v.picture.Image = picture
		v.picture.Refresh()
	}
	Show(v.picture, picture != nil)
	Show(v.words, picture == nil)
}

// Picture is what is shown, nil for nothing.
func (v *Viewer) Picture() image.Image { return v.picture.Image }

// MinSize leaves room for a picture that can be seen.
func (v *Viewer) MinSize() fyne.Size { return fyne.NewSquareSize(15 * Grid) }

// TypedKey hands keys on.
func (v *Viewer) TypedKey(key *fyne.KeyEvent) {
	if !v.Key(key.Name) {
		handOn(v, key)
	}
}

// CreateRenderer draws the picture.
func (v *Viewer) CreateRenderer() fyne.WidgetRenderer {
	r := &viewerRenderer{of: v, ring: canvas.NewRectangle(nil)}
	r.WidgetRenderer = widget.NewSimpleRenderer(container.NewStack(Padded(Grid/2, container.NewStack(v.picture, container.New(Middle{}, v.words))), r.ring))
	r.Refresh()
	return r
}

type viewerRenderer struct {
	fyne.WidgetRenderer
	of   *Viewer
	ring *canvas.Rectangle
}

func (r *viewerRenderer) Refresh() {
	r.ring.StrokeWidth, r.ring.CornerRadius = 0, 4
	if r.of.focused {
		r.ring.StrokeWidth, r.ring.StrokeColor = 2, fynetheme.ColorForWidget(theme.FocusRing, r.of)
	}
	r.ring.Refresh()
	r.WidgetRenderer.Refresh()
}

// aside sets its object at one side, as wide as it would be, and no wider than most of
// the room.
type aside struct {
	right   bool
	natural float32
	width   float32
}

// Aside sets an object of a natural width at the left, or at the right.
func Aside(right bool, natural float32, o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(&aside{right: right, natural: natural}, o)
}

func (a *aside) room(width float32) float32 {
	return min(a.natural, max(min(width, 35*Grid), min(width*3/4, 72*Grid)))
}

// Layout sets the object.
func (a *aside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	a.width = size.Width
	room := a.room(size.Width)
	for _, o := range objects {
		o.Resize(fyne.NewSize(room, o.Size().Height))
		o.Resize(fyne.NewSize(room, o.MinSize().Height))
		x := float32(0)
		if a.right {
			x = size.Width - room
		}
		o.Move(fyne.NewPos(x, 0))
	}
}

// MinSize is the height that the object needs at the width that it had last.
func (a *aside) MinSize(objects []fyne.CanvasObject) (least fyne.Size) {
	room := a.room(a.width)
	for _, o := range objects {
		if o.Size().Width != room {
			o.Resize(fyne.NewSize(room, o.Size().Height))
		}
		least.Height = max(least.Height, o.MinSize().Height)
	}
	return least
}

// Natural is how wide a text is that does not wrap, but for its own lines.
func Natural(text string, size fyne.ThemeSizeName) (width float32) {
	const enough = 200 // characters, more than any bubble has room for
	for line := range strings.Lines(text) {
		width = max(width, fyne.MeasureText(Shorten(strings.TrimRight(line, "\r\n"), enough), fynetheme.Size(size), fyne.TextStyle{}).Width)
	}
	return width + 1
}
