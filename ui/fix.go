package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// fixAct is what Lifeboat can do about a step, and the words of its button.
type fixAct struct {
	word string
	do   func(w *Window, p *state.Phone, f checks.Fix)
}

// statusPage is Apple's page about its services.
const statusPage = "https://www.apple.com/support/systemstatus/"

// fixActs are the actions that have a button.
var fixActs = map[checks.Action]fixAct{
	checks.SwitchOn:     {"ui.deed.switch-on", func(w *Window, p *state.Phone, f checks.Fix) { w.ask(p, state.SwitchOn, f.ID) }},
	checks.RestartPhone: {"ui.deed.restart", func(w *Window, p *state.Phone, f checks.Fix) { w.ask(p, state.Restart, f.ID) }},
	checks.BackUpHere:   {"ui.deed.back-up", func(w *Window, p *state.Phone, f checks.Fix) { w.BackUp(p, f.ID) }},
	checks.WatchAttempt: {"ui.deed.watch", func(w *Window, p *state.Phone, f checks.Fix) { w.Watch(p, f.ID) }},
	checks.ChooseFolder: {"ui.deed.folder", func(w *Window, _ *state.Phone, _ checks.Fix) { w.chooseDestination() }},
	checks.OpenStatus:   {"ui.deed.status", func(w *Window, _ *state.Phone, _ checks.Fix) { w.openPage(statusPage) }},
	checks.MakeReport:   {"ui.deed.report", func(w *Window, p *state.Phone, _ checks.Fix) { w.WriteReport(p, w.say_) }},
}

// actionWord is the word of the button of an action, "" for one that only the
// person can do.
func (w *Window) actionWord(a checks.Action) string {
	act, ok := fixActs[a]
	if !ok {
		return ""
	}
	return w.say(act.word, nil)
}

// fixWord is the word of the button that leads to a step: what Lifeboat does
// about it, or the page that says how.
func (w *Window) fixWord(f checks.Fix) string {
	if word := w.actionWord(f.Action); word != "" {
		return word
	}
	return w.say("ui.cloud.fix", nil)
}

// doFix does what can be done about a step from here, or opens the steps.
func (w *Window) doFix(p *state.Phone, f checks.Fix) {
	if act, ok := fixActs[f.Action]; ok {
		act.do(w, p, f)
		return
	}
	w.ShowFix(p)
}

// efforts word what a step costs or puts at risk.
var efforts = map[checks.Effort]string{
	checks.Look:    "ui.effort.look",
	checks.Retry:   "ui.effort.retry",
	checks.Setting: "ui.effort.setting",
	checks.Restart: "ui.effort.restart",
	checks.Tidy:    "ui.effort.tidy",
	checks.Update:  "ui.effort.update",
	checks.SignOut: "ui.effort.sign-out",
	checks.Erase:   "ui.effort.erase",
	checks.Reset:   "ui.effort.reset",
}

// cost says what a step costs or puts at risk. A backup removes nothing,
// whatever step it stands beside.
func (w *Window) cost(f checks.Fix) string {
	switch f.Action {
	case checks.BackUpHere:
		return w.say("ui.effort.back-up", nil)
	case checks.WatchAttempt:
		return w.say("ui.effort.retry", nil)
	}
	return w.say(efforts[f.Effort], nil)
}

// fixPage goes through the steps back to a working backup, one at a time: the one
// to do now in full, the others in a line each.
type fixPage struct {
	drawn
	w *Window
	p *state.Phone

	verdict  *widgets.Text
	mark     *widgets.Mark
	now      *fyne.Container // the card of the step to do now
	shown    string          // id and state of it
	act      *widgets.Action
	rest     *fyne.Container
	lines    []*stepLine
	finished fyne.CanvasObject
}

func newFixPage(w *Window, p *state.Phone) *fixPage {
	f := &fixPage{w: w, p: p, verdict: widgets.Quiet(""), mark: widgets.NewMark("unknown", 18), now: container.NewStack(), rest: widgets.NewTight()}
	f.finished = widgets.Card(widgets.NewRows(widgets.Headline(string(checks.Pass), w.say("ui.steps.none", nil)), widgets.Plain(w.say("ui.steps.none-next", nil))))
	body := widgets.NewWide(
		w.pageHead(widgets.Heading(w.say("ui.steps.title", nil))),
		widgets.Beside(f.mark, f.verdict), f.now, f.finished, f.rest)
	_, f.content = widgets.Page(widgets.TextWidth, body, nil)
	return f
}

func (f *fixPage) first() fyne.Focusable {
	if f.act != nil && !f.act.Disabled() {
		return f.act
	}
	return nil
}

