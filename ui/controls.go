package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/theme"
)

// action is a button that also answers Enter, and hands Escape on.
type action struct {
	widget.Button
	escape func()
}

func newAction(text string, icon fyne.Resource, tapped func()) *action {
	a := &action{}
	a.Text, a.Icon, a.OnTapped = text, icon, tapped
	a.ExtendBaseWidget(a)
	return a
}

// newPrimary is the button for what the user most likely wants.
func newPrimary(text string, icon fyne.Resource, tapped func()) *action {
	a := newAction(text, icon, tapped)
	a.Importance = widget.HighImportance
	return a
}

// FocusGained shows the button that has the keyboard.
func (a *action) FocusGained() {
	a.Button.FocusGained()
	reveal(a)
}

func (a *action) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if !a.Disabled() {
			a.Tapped(nil)
		}
	case fyne.KeyEscape:
		if a.escape != nil {
			a.escape()
		}
	default:
		a.Button.TypedKey(key)
	}
}

// tickBox is a box to be ticked that shows itself when it gets the keyboard.
type tickBox struct{ widget.Check }

func newTickBox(text string, changed func(bool)) *tickBox {
	b := &tickBox{}
	b.Text, b.OnChanged = text, changed
	b.ExtendBaseWidget(b)
	return b
}

// FocusGained shows the box that has the keyboard.
func (b *tickBox) FocusGained() {
	b.Check.FocusGained()
	reveal(b)
}

// big gives a button large lettering and a large area.
func big(a *action) fyne.CanvasObject { return container.NewThemeOverride(a, bigTheme{theme.New()}) }

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
type secret struct {
	widget.Entry
	escape func()
}

func newSecret(submit, escape func()) *secret {
	s := &secret{escape: escape}
	s.Password = true
	s.Wrapping = fyne.TextWrapOff
	s.Scroll = fyne.ScrollHorizontalOnly
	s.OnSubmitted = func(string) { submit() }
	s.ExtendBaseWidget(s)
	return s
}

func (s *secret) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape && s.escape != nil {
		s.escape()
		return
	}
	s.Entry.TypedKey(key)
}

// buttons sets a row of buttons at the right-hand side, the last one outermost.
func buttons(all ...fyne.CanvasObject) fyne.CanvasObject {
	return container.NewBorder(nil, nil, nil, container.NewHBox(all...))
}
