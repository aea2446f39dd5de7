package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Rows sets objects under one another, as Fyne's VBox does, but gives each
// its width before asking for its height: a text that wraps has no other
// way to know how high it is, and the lines below it would jump.
type Rows struct{ Gap float32 }

// NewRows leaves the theme's padding between objects.
func NewRows(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(Rows{Gap: Grid}, objects...)
}

// NewTight sets lines of text that belong together close to one another.
func NewTight(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(Rows{Gap: Grid / 2}, objects...)
}

// NewWide leaves the distance between cards between objects.
func NewWide(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(Rows{Gap: 2 * Grid}, objects...)
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

// Column keeps lines readable: its object is at most Width wide, and
// in the middle of whatever is wider.
type Column struct {
	Width float32
	bar   float32 // what the object has beyond its right edge
}

// Sides is the column of a page for what scrolls: the bar stands to the right of it.
func Sides(width float32) Column { return Column{Width: width, bar: barRoom} }

// barRoom is what content that scrolls leaves free for the bar at its right.
const barRoom = 12

// The widths of a column: of text, and of pages with cards beside one another.
const (
	TextWidth = 720
	PageWidth = 1120
	gutter    = 3 * Grid // on both sides, however narrow the window is
)

// Layout sets the object in the middle.
func (c Column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := min(size.Width-2*gutter, c.Width)
	for _, o := range objects {
		o.Resize(fyne.NewSize(width+c.bar, size.Height))
		o.Move(fyne.NewPos((size.Width-width)/2, 0))
	}
}

// MinSize is that of the object with the gutters.
func (c Column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return largest{}.MinSize(objects).AddWidthHeight(2*gutter, 0)
}

// InTurn gives objects one place, of which one is visible at a time. The
// place is as large as the largest, so that nothing below it moves.
type InTurn struct{ largest }

// largest gives each object all the room, and needs that of the largest, visible or not.
type largest struct{}

func (largest) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
		o.Move(fyne.NewPos(0, 0))
	}
}

func (largest) MinSize(objects []fyne.CanvasObject) (least fyne.Size) {
	for _, o := range objects {
		least = least.Max(o.MinSize())
	}
	return least
}

// Page is the frame of a page: a body in a column of a width that scrolls when
// it must, and what always stays in sight below it, nil for nothing.
func Page(width float32, body, foot fyne.CanvasObject) (*container.Scroll, fyne.CanvasObject) {
	padded := container.New(layout.NewCustomPaddedLayout(12, 12, 0, 0), container.New(Column{Width: width}, body))
	scroll := container.NewVScroll(padded)
	sized := container.New(Scrolled{}, scroll)
	if foot == nil {
		return scroll, sized
	}
	return scroll, container.NewBorder(nil, Foot(width, foot), nil, nil, sized)
}

// Head is what always stays in sight above a page.
func Head(width float32, head fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(12, Grid, 0, 0), container.New(Column{Width: width}, head))
}

// Foot is what always stays in sight below a page.
func Foot(width float32, foot fyne.CanvasObject) *fyne.Container {
	line := container.New(layout.NewCustomPaddedLayout(Grid, Grid, 0, 0), container.New(Column{Width: width}, foot))
	return container.New(Rows{}, widget.NewSeparator(), line)
}

// Body is what takes all the room between a head and a foot, with as much below it as the
// ring around it needs.
func Body(width float32, body fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(0, Grid, 0, 0), container.New(Column{Width: width}, body))
}

// Scrolled gives the content of a scroll its width before its height, like rows.
type Scrolled struct{ largest }

func (Scrolled) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		if scroll, ok := o.(*container.Scroll); ok {
			scroll.Content.Resize(fyne.NewSize(size.Width, scroll.Content.Size().Height))
			scroll.Content.Resize(fyne.NewSize(size.Width, max(size.Height, scroll.Content.MinSize().Height)))
		}
		o.Resize(size)
	}
}

// AtLeast keeps the window from being made smaller than a size.
type AtLeast struct {
	largest
	Size fyne.Size
}

func (a AtLeast) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return a.Size.Max(a.largest.MinSize(objects))
}

// Flowing sets objects beside one another, and begins a new line where the
// width ends.
type Flowing struct {
	Gap   float32 // between objects; 0 is that of buttons
	Least float32 // the least height of the first line, also where there is none
	width float32
}

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

