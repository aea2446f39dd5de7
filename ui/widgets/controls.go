package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// TickBox is a box to be ticked that shows itself when it gets the keyboard. Its
// words wrap, which Fyne's do not.
type TickBox struct {
	widget.Check
	Text string // in place of Check.Text, which stays empty
}

// NewTickBox is a box; changed is called when the person ticks it or not.
func NewTickBox(text string, changed func(bool)) *TickBox {
	b := &TickBox{Text: text}
	b.OnChanged = changed
	b.ExtendBaseWidget(b)
	return b
}

// Tapped ticks the box, also for a press on its words.
func (b *TickBox) Tapped(*fyne.PointEvent) {
	b.Check.Tapped(&fyne.PointEvent{Position: fyne.NewPos(0, b.Size().Height/2)})
}

// CreateRenderer draws Fyne's box with the words to its right.
func (b *TickBox) CreateRenderer() fyne.WidgetRenderer {
	r := &tickBoxRenderer{WidgetRenderer: b.Check.CreateRenderer(), of: b, words: Plain(b.Text)}
	r.Refresh()
	return r
}

type tickBoxRenderer struct {
	fyne.WidgetRenderer
	of    *TickBox
	words *Text
}

func (r *tickBoxRenderer) Objects() []fyne.CanvasObject {
	return append(append([]fyne.CanvasObject{}, r.WidgetRenderer.Objects()...), r.words)
}

// drop is how far the words stand below the upper edge, so that their first line
// stands at the middle of the box.
func (r *tickBoxRenderer) drop() float32 {
	return (r.WidgetRenderer.MinSize().Height - firstLine(r.words)) / 2
}

func (r *tickBoxRenderer) Layout(size fyne.Size) {
	box := r.WidgetRenderer.MinSize()
	r.WidgetRenderer.Layout(box)
	r.words.Move(fyne.NewPos(box.Width, r.drop()))
	r.words.Resize(fyne.NewSize(size.Width-box.Width, size.Height-2*r.drop()))
}

func (r *tickBoxRenderer) MinSize() fyne.Size {
	box, text := r.WidgetRenderer.MinSize(), r.words.MinSize()
	return fyne.NewSize(box.Width+text.Width, max(box.Height, text.Height+2*r.drop()))
}

func (r *tickBoxRenderer) Refresh() {
	r.WidgetRenderer.Refresh()
	r.words.SetText(r.of.Text)
	importance := widget.MediumImportance
	if r.of.Disabled() {
		importance = widget.LowImportance
	}
	r.words.SetImportance(importance)
}

// FocusGained shows the box that has the keyboard.
func (b *TickBox) FocusGained() {
	b.Check.FocusGained()
	reveal(b)
}

// TypedKey hands on what the box has no use for.
func (b *TickBox) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeySpace {
		b.Check.TypedKey(key)
		return
	}
	handOn(b, key)
}

// Set ticks the box, or not, without that being a choice of the person's.
func (b *TickBox) Set(on bool) {
	if b.Checked == on {
		return
	}
	changed := b.OnChanged
	b.OnChanged = nil
	b.SetChecked(on)
	b.OnChanged = changed
}

// field is what fields for text share: one that gets the keyboard shows itself, and
// what it has no use for is handed on.
type field struct {
	widget.Entry
	self fyne.Widget
}

func (f *field) extend(self fyne.Widget) {
	f.self = self
	f.ExtendBaseWidget(self)
}

// oneLine makes it a field of one line.
func (f *field) oneLine(self fyne.Widget) {
	f.Wrapping, f.Scroll = fyne.TextWrapOff, fyne.ScrollHorizontalOnly
	f.extend(self)
}

// saidBelow is the room for what is said below a field.
const saidBelow = 5 * Grid

// FocusGained shows the field that has the keyboard, and what is said below it. A field
// of several lines may be higher than the window.
func (f *field) FocusGained() {
	f.Entry.FocusGained()
	if f.MultiLine {
		reveal(f.self)
		return
	}
	revealWith(f.self, saidBelow)
}

// TypedKey hands Escape and F5 on.
func (f *field) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape || key.Name == fyne.KeyF5 {
		handOn(f.self, key)
		return
	}
	f.Entry.TypedKey(key)
}

// Secret is a password field.
type Secret struct{ field }

// NewSecret is a password field; submit is called for Enter.
func NewSecret(submit func()) *Secret {
	s := &Secret{}
	s.Password = true
	s.OnSubmitted = func(string) { submit() }
	s.oneLine(s)
	return s
}

// Reveal shows what is in the field.
func (s *Secret) Reveal() {
	s.Password = false
	s.Refresh()
}

// TextBox is a field of several lines that Tab leaves, as it does any other.
type TextBox struct{ field }

// NewTextBox is a field of so many lines that can be seen.
func NewTextBox(lines int) *TextBox {
	b := &TextBox{}
	b.MultiLine = true
	b.Wrapping = fyne.TextWrapWord
	b.SetMinRowsVisible(lines)
	b.extend(b)
	return b
}

// AcceptsTab says that Tab goes to the next field and is no character.
func (b *TextBox) AcceptsTab() bool { return false }

// Set changes the text without that being a change of the person's.
func (b *TextBox) Set(text string) {
	if b.Text == text {
		return
	}
	changed := b.OnChanged
	b.OnChanged = nil
	b.SetText(text)
	b.OnChanged = changed
}

