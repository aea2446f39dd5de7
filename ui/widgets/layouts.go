package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// rows sets objects under one another, as Fyne's VBox does, but gives each
// its width before asking for its height: a text that wraps has no other
// way to know how high it is, and the lines below it would jump.
type Rows struct{ Gap float32 }

// newRows leaves the theme's padding between objects.
func NewRows(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(Rows{Gap: fynetheme.Padding()}, objects...)
}

// newTight sets lines of text that belong together closer to one another
// than labels alone stand.
func NewTight(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(Rows{Gap: -14}, objects...)
}

func (r Rows) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		o.Resize(fyne.NewSize(size.Width, o.Size().Height))
		h := o.MinSize().Height
		o.Resize(fyne.NewSize(size.Width, h))
		o.Move(fyne.NewPos(0, y))
		y += h + r.Gap
	}
}

func (r Rows) MinSize(objects []fyne.CanvasObject) (least fyne.Size) {
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		least.Width = max(least.Width, m.Width)
		least.Height += m.Height + r.Gap
	}
	least.Height = max(0, least.Height-r.Gap)
	return least
}

// column keeps lines readable: its object is at most columnWidth wide, and
// in the middle of whatever is wider.
type Column struct{}

const (
	columnWidth = 720
	gutter      = 8 // on both sides, however narrow the window is
)

func NewColumn(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(Column{}, NewRows(objects...))
}

func (Column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := min(size.Width-2*gutter, columnWidth)
	for _, o := range objects {
		o.Resize(fyne.NewSize(width, size.Height))
		o.Move(fyne.NewPos((size.Width-width)/2, 0))
	}
}

func (Column) MinSize(objects []fyne.CanvasObject) (least fyne.Size) {
	for _, o := range objects {
		least = least.Max(o.MinSize())
	}
	return least.AddWidthHeight(2*gutter, 0)
}

// inTurn gives objects one place, of which one is visible at a time. The
// place is as large as the largest, so that nothing below it moves.
type InTurn struct{}

func (InTurn) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
		o.Move(fyne.NewPos(0, 0))
	}
}

func (InTurn) MinSize(objects []fyne.CanvasObject) (least fyne.Size) {
	for _, o := range objects {
		least = least.Max(o.MinSize())
	}
	return least
}

// page is the frame of a screen: a body that scrolls when it must, and what
// always stays in sight below it.
func Page(body, foot fyne.CanvasObject) fyne.CanvasObject {
	_, content := ScrollPage(body, foot)
	return content
}

// scrollPage is a page with a hand on its scroll.
func ScrollPage(body, foot fyne.CanvasObject) (*container.Scroll, fyne.CanvasObject) {
	scroll := container.NewVScroll(container.NewPadded(body))
	sized := container.New(Scrolled{}, scroll)
	if foot == nil {
		return scroll, sized
	}
	return scroll, container.NewBorder(nil, NewRows(widget.NewSeparator(),
		container.NewPadded(container.New(Column{}, foot))), nil, nil, sized)
}

// scrolled gives the content of a scroll its width before its height, like rows.
type Scrolled struct{}

func (Scrolled) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		if scroll, ok := o.(*container.Scroll); ok {
			scroll.Content.Resize(fyne.NewSize(size.Width, scroll.Content.Size().Height))
			scroll.Content.Resize(fyne.NewSize(size.Width, max(size.Height, scroll.Content.MinSize().Height)))
		}
		o.Resize(size)
	}
}

func (Scrolled) MinSize(objects []fyne.CanvasObject) (least fyne.Size) {
	for _, o := range objects {
		least = least.Max(o.MinSize())
	}
	return least
}

// exactly gives its object a width, so that texts in it can wrap.
type Exactly struct{ Width float32 }

func (e Exactly) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
		o.Move(fyne.NewPos(0, 0))
	}
}

func (e Exactly) MinSize(objects []fyne.CanvasObject) (least fyne.Size) {
	for _, o := range objects {
		if o.Size().Width != e.Width {
			o.Resize(fyne.NewSize(e.Width, o.Size().Height))
		}
		least = least.Max(o.MinSize())
	}
	least.Width = max(least.Width, e.Width)
	return least
}

// atLeast keeps the window from being made smaller than a size.
type AtLeast struct{ Size fyne.Size }

func (a AtLeast) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
		o.Move(fyne.NewPos(0, 0))
	}
}

func (a AtLeast) MinSize(objects []fyne.CanvasObject) fyne.Size {
	least := a.Size
	for _, o := range objects {
		least = least.Max(o.MinSize())
	}
	return least
}

// atLeastNow keeps a height that was reached once, until it is set back.
type AtLeastNow struct{ Height float32 }

func (a *AtLeastNow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(fyne.NewSize(size.Width, o.Size().Height))
		o.Resize(fyne.NewSize(size.Width, max(size.Height, o.MinSize().Height)))
		o.Move(fyne.NewPos(0, 0))
	}
}

func (a *AtLeastNow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	least := fyne.NewSize(0, a.Height)
	for _, o := range objects {
		least = least.Max(o.MinSize())
	}
	return least
}

// flowing sets objects beside one another, and begins a new line where the
// width ends.
type Flowing struct{ width float32 }

func (f *Flowing) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	f.flow(objects, func(o fyne.CanvasObject, at fyne.Position) {
		o.Resize(o.MinSize())
		o.Move(at)
	})
}

func (f *Flowing) MinSize(objects []fyne.CanvasObject) (least fyne.Size) {
	least.Height = f.flow(objects, func(fyne.CanvasObject, fyne.Position) {})
	for _, o := range objects {
		if o.Visible() {
			least.Width = max(least.Width, o.MinSize().Width)
		}
	}
	return least
}

// flow hands the place of every object to put and returns the height of all.
func (f *Flowing) flow(objects []fyne.CanvasObject, put func(fyne.CanvasObject, fyne.Position)) float32 {
	gap := fynetheme.Padding()
	var x, y, line float32
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if x > 0 && x+m.Width > f.width {
			x, y, line = 0, y+line+gap, 0
		}
		put(o, fyne.NewPos(x, y))
		x, line = x+m.Width+gap, max(line, m.Height)
	}
	return y + line
}

// filled gives its second object all the height that the first leaves.
type Filled struct{}

func (Filled) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	head, body := objects[0], objects[1]
	head.Resize(fyne.NewSize(size.Width, head.Size().Height))
	top := head.MinSize().Height
	head.Resize(fyne.NewSize(size.Width, top))
	head.Move(fyne.NewPos(0, 0))
	top += fynetheme.Padding()
	body.Resize(fyne.NewSize(size.Width, max(body.MinSize().Height, size.Height-top)))
	body.Move(fyne.NewPos(0, top))
}

func (Filled) MinSize(objects []fyne.CanvasObject) fyne.Size {
	head, body := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(max(head.Width, body.Width), head.Height+fynetheme.Padding()+body.Height)
}
