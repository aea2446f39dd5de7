package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// sheet is a question or a small page over the screen. Escape closes it.
type sheet struct {
	w        *Window
	popup    *widget.PopUp
	aboutRun bool // it makes sense only while a backup runs
}

const sheetWidth = 460

// showSheet puts rows and a line of buttons over the screen; first gets the keyboard.
func (w *Window) showSheet(all []fyne.CanvasObject, first *action, others ...*action) *sheet {
	if w.sheet != nil {
		w.sheet.hide()
	}
	s := &sheet{w: w}
	line := container.NewHBox()
	for _, b := range append(others, first) {
		b.escape = s.hide
		line.Add(b)
	}
	body := newRows(append(all, container.NewBorder(nil, nil, nil, line))...)
	s.popup = widget.NewModalPopUp(container.NewPadded(container.New(exactly{sheetWidth}, body)), w.Window.Canvas())
	w.sheet = s
	s.popup.Show()
	// A second time, now that the texts know their width.
	s.popup.Resize(s.popup.MinSize())
	w.Window.Canvas().Focus(first)
	return s
}

func (s *sheet) hide() {
	s.popup.Hide()
	if s.w.sheet == s {
		s.w.sheet = nil
		s.w.focusFirst()
	}
}
