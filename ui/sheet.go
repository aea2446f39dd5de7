package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/widgets"
)

// sheet is a question or a small page over the screen. Escape closes it.
type sheet struct {
	w        *Window
	popup    *widget.PopUp
	aboutRun bool   // it makes sense only while a backup runs
	closed   func() // optional: called when it was closed by whatever way
}

const (
	sheetWidth = 460
	// longSheet is the height of what scrolls in a sheet.
	longSheet = 320
)

// showSheet puts rows and a line of buttons over the screen; first gets the keyboard.
func (w *Window) showSheet(all []fyne.CanvasObject, first *widgets.Action, others ...*widgets.Action) *sheet {
	return w.overlay(widgets.NewRows(all...), first, others...)
}

// showLongSheet is a sheet with a heading whose rows scroll.
func (w *Window) showLongSheet(heading string, all []fyne.CanvasObject, first *widgets.Action) *sheet {
	// The bar of the scroll gets room of its own beside the buttons.
	scroll := container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, 2*fynetheme.Padding()), widgets.NewRows(all...)))
	scroll.SetMinSize(fyne.NewSize(0, longSheet))
	return w.overlay(widgets.NewRows(widgets.Title(heading), container.New(widgets.Scrolled{}, scroll)), first)
}

func (w *Window) overlay(content fyne.CanvasObject, first *widgets.Action, others ...*widgets.Action) *sheet {
	if w.sheet != nil {
		w.sheet.hide()
	}
	s := &sheet{w: w}
	line := container.NewHBox()
	for _, b := range append(others, first) {
		b.Escape = s.hide
		line.Add(b)
	}
	body := widgets.NewRows(content, container.NewBorder(nil, nil, nil, line))
	s.popup = widget.NewModalPopUp(container.NewPadded(container.New(widgets.Exactly{Width: sheetWidth}, body)), w.Window.Canvas())
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
	if closed := s.closed; closed != nil {
		s.closed = nil
		closed()
	}
}
