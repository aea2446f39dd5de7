package ui

import (
	"path/filepath"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/assets/words"
)

// recordSwitch begins and ends a recording for a bug report, and says where it
// is. The recording goes on over other screens, until it is stopped here or
// the window closes.
func (w *Window) recordSwitch() fyne.CanvasObject {
	state := widgets.Plain("")
	toggle := widgets.NewAction("", nil, nil)
	show := widgets.NewAction(w.say("ui.record.show", nil), nil, func() {
		dir := filepath.Dir(w.recordedIn)
		go w.OpenFolder(dir) // where that fails, the path stands above
	})
	update := func() {
		key := "ui.record.start"
		if w.recording {
			key = "ui.record.stop"
		}
		toggle.SetText(w.say(key, nil))
		switch {
		case w.recordErr != nil:
			state.SetText(w.explain(w.recordErr).Happened)
		case w.recording:
			state.SetText(w.say("ui.record.running", words.Args{"Path": w.recordedIn}))
		case w.recordedIn != "":
			state.SetText(w.say("ui.record.done", words.Args{"Path": w.recordedIn}))
		default:
			state.SetText(w.say("ui.record.why", nil))
		}
		if w.recordedIn == "" {
			show.Hide()
		} else {
			show.Show()
		}
	}
	toggle.OnTapped = func() {
		on := !w.recording
		toggle.Disable()
		w.tell(func() {
			path, err := w.Engine.Record(on)
			w.Post(func() {
				w.recordErr, w.recording = err, on && err == nil
				if err == nil {
					w.recordedIn = path
				}
				toggle.Enable()
				update()
			})
		})
	}
	update()
	return widgets.NewRows(state, container.NewHBox(toggle, show))
}
