package ui

import (
	"sort"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// steady is a text that may change at any time without anything below it
// moving. Its height is what it needed when it was last freed, or least
// lines; a text that needs more loses its end for as long.
type steady struct {
	label    *widget.Label
	least    int
	text     string
	width    float32
	height   float32 // 0: not fitted yet
	measured int     // for how many lines lines is the height
	lines    float32
	content  *fyne.Container
}

func newSteady(label *widget.Label, least int) *steady {
	s := &steady{label: label, least: least, text: label.Text}
	s.content = container.New(s, label)
	return s
}

func (s *steady) object() fyne.CanvasObject { return s.content }

// set changes the text.
func (s *steady) set(text string) {
	if text != s.text {
		s.text = text
		s.fit()
	}
}

// free lets the text take the room that it needs now.
func (s *steady) free() { s.height = 0; s.fit() }

// cut reports whether the end of the text cannot be seen.
func (s *steady) cut() bool { return s.label.Text != s.text }

// Layout fits the text to the width it gets.
func (s *steady) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	if size.Width != s.width {
		s.width, s.height = size.Width, 0
		s.fit()
	}
	s.label.Resize(size)
	s.label.Move(fyne.NewPos(0, 0))
}

// MinSize is the room that is kept.
func (s *steady) MinSize([]fyne.CanvasObject) fyne.Size {
	m := s.label.MinSize()
	if s.height > 0 {
		m.Height = s.height
	} else {
		m.Height = max(m.Height, s.room())
	}
	return m
}

// room is the height of the least lines.
func (s *steady) room() float32 {
	if s.measured != s.least {
		sample := &widget.Label{SizeName: s.label.SizeName, TextStyle: s.label.TextStyle,
			Text: strings.Repeat("\n", s.least-1)}
		s.measured, s.lines = s.least, sample.MinSize().Height
	}
	return s.lines
}

// fit shows as much of the text as there is room for.
func (s *steady) fit() {
	need := s.need(s.text)
	if s.width == 0 || s.height == 0 {
		if s.width > 0 {
			s.height = max(need, s.room())
		}
		return
	}
	if need <= s.height {
		return
	}
	runes := []rune(s.text)
	fits := sort.Search(len(runes), func(n int) bool { return s.need(opening(runes, n+1)) > s.height })
	s.need(opening(runes, fits))
}

// opening is the first n characters of a text that goes on.
func opening(runes []rune, n int) string { return strings.TrimSpace(string(runes[:n])) + "…" }

// need shows a text and says how high it is at this width.
func (s *steady) need(text string) float32 {
	setText(s.label, text)
	if s.width > 0 && s.label.Size().Width != s.width {
		s.label.Resize(fyne.NewSize(s.width, s.label.Size().Height))
	}
	return s.label.MinSize().Height
}
