package widgets

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/theme"
)

// Shot is a small picture that can be pressed. It has its room before the picture is
// there, so that nothing moves when it comes.
type Shot struct {
	tap
	Label   string
	picture image.Image
	broken  bool
}

// shotSide is the side of a Shot.
const shotSide = 20 * Grid

// NewShot is one without a picture yet; the label is for who cannot see it.
func NewShot(label string, tapped func()) *Shot {
	s := &Shot{Label: label}
	s.extend(s, tapped)
	return s
}

// Set shows a picture, or that it is broken if it is nil.
func (s *Shot) Set(picture image.Image) {
	s.picture, s.broken = picture, picture == nil
	s.Refresh()
}

// Picture is what is shown, and whether it is known to be broken.
func (s *Shot) Picture() (shown image.Image, broken bool) { return s.picture, s.broken }

// AccessibilityLabel is what a screen reader says.
func (s *Shot) AccessibilityLabel() string { return s.Label }

// CreateRenderer draws the picture.
func (s *Shot) CreateRenderer() fyne.WidgetRenderer {
	r := &shotRenderer{of: s, ground: canvas.NewRectangle(nil), picture: &canvas.Image{FillMode: canvas.ImageFillContain}, mark: widget.NewIcon(nil), ring: newRing()}
	r.WidgetRenderer = widget.NewSimpleRenderer(container.NewWithoutLayout(r.ground, r.picture, r.mark, r.ring.Rectangle))
	r.Refresh()
	return r
}

type shotRenderer struct {
	fyne.WidgetRenderer
	of      *Shot
	ground  *canvas.Rectangle
	picture *canvas.Image
	mark    *widget.Icon
	ring    ring
}

func (r *shotRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(shotSide) }

func (r *shotRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	side := fyne.NewSquareSize(min(size.Width, size.Height))
	r.ground.Resize(side)
	r.picture.Resize(side)
	r.mark.Resize(fyne.NewSquareSize(4 * Grid))
	r.mark.Move(fyne.NewPos(side.Width/2-2*Grid, side.Height/2-2*Grid))
	r.ring.around(side)
}

func (r *shotRenderer) Refresh() {
	r.ground.CornerRadius, r.ground.FillColor = 6, fynetheme.ColorForWidget(theme.BarGround, r.of)
	r.ground.Refresh()
	if r.picture.Image != r.of.picture {
		r.picture.Image = r.of.picture
		r.picture.Refresh()
	}
	r.picture.Hidden, r.mark.Hidden = r.of.picture == nil, !r.of.broken
	r.mark.SetResource(theme.Marks["warn"].Icon)
	r.ring.show(r.of.focused, r.of)
}
