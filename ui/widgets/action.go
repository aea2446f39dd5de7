package widgets

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/theme"
)

// ring is the line around whatever has the keyboard, 2 dp away from it.
type ring struct{ *canvas.Rectangle }

const ringGap, ringWidth = 2, 2

func newRing() ring {
	r := ring{canvas.NewRectangle(color.Transparent)}
	r.StrokeWidth = ringWidth
	r.Hide()
	return r
}

// around sets the ring around something of a size.
func (r ring) around(size fyne.Size) {
	out := float32(ringGap + ringWidth)
	r.Move(fyne.NewPos(-out, -out))
	r.Resize(size.AddWidthHeight(2*out, 2*out))
}

// show shows the ring for a widget that has the keyboard, in its theme.
func (r ring) show(on bool, of fyne.Widget) {
	if on {
		r.CornerRadius = fynetheme.Size(fynetheme.SizeNameButtonRadius) + ringGap
		r.StrokeColor = fynetheme.ColorForWidget(theme.FocusRing, of)
		r.Show()
		r.Refresh()
	} else {
		r.Hide()
	}
}

// Action is a button that also answers Enter, and shows whether it has the keyboard.
type Action struct {
	widget.Button
	focused bool
	most    float32 // its width from which on its words wrap; 0 for never
}

// mostAnswer is the widest that an answer gets, which leaves room for it in the
// smallest window.
const mostAnswer = 460

// NewAnswer is a button whose words may be a sentence: they wrap where it is long.
func NewAnswer(text string, tapped func()) *Action {
	a := NewAction(text, nil, tapped)
	a.most = mostAnswer
	return a
}

// NewAction is a button of middle weight.
func NewAction(text string, icon fyne.Resource, tapped func()) *Action {
	a := &Action{}
	a.Text, a.Icon, a.OnTapped = text, icon, tapped
	a.ExtendBaseWidget(a)
	return a
}

// NewPrimary is the button for what the person most likely wants: one on a page.
func NewPrimary(text string, icon fyne.Resource, tapped func()) *Action {
	a := NewAction(text, icon, tapped)
	a.Importance = widget.HighImportance
	return a
}

// NewDanger is a button that loses something.
func NewDanger(text string, tapped func()) *Action {
	a := NewAction(text, nil, tapped)
	a.Importance = widget.DangerImportance
	return a
}

// SetPrimary changes whether the button is the one that stands out.
func (a *Action) SetPrimary(on bool) {
	importance := widget.MediumImportance
	if on {
		importance = widget.HighImportance
	}
	if a.Importance != importance {
		a.Importance = importance
		a.Refresh()
	}
}

// SetText changes the words; the same ones cost nothing.
func (a *Action) SetText(text string) {
	if a.Text != text {
		a.Button.SetText(text)
	}
}

// FocusGained shows the button that has the keyboard.
func (a *Action) FocusGained() {
	a.focused = true
	a.Button.FocusGained()
	reveal(a)
}

// FocusLost is called when the keyboard moves on.
func (a *Action) FocusLost() {
	a.focused = false
	a.Button.FocusLost()
}

// TypedKey presses the button on Enter and Space.
func (a *Action) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if !a.Disabled() {
			a.Tapped(nil)
		}
	case fyne.KeySpace:
		a.Button.TypedKey(key)
	default:
		handOn(a, key)
	}
}

// handOn gives a key that a widget has no use for to the window, which Fyne does
// only while nothing has the keyboard.
func handOn(from fyne.CanvasObject, key *fyne.KeyEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(from); c != nil {
		if typed := c.OnTypedKey(); typed != nil {
			typed(key)
		}
	}
}

// CreateRenderer draws Fyne's button with a ring around it.
func (a *Action) CreateRenderer() fyne.WidgetRenderer {
	return &actionRenderer{WidgetRenderer: a.Button.CreateRenderer(), of: a, ring: newRing(), words: Strong(a.Text)}
}

type actionRenderer struct {
	fyne.WidgetRenderer
	of    *Action
	ring  ring
	words *Text // in place of the button's own where they wrap, which those cannot
}

// wraps reports whether the words have no room on one line.
func (r *actionRenderer) wraps() bool {
	return r.of.most > 0 && r.WidgetRenderer.MinSize().Width > r.of.most
}

func (r *actionRenderer) Objects() []fyne.CanvasObject {
	all := append([]fyne.CanvasObject{}, r.WidgetRenderer.Objects()...)
	if r.wraps() {
		all = append(slices.DeleteFunc(all, func(o fyne.CanvasObject) bool { _, own := o.(*widget.RichText); return own }), r.words)
	}
	return append(all, r.ring.Rectangle)
}

