package widgets

import (
	"maps"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// Feed is a list of any number of objects of any height, under one another: only those
// in sight are made. How high one is is known once it has been in sight; until then it
// counts with a usual height, and what is in sight does not jump when it becomes known.
type Feed struct {
	keyed
	// Scroll is what the feed stands in, and Object what is to be put on a page.
	Scroll *container.Scroll
	Object fyne.CanvasObject
	// Label is what a screen reader says of the whole.
	Label string

	build   func(n int) fyne.CanvasObject
	sight   func(from, to int)
	count   int
	heights []float32 // 0 is not known
	blocks  []float64 // sums of the heights of feedBlock objects each
	shown   map[int]fyne.CanvasObject
	pin     int     // that stays where it is, -1 for what is in sight
	pinAt   float32 // share of the height at which it stands
	placing bool
	ring    ring // around the scroll, which would cut it off
}

const (
	feedUsual = 56
	feedBlock = 128
	feedSide  = Grid // at both sides of what is shown
)

// NewFeed is a feed of so many objects. build is asked for what comes into sight, and
// sight is called with what is.
func NewFeed(count int, build func(n int) fyne.CanvasObject, sight func(from, to int)) *Feed {
	f := &Feed{build: build, sight: sight, count: count, heights: make([]float32, count), blocks: make([]float64, (count+feedBlock-1)/feedBlock),
		shown: map[int]fyne.CanvasObject{}, pin: -1, ring: newRing()}
	f.ExtendBaseWidget(f)
	f.marked = func() { f.ring.show(f.focused, f) }
	f.forget()
	f.Scroll = container.NewVScroll(f)
	f.Scroll.OnScrolled = func(fyne.Position) {
		if !f.placing {
			f.pin = -1
			f.place()
		}
	}
	f.Object = container.NewStack(Padded(ringGap+ringWidth, container.New(Scrolled{}, f.Scroll)), f.ring.Rectangle)
	return f
}

// forget makes no height known.
func (f *Feed) forget() {
	clear(f.heights)
	for i := range f.blocks {
		f.blocks[i] = feedUsual * float64(min(feedBlock, f.count-i*feedBlock))
	}
}

func (f *Feed) height(n int) float32 {
	if h := f.heights[n]; h > 0 {
		return h
	}
	return feedUsual
}

func (f *Feed) setHeight(n int, h float32) bool {
	h = max(h, 1)
	if f.heights[n] == h {
		return false
	}
	f.blocks[n/feedBlock] += float64(h - f.height(n))
	f.heights[n] = h
	return true
}

// top is where an object begins.
func (f *Feed) top(n int) (y float64) {
	for _, h := range f.blocks[:n/feedBlock] {
		y += h
	}
	for i := n / feedBlock * feedBlock; i < n; i++ {
		y += float64(f.height(i))
	}
	return y
}

func (f *Feed) total() (y float64) {
	for _, h := range f.blocks {
		y += h
	}
	return y
}

// at is the object at a height.
func (f *Feed) at(y float64) int {
	n := 0
	for _, h := range f.blocks {
		if y < h || n+feedBlock >= f.count {
			break
		}
		y -= h
		n += feedBlock
	}
	for ; n < f.count-1 && y >= float64(f.height(n)); n++ {
		y -= float64(f.height(n))
	}
	return n
}

// MinSize is the room that all take.
func (f *Feed) MinSize() fyne.Size { return fyne.NewSize(10*Grid, float32(f.total())) }

// Resize lays out anew for another width.
func (f *Feed) Resize(size fyne.Size) {
	if size.Width != f.Size().Width && f.count > 0 {
		if f.pin < 0 && f.Size().Width > 0 {
			f.pin, f.pinAt = f.at(float64(f.Scroll.Offset.Y)), 0
		}
		f.forget()
	}
	f.BaseWidget.Resize(size)
	f.place()
}

// Goto scrolls to an object, so that it stands at a share of the height, 0 for the
// upper edge and 1 for the lower one.
func (f *Feed) Goto(n int, share float32) {
	if n < 0 || n >= f.count {
		return
	}
	f.pin, f.pinAt = n, share
	f.place()
}

// Renew has objects built anew, from one to before another, as far as they are in sight.
func (f *Feed) Renew(from, to int) {
	for n := range f.shown {
		if n >= from && n < to {
			delete(f.shown, n)
		}
	}
	f.place()
}

// Again lays out anew what is in sight, as when something in it has become higher.
func (f *Feed) Again() { f.place() }

// Drawn is how many objects there are now.
func (f *Feed) Drawn() int { return len(f.shown) }

// place sets what is in sight to its place.
func (f *Feed) place() {
	whole, high := f.Size().Width, float64(f.Scroll.Size().Height)
	width := whole - barRoom - 2*feedSide
	if f.placing || width <= 0 || high <= 0 || f.count == 0 {
		return
	}
	f.placing = true
	defer func() { f.placing = false }()
	offset := float64(f.Scroll.Offset.Y)
	anchor, stands := f.anchor(offset, high)
	var first, last int
	for range 12 { // until what is in sight has heights that are known
		if f.pin >= 0 {
			stands = float64(f.pinAt) * (high - float64(f.height(anchor)))
		}
		offset = max(0, min(f.top(anchor)-stands, f.total()-high))
		first, last = f.at(offset), f.at(offset+high)
		changed := false
		for n := first; n <= last; n++ {
			o := f.shown[n]
			if o == nil {
				o = f.build(n)
				f.shown[n] = o
			}
			o.Resize(fyne.NewSize(width, o.Size().Height))
			changed = f.setHeight(n, o.MinSize().Height) || changed
		}
		if !changed {
			break
		}
	}
	y := f.top(first)
	for n := first; n <= last; n++ {
		o := f.shown[n]
		o.Resize(fyne.NewSize(width, f.height(n)))
		o.Move(fyne.NewPos(feedSide, float32(y)))
		y += float64(f.height(n))
	}
	for n := range f.shown {
		if n < first || n > last {
			delete(f.shown, n)
		}
	}
	f.Scroll.Offset.Y = float32(offset)
	f.BaseWidget.Resize(fyne.NewSize(whole, max(float32(f.total()), float32(high))))
	f.Scroll.Refresh()
	f.sight(first, last+1)
	canvas.Refresh(f)
}

// anchor is the object that stays where it is, and where that is below the upper edge.
func (f *Feed) anchor(offset, high float64) (n int, stands float64) {
	if f.pin >= 0 {
		return f.pin, 0
	}
	n = f.at(offset)
	for at := n; at < f.count && f.top(at) < offset+high; at++ {
		if f.heights[at] > 0 && f.shown[at] != nil {
			n = at
			break
		}
	}
	return n, f.top(n) - offset
}

// AccessibilityLabel is what a screen reader says.
func (f *Feed) AccessibilityLabel() string { return f.Label }

// AccessibilityRole says what it is: Fyne says nothing of a container.
func (f *Feed) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// TypedKey scrolls.
func (f *Feed) TypedKey(key *fyne.KeyEvent) {
	high := f.Scroll.Size().Height
	by, known := map[fyne.KeyName]float32{fyne.KeyUp: -6 * Grid, fyne.KeyDown: 6 * Grid, fyne.KeyPageUp: -high * 0.9, fyne.KeyPageDown: high * 0.9, fyne.KeySpace: high * 0.9}[key.Name]
	switch {
	case known:
		f.pin = -1
		f.Scroll.Offset.Y = max(0, min(f.Scroll.Offset.Y+by, float32(f.total())-high))
		f.place()
	case key.Name == fyne.KeyHome:
		f.Goto(0, 0)
	case key.Name == fyne.KeyEnd:
		f.Goto(f.count-1, 1)
	default:
		handOn(f, key)
	}
}

// CreateRenderer draws what is in sight.
func (f *Feed) CreateRenderer() fyne.WidgetRenderer { return &feedRenderer{f} }

type feedRenderer struct{ of *Feed }

func (r *feedRenderer) Destroy()           {}
func (r *feedRenderer) Layout(fyne.Size)   {}
func (r *feedRenderer) MinSize() fyne.Size { return r.of.MinSize() }

// Refresh draws anew, as when the theme has changed.
func (r *feedRenderer) Refresh() {
	for _, o := range r.of.shown {
		o.Refresh()
	}
	r.of.ring.show(r.of.focused, r.of)
}

func (r *feedRenderer) Objects() []fyne.CanvasObject {
	all := make([]fyne.CanvasObject, 0, len(r.of.shown))
	for _, n := range slices.Sorted(maps.Keys(r.of.shown)) { // in the order in which Tab goes
		all = append(all, r.of.shown[n])
	}
	return all
}
