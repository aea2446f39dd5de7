package widgets

import (
	"image"
	"image/color"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	fynetheme "fyne.io/fyne/v2/theme"

	"lifeboat/ui/theme"
)

// Thumb is one of the small pictures of a ThumbGrid.
type Thumb struct {
	Picture image.Image // nil while there is none
	// Mark stands in place of the picture, such as that of a broken one; nil for none.
	Mark fyne.Resource
	// Corner stands at the upper right, nil for nothing, and Label below.
	Corner fyne.Resource
	Label  string
}

// ThumbSection is some thumbs in a row under a title.
type ThumbSection struct {
	Title string
	Count int
}

// ThumbGrid is a grid of any number of small pictures in sections: only those in sight
// are drawn. The arrow keys move through it, Enter and Space choose.
type ThumbGrid struct {
	keyed
	// Scroll is what the grid stands in, and Object what is to be put on a page.
	Scroll *container.Scroll
	Object fyne.CanvasObject
	At     int // has the keyboard
	// Label is what a screen reader says of the whole, and Name what it says of the thumb
	// that has the keyboard; nil says nothing of it.
	Label string
	Name  func(n int) string

	thumb    func(n int) Thumb
	sight    func(from, to int)
	chosen   func(n int)
	sections []gridSection
	count    int
	columns  int
	cell     float32
	cells    map[int]*thumbCell
	heads    map[int]*Text
	ring     [2]*canvas.Rectangle // around that which has the keyboard; the inner one is seen on dark pictures
	wanted   bool                 // At is to be scrolled to as soon as it is known where it is
}

// gridSection is a section with its place.
type gridSection struct {
	ThumbSection
	first int     // of its thumbs
	top   float32 // of its title
}

const (
	thumbLeast = 112 // the least side of a thumb
	thumbGap   = 4
	thumbHead  = 36            // the height of a title
	thumbRing  = 2 * ringWidth // how far within the edge the ring is, where the scroll would cut it
)

// NewThumbGrid is an empty grid. thumb is asked for what is in sight, sight is called
// when something else has come into sight, and chosen when one is pressed.
func NewThumbGrid(thumb func(n int) Thumb, sight func(from, to int), chosen func(n int)) *ThumbGrid {
	g := &ThumbGrid{thumb: thumb, sight: sight, chosen: chosen, cells: map[int]*thumbCell{}, heads: map[int]*Text{}}
	g.ExtendBaseWidget(g)
	g.marked = func() { g.showRing(); canvas.Refresh(g) }
	for i, width := range []float32{ringWidth, 1.5} {
		g.ring[i] = canvas.NewRectangle(color.Transparent)
		g.ring[i].StrokeWidth, g.ring[i].CornerRadius = width, 3
	}
	g.ring[1].StrokeColor = color.White
	g.Scroll = container.NewVScroll(g)
	g.Scroll.OnScrolled = func(fyne.Position) { g.place() }
	g.Object = container.New(Scrolled{}, g.Scroll)
	return g
}

// SetSections shows other thumbs, from the beginning.
func (g *ThumbGrid) SetSections(sections []ThumbSection) {
	g.sections, g.count, g.At = nil, 0, 0
	for _, s := range sections {
		g.sections = append(g.sections, gridSection{ThumbSection: s, first: g.count})
		g.count += s.Count
	}
	clear(g.cells)
	clear(g.heads)
	g.measure(g.Size().Width)
	g.Scroll.Offset = fyne.Position{}
	g.Scroll.Refresh()
	g.Object.Refresh()
	g.place()
}

// measure finds out where each section stands at a width.
func (g *ThumbGrid) measure(width float32) {
	width -= barRoom
	g.columns = max(1, int((width+thumbGap)/(thumbLeast+thumbGap)))
	g.cell = max(1, (width-float32(g.columns-1)*thumbGap)/float32(g.columns))
	y := float32(0)
	for i := range g.sections {
		g.sections[i].top = y
		y += g.headHeight() + float32(g.rows(i))*(g.cell+thumbGap) + Grid
	}
}

func (g *ThumbGrid) headHeight() float32 {
	return max(thumbHead, fynetheme.Size(fynetheme.SizeNameText)*2+Grid)
}

