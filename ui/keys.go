package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"lifeboat/ui/state"
)

// takeKeys lets every page be left, looked at again and worked with by keyboard.
func (w *Window) takeKeys() {
	c := w.o.Window.Canvas()
	for key, do := range map[fyne.KeyName]func(){
		fyne.KeyQ:     w.quitAsked,
		fyne.KeyB:     w.backUpCurrent,
		fyne.KeyComma: func() { w.free(func() { w.Show(state.Page{Name: state.SettingsPage}) }) },
		fyne.Key1:     func() { w.free(func() { w.Tab(state.Overview) }) },
		fyne.Key2:     func() { w.free(func() { w.Tab(state.BackupsPage) }) },
	} {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) { do() })
	}
	c.SetOnTypedKey(w.keyDown)
}

// free does something unless a sheet is open, which has to be answered first.
func (w *Window) free(do func()) {
	if w.sheet == nil {
		do()
	}
}

// keyDown answers keys that mean the same on every page.
func (w *Window) keyDown(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyEscape:
		w.escape()
	case fyne.KeyF5:
		w.free(w.checkAgain)
	}
}

// escape closes the sheet, or goes back.
func (w *Window) escape() {
	if w.sheet != nil {
		w.sheet.hide()
		return
	}
	if w.closeMenu() {
		return
	}
	if w.CanGoBack() {
		w.Back()
	}
}

// closeMenu closes the menu that is open, if there is one.
func (w *Window) closeMenu() bool {
	m := w.menu
	w.menu = nil
	if m == nil || !m.IsOpen() {
		return false
	}
	m.Close()
	return true
}

// checkAgain reads again what the page shows.
func (w *Window) checkAgain() {
	if w.Page().Name == state.BackupsPage && !w.Backups.Changing() {
		w.ReloadBackups()
		return
	}
	if p := w.Current(); p != nil && w.checksShown(p) {
		w.Look(p)
	} else if p != nil && !p.Gone {
		w.TryAgain(p)
	}
}

// backUpCurrent begins a backup of the phone that is shown, or shows the one that
// is under way.
func (w *Window) backUpCurrent() {
	p := w.Current()
	switch {
	case w.sheet != nil || p == nil:
	case !w.Job(p).Idle():
		w.Show(state.Page{Name: state.JobPage})
	default:
		w.BackUp(p, "")
	}
}