func (f *fixPage) update() {
	w, p := f.w, f.p
	if p.State == nil || p.Fix == nil {
		return // the page is about to go
	}
	f.mark.Set(string(p.State.Standing))
	f.verdict.SetText(w.text(p.State.Verdict))
	p.Fix.Update(p.State.Next)
	at := p.Step()
	widgets.Show(f.now, at >= 0)
	widgets.Show(f.finished, at < 0)
	if at >= 0 {
		f.show(at)
	}
	for i, step := range p.Fix.All {
		if i == len(f.lines) {
			line := newStepLine(w, p, i)
			f.lines = append(f.lines, line)
			f.rest.Add(line.content)
		}
		f.lines[i].update(step, i == at)
	}
	f.content.Refresh()
}

// show shows the step to do now. Its card is drawn again only when it is another.
func (f *fixPage) show(at int) {
	w, p := f.w, f.p
	step := p.Fix.All[at]
	key := step.ID + w.text(step.Text) + string(step.Action) + strconv.Itoa(len(p.Fix.All))
	if key == f.shown {
		return
	}
	moved := f.shown != ""
	f.shown = key
	rows := widgets.NewRows(
		widgets.Caption(w.say("ui.steps.of", words.Args{"N": at + 1, "Total": len(p.Fix.All)})),
		widgets.Title(w.text(step.Text)),
	)
	if r, ok := p.State.Result(state.CheckOf(step)); ok {
		rows.Add(widgets.Plain(w.text(r.Finding)))
	}
	cost := w.cost(step)
	if step.Seen {
		cost += w.say("ui.ready.between", nil) + w.say("ui.steps.sees", nil)
	}
	rows.Add(widgets.Caption(cost))
	line := container.New(&widgets.Flowing{Gap: 2 * widgets.Grid})
	did := func() { w.Tick(p, step.ID, true) }
	f.act = nil
	if word := w.actionWord(step.Action); word != "" {
		f.act = widgets.NewPrimary(word, nil, func() { w.doFix(p, step) })
		line.Add(f.act)
		line.Add(widgets.NewLink(w.say("ui.steps.did", nil), did))
	} else {
		f.act = widgets.NewPrimary(w.say("ui.steps.did", nil), nil, did)
		line.Add(f.act)
	}
	line.Add(widgets.NewLink(w.say("ui.steps.skip", nil), func() { w.Skip(p, step.ID, true) }))
	rows.Add(line)
	f.now.Objects = []fyne.CanvasObject{widgets.Card(rows)}
	f.now.Refresh()
	if moved {
		w.focusFirst()
	}
}

// stepLine is one of the other steps: what it is, and what became of it.
type stepLine struct {
	w       *Window
	p       *state.Phone
	number  *widgets.Text
	mark    *widgets.Mark
	text    *widgets.Text
	said    *widgets.Text
	undo    *widgets.Link
	fix     checks.Fix
	content *fyne.Container
}

func newStepLine(w *Window, p *state.Phone, i int) *stepLine {
	l := &stepLine{w: w, p: p, number: widgets.Strong(strconv.Itoa(i + 1)).Word(), mark: widgets.NewMark("pass", 18),
		text: widgets.Quiet(""), said: widgets.Caption("")}
	l.undo = widgets.NewLink("", l.takeUp)
	left := container.New(widgets.AtLeast{Size: fyne.NewSize(3*widgets.Grid, 0)}, container.New(widgets.InTurn{}, l.number, l.mark))
	l.content = container.NewStack(widgets.Beside(left, container.NewBorder(nil, nil, nil, l.undo, widgets.NewTight(l.text, l.said))))
	return l
}

// takeUp takes back that the step was done, or is done later.
func (l *stepLine) takeUp() {
	if l.p.StepState(l.fix) == state.StepSaid {
		l.w.Tick(l.p, l.fix.ID, false)
		return
	}
	l.w.Skip(l.p, l.fix.ID, false)
}

func (l *stepLine) update(f checks.Fix, now bool) {
	w := l.w
	l.fix = f
	at := l.p.StepState(f)
	widgets.Show(l.content, !now)
	l.text.SetText(w.text(f.Text))
	skipped := l.p.Fix.Skipped[f.ID]
	said := w.cost(f)
	switch at {
	case state.StepSeen:
		said = w.say("ui.steps.seen", nil)
	case state.StepSaid:
		said = w.say("ui.steps.said", words.Args{"Date": words.Date(l.p.State.Tried[f.ID].At)})
	case state.StepNeeded:
		said = w.say("ui.steps.needless", nil)
	}
	l.said.SetText(said)
	open := at == state.StepOpen
	widgets.Show(l.number, open)
	widgets.Show(l.mark, !open)
	mark := "pass"
	if at == state.StepNeeded {
		mark = "unknown"
	}
	l.mark.Set(mark)
	l.undo.SetText(w.say("ui.steps.take-up", nil))
	widgets.Show(l.undo, at == state.StepSaid || open && skipped)
}
