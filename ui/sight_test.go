package ui

import (
	"slices"
	"strings"

	"lifeboat/assets/words"
	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// object is something visible and where it is in the window.
type object struct {
	fyne.CanvasObject
	at   fyne.Position
	clip *container.Scroll // the scroll that cuts it off, if any
}

// visible walks everything that is shown below o, which stands at a place.
func visible(o fyne.CanvasObject, at fyne.Position, clip *container.Scroll, each func(object)) {
	if o == nil || !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	each(object{o, at, clip})
	var children []fyne.CanvasObject
	switch c := o.(type) {
	case *fyne.Container:
		children = c.Objects
	case *container.Scroll:
		children, clip = []fyne.CanvasObject{c.Content}, c
	case fyne.Widget:
		children = test.WidgetRenderer(c).Objects()
	}
	for _, child := range children {
		visible(child, at, clip, each)
	}
}

// placed are all objects that are shown now, those of a sheet last.
func (r *rig) placed() (all []object) {
	add := func(o object) { all = append(all, o) }
	visible(r.o.Window.Content(), fyne.Position{}, nil, add)
	if top := r.o.Window.Canvas().Overlays().Top(); top != nil {
		visible(top, fyne.Position{}, nil, add)
	}
	return all
}

func (r *rig) objects() (all []fyne.CanvasObject) {
	for _, o := range r.placed() {
		all = append(all, o.CanvasObject)
	}
	return all
}

// texts are all words that can be seen now.
func (r *rig) texts() []string {
	var all []string
	for _, o := range r.objects() {
		switch o := o.(type) {
		case *widgets.Text:
			all = append(all, o.Text)
		case *widgets.Link:
			all = append(all, o.Text)
		case *widgets.Tab:
			all = append(all, o.Text)
		case *widgets.Chooser:
			name, about := o.Words()
			all = append(all, name, about)
		case *widgets.Tile:
			name, value := o.Words()
			all = append(all, name+": "+value)
		case *widgets.Action:
			all = append(all, o.Text)
		case *widgets.MenuItem:
			all = append(all, o.Text)
		case *widgets.TickBox:
			all = append(all, o.Text)
		case *widgets.Choice:
			all = append(all, o.Selected)
		case *widget.Select:
			all = append(all, o.Selected)
		case *canvas.Text:
			all = append(all, o.Text)
		}
	}
	return all
}

// sees fails the test unless every text can be seen, as part of some line.
func (r *rig) sees(texts ...string) {
	r.t.Helper()
	shown := r.texts()
	for _, text := range texts {
		if !slices.ContainsFunc(shown, func(s string) bool { return strings.Contains(s, text) }) {
			r.t.Errorf("cannot see %q; there is:\n  %s", text, strings.Join(shown, "\n  "))
		}
	}
}

// misses fails the test if any of the texts can be seen.
func (r *rig) misses(texts ...string) {
	r.t.Helper()
	shown := r.texts()
	for _, text := range texts {
		if slices.ContainsFunc(shown, func(s string) bool { return strings.Contains(s, text) }) {
			r.t.Errorf("still sees %q", text)
		}
	}
}

// find returns the first visible object of a type that fits.
func find[T fyne.CanvasObject](r *rig, fits func(T) bool) T {
	r.t.Helper()
	for _, o := range r.objects() {
		if got, ok := o.(T); ok && fits(got) {
			return got
		}
	}
	var none T
	r.t.Fatalf("there is no such %T; there is:\n  %s", none, strings.Join(r.texts(), "\n  "))
	return none
}

func (r *rig) button(text string) *widgets.Action {
	r.t.Helper()
	text = r.spoken(text)
	return find(r, func(a *widgets.Action) bool { return a.Text == text })
}

// spoken is an English text, without an argument, as the window says it.
func (r *rig) spoken(text string) string {
	if r.longer {
		return words.Lengthen(text)
	}
	return text
}

// tap taps a button, a link, a tab or a line of the checklist that must be there
// and enabled.
func (r *rig) tap(text string) {
	r.t.Helper()
	for _, o := range r.objects() {
		fits := false
		switch o := o.(type) {
		case *widgets.Link:
			fits = o.Text == r.spoken(text)
		case *widgets.Tab:
			fits = o.Text == r.spoken(text)
		case *widgets.Tile:
			name, _ := o.Words()
			fits = name == r.spoken(text)
		case *widgets.IconButton:
			fits = o.Label == r.spoken(text)
		}
		if fits {
			test.Tap(o.(fyne.Tappable))
			r.drain()
			return
		}
	}
	b := r.button(text)
	if b.Disabled() {
		r.t.Fatalf("button %q is disabled", text)
	}
	test.Tap(b)
	r.drain()
}

// secrets are the password fields in sight.
func (r *rig) secrets() []*widgets.Secret {
	var all []*widgets.Secret
	for _, o := range r.objects() {
		if s, ok := o.(*widgets.Secret); ok {
			all = append(all, s)
		}
	}
	return all
}

// folds are all folds in sight.
func (r *rig) folds() []*widgets.Fold {
	var all []*widgets.Fold
	for _, o := range r.objects() {
		if f, ok := o.(*widgets.Fold); ok {
			all = append(all, f)
		}
	}
	return all
}

// keyboardStops are what Tab goes to, in its order.
func (r *rig) keyboardStops() []fyne.Focusable {
	c := r.o.Window.Canvas()
	before := c.Focused()
	c.Unfocus()
	var all []fyne.Focusable
	for range 100 {
		c.FocusNext()
		if c.Focused() == nil || len(all) > 0 && c.Focused() == all[0] {
			break
		}
		all = append(all, c.Focused())
	}
	if before != nil {
		c.Focus(before)
	}
	return all
}

// settle gives the window a size and lays it out until nothing moves, which
// the real canvas does from frame to frame.
func (r *rig) settle(width, height float32) {
	for i := range 4 {
		r.o.Window.Resize(fyne.NewSize(width+float32(i%2), height))
	}
	r.o.Window.Resize(fyne.NewSize(width, height))
}

// overlaps fails the test if two texts of the screen, or of the sheet over
// it, stand on one another.
func (r *rig) overlaps() {
	r.t.Helper()
	root := r.o.Window.Content()
	if top := r.o.Window.Canvas().Overlays().Top(); top != nil {
		root = top
	}
	var labels []object
	visible(root, fyne.Position{}, nil, func(o object) {
		if l, ok := o.CanvasObject.(*widgets.Text); ok && strings.TrimSpace(l.Text) != "" {
			labels = append(labels, o)
		}
	})
	const slack = 1
	for i, a := range labels {
		for _, b := range labels[i+1:] {
			as, bs := a.Size(), b.Size()
			if a.clip == b.clip && a.at.X < b.at.X+bs.Width && b.at.X < a.at.X+as.Width &&
				a.at.Y+slack < b.at.Y+bs.Height && b.at.Y+slack < a.at.Y+as.Height {
				r.t.Errorf("%q at %v %v stands on %q at %v %v", widgets.Shorten(a.CanvasObject.(*widgets.Text).Text, 30), a.at, as,
					widgets.Shorten(b.CanvasObject.(*widgets.Text).Text, 30), b.at, bs)
			}
		}
	}
}

// key presses a key on whatever has the keyboard.
func (r *rig) key(name fyne.KeyName) {
	r.t.Helper()
	focused := r.o.Window.Canvas().Focused()
	if _, field := focused.(interface{ SelectedText() string }); !field && (name == fyne.KeyEscape || name == fyne.KeyF5) {
		r.keyDown(&fyne.KeyEvent{Name: name})
		r.drain()
		return
	}
	if focused == nil {
		r.t.Fatalf("nothing has the keyboard for %s", name)
	}
	focused.TypedKey(&fyne.KeyEvent{Name: name})
	r.drain()
}
