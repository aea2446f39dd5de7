package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/widgets"

	"lifeboat/assets/words"
	"lifeboat/checks"
)

// guidedScreen is the list of steps back to a working backup: do this,
// Lifeboat sees it where it can, else the user ticks it.
type guidedScreen struct {
	w       *Window
	p       *phone
	verdict *verdict
	steps   *fyne.Container
	rows    []*stepRow
	back    *widgets.Action
	recheck *widgets.Action
	content fyne.CanvasObject
}

func newGuidedScreen(w *Window, p *phone) *guidedScreen {
	s := &guidedScreen{w: w, p: p, verdict: newVerdict(w, p), steps: widgets.NewRows()}
	leave := func() { w.leaveGuide(p) }
	s.back = widgets.NewAction(w.say("ui.back", nil), fynetheme.NavigateBackIcon(), leave)
	s.back.Escape = leave
	s.recheck = widgets.NewAction(w.say("ui.ready.check-again", nil), fynetheme.ViewRefreshIcon(), func() { w.look(p); w.refresh() })
	s.recheck.Escape = leave
	s.content = widgets.Page(widgets.NewColumn(
		widgets.Title(w.say("ui.steps.title", nil)),
		widgets.Plain(w.say("ui.steps.how", nil)),
		s.verdict.object(), s.steps,
	), container.NewBorder(nil, nil, s.back, s.recheck))
	return s
}

func (s *guidedScreen) object() fyne.CanvasObject { return s.content }
func (s *guidedScreen) first() fyne.Focusable     { return s.back }
func (s *guidedScreen) leave()                    { s.w.leaveGuide(s.p) }

func (s *guidedScreen) update() {
	if s.p.state == nil {
		return
	}
	s.verdict.update()
	widgets.SetEnabled(s.recheck, !s.p.looking)
	g := s.p.guided
	if g == nil {
		return // the screen is about to go
	}
	g.take(s.p.state.Next)
	for i, f := range g.steps {
		if i == len(s.rows) {
			row := newStepRow(s.w, s.p, i)
			s.rows = append(s.rows, row)
			s.steps.Add(row.object())
		}
		s.rows[i].update(f)
	}
}

// stepRow is one step. It keeps its height whatever becomes of it.
type stepRow struct {
	w *Window
	p *phone

	fix     checks.Fix
	number  fyne.CanvasObject
	done    *widget.Icon
	doneBox fyne.CanvasObject
	text    *widgets.Steady
	hint    *widgets.Steady
	button  *fyne.Container
	action  checks.Action // that button has the button of
	tick    *widgets.TickBox
	content fyne.CanvasObject
}

func newStepRow(w *Window, p *phone, i int) *stepRow {
	r := &stepRow{w: w, p: p, text: widgets.NewSteady(widgets.Plain(""), 1), hint: widgets.NewSteady(widgets.Quiet(""), 1), button: container.NewHBox(), done: widget.NewIcon(nil)}
	r.number = container.NewCenter(widgets.OneWord(w.number(i + 1)))
	r.doneBox = container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(22), r.done))
	r.tick = widgets.NewTickBox(w.say("ui.steps.did", nil), func(on bool) { w.tick(p, r.fix.ID, on) })
	line := container.New(&widgets.Flowing{}, r.button, r.tick)
	r.content = widgets.Card(container.NewBorder(nil, nil,
		widgets.NewRows(container.New(widgets.AtLeast{Size: fyne.NewSize(34, 0)}, container.New(widgets.InTurn{}, r.number, r.doneBox))), nil,
		container.New(widgets.Rows{Gap: -6}, widgets.NewTight(r.text.Object(), r.hint.Object()), widgets.Inset(line))))
	return r
}

func (r *stepRow) object() fyne.CanvasObject { return r.content }

func (r *stepRow) update(f checks.Fix) {
	w := r.w
	r.fix = f
	state := r.p.progress(f)
	r.text.Set(w.Words.Text(f.Text))
	r.hint.Set(r.say(state))
	if mark := markOf(state); mark != "" && r.done.Resource != widgets.MarkResource(mark) {
		r.done.SetResource(widgets.MarkResource(mark))
	}
	open := state == stepOpen
	widgets.Show(r.number, open)
	widgets.Show(r.doneBox, !open)
	r.updateButton(state)
	widgets.Show(r.tick, !f.Seen)
	if state == stepSeen {
		r.tick.Disable()
	} else {
		r.tick.Enable()
	}
	if done := state == stepSaid || state == stepSeen; r.tick.Checked != done {
		onChanged := r.tick.OnChanged
		r.tick.OnChanged = nil // what follows is no tick of the user's
		r.tick.SetChecked(done)
		r.tick.OnChanged = onChanged
	}
}

// updateButton sets the button of what Lifeboat can do about the step.
func (r *stepRow) updateButton(state progress) {
	if r.fix.Action != r.action {
		r.action = r.fix.Action
		r.button.Objects = nil
		if b := r.w.fixButton(r.p, r.fix); b != nil {
			r.button.Objects = []fyne.CanvasObject{b}
		}
		r.button.Refresh()
	}
	widgets.Show(r.button, len(r.button.Objects) > 0)
	for _, o := range r.button.Objects {
		widgets.SetEnabled(o.(*widgets.Action), state == stepOpen || state == stepSaid)
	}
}

// markOf is the mark of a step that is no longer open.
func markOf(state progress) string {
	switch state {
	case stepSeen, stepSaid:
		return string(checks.Pass)
	case stepNeeded:
		return string(checks.Unknown)
	}
	return ""
}

// say is the line below a step: what it costs and who sees that it is done,
// or what became of it.
func (r *stepRow) say(state progress) string {
	w := r.w
	switch state {
	case stepSeen:
		return w.say("ui.steps.seen", nil)
	case stepSaid:
		return w.say("ui.steps.said", words.Args{"Date": words.Date(r.p.state.Tried[r.fix.ID].At)})
	case stepNeeded:
		return w.say("ui.steps.needless", nil)
	}
	line := w.cost(r.fix)
	if r.fix.Seen {
		line += w.say("ui.ready.between", nil) + w.say("ui.steps.sees", nil)
	}
	return line
}
