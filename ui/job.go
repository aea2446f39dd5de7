package ui

import (
	"math"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/backup/restore"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// phases words each phase of a backup.
var phases = map[backup.Phase]string{
	state.PhaseKeyring:     "ui.phase.keyring",
	backup.Preparing:       "ui.phase.preparing",
	backup.Encrypting:      "ui.phase.encrypting",
	backup.WaitingPasscode: "ui.phase.waiting-passcode",
	backup.WaitingProgram:  "ui.phase.waiting-program",
	backup.Settling:        "ui.phase.settling",
	backup.WaitingPhone:    "ui.phase.waiting-phone",
	backup.Comparing:       "ui.phase.comparing",
	backup.Receiving:       "ui.phase.receiving",
	backup.Finishing:       "ui.phase.finishing",
	backup.Verifying:       "ui.phase.verifying",
	backup.Placing:         "ui.phase.placing",
	backup.Done:            "ui.phase.done",
}

// jobPage names the page of a backup and says how to make it.
func (w *Window) jobPage(j *state.Job) (key string, build func() page) {
	key = "job/" + string(j.Step) + "/" + j.Phone.Dev.UDID + strings.Repeat("+", j.Form)
	switch j.Step {
	case state.Choosing:
		return key, func() page { return newChoosePassword(w, j) }
	case state.Asking:
		return key, func() page { return newAskPassword(w, j) }
	case state.Done:
		return key, func() page { return newDonePage(w, j) }
	case state.Failed:
		return key, func() page { return newFailedPage(w, j) }
	}
	return "job/running/" + j.Phone.Dev.UDID, func() page { return newRunningPage(w, j) }
}

// phaseOf is what a backup does now, in words.
func (w *Window) phaseOf(j *state.Job) string {
	switch {
	case j.Stopping:
		return w.say("ui.running.stopping", nil)
	case j.Step == state.Interrupted:
		return w.say("ui.job.interrupted", nil)
	case j.Step == state.Choosing, j.Step == state.Asking:
		return w.say("ui.job.password", nil)
	case j.Event.Phase == "":
		return w.say(phases[backup.Preparing], nil)
	}
	return w.say(phases[j.Event.Phase], w.keyring())
}

// leftOf is how long a backup still takes, "" while that cannot be said.
func (w *Window) leftOf(j *state.Job) string {
	switch p := j.Progress(w.Now()); {
	case j.Stopping:
		return ""
	case p.Left >= 0:
		return w.say("ui.job.left", words.Args{"Left": words.Span(p.Left)})
	case p.Early:
		return w.say("ui.job.early", nil)
	}
	return ""
}

// amountOf is how much of a backup has come, and how fast while something comes.
func (w *Window) amountOf(j *state.Job) string {
	e := j.Event
	if j.Stopping || j.Step == state.Interrupted {
		e.Rate = 0 // it is that of the last moment before
	}
	return w.howMuch(e)
}

// howMuch is how much has come or gone, of how much, and how fast.
func (w *Window) howMuch(e backup.Event) string {
	var parts []string
	switch {
	case e.Phase == backup.Verifying && e.FilesTotal > 0:
		parts = append(parts, w.say("ui.running.files-of", words.Args{"N": words.Count(e.Files), "Total": files(e.FilesTotal)}))
	case e.BytesTotal > 0:
		parts = append(parts, w.say("ui.running.bytes-of", words.Args{"N": words.Bytes(min(e.Bytes, e.BytesTotal)), "Total": words.Bytes(e.BytesTotal)}))
	case e.Bytes < leastBytes:
	case e.Bytes > 0 && e.Expected > e.Bytes:
		parts = append(parts, w.say("ui.job.bytes-about", words.Args{"N": words.Bytes(e.Bytes), "Total": words.Bytes(round(e.Expected))}))
	case e.Bytes > 0:
		parts = append(parts, w.say("ui.running.bytes-only", words.Args{"N": words.Bytes(e.Bytes)}))
	}
	if e.Rate > 0 && (e.Phase == backup.Receiving || e.Phase == restore.Sending) {
		parts = append(parts, w.say("ui.running.rate-value", words.Args{"Rate": words.Bytes(int64(e.Rate))}))
	}
	return strings.Join(parts, w.say("ui.ready.between", nil))
}

// leastBytes is how much must have come before it is worth saying.
const leastBytes = 1_000_000

// round leaves two digits of a size that is only estimated, so that it stands still.
func round(bytes int64) int64 {
	if bytes < 100 {
		return bytes
	}
	step := math.Pow(10, math.Floor(math.Log10(float64(bytes)))-1)
	return int64(math.Round(float64(bytes)/step) * step)
}

// files is a number of files, as a part of a sentence.
func files(n int) words.Text {
	return words.T("ui.running.files-only", words.Args{"N": words.Count(n)})
}

// running is what the pages of a backup and of a restore under way have in common. Every
// line keeps its place, whatever is known.
type running struct {
	drawn
	phase, left *widgets.Text
	bar         *widgets.Bar
	amount      *widgets.Text
	asks, list  fyne.CanvasObject // in one place: what is asked for, or the steps
	asksTitle   *widgets.Text
	asksWhy     *widgets.Text
	pictures    map[string]fyne.CanvasObject // of what may be asked for, in one place
	steps       []*jobStep
	aside       *widgets.Text
	stop        *widgets.Action
}

// newRunning has so many steps; answer is what stands below what is asked for.
func newRunning(w *Window, caption string, steps int, stop func(), answer ...fyne.CanvasObject) running {
	r := running{phase: widgets.Heading("").Line(), left: widgets.Quiet("").Word(), bar: widgets.NewBar(), pictures: map[string]fyne.CanvasObject{},
		amount: widgets.Quiet("").Line(), asksTitle: widgets.Title(""), asksWhy: widgets.Plain(""), aside: widgets.Quiet("")}
	picture := container.New(widgets.InTurn{})
	for _, name := range []string{"connect", "locked", "passcode"} {
		r.pictures[name] = widgets.Picture(name, 96, 88)
		picture.Add(r.pictures[name])
	}
	r.asks = widgets.NoticeCard(container.NewBorder(nil, nil, picture, nil, container.New(widgets.Middle{},
		widgets.Padded(widgets.Grid, widgets.NewRows(append([]fyne.CanvasObject{r.asksTitle, r.asksWhy}, answer...)...)))))
	r.asks.Hide()
	list := widgets.NewRows()
	r.list = widgets.Card(list)
	for range steps {
		step := newJobStep()
		r.steps = append(r.steps, step)
		list.Add(step.content)
	}
	r.stop = widgets.NewAction(w.say("ui.job.stop", nil), nil, stop)
	body := widgets.NewWide(
		widgets.NewRows(widgets.Caption(caption).Line(), container.NewBorder(nil, nil, nil, container.NewCenter(r.left), r.phase), r.bar, r.amount),
		container.New(widgets.InTurn{}, r.asks, r.list), r.aside, widgets.ButtonRow(r.stop))
	_, r.content = widgets.Page(widgets.TextWidth, body, nil)
	return r
}

// first is nothing: Enter must not stop what is under way.
func (r *running) first() fyne.Focusable { return nil }

// ask shows what the person is asked for, with its picture, in place of the steps; with
// "" it shows the steps. Words that are not shown keep their room.
func (r *running) ask(picture, title, why string) {
	widgets.Show(r.asks, picture != "")
	widgets.Show(r.list, picture == "")
	for name, drawn := range r.pictures {
		widgets.Show(drawn, name == picture)
	}
	if title != "" {
		r.asksTitle.SetText(title)
		r.asksWhy.SetText(why)
	}
}

// tick shows how far the steps are: at is the one that is under way, and percent how far
// all is, negative where that is not known.
func (r *running) tick(w *Window, steps []runStep, at int, percent float64) {
	for i, step := range steps {
		mark, share := "unknown", ""
		switch {
		case i < at:
			mark = "pass"
		case i == at && percent >= 0:
			share = w.say("ui.running.percent", words.Args{"N": int(math.Floor(percent))})
		}
		r.steps[i].show(w.say(step.key, nil), mark, share, i == at)
	}
}

// runningPage shows a backup under way.
type runningPage struct {
	running
	w *Window
	j *state.Job
}

func newRunningPage(w *Window, j *state.Job) *runningPage {
	caption := w.say("ui.running.of", words.Args{"Name": w.phoneName(j.Phone)})
	return &runningPage{newRunning(w, caption, len(jobSteps), func() { w.askToStop(j) }), w, j}
}

func (r *runningPage) update() {
	w, j := r.w, r.w.Job(r.j.Phone)
	if j == nil {
		return // the page is about to go
	}
	r.j = j
	e := j.Event
	p := j.Progress(w.Now())
	r.phase.SetText(w.phaseOf(j))
	r.left.SetText(w.leftOf(j))
	r.bar.SetValue(p.Percent / 100)
	r.amount.SetText(w.amountOf(j))
	widgets.SetEnabled(r.stop, !j.Stopping && j.Busy())
	picture := ""
	if e.Passcode && j.Step == state.Running && !j.Stopping {
		picture = "passcode"
	}
	title, why := w.say("ui.running.passcode", nil), w.say("ui.running.passcode-why", nil)
	if j.Passcodes > 1 {
		title = w.say("ui.job.passcode-of", words.Args{"N": max(1, j.Passcode), "Total": j.Passcodes})
		if j.Passcode == 1 {
			why = w.say("ui.job.passcode-sets", nil)
		}
	}
	if j.Step == state.Interrupted {
		picture, title, why = "connect", w.say("ui.job.plug-in", nil), w.say("ui.job.plug-in-means", nil)
	}
	r.ask(picture, title, why)
	r.tick(w, jobSteps, stepOf(jobSteps, e.Phase), p.Percent)
	r.aside.SetText(w.text(aside(j)))
}

// aside is what there is to say beside the figures.
func aside(j *state.Job) words.Text {
	e := j.Event
	span := words.Args{"Span": words.Span(e.Quiet)}
	switch {
	case j.Stopping, j.Step == state.Interrupted:
		return words.T("ui.job.kept", nil)
	case e.Phase == backup.WaitingProgram && e.BlockedBy != "":
		return words.T("ui.running.rival", words.Args{"Program": e.BlockedBy})
	case e.Phase == backup.WaitingProgram:
		return words.T("ui.running.rival-unknown", nil)
	case e.Phase == backup.Settling:
		return words.T("ui.running.settling", nil)
	case e.Liveness == backup.PhoneStalled:
		return words.T("ui.running.stalled", span)
	case e.Quiet > 0:
		return words.T("ui.running.quiet", span)
	case j.Phone.State != nil && j.Phone.State.Input.Local.Exists:
		return words.T("ui.job.go-on-earlier", nil)
	}
	return words.T("ui.job.go-on", nil)
}

// jobSteps are the steps that are ticked while a backup runs: which phases each is,
// and its words.
var jobSteps = []runStep{
	{"ui.job.step.passcode", []backup.Phase{state.PhaseKeyring, backup.Preparing, backup.Encrypting, backup.WaitingPasscode, backup.WaitingProgram, backup.Settling}},
	{"ui.job.step.copy", []backup.Phase{backup.WaitingPhone, backup.Comparing, backup.Receiving, backup.Finishing}},
	{"ui.job.step.check", []backup.Phase{backup.Verifying}},
	{"ui.job.step.place", []backup.Phase{backup.Placing, backup.Done}},
}

// runStep is a step that is ticked while a backup or a restore runs.
type runStep struct {
	key    string
	phases []backup.Phase
}

// stepOf is the number of the step that a phase belongs to.
func stepOf(steps []runStep, phase backup.Phase) int {
	return max(0, slices.IndexFunc(steps, func(s runStep) bool { return slices.Contains(s.phases, phase) }))
}

// jobStep is the line of a step.
type jobStep struct {
	mark    *widgets.Mark
	text    *widgets.Text
	share   *widgets.Text
	content fyne.CanvasObject
}

func newJobStep() *jobStep {
	s := &jobStep{mark: widgets.NewMark("unknown", 18), text: widgets.OneLine(""), share: widgets.Caption("").Word()}
	s.content = widgets.Beside(s.mark, container.NewBorder(nil, nil, nil, container.NewCenter(s.share), s.text))
	return s
}

// show sets a line; bold is whether it is under way.
func (s *jobStep) show(text, mark, share string, bold bool) {
	s.mark.Set(mark)
	if s.text.TextStyle.Bold != bold {
		s.text.TextStyle.Bold = bold
		s.text.Refresh()
	}
	s.text.SetText(text)
	s.share.SetText(share)
}

// askToStop asks before a backup is given up.
func (w *Window) askToStop(j *state.Job) {
	means := "ui.close.means-first"
	if j.Phone.State != nil && j.Phone.State.Input.Local.Exists {
		means = "ui.close.means"
	}
	w.askToGiveUp(j, w.say("ui.job.stop-title", nil), means, "ui.close.go-on", "ui.job.stop-do", func() { w.StopJob(j) })
}

// Ended shows the outcome of a backup, also to whoever looks at something else.
func (w *Window) Ended(j *state.Job) {
	if w.sheet != nil && w.sheet.about == any(j) {
		w.sheet.hide() // "a backup is running" is no longer true
	}
	w.notifyEnded(j)
}

// timeOfDay is the time of a day.
func timeOfDay(t time.Time) string { return t.Local().Format("15:04") }