func (g *ThumbGrid) rows(section int) int {
	return (g.sections[section].Count + g.columns - 1) / g.columns
}

// MinSize is the room that all take at the width that the grid has.
func (g *ThumbGrid) MinSize() fyne.Size {
	if len(g.sections) == 0 {
		return fyne.NewSize(thumbLeast, 0)
	}
	last := len(g.sections) - 1
	return fyne.NewSize(thumbLeast, g.sections[last].top+g.headHeight()+float32(g.rows(last))*(g.cell+thumbGap))
}

// Resize lays out anew, and leaves in sight what was.
func (g *ThumbGrid) Resize(size fyne.Size) {
	if size.Width != g.Size().Width {
		first := g.firstIn(g.Scroll.Offset.Y)
		g.measure(size.Width)
		if g.Scroll.Offset.Y > 0 && first < g.count {
			g.Scroll.Offset.Y = g.position(first).Y - g.headHeight()
		}
	}
	g.BaseWidget.Resize(size)
	g.place()
}

// sectionOf is the section of a thumb.
func (g *ThumbGrid) sectionOf(n int) int {
	return max(0, sort.Search(len(g.sections), func(i int) bool { return g.sections[i].first > n })-1)
}

// sectionAt is the section at a height.
func (g *ThumbGrid) sectionAt(y float32) int {
	return max(0, sort.Search(len(g.sections), func(i int) bool { return g.sections[i].top > y })-1)
}

// position is where a thumb stands.
func (g *ThumbGrid) position(n int) fyne.Position {
	if len(g.sections) == 0 {
		return fyne.Position{}
	}
	s := g.sections[g.sectionOf(n)]
	row, column := (n-s.first)/g.columns, (n-s.first)%g.columns
	return fyne.NewPos(float32(column)*(g.cell+thumbGap), s.top+g.headHeight()+float32(row)*(g.cell+thumbGap))
}

// firstIn is the first thumb that ends below a height, the count if there is none.
func (g *ThumbGrid) firstIn(y float32) int {
	if len(g.sections) == 0 {
		return 0
	}
	s := g.sections[g.sectionAt(y)]
	row := max(0, int((y-s.top-g.headHeight())/(g.cell+thumbGap)))
	return min(s.first+row*g.columns, s.first+s.Count)
}

// place draws what is in sight.
func (g *ThumbGrid) place() {
	top, high := g.Scroll.Offset.Y, g.Scroll.Size().Height
	if high <= 0 || g.Size().Width <= 0 || g.columns == 0 {
		return
	}
	if g.wanted {
		g.wanted = false
		if at := g.position(g.At).Y; at+g.cell > high {
			top = min(at-(high-g.cell)/2, max(0, g.MinSize().Height-high))
			g.Scroll.Offset.Y = top
			g.Scroll.Refresh()
		}
	}
	from, to := g.firstIn(top), g.count
	if len(g.sections) > 0 {
		to = min(g.count, g.firstIn(top+high)+g.columns)
	}
	for n := from; n < to; n++ {
		if g.cells[n] == nil && g.position(n).Y < top+high {
			g.cells[n] = newThumbCell()
			g.cells[n].show(g.thumb(n), g)
		}
	}
	for n, c := range g.cells {
		at := g.position(n)
		if n < from || n >= to || at.Y >= top+high {
			delete(g.cells, n)
			continue
		}
		c.place(at, g.cell)
	}
	heads := map[int]*Text{}
	for i := g.sectionAt(top); i < len(g.sections) && g.sections[i].top < top+high; i++ {
		head := g.heads[i]
		if head == nil {
			head = Strong(g.sections[i].Title).Line()
		}
		m := head.MinSize()
		head.Resize(fyne.NewSize(g.Size().Width, m.Height))
		head.Move(fyne.NewPos(0, g.sections[i].top+g.headHeight()-m.Height-Grid/2))
		heads[i] = head
	}
	g.heads = heads
	g.showRing()
	g.sight(from, to)
	canvas.Refresh(g)
}

// Drawn is how many thumbs are drawn now.
func (g *ThumbGrid) Drawn() int { return len(g.cells) }

// Redraw asks anew for a thumb, if it is in sight.
func (g *ThumbGrid) Redraw(n int) {
	if c := g.cells[n]; c != nil {
		c.show(g.thumb(n), g)
		canvas.Refresh(g)
	}
}