func (r *actionRenderer) MinSize() fyne.Size {
	m := r.WidgetRenderer.MinSize()
	if !r.wraps() {
		return m
	}
	padding := 2 * fynetheme.InnerPadding()
	if width := r.of.most - padding; r.words.Size().Width != width {
		r.words.Resize(fyne.NewSize(width, r.words.Size().Height))
	}
	return fyne.NewSize(r.of.most, r.words.MinSize().Height+padding)
}

func (r *actionRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	padding := fynetheme.InnerPadding()
	r.words.Move(fyne.NewPos(padding, padding))
	r.words.Resize(size.SubtractWidthHeight(2*padding, 2*padding))
	r.ring.around(size)
}

func (r *actionRenderer) Refresh() {
	r.WidgetRenderer.Refresh()
	importance := widget.MediumImportance
	if r.of.Disabled() {
		importance = widget.LowImportance
	}
	r.words.SetText(r.of.Text)
	r.words.SetImportance(importance)
	r.ring.show(r.of.focused, r.of)
}

// keyed is what the keyboard can reach and that takes no text. It is made for other
// widgets to embed.
type keyed struct {
	widget.BaseWidget
	focused bool
	marked  func() // shows whether it has the keyboard
}

// FocusGained shows what has the keyboard.
func (k *keyed) FocusGained() { k.focused = true; k.marked() }

// FocusLost is called when the keyboard moves on.
func (k *keyed) FocusLost() { k.focused = false; k.marked() }

// TypedRune does nothing: the widget takes no text.
func (k *keyed) TypedRune(rune) {}

// pointed is what shows that there is something to click. It is made for other widgets
// to embed.
type pointed struct {
	hovered bool
	lit     func() // shows whether it is below the pointer
}

// Cursor shows that there is something to click.
func (p *pointed) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn lights the widget up.
func (p *pointed) MouseIn(*desktop.MouseEvent) { p.hovered = true; p.lit() }

// MouseMoved does nothing more.
func (p *pointed) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends it.
func (p *pointed) MouseOut() { p.hovered = false; p.lit() }

// tap is what can be clicked and reached by the keyboard, whatever it looks like.
// It is made for other widgets to embed.
type tap struct {
	keyed
	pointed
	tapped func()
	self   fyne.Widget
}

// extend makes it a part of the widget that embeds it; tapped is what that is for.
func (t *tap) extend(self fyne.Widget, tapped func()) {
	t.self, t.tapped, t.lit = self, tapped, self.Refresh
	t.marked = func() {
		self.Refresh()
		if t.focused {
			reveal(self)
		}
	}
	t.ExtendBaseWidget(self)
}

// Tapped does what the widget is for.
func (t *tap) Tapped(*fyne.PointEvent) {
	if t.tapped != nil {
		t.tapped()
	}
}

// TypedKey answers Space and Enter.
func (t *tap) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		t.Tapped(nil)
	default:
		handOn(t.self, key)
	}
}

// AccessibilityRole says to a screen reader what the widget is.
func (t *tap) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// Link is an action in words alone, for what is not the point of the page.
type Link struct {
	tap
	Text string
}

// NewLink is a link.
func NewLink(text string, tapped func()) *Link {
	l := &Link{Text: text}
	l.extend(l, tapped)
	return l
}

// SetText changes the words.
func (l *Link) SetText(text string) {
	if l.Text != text {
		l.Text = text
		l.Refresh()
	}
}

// AccessibilityLabel is what a screen reader says.
func (l *Link) AccessibilityLabel() string { return l.Text }

// CreateRenderer draws the words.
func (l *Link) CreateRenderer() fyne.WidgetRenderer {
	r := &linkRenderer{of: l, text: canvas.NewText(l.Text, nil), ring: newRing()}
	r.WidgetRenderer = widget.NewSimpleRenderer(container.NewWithoutLayout(r.text, r.ring.Rectangle))
	r.Refresh()
	return r
}

type linkRenderer struct {
	fyne.WidgetRenderer
	of   *Link
	text *canvas.Text
	ring ring
}

func (r *linkRenderer) MinSize() fyne.Size { return r.text.MinSize() }

func (r *linkRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	m := r.text.MinSize()
	r.text.Resize(fyne.NewSize(size.Width, m.Height))
	r.text.Move(fyne.NewPos(0, (size.Height-m.Height)/2))
	r.ring.around(size)
}

func (r *linkRenderer) Refresh() {
	r.text.Text, r.text.TextSize = r.of.Text, fynetheme.TextSize()
	r.text.Color = fynetheme.ColorForWidget(fynetheme.ColorNamePrimary, r.of)
	r.text.Refresh()
	r.ring.show(r.of.focused || r.of.hovered, r.of)
	if !r.of.focused && r.of.hovered {
		r.ring.StrokeColor = fynetheme.ColorForWidget(fynetheme.ColorNameHover, r.of)
		r.ring.Refresh()
	}
}
