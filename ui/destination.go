package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"lifeboat/device"
)

// chooseDestination lets the user pick the folder for backups.
func (w *Window) chooseDestination() {
	d := dialog.NewFolderOpen(func(uri fyne.ListableURI, err error) {
		if err == nil && uri != nil {
			w.destinationChosen(uri.Path())
		}
	}, w.Window)
	d.SetTitleText(w.say("ui.destination.choose", nil))
	d.SetConfirmText(w.say("ui.destination.take", nil))
	if here, err := storage.ListerForURI(storage.NewFileURI(w.Settings.Destination())); err == nil {
		d.SetLocation(here)
	}
	d.Show()
	d.Resize(fyne.NewSize(minWidth, minHeight))
}

// destinationChosen takes a folder and looks at it again.
func (w *Window) destinationChosen(dir string) {
	w.Settings.SetDestination(dir)
	for _, p := range w.phones {
		if p.stage == device.Ready && !p.gone {
			w.diagnose(p)
		}
	}
	if w.shown != nil {
		w.reloadBackups()
	}
	w.refresh()
}
