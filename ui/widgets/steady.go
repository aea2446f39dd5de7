package widgets

import (
	"sort"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Steady is a text that may change at any time without anything below it
// moving. Its height is what it needed when it was last freed, or least
// lines; a text that needs more loses its end for as long.
type Steady struct {
	Label    *Text
	Least    int    // lines
	Middle   bool   // it stands at the middle of its room
	Text     string // all of it
	width    float32
	Height   float32 // 0: not fitted yet
	measured int     // for how many lines lines is the height
	lines    float32
	content  *fyne.Container
}

func NewSteady(label *Text, least int) *Steady {
	s := &Steady{Label: label, Least: least, Text: label.Text}
	s.content = container.New(s, label)
	return s
}

func (s *Steady) Object() fyne.CanvasObject { return s.content }

// Set changes the text.
func (s *Steady) Set(text string) {
	if text != s.Text {
		s.Text = text
		s.Fit()
		s.place()
	}
}

// Free lets the text take the room that it needs now.
func (s *Steady) Free() { s.Height = 0; s.Fit() }

// Cut reports whether the end of the text cannot be seen.
func (s *Steady) Cut() bool { return s.Label.Text != s.Text }

// Layout fits the text to the width it gets.
func (s *Steady) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	if size.Width != s.width {
		s.width, s.Height = size.Width, 0
		s.Fit()
	}
	s.place()
}

// place sets the text into its room.
func (s *Steady) place() {
	size := s.content.Size()
	s.Label.Resize(size)
	at := fyne.NewPos(0, 0)
	if s.Middle {
		at.Y = max(0, (size.Height-s.Label.MinSize().Height)/2)
	}
	s.Label.Resize(size.SubtractWidthHeight(0, at.Y))
	s.Label.Move(at)
}

// MinSize is the room that is kept.
func (s *Steady) MinSize([]fyne.CanvasObject) fyne.Size {
	m := s.Label.MinSize()
	if s.Height > 0 {
		m.Height = s.Height
	} else {
		m.Height = max(m.Height, s.room())
	}
	return m
}

// room is the height of the least lines.
func (s *Steady) room() float32 {
	if s.measured != s.Least {
		sample := newText(strings.Repeat("\n", s.Least-1), s.Label.SizeName, s.Label.TextStyle.Bold)
		s.measured, s.lines = s.Least, sample.MinSize().Height
	}
	return s.lines
}

// Fit shows as much of the text as there is room for.
func (s *Steady) Fit() {
	need := s.need(s.Text)
	if s.width == 0 || s.Height == 0 {
		if s.width > 0 {
			s.Height = max(need, s.room())
		}
		return
	}
	if need <= s.Height {
		return
	}
	runes := []rune(s.Text)
	fits := sort.Search(len(runes), func(n int) bool { return s.need(opening(runes, n+1)) > s.Height })
	s.need(opening(runes, fits))
}

// opening is the first n characters of a text that goes on.
func opening(runes []rune, n int) string { return strings.TrimSpace(string(runes[:n])) + "…" }

// need shows a text and says how high it is at this width.
func (s *Steady) need(text string) float32 {
	s.Label.SetText(text)
	if s.width > 0 && s.Label.Size().Width != s.width {
		s.Label.Resize(fyne.NewSize(s.width, s.Label.Size().Height))
	}
	return s.Label.MinSize().Height
}
