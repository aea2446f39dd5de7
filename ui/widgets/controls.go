package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// TickBox is a box to be ticked that shows itself when it gets the keyboard.
type TickBox struct{ widget.Check }

// NewTickBox is a box; changed is called when the person ticks it or not.
func NewTickBox(text string, changed func(bool)) *TickBox {
	b := &TickBox{}
	b.Text, b.OnChanged = text, changed
	b.ExtendBaseWidget(b)
	return b
}

// FocusGained shows the box that has the keyboard.
func (b *TickBox) FocusGained() {
	b.Check.FocusGained()
	reveal(b)
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

// Secret is a password field that hands Escape on.
type Secret struct {
	widget.Entry
	escape func()
}

// NewSecret is a password field; submit is called for Enter.
func NewSecret(submit, escape func()) *Secret {
	s := &Secret{escape: escape}
	s.Password = true
	s.Wrapping = fyne.TextWrapOff
	s.Scroll = fyne.ScrollHorizontalOnly
	s.OnSubmitted = func(string) { submit() }
	s.ExtendBaseWidget(s)
	return s
}

// TypedKey hands Escape on.
func (s *Secret) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape && s.escape != nil {
		s.escape()
		return
	}
	s.Entry.TypedKey(key)
}

// TextBox is a field of several lines that Tab leaves, as it does any other.
type TextBox struct {
	widget.Entry
	Escape func() // called for Escape; may be nil
}

// NewTextBox is a field of so many lines that can be seen.
func NewTextBox(lines int) *TextBox {
	b := &TextBox{}
	b.MultiLine = true
	b.Wrapping = fyne.TextWrapWord
	b.SetMinRowsVisible(lines)
	b.ExtendBaseWidget(b)
	return b
}

// FocusGained shows the field that has the keyboard.
func (b *TextBox) FocusGained() {
	b.Entry.FocusGained()
	reveal(b)
}

// TypedKey hands Escape on.
func (b *TextBox) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape && b.Escape != nil {
		b.Escape()
		return
	}
	b.Entry.TypedKey(key)
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
	return container.NewBorder(nil, nil, nil, container.NewHBox(all...))
}
