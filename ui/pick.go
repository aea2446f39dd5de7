package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"lifeboat/assets/words"
	"lifeboat/ui/widgets"
)

// pickWithFyne is the way to choose a folder where the system has none that works.
func (w *Window) pickWithFyne(title, confirm, start string, chosen func(dir string)) {
	d := dialog.NewFolderOpen(func(uri fyne.ListableURI, err error) {
		if err == nil && uri != nil {
			chosen(uri.Path())
		}
	}, w.o.Window)
	d.SetTitleText(title)
	d.SetConfirmText(confirm)
	if here, err := storage.ListerForURI(storage.NewFileURI(start)); start != "" && err == nil {
		d.SetLocation(here)
	}
	d.Show()
	d.Resize(fyne.NewSize(minWidth, minHeight))
}

// takeDrops offers a folder that is dropped on the window as the place for backups.
func (w *Window) takeDrops() {
	w.o.Window.SetOnDropped(func(_ fyne.Position, dropped []fyne.URI) {
		if w.sheet != nil || len(dropped) != 1 || dropped[0].Scheme() != "file" {
			return
		}
		dir := dropped[0].Path()
		if ok, err := storage.CanList(dropped[0]); err != nil || !ok {
			return
		}
		w.showSheet([]fyne.CanvasObject{
			widgets.Title(w.say("ui.drop.title", words.Args{"Folder": folderName(dir)})), widgets.Copyable(dir), widgets.Plain(w.say("ui.drop.means", nil)),
		}, widgets.NewPrimary(w.say("ui.destination.take", nil), nil, func() { w.hideSheet(); w.SetDestination(dir) }), w.closer("ui.sheet.cancel"))
	})
}
