package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/theme"
)

// action is a button that also answers Enter, and hands Escape on.
type Action struct {
	widget.Button
	Escape func()
}

func NewAction(text string, icon fyne.Resource, tapped func()) *Action {
	a := &Action{}
	a.Text, a.Icon, a.OnTapped = text, icon, tapped
	a.ExtendBaseWidget(a)
	return a
}

// newPrimary is the button for what the user most likely wants.
func NewPrimary(text string, icon fyne.Resource, tapped func()) *Action {
	a := NewAction(text, icon, tapped)
	a.Importance = widget.HighImportance
	return a
}

// FocusGained shows the button that has the keyboard.
func (a *Action) FocusGained() {
	a.Button.FocusGained()
	reveal(a)
}

func (a *Action) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if !a.Disabled() {
			a.Tapped(nil)
		}
	case fyne.KeyEscape:
		if a.Escape != nil {
			a.Escape()
		}
	default:
		a.Button.TypedKey(key)
	}
}

// tickBox is a box to be ticked that shows itself when it gets the keyboard.
type TickBox struct{ widget.Check }

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

// big gives a button large lettering and a large area.
func Big(a *Action) fyne.CanvasObject { return container.NewThemeOverride(a, bigTheme{theme.New()}) }

type bigTheme struct{ *theme.Lifeboat }

func (b bigTheme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case fynetheme.SizeNameText:
		return b.Lifeboat.Size(theme.BigButtonText)
	case fynetheme.SizeNameInnerPadding:
		return 14
	case fynetheme.SizeNameInlineIcon:
		return 24
	}
	return b.Lifeboat.Size(name)
}

// secret is a password field that hands Escape on.
type Secret struct {
	widget.Entry
	escape func()
}

func NewSecret(submit, escape func()) *Secret {
	s := &Secret{escape: escape}
	s.Password = true
	s.Wrapping = fyne.TextWrapOff
	s.Scroll = fyne.ScrollHorizontalOnly
	s.OnSubmitted = func(string) { submit() }
	s.ExtendBaseWidget(s)
	return s
}

func (s *Secret) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape && s.escape != nil {
		s.escape()
		return
	}
	s.Entry.TypedKey(key)
}

// buttons sets a row of buttons at the right-hand side, the last one outermost.
func ButtonRow(all ...fyne.CanvasObject) fyne.CanvasObject {
	return container.NewBorder(nil, nil, nil, container.NewHBox(all...))
}

// textBox is a field of several lines that Tab leaves, as it does any other.
type TextBox struct{ widget.Entry }

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

// AcceptsTab says that Tab goes to the next field and is no character.
func (b *TextBox) AcceptsTab() bool { return false }

// complaint is the line below a field that says what is wrong with it. It
// keeps its room while it is empty, so that nothing jumps.
type Complaint struct{ label *widget.Label }

func NewComplaint() *Complaint {
	l := Plain(" ")
	l.Importance = widget.DangerImportance
	return &Complaint{label: l}
}

func (c *Complaint) Object() fyne.CanvasObject { return c.label }

func (c *Complaint) Show(text string) {
	if text == "" {
		text = " "
	}
	c.label.SetText(text)
}