// Reveal scrolls to a thumb, and gives it the keyboard.
func (g *ThumbGrid) Reveal(n int) {
	if n < 0 || n >= g.count {
		return
	}
	g.At = n
	if g.Scroll.Size().Height <= 0 || g.Size().Width <= 0 {
		g.wanted = true
		return
	}
	at, top, high := g.position(n).Y, g.Scroll.Offset.Y, g.Scroll.Size().Height
	switch {
	case at-g.headHeight() < top:
		g.Scroll.Offset.Y = max(0, at-g.headHeight())
	case at+g.cell+thumbGap > top+high:
		g.Scroll.Offset.Y = at + g.cell + thumbGap - high
	}
	g.Scroll.Refresh()
	g.place()
}

func (g *ThumbGrid) showRing() {
	g.ring[0].StrokeColor = fynetheme.ColorForWidget(theme.FocusRing, g)
	for i, r := range g.ring {
		inset := thumbRing + float32(i)*1.75 // beside one another
		r.Hidden = !g.focused || g.count == 0
		r.Move(g.position(g.At).AddXY(inset, inset))
		r.Resize(fyne.NewSquareSize(max(0, g.cell-2*inset)))
	}
}

// Tapped chooses the thumb that is pressed.
func (g *ThumbGrid) Tapped(e *fyne.PointEvent) {
	for n := range g.cells {
		at := g.position(n)
		if e.Position.X >= at.X && e.Position.X < at.X+g.cell && e.Position.Y >= at.Y && e.Position.Y < at.Y+g.cell {
			g.At = n
			g.chosen(n)
			return
		}
	}
}

// Cursor shows that there is something to click.
func (g *ThumbGrid) Cursor() desktop.Cursor { return desktop.PointerCursor }

// AccessibilityLabel is what a screen reader says.
func (g *ThumbGrid) AccessibilityLabel() string {
	if g.At >= g.count || g.Name == nil {
		return g.Label
	}
	return g.Label + ", " + g.Name(g.At)
}

