package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/widgets"
)

// askToStop asks before a running backup is given up.
func (w *Window) askToStop() {
	f := w.flow
	stop := widgets.NewAction(w.say("ui.close.stop", nil), nil, func() {
		w.sheet.hide()
		f.closing = true
		w.cancelRun(f)
	})
	stop.Importance = widget.DangerImportance
	s := w.showSheet([]fyne.CanvasObject{
		widgets.Title(w.say("ui.close.title", nil)),
		widgets.Plain(w.say("ui.close.means", nil)),
	}, widgets.NewPrimary(w.say("ui.close.go-on", nil), nil, func() { w.sheet.hide() }), stop)
	s.aboutRun = true
}
