package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// askToStop asks before a running backup is given up.
func (w *Window) askToStop() {
	f := w.flow
	stop := newAction(w.say("ui.close.stop", nil), nil, func() {
		w.sheet.hide()
		f.closing = true
		w.cancelRun(f)
	})
	stop.Importance = widget.DangerImportance
	s := w.showSheet([]fyne.CanvasObject{
		title(w.say("ui.close.title", nil)),
		plain(w.say("ui.close.means", nil)),
	}, newPrimary(w.say("ui.close.go-on", nil), nil, func() { w.sheet.hide() }), stop)
	s.aboutRun = true
}