// AccessibilityRole says that it can be pressed.
func (g *ThumbGrid) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// TypedKey moves through the grid.
func (g *ThumbGrid) TypedKey(key *fyne.KeyEvent) {
	page := max(1, int(g.Scroll.Size().Height/(g.cell+thumbGap))-1)
	switch key.Name {
	case fyne.KeyLeft:
		g.Reveal(max(0, g.At-1))
	case fyne.KeyRight:
		g.Reveal(min(g.count-1, g.At+1))
	case fyne.KeyUp:
		g.Reveal(g.beside(g.At, -1))
	case fyne.KeyDown:
		g.Reveal(g.beside(g.At, 1))
	case fyne.KeyPageUp, fyne.KeyPageDown:
		by := 1
		if key.Name == fyne.KeyPageUp {
			by = -1
		}
		at := g.At
		for range page {
			at = g.beside(at, by)
		}
		g.Reveal(at)
	case fyne.KeyHome:
		g.Reveal(0)
	case fyne.KeyEnd:
		g.Reveal(g.count - 1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		if g.At < g.count {
			g.chosen(g.At)
		}
	default:
		handOn(g, key)
	}
}

// beside is the thumb above (-1) or below (1) one.
func (g *ThumbGrid) beside(n, by int) int {
	if len(g.sections) == 0 {
		return n
	}
	i := g.sectionOf(n)
	s := g.sections[i]
	row, column := (n-s.first)/g.columns+by, (n-s.first)%g.columns
	if row < 0 || row >= g.rows(i) {
		if i+by < 0 || i+by >= len(g.sections) {
			return n
		}
		s = g.sections[i+by]
		if row = 0; by < 0 {
			row = g.rows(i+by) - 1
		}
	}
	return s.first + min(row*g.columns+column, s.Count-1)
}

// CreateRenderer draws what is in sight.
func (g *ThumbGrid) CreateRenderer() fyne.WidgetRenderer { return &thumbGridRenderer{of: g} }

type thumbGridRenderer struct{ of *ThumbGrid }

func (r *thumbGridRenderer) Destroy()           {}
func (r *thumbGridRenderer) Layout(fyne.Size)   {}
func (r *thumbGridRenderer) MinSize() fyne.Size { return r.of.MinSize() }

func (r *thumbGridRenderer) Objects() []fyne.CanvasObject {
	all := make([]fyne.CanvasObject, 0, 5*len(r.of.cells)+len(r.of.heads)+len(r.of.ring))
	for _, h := range r.of.heads {
		all = append(all, h)
	}
	shown := func(of ...fyne.CanvasObject) {
		for _, o := range of {
			if o.Visible() {
				all = append(all, o)
			}
		}
	}
	for _, c := range r.of.cells {
		shown(c.ground, c.picture, c.mark)
	}
	shown(r.of.ring[0], r.of.ring[1])
	for _, c := range r.of.cells { // on the ring, which would cross letters
		shown(c.shade, c.corner, c.label)
	}
	return all
}

// Refresh draws all anew, as when the theme has changed.
func (r *thumbGridRenderer) Refresh() {
	for n, c := range r.of.cells {
		c.show(r.of.thumb(n), r.of)
	}
	r.of.showRing()
	canvas.Refresh(r.of)
}

// thumbCell is what is drawn of a thumb.
type thumbCell struct {
	ground, shade         *canvas.Rectangle
	picture, mark, corner *canvas.Image
	label                 *canvas.Text
}

func newThumbCell() *thumbCell {
	c := &thumbCell{ground: canvas.NewRectangle(nil), shade: canvas.NewRectangle(color.NRGBA{A: 0xb0}), picture: &canvas.Image{FillMode: canvas.ImageFillContain},
		mark: &canvas.Image{FillMode: canvas.ImageFillContain}, corner: &canvas.Image{FillMode: canvas.ImageFillContain}, label: canvas.NewText("", color.White)}
	c.ground.CornerRadius, c.shade.CornerRadius = 3, 3
	return c
}

// show shows a thumb.
func (c *thumbCell) show(t Thumb, in *ThumbGrid) {
	c.ground.FillColor = fynetheme.ColorForWidget(theme.BarGround, in)
	if c.picture.Image != t.Picture {
		c.picture.Image = t.Picture
		c.picture.Refresh()
	}
	c.picture.Hidden, c.mark.Hidden = t.Picture == nil, t.Mark == nil || t.Picture != nil
	c.corner.Hidden, c.label.Hidden = t.Corner == nil, t.Label == ""
	c.shade.Hidden = c.corner.Hidden && c.label.Hidden
	if c.mark.Resource != t.Mark {
		c.mark.Resource = t.Mark
		c.mark.Refresh()
	}
	if c.corner.Resource != t.Corner {
		c.corner.Resource = t.Corner
		c.corner.Refresh()
	}
	c.label.Text, c.label.TextSize = t.Label, fynetheme.CaptionTextSize()
	c.label.Refresh()
}

// place sets the thumb to a place.
func (c *thumbCell) place(at fyne.Position, side float32) {
	for _, o := range []fyne.CanvasObject{c.ground, c.picture} {
		o.Move(at)
		o.Resize(fyne.NewSquareSize(side))
	}
	const icon, edge = 16, 4
	const inset = thumbRing + 3*ringWidth + 1 // the tag is within the rings
	c.mark.Resize(fyne.NewSquareSize(2 * icon))
	c.mark.Move(at.AddXY(side/2-icon, side/2-icon))
	words := c.label.MinSize()
	if c.label.Hidden {
		words = fyne.NewSize(0, icon)
	}
	wide := words.Width
	if !c.corner.Hidden {
		wide += icon
	}
	if !c.corner.Hidden && !c.label.Hidden {
		wide += edge
	}
	high := max(words.Height, icon)
	left, top := at.X+inset, at.Y+side-high-inset
	c.shade.Move(fyne.NewPos(left, top))
	c.shade.Resize(fyne.NewSize(min(wide+2*edge, side-2*inset), high))
	x := left + edge
	if !c.corner.Hidden {
		c.corner.Move(fyne.NewPos(x, top+(high-icon)/2))
		c.corner.Resize(fyne.NewSquareSize(icon))
		x += icon + edge
	}
	c.label.Move(fyne.NewPos(x, top+(high-words.Height)/2))
	c.label.Resize(words)
}