// flow hands the place of every object to put, at the middle of its line, and
// returns the height of all.
func (f *Flowing) flow(objects []fyne.CanvasObject, put func(fyne.CanvasObject, fyne.Position)) float32 {
	gap := max(f.Gap, buttonGap)
	var line []fyne.CanvasObject
	var x, y float32
	high := f.Least
	end := func() {
		at := float32(0)
		for _, o := range line {
			m := o.MinSize()
			put(o, fyne.NewPos(at, y+(high-m.Height)/2))
			at += m.Width + gap
		}
		y += high + Grid
		line, x, high = nil, 0, 0
	}
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if x > 0 && x+m.Width > f.width {
			end()
		}
		line, x, high = append(line, o), x+m.Width+gap, max(high, m.Height)
	}
	if len(line) > 0 {
		end()
	}
	return max(f.Least, y-Grid)
}

// Filled gives its second object all the height that the first leaves.
type Filled struct{}

func (Filled) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	head, body := objects[0], objects[1]
	head.Resize(fyne.NewSize(size.Width, head.Size().Height))
	top := head.MinSize().Height
	head.Resize(fyne.NewSize(size.Width, top))
	head.Move(fyne.NewPos(0, 0))
	top += Grid
	body.Resize(fyne.NewSize(size.Width, max(body.MinSize().Height, size.Height-top)))
	body.Move(fyne.NewPos(0, top))
}

func (Filled) MinSize(objects []fyne.CanvasObject) fyne.Size {
	head, body := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(max(head.Width, body.Width), head.Height+Grid+body.Height)
}

// beside sets its first object to the left of the second, at the middle of its
// first line.
type beside struct{}

const besideGap = 12

func (beside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left, content := objects[0], objects[1]
	m := left.MinSize()
	x := m.Width + besideGap
	content.Resize(fyne.NewSize(size.Width-x, content.Size().Height))
	h := content.MinSize().Height
	content.Resize(fyne.NewSize(size.Width-x, max(h, size.Height)))
	content.Move(fyne.NewPos(x, 0))
	first := firstLine(content)
	y := max(0, (first-m.Height)/2)
	left.Resize(m)
	left.Move(fyne.NewPos(0, y))
	if m.Height > first {
		content.Move(fyne.NewPos(x, (m.Height-first)/2))
	}
}

func (beside) MinSize(objects []fyne.CanvasObject) fyne.Size {
	left, content := objects[0].MinSize(), objects[1].MinSize()
	drop := max(0, (left.Height-firstLine(objects[1]))/2)
	return fyne.NewSize(left.Width+besideGap+content.Width, max(left.Height, content.Height+drop))
}

// firstLine is the height of the first line of an object.
func firstLine(o fyne.CanvasObject) float32 {
	switch o := o.(type) {
	case *Text:
		size := fynetheme.Size(o.SizeName)
		return fyne.MeasureText("M", size, o.TextStyle).Height
	case *fyne.Container:
		for _, child := range o.Objects {
			if child.Visible() {
				return firstLine(child)
			}
		}
	}
	return o.MinSize().Height
}

// Columns sets objects beside one another in as many columns of the same width
// as fit, down each column first, so that reading order is that of the list.
type Columns struct {
	Least float32 // the least width of a column
	Most  int     // of columns; 0 is as many as fit
	Gap   float32 // between columns
	Line  float32 // between rows
	// Across sets objects along rows, and gives all in a row the same height.
	Across bool
	width  float32
}

func (c *Columns) count(width float32) int {
	n := max(1, int((width+c.Gap)/(c.Least+c.Gap)))
	if c.Most > 0 {
		n = min(n, c.Most)
	}
	return n
}

// Layout sets the objects.
func (c *Columns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	c.width = size.Width
	c.each(objects, func(o fyne.CanvasObject, at fyne.Position, s fyne.Size) {
		o.Resize(s)
		o.Move(at)
	})
}

// MinSize is the height that the columns need at the width that they had last.
func (c *Columns) MinSize(objects []fyne.CanvasObject) (least fyne.Size) {
	for _, o := range objects {
		if o.Visible() {
			least.Width = max(least.Width, o.MinSize().Width)
		}
	}
	least.Height = c.each(objects, func(o fyne.CanvasObject, _ fyne.Position, s fyne.Size) {
		if o.Size().Width != s.Width {
			o.Resize(fyne.NewSize(s.Width, o.Size().Height))
		}
	})
	return least
}

