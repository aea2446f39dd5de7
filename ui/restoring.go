package ui

import (
	"fyne.io/fyne/v2"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/backup/restore"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// restorePhases words each phase of a restore.
var restorePhases = map[backup.Phase]string{
	restore.Checking: "restore.phase.checking", restore.Proving: "restore.phase.proving", restore.BackingUp: "restore.phase.backing-up",
	backup.Preparing: "restore.phase.preparing", restore.WaitingUnlock: "restore.phase.waiting-unlock", backup.WaitingProgram: "restore.phase.waiting-program",
	backup.Settling: "restore.phase.settling", backup.WaitingPhone: "restore.phase.waiting-phone", backup.WaitingPasscode: "restore.phase.waiting-passcode",
	restore.Sending: "restore.phase.sending", backup.Finishing: "restore.phase.finishing", backup.Done: "restore.phase.done",
}

// restoreSteps are the steps that are ticked, with the phase that each begins at.
var restoreSteps = []runStep{
	{"ui.restore.step.prove", []backup.Phase{restore.Checking, restore.Proving}},
	{"ui.restore.step.first", []backup.Phase{restore.BackingUp}},
	{"ui.restore.step.passcode", []backup.Phase{backup.Preparing, restore.WaitingUnlock, backup.WaitingProgram, backup.Settling, backup.WaitingPhone, backup.WaitingPasscode}},
	{"ui.restore.step.send", []backup.Phase{restore.Sending}},
	{"ui.restore.step.finish", []backup.Phase{backup.Finishing, backup.Done}},
}

// restoreStepOf is the number of the step that an event belongs to.
func restoreStepOf(e backup.Event) int {
	if e.First != nil {
		return 1
	}
	return stepOf(restoreSteps, e.Phase)
}

// restoringPage shows a restore under way.
type restoringPage struct {
	running
	w        *Window
	r        *state.Restore
	password *widgets.Action
}

func newRestoringPage(w *Window, r *state.Restore) *restoringPage {
	v := &restoringPage{w: w, r: r, password: widgets.NewPrimary(w.say("ui.inside.unlock", nil), nil, w.AskOwnPassword)}
	v.running = newRunning(w, w.say("ui.restore.running", w.restoreName(r)), len(restoreSteps), v.askToStop, widgets.Left(v.password))
	widgets.Show(v.steps[1].content, !r.NoBackupFirst)
	return v
}

// restorePhaseOf is what a restore does now, in words.
func (w *Window) restorePhaseOf(r *state.Restore) string {
	if r.Stopping {
		return w.say("ui.running.stopping", nil)
	}
	return w.say(restorePhases[r.Event.Phase], nil)
}

func (v *restoringPage) update() {
	w, r, e := v.w, v.r, v.r.Event
	v.phase.SetText(w.restorePhaseOf(r))
	left := ""
	if d := r.Left(w.Now()); d >= 0 && !r.Stopping {
		left = w.say("ui.job.left", words.Args{"Left": words.Span(d)})
	}
	v.left.SetText(left)
	v.bar.SetValue(r.Percent() / 100)
	far := e
	if e.First != nil {
		far = *e.First
	}
	if r.Stopping {
		far.Rate = 0
	}
	v.amount.SetText(w.howMuch(far))
	widgets.SetEnabled(v.stop, !r.Stopping)
	widgets.Show(v.password, r.Asks)
	switch {
	case r.Stopping:
		v.ask("", "", "")
	case r.Asks:
		v.ask("locked", w.say("ui.restore.own-password", w.restoreName(r)), w.say("ui.restore.own-password-why", nil))
	case e.Passcode:
		v.ask("passcode", w.say("ui.running.passcode", nil), w.say("ui.restore.passcode-why", nil))
	case e.Phase == restore.WaitingUnlock:
		v.ask("locked", w.say("ui.restore.unlock", nil), w.say("ui.restore.unlock-why", nil))
	default:
		v.ask("", "", "")
	}
	v.tick(w, restoreSteps, restoreStepOf(e), e.Percent)
	v.aside.SetText(w.text(restoreAside(r)))
}

// restoreAside is what there is to say beside the figures.
func restoreAside(r *state.Restore) words.Text {
	e := r.Event
	span := words.Args{"Span": words.Span(e.Quiet)}
	switch {
	case e.Phase == backup.WaitingProgram && e.BlockedBy != "":
		return words.T("ui.running.rival", words.Args{"Program": e.BlockedBy})
	case e.Phase == backup.WaitingProgram:
		return words.T("ui.running.rival-unknown", nil)
	case e.Phase == backup.Settling:
		return words.T("ui.running.settling", nil)
	case e.Phase == backup.Finishing && e.Quiet > 0:
		return words.T("ui.restore.finishing-quiet", span)
	case e.Liveness == backup.PhoneStalled:
		return words.T("ui.restore.stalled", span)
	case e.Quiet > 0:
		return words.T("ui.restore.quiet", span)
	case touched(e):
		return words.T("ui.restore.leave-plugged", nil)
	}
	return words.T("ui.restore.untouched-yet", nil)
}

// touched reports whether the phone may have been changed already.
func touched(e backup.Event) bool { return restoreStepOf(e) >= 2 && e.Phase != backup.Preparing }

// askToStop asks before a restore is given up, and says what that does to the phone.
func (v *restoringPage) askToStop() {
	w, r := v.w, v.r
	means := "ui.restore.stop-untouched"
	switch {
	case touched(r.Event) && r.Plan.Erases():
		means = "ui.restore.stop-erased"
	case touched(r.Event):
		means = "ui.restore.stop-partial"
	}
	w.askToGiveUp(r, w.say("ui.restore.stop-title", w.restoreName(r)), means, "ui.restore.go-on", "ui.job.stop-do", w.StopRestore)
}

// RestoreEnded shows the outcome of a restore, also to whoever looks at something else.
func (w *Window) RestoreEnded(r *state.Restore) {
	if w.sheet != nil && w.sheet.about == any(r) {
		w.sheet.hide()
	}
	if r.Step == state.RestoreDone {
		w.notify(w.say("ui.restore.done", w.restoreName(r)), w.say("restore.phase.done", nil))
		return
	}
	w.notify(w.say("ui.restore.failed", w.restoreName(r)), w.explain(r.Err).Happened)
}

// newRestoredPage says what happens now, and how long it takes.
func newRestoredPage(w *Window, r *state.Restore) *still {
	args := words.Args{"Files": words.Count(r.Result.Files), "Bytes": words.Bytes(r.Result.Bytes), "Span": words.Span(r.Result.Duration)}
	rows := widgets.NewWide(widgets.Headline("pass", w.say("ui.restore.done", w.restoreName(r))),
		widgets.Plain(w.say("ui.restore.sent", args)),
		widgets.Card(widgets.NewRows(widgets.Title(w.say("ui.restore.after", nil)), widgets.NumberedSteps(w.say_.Texts(r.Result.After())))))
	w.addFirstKept(rows, r)
	done := widgets.NewPrimary(w.say("ui.sheet.ok", nil), nil, func() { w.Tab(state.Overview) })
	_, content := widgets.Page(widgets.TextWidth, rows, widgets.ButtonRow(done))
	return &still{drawn{content}, done}
}

// addFirstKept says where the backup is that was made before, if there is one.
func (w *Window) addFirstKept(rows *fyne.Container, r *state.Restore) {
	if first := r.Result.First; first != nil {
		rows.Add(widgets.Card(widgets.NewRows(widgets.Plain(w.say("ui.restore.first-kept", w.restoreName(r))), widgets.Copyable(first.Dir))))
	}
}

// newNotRestoredPage says why not, what state the phone is in, and what to do.
func newNotRestoredPage(w *Window, r *state.Restore) *still {
	mark := "fail"
	if r.Result.State == restore.Untouched || r.Result.State == restore.FirstFailed || r.Result.State == restore.Sent {
		mark = "warn"
	}
	rows := widgets.NewWide(append([]fyne.CanvasObject{widgets.Caption(w.say("ui.restore.failed", w.restoreName(r)))}, w.problemRows(mark, r.Err)...)...)
	w.addFirstKept(rows, r)
	rows.Add(w.detailsFold(r.Err))
	again := widgets.NewPrimary(w.say("ui.again", nil), nil, w.CheckRestore)
	_, content := widgets.Page(widgets.TextWidth, rows, widgets.ButtonRow(widgets.NewAction(w.say("ui.back", nil), nil, w.Back), again))
	return &still{drawn{content}, again}
}
