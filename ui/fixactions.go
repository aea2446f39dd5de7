package ui

import (
	"context"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/checks"
	"lifeboat/device"
)

// fixAction is what Lifeboat can do about a step, and the words of its button.
type fixAction struct {
	word string
	icon fyne.Resource
	do   func(p *phone, f checks.Fix)
}

// statusPage is Apple's page about its services.
const statusPage = "https://www.apple.com/support/systemstatus/"

// fixAction says what can be done about a step; word is "" for nothing.
func (w *Window) fixActionOf(a checks.Action) fixAction {
	switch a {
	case checks.SwitchOn:
		return fixAction{"ui.deed.switch-on", fynetheme.ConfirmIcon(), w.askSwitchOn}
	case checks.RestartPhone:
		return fixAction{"ui.deed.restart", fynetheme.ViewRefreshIcon(), w.askRestart}
	case checks.BackUpHere:
		return fixAction{"ui.deed.back-up", fynetheme.DownloadIcon(), func(p *phone, f checks.Fix) { w.backUpAs(p, f.ID) }}
	case checks.WatchAttempt:
		return fixAction{"ui.deed.watch", fynetheme.VisibilityIcon(), func(p *phone, f checks.Fix) { w.watchAttempt(p, f.ID) }}
	case checks.ChooseFolder:
		return fixAction{"ui.deed.folder", fynetheme.FolderOpenIcon(), func(*phone, checks.Fix) { w.chooseDestination() }}
	case checks.OpenStatus:
		return fixAction{"ui.deed.status", fynetheme.ComputerIcon(), func(*phone, checks.Fix) { w.openPage(statusPage) }}
	case checks.MakeReport:
		return fixAction{"ui.deed.report", fynetheme.DocumentIcon(), func(p *phone, _ checks.Fix) { w.writeReport(p) }}
	}
	return fixAction{}
}

// fixButton returns the button of a step, or nil for a step that only the user can do.
func (w *Window) fixButton(p *phone, f checks.Fix) *widgets.Action {
	d := w.fixActionOf(f.Action)
	if d.word == "" {
		return nil
	}
	return widgets.NewAction(w.say(d.word, nil), d.icon, func() { d.do(p, f) })
}

// openPage shows a page of the web, or says where it is.
func (w *Window) openPage(address string) {
	go func() {
		if err := w.OpenPage(address); err != nil {
			w.Post(func() {
				w.showSheet([]fyne.CanvasObject{widgets.Title(w.say("ui.page.failed", nil)), widgets.Copyable(address)},
					widgets.NewPrimary(w.say("ui.sheet.close", nil), nil, func() { w.sheet.hide() }))
			})
		}
	}()
}

// sheetAction is something that is done to the phone behind a sheet that says
// plainly what it changes.
type sheetAction struct {
	title, means, do string // keys of ui.en.toml: the question
	waiting          string
	done, next       string // the outcome, and what to do now
	run              func(context.Context, *device.Phone) error
}

func (w *Window) askSwitchOn(p *phone, f checks.Fix) {
	w.confirmAction(p, f.ID, sheetAction{
		title: "ui.switch-on.title", means: "ui.switch-on.means", do: "ui.switch-on.do", waiting: "ui.switch-on.waiting",
		done: "ui.switch-on.done", next: "ui.switch-on.next", run: func(ctx context.Context, p *device.Phone) error { return w.Engine.SwitchCloud(ctx, p, true, nil) },
	})
}

func (w *Window) askRestart(p *phone, f checks.Fix) {
	w.confirmAction(p, f.ID, sheetAction{
		title: "ui.restart.title", means: "ui.restart.means", do: "ui.restart.do", waiting: "ui.restart.waiting",
		done: "ui.restart.done", next: "ui.restart.next", run: w.Engine.Restart,
	})
}

// confirmAction asks, runs the action, and shows its outcome.
func (w *Window) confirmAction(p *phone, fixID string, d sheetAction) {
	if w.flow != nil {
		return // not while a backup runs
	}
	w.showSheet([]fyne.CanvasObject{
		widgets.Title(w.say(d.title, nil)),
		widgets.Plain(w.say(d.means, nil)),
	}, widgets.NewPrimary(w.say(d.do, nil), nil, func() { w.runAction(p, fixID, d) }),
		widgets.NewAction(w.say("ui.sheet.cancel", nil), nil, func() { w.sheet.hide() }))
}

func (w *Window) runAction(p *phone, fixID string, d sheetAction) {
	ctx, cancel := context.WithCancel(w.ctx)
	s := w.showWaiting(w.say(d.waiting, nil), cancel)
	dev := p.dev
	go func() {
		err := d.run(ctx, dev)
		w.postFor(w.ctx, func() {
			defer cancel()
			if err == nil {
				w.tick(p, fixID, true)
				p.lookedAt(w.Now())
			}
			switch {
			case w.sheet != s: // closed meanwhile
			case err != nil:
				w.showProblem(err, func() { w.runAction(p, fixID, d) })
			default:
				w.showDone(w.say(d.done, nil), w.say(d.next, nil))
			}
		})
	}()
}

// showWaiting is a sheet without an outcome yet; closing it calls cancel.
func (w *Window) showWaiting(text string, cancel context.CancelFunc) *sheet {
	bar := widget.NewProgressBarInfinite()
	s := w.showSheet([]fyne.CanvasObject{widgets.Title(text), bar},
		widgets.NewAction(w.say("ui.sheet.cancel", nil), nil, func() { w.sheet.hide() }))
	s.closed = func() {
		bar.Stop()
		if cancel != nil {
			cancel()
		}
	}
	return s
}

// showDone reports a success.
func (w *Window) showDone(done, next string) {
	w.showSheet([]fyne.CanvasObject{
		container.NewBorder(nil, nil, container.NewPadded(widgets.MarkIcon(string(checks.Pass), 32)), nil, widgets.Title(done)),
		widgets.Plain(next),
	}, widgets.NewPrimary(w.say("ui.sheet.ok", nil), nil, func() { w.sheet.hide() }))
}

// showProblem explains a failure in a sheet; again is nil where trying again
// makes no sense.
func (w *Window) showProblem(err error, again func()) {
	e := w.explain(err)
	rows := []fyne.CanvasObject{
		container.NewBorder(nil, nil, container.NewPadded(widgets.MarkIcon(string(checks.Warn), 32)), nil, widgets.Title(e.Happened)),
		widgets.Plain(e.Meaning),
		widgets.NewTight(widgets.Strong(w.say("ui.problem.next", nil)), widgets.Plain(e.Next)),
	}
	close := widgets.NewPrimary(w.say("ui.sheet.close", nil), nil, func() { w.sheet.hide() })
	if again == nil {
		w.showSheet(rows, close)
		return
	}
	w.showSheet(rows, close, widgets.NewAction(w.say("ui.again", nil), fynetheme.ViewRefreshIcon(), again))
}