// each hands the place and size of every object to put and returns the height of all.
func (c *Columns) each(objects []fyne.CanvasObject, put func(fyne.CanvasObject, fyne.Position, fyne.Size)) float32 {
	var shown []fyne.CanvasObject
	for _, o := range objects {
		if o.Visible() {
			shown = append(shown, o)
		}
	}
	if len(shown) == 0 {
		return 0
	}
	n := min(c.count(c.width), len(shown))
	rows := (len(shown) + n - 1) / n
	width := (c.width - float32(n-1)*c.Gap) / float32(n)
	heights := make([]float32, rows)
	place := func(i int) (row, column int) {
		if c.Across {
			return i / n, i % n
		}
		return i % rows, i / rows
	}
	for i, o := range shown {
		row, _ := place(i)
		if o.Size().Width != width {
			o.Resize(fyne.NewSize(width, o.Size().Height))
		}
		heights[row] = max(heights[row], o.MinSize().Height)
	}
	tops, y := make([]float32, rows), float32(0)
	for i, h := range heights {
		tops[i] = y
		y += h + c.Line
	}
	for i, o := range shown {
		row, column := place(i)
		put(o, fyne.NewPos(float32(column)*(width+c.Gap), tops[row]), fyne.NewSize(width, heights[row]))
	}
	return y - c.Line
}

// Width gives its object a width, so that texts in it can wrap.
type Width struct {
	largest
	Width float32
}

// MinSize is the height that the object needs at the width.
func (e Width) MinSize(objects []fyne.CanvasObject) fyne.Size {
	for _, o := range objects {
		if o.Size().Width != e.Width {
			o.Resize(fyne.NewSize(e.Width, o.Size().Height))
		}
	}
	return fyne.NewSize(e.Width, 0).Max(e.largest.MinSize(objects))
}

// Middle sets its object at the middle of the height that it gets.
type Middle struct{ largest }

// Layout sets the object.
func (Middle) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(fyne.NewSize(size.Width, o.Size().Height)) // a text that wraps knows its height by that
		m := o.MinSize()
		o.Resize(fyne.NewSize(size.Width, m.Height))
		o.Move(fyne.NewPos(0, (size.Height-m.Height)/2))
	}
}

// Ends sets a text to the left and what belongs to it to the right, as wide as it
// is; where both have no room on one line, the others stand below the text, in as
// many lines as they need.
type Ends struct {
	below Flowing
	width float32
}

// beside reports whether all stand on one line, and where the others begin then.
func (e *Ends) beside(objects []fyne.CanvasObject) (x float32, fits bool) {
	x = e.width
	for _, o := range objects[1:] {
		if o.Visible() {
			x -= o.MinSize().Width + 2*Grid
		}
	}
	need := objects[0].MinSize().Width
	if t, ok := objects[0].(*Text); ok {
		need = fyne.MeasureText(t.Text, fynetheme.Size(t.SizeName), t.TextStyle).Width
	}
	return x, need <= x
}

// Layout sets the objects.
func (e *Ends) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	e.width = size.Width
	text, others := objects[0], objects[1:]
	m := text.MinSize()
	x, fits := e.beside(objects)
	if !fits {
		text.Move(fyne.NewPos(0, 0))
		text.Resize(fyne.NewSize(size.Width, m.Height))
		rest := fyne.NewPos(0, m.Height+Grid)
		e.below.Gap = 2 * Grid
		e.below.Layout(others, size)
		for _, o := range others {
			o.Move(o.Position().Add(rest))
		}
		return
	}
	text.Move(fyne.NewPos(0, (size.Height-m.Height)/2))
	text.Resize(fyne.NewSize(x, m.Height))
	for _, o := range others {
		if o.Visible() {
			o.Resize(o.MinSize())
			o.Move(fyne.NewPos(x+2*Grid, (size.Height-o.MinSize().Height)/2))
			x += 2*Grid + o.MinSize().Width
		}
	}
}

// MinSize is the height that all need at the width that they had last.
func (e *Ends) MinSize(objects []fyne.CanvasObject) (least fyne.Size) {
	high := float32(0)
	for _, o := range objects {
		if o.Visible() {
			m := o.MinSize()
			least.Width, high = max(least.Width, m.Width), max(high, m.Height)
		}
	}
	if _, fits := e.beside(objects); fits || e.width == 0 {
		least.Height = high
		return least
	}
	e.below.width, e.below.Gap = e.width, 2*Grid
	least.Height = objects[0].MinSize().Height + Grid + e.below.MinSize(objects[1:]).Height
	return least
}
