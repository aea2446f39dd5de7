package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"lifeboat/assets/words"
	"lifeboat/ui/desktop/notice"
	"lifeboat/ui/state"
	"lifeboat/ui/state/reminder"
	"lifeboat/ui/theme"
	"lifeboat/ui/widgets"
)

// tray is the icon beside the clock, while there is a reason for one: something
// runs, or Lifeboat is to go on running when its window is closed.
type tray struct {
	desktop desktop.App
	state   *fyne.MenuItem
	backUp  *fyne.MenuItem
	menu    *fyne.Menu
	shown   string
}

// updateTray brings the icon's menu up to date.
func (w *Window) updateTray() {
	d, ok := w.o.App.(desktop.App)
	if !ok || w.tray == nil && len(w.Running()) == 0 && !w.Restore.Busy() && !w.Settings.Background() && !w.o.Hidden {
		return
	}
	if w.tray == nil {
		w.tray = w.newTray(d)
	}
	t := w.tray
	said, idle := w.trayState(), w.Current() != nil && w.Job(w.Current()).Idle()
	if said == t.shown && t.backUp.Disabled == !idle {
		return
	}
	t.shown, t.state.Label, t.backUp.Disabled = said, said, !idle
	t.menu.Refresh()
}

func (w *Window) newTray(d desktop.App) *tray {
	t := &tray{desktop: d, state: fyne.NewMenuItem(" ", w.Reveal)}
	t.backUp = fyne.NewMenuItem(w.say("ui.ready.back-up", nil), func() { w.Reveal(); w.backUpCurrent() })
	quit := fyne.NewMenuItem(w.say("ui.tray.quit", nil), w.quitAsked)
	quit.IsQuit = true
	t.menu = fyne.NewMenu(w.say("ui.app", nil), t.state, fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(w.say("ui.tray.open", nil), w.Reveal), t.backUp, quit)
	// Fyne makes a window of its own for the icon, 30 ms: not while a page changes.
	w.o.Post(func() { d.SetSystemTrayIcon(theme.Icon()) })
	w.o.Post(func() { d.SetSystemTrayMenu(t.menu) })
	return t
}

// trayState is the first line of the menu: what runs, or whether the phone is safe.
func (w *Window) trayState() string {
	for _, j := range w.Running() {
		return w.say("ui.tray.running", words.Args{"Name": widgets.Shorten(w.phoneName(j.Phone), 30), "N": int(max(0, j.Progress(w.Now()).Percent))})
	}
	if r := w.Restore; r.Busy() {
		return w.say("ui.restore.running", w.restoreName(r))
	}
	if p := w.Current(); p != nil && p.State != nil {
		return w.text(p.State.Overview.Band.Headline)
	}
	return w.say("ui.phone.none", nil)
}

// Reveal shows the window, in front of others, wherever it was.
func (w *Window) Reveal() {
	if w.hidden && w.Offer != nil && w.State.Page().Name == state.Overview {
		w.Tab(state.BackupsPage) // where what was offered is
	}
	w.hidden = false
	w.key = "" // what happened meanwhile is drawn anew
	w.refresh()
	w.o.Window.Show()
	w.o.Window.RequestFocus()
}

// closeAsked is called for the window's close button: what runs continues, and can
// be reached by its icon or by starting Lifeboat again.
func (w *Window) closeAsked() {
	if w.Busy() || w.Settings.Background() {
		if w.Busy() {
			title := "ui.closed.title"
			if w.Restore.Busy() {
				title = "ui.restore.closed"
			}
			w.notify(w.say(title, nil), w.say("ui.closed.means", nil))
		}
		w.rememberSize()
		w.hideSheet()
		w.hidden = true
		w.o.Window.Hide()
		return
	}
	w.Quit()
}

// quitAsked is called for Quit: what runs would be given up, so it is asked.
func (w *Window) quitAsked() {
	running := w.Running()
	if len(running) == 0 && !w.Restore.Busy() {
		w.Quit()
		return
	}
	w.Reveal()
	if r := w.Restore; r.Busy() {
		w.askToGiveUp(r, w.say("ui.restore.quit-title", nil), "ui.restore.quit-means", "ui.restore.go-on", "ui.close.stop", w.Quit)
		return
	}
	w.askToGiveUp(running[0], w.say("ui.close.title", nil), "ui.close.quit-means", "ui.close.go-on", "ui.close.stop", w.Quit)
}

// rememberSize keeps the size of the window for the next start.
func (w *Window) rememberSize() {
	if size := w.o.Window.Canvas().Size(); !w.o.Window.FullScreen() {
		w.Settings.SetWindowSize(size.Width, size.Height)
	}
}

// notify shows a notification of the system. What a phone calls itself is made
// harmless, as systems read more into it than text.
func (w *Window) notify(title, body string) {
	n := fyne.NewNotification(notice.Plain(title), notice.Plain(body))
	go w.o.App.SendNotification(n) // which waits for the desktop
}

// Remind shows a reminder.
func (w *Window) Remind(r reminder.Reminder) {
	w.notify(w.text(r.Title()), strings.Join(w.say_.Texts(r.Body()), " "))
}

// notifyEnded tells of a backup's outcome, in the way of the system.
func (w *Window) notifyEnded(j *state.Job) {
	name := words.Args{"Name": widgets.Shorten(w.phoneName(j.Phone), 40)}
	switch {
	case j.Step == state.Done && j.Result.Doubtful > 0:
		name["N"] = words.Count(j.Result.Doubtful)
		w.notify(w.say("ui.done.doubtful", name), w.say("ui.done.doubtful-next", nil))
	case j.Step == state.Done:
		w.notify(w.say("ui.done.title", name), w.say("ui.notify.done", nil))
	case j.Step == state.Failed && !j.Stopping:
		w.notify(w.say("ui.notify.failed", name), w.explain(j.Err).Happened)
	}
}
