package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/theme"
)

// Fold shows a headline, and below it, after a click or Space or Enter, what
// belongs to it. The body is made when it is first opened.
type Fold struct {
	keyed
	head    fyne.CanvasObject
	body    func() fyne.CanvasObject
	toggled func(open bool) // optional
	Open    bool
	Bar     *tapArea
}

func NewFold(head fyne.CanvasObject, open bool, body func() fyne.CanvasObject, toggled func(bool)) *Fold {
	f := &Fold{head: head, body: body, toggled: toggled, Open: open}
	f.Bar = newTapArea(f)
	f.ExtendBaseWidget(f)
	f.marked = func() {
		f.Refresh()
		if f.focused {
			reveal(f.Bar)
		}
	}
	return f
}

// Toggle opens or closes the fold.
func (f *Fold) Toggle() {
	f.Open = !f.Open
	f.Refresh()
	if f.toggled != nil {
		f.toggled(f.Open)
	}
}

func (f *Fold) CreateRenderer() fyne.WidgetRenderer {
	r := &foldRenderer{
		of:    f,
		ring:  canvas.NewRectangle(nil),
		arrow: widget.NewIcon(fynetheme.MenuExpandIcon()),
		below: container.NewStack(),
	}
	f.Bar.content = container.NewBorder(nil, nil, nil, container.NewCenter(r.arrow), f.head)
	r.all = NewRows(container.NewStack(r.ring, f.Bar), r.below)
	r.WidgetRenderer = widget.NewSimpleRenderer(r.all)
	r.show()
	return r
}

// TypedKey toggles on Space and Enter.
func (f *Fold) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		f.Toggle()
	default:
		handOn(f, key)
	}
}

type foldRenderer struct {
	fyne.WidgetRenderer
	of    *Fold
	ring  *canvas.Rectangle
	arrow *widget.Icon
	below *fyne.Container
	all   *fyne.Container
}

func (r *foldRenderer) Refresh() {
	r.show()
	r.all.Refresh()
}

func (r *foldRenderer) show() {
	r.ring.CornerRadius = 8
	r.ring.StrokeWidth = 0
	r.ring.FillColor = nil
	if r.of.Bar.hovered {
		r.ring.FillColor = fynetheme.ColorForWidget(fynetheme.ColorNameHover, r.of)
	}
	if r.of.focused {
		r.ring.StrokeWidth = 2
		r.ring.StrokeColor = fynetheme.ColorForWidget(theme.FocusRing, r.of)
	}
	if r.of.Open {
		if len(r.below.Objects) == 0 {
			r.below.Objects = []fyne.CanvasObject{r.of.body()}
		}
		r.arrow.SetResource(fynetheme.MenuDropUpIcon())
		r.below.Show()
		return
	}
	r.arrow.SetResource(fynetheme.MenuDropDownIcon())
	r.below.Hide()
}

// tapArea takes the clicks on a fold's headline only, so that text in its
// body can be marked.
type tapArea struct {
	widget.BaseWidget
	pointed
	content fyne.CanvasObject
	of      *Fold
}

func newTapArea(of *Fold) *tapArea {
	t := &tapArea{of: of}
	t.lit = of.Refresh
	t.ExtendBaseWidget(t)
	return t
}

func (t *tapArea) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.content) }

// Tapped toggles the fold.
func (t *tapArea) Tapped(*fyne.PointEvent) { t.of.Toggle() }
