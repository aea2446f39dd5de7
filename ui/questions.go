package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
)

// showSettings is the small page of settings: where backups go, and what
// Lifeboat does on the network.
func (w *Window) showSettings() {
	path := oneLine(w.Settings.Destination())
	change := newAction(w.say("ui.destination.change", nil), fynetheme.FolderOpenIcon(), func() {
		w.sheet.hide()
		w.chooseDestination()
	})
	if w.flow != nil {
		change.Disable() // a backup that is under way keeps its folder
	}
	w.showSheet([]fyne.CanvasObject{
		title(w.say("ui.settings.title", nil)),
		strong(w.say("ui.settings.destination", nil)),
		path,
		container.NewHBox(change),
		strong(w.say("ui.settings.network", nil)),
		plain(w.say("ui.settings.network-none", nil)),
		quiet(w.say("ui.settings.version", words.Args{"Version": w.Version})),
	}, newPrimary(w.say("ui.settings.close", nil), nil, func() { w.sheet.hide() }))
}

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

// destinationChosen takes a folder and looks at it anew.
func (w *Window) destinationChosen(dir string) {
	w.Settings.SetDestination(dir)
	for _, p := range w.phones {
		if p.stage == ready && !p.gone {
			w.check(p)
		}
	}
	w.refresh()
}