// Complaint is the line below a field that says what is wrong with it. It
// keeps its room while it is empty, so that nothing jumps.
type Complaint struct{ *Text }

// NewComplaint complains of nothing yet.
func NewComplaint() *Complaint {
	t := Plain(" ")
	t.Importance = widget.DangerImportance
	return &Complaint{t}
}

// Show complains, or with "" no longer does.
func (c *Complaint) Show(text string) {
	if text == "" {
		text = " "
	}
	c.SetText(text)
}

// ButtonRow sets buttons at the right-hand side, the last one outermost.
func ButtonRow(all ...fyne.CanvasObject) fyne.CanvasObject {
	return container.NewBorder(nil, nil, nil, Line(all...))
}

// buttonGap is the distance between buttons, so that the ring around one stands
// clear of the next.
const buttonGap = 12

// Line sets objects side by side, as far from one another as buttons stand.
func Line(all ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedHBoxLayout(buttonGap), all...)
}

// Choice is a choice among a few words.
type Choice struct {
	widget.Select
	alike []*Choice // that are as wide
}

// NewChoice is a choice of which one is chosen, by its number from 0 on; changed is
// called with the number that the person chooses.
func NewChoice(options []string, chosen int, changed func(int)) *Choice {
	c := &Choice{}
	c.ExtendBaseWidget(c)
	c.Set(options, chosen)
	c.OnChanged = func(string) {
		if i := c.SelectedIndex(); i >= 0 {
			changed(i)
		}
	}
	return c
}

// Set changes the options without that being a choice of the person's.
func (c *Choice) Set(options []string, chosen int) {
	changed := c.OnChanged
	c.OnChanged = nil
	c.SetOptions(options)
	c.SetSelectedIndex(chosen)
	c.OnChanged = changed
}

// Alike makes choices with a label, among these objects, as wide as the widest of them, so
// that those under one another begin at the same place.
func Alike(all []fyne.CanvasObject) {
	var alike []*Choice
	for _, o := range all {
		if line, ok := o.(*fyne.Container); ok && line.Layout == (labelled{}) {
			if c, ok := line.Objects[1].(*Choice); ok {
				alike = append(alike, c)
			}
		}
	}
	for _, c := range alike {
		c.alike = alike
	}
}

// MinSize has room for every option, so that none is cut.
func (c *Choice) MinSize() fyne.Size {
	m := c.own()
	for _, other := range c.alike {
		m.Width = max(m.Width, other.own().Width)
	}
	return m
}

// own is the room that its own options need.
func (c *Choice) own() fyne.Size {
	m := c.Select.MinSize()
	widest := float32(0)
	for _, o := range c.Options {
		widest = max(widest, fyne.MeasureText(o, fynetheme.TextSize(), fyne.TextStyle{}).Width)
	}
	return fyne.NewSize(max(m.Width, widest+fynetheme.IconInlineSize()+6*fynetheme.InnerPadding()), m.Height)
}

// FocusGained shows the choice that has the keyboard.
func (c *Choice) FocusGained() {
	c.Select.FocusGained()
	reveal(c)
}

// TypedKey hands on what the choice has no use for.
func (c *Choice) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape || key.Name == fyne.KeyF5 {
		handOn(c, key)
		return
	}
	c.Select.TypedKey(key)
}

// Labelled sets what a control is for to its left, at the same height.
func Labelled(text string, control fyne.CanvasObject) fyne.CanvasObject {
	return container.New(labelled{}, Plain(text), control)
}

type labelled struct{}

func (labelled) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	label, control := objects[0], objects[1]
	c := control.MinSize()
	width := size.Width - c.Width - 2*Grid
	label.Resize(fyne.NewSize(width, label.Size().Height))
	l := label.MinSize()
	label.Resize(fyne.NewSize(width, l.Height))
	label.Move(fyne.NewPos(0, (size.Height-l.Height)/2))
	control.Resize(c)
	control.Move(fyne.NewPos(size.Width-c.Width, (size.Height-c.Height)/2))
}

func (labelled) MinSize(objects []fyne.CanvasObject) fyne.Size {
	l, c := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(l.Width+c.Width+2*Grid, max(l.Height, c.Height))
}

// SearchBox is a field of one line for what is searched, which Escape empties first.
type SearchBox struct{ field }

// NewSearchBox is an empty field; changed is called while the person types.
func NewSearchBox(hint string, changed func(text string)) *SearchBox {
	b := &SearchBox{}
	b.PlaceHolder = hint
	b.Icon = fynetheme.SearchIcon()
	b.OnChanged = changed
	b.oneLine(b)
	return b
}

// TypedKey empties the field.
func (b *SearchBox) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape && b.Text != "" {
		b.SetText("")
		return
	}
	b.field.TypedKey(key)
}

// AccessibilityLabel is what a screen reader says.
func (b *SearchBox) AccessibilityLabel() string { return b.PlaceHolder }

// LineBox is a field of one line.
type LineBox struct{ field }

// NewLineBox is an empty field that shows hint; changed is called while the person
// types, and may be nil; submit is called for Enter.
func NewLineBox(hint string, changed, submit func(text string)) *LineBox {
	b := &LineBox{}
	b.PlaceHolder = hint
	b.OnChanged, b.OnSubmitted = changed, submit
	b.oneLine(b)
	return b
}
