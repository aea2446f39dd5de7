package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/widgets"

	"lifeboat/assets/words"
	"lifeboat/backup/verify"
	"lifeboat/checks/feeds"
)

// showSettings is the small page of settings: where backups go, how long
// earlier ones are kept, how each is proven, what Lifeboat may ask of the network, and what it remembers.
func (w *Window) showSettings() {
	path := widgets.OneLine(w.Settings.Destination())
	change := widgets.NewAction(w.say("ui.destination.change", nil), fynetheme.FolderOpenIcon(), func() {
		w.sheet.hide()
		w.chooseDestination()
	})
	if w.flow != nil || w.shown.busy() {
		change.Disable() // what is under way keeps its folder
	}
	all := []fyne.CanvasObject{
		widgets.Strong(w.say("ui.settings.destination", nil)),
		container.NewBorder(nil, nil, nil, change, path),
	}
	all = append(all, w.keeping()...)
	readAll := widgets.NewTickBox(w.say("ui.proving.all", nil), w.Settings.SetReadAll)
	readAll.Checked = w.Settings.Level() != verify.Level{}
	all = append(all, widgets.Strong(w.say("ui.proving.title", nil)), widgets.Plain(w.say("ui.proving.why", nil)), readAll)
	all = append(all, widgets.Strong(w.say("ui.settings.network", nil)), widgets.Plain(w.say("ui.settings.network-why", nil)))
	for _, source := range feeds.Sources() {
		all = append(all, widgets.NewTight(w.sourceSwitch(source), widgets.Quiet(w.Words.Text(source.Sends))))
	}
	if p := w.current(); p != nil {
		all = append(all, widgets.Strong(w.say("ui.settings.memory", nil)), widgets.Plain(w.say("ui.settings.memory-what", nil)),
			container.NewHBox(widgets.NewAction(w.say("ui.settings.forget", words.Args{"Name": widgets.Shorten(w.phoneName(p), 30)}),
				fynetheme.DeleteIcon(), func() { w.askForget(p) })))
	}
	all = append(all, widgets.Quiet(w.say("ui.settings.version", words.Args{"Version": w.Version})))
	w.showLongSheet(w.say("ui.settings.title", nil), all,
		widgets.NewPrimary(w.say("ui.settings.close", nil), nil, func() { w.sheet.hide() }))
}

// sourceSwitch lets the user decide about one source in the network.
func (w *Window) sourceSwitch(source feeds.Source) fyne.CanvasObject {
	allowed := w.Settings.Allowed()
	c := widget.NewCheck(w.Words.Text(source.Title), nil)
	c.Checked = *allowed.Switch(source.ID)
	c.OnChanged = func(on bool) {
		now := w.Settings.Allowed()
		*now.Switch(source.ID) = on
		w.Settings.SetAllowed(now)
		w.tell(func() { w.Engine.Allow(now) })
		for _, p := range w.phones {
			w.restartDiagnosis(p) // only a new diagnosis asks the network as it now may
		}
		w.refresh()
	}
	return c
}

// askForget asks before what is remembered of a phone is forgotten.
func (w *Window) askForget(p *phone) {
	forget := widgets.NewAction(w.say("ui.forget.do", nil), nil, func() { w.forget(p) })
	forget.Importance = widget.DangerImportance
	w.showSheet([]fyne.CanvasObject{
		widgets.Title(w.say("ui.forget.title", words.Args{"Name": widgets.Shorten(w.phoneName(p), 40)})),
		widgets.Plain(w.say("ui.forget.means", nil)),
	}, widgets.NewPrimary(w.say("ui.forget.keep", nil), nil, func() { w.sheet.hide() }), forget)
}

func (w *Window) forget(p *phone) {
	ctx, dev := w.ctx, p.dev
	s := w.showWaiting(w.say("ui.forget.waiting", nil), nil)
	go func() {
		err := w.Engine.ForgetHistory(ctx, dev)
		w.postFor(ctx, func() {
			if err == nil {
				w.restartDiagnosis(p) // so that nothing forgotten is still shown
			}
			if w.sheet != s {
				return
			}
			if err != nil {
				w.showProblem(err, nil)
				return
			}
			s.hide()
		})
	}()
}

// restartDiagnosis restarts a phone's diagnosis, unless a backup needs the phone.
func (w *Window) restartDiagnosis(p *phone) {
	if p.runs && w.flow == nil {
		w.diagnose(p)
	}
}
