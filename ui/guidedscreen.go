package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

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
	back    *action
	recheck *action
	content fyne.CanvasObject
}

func newGuidedScreen(w *Window, p *phone) *guidedScreen {
	s := &guidedScreen{w: w, p: p, verdict: newVerdict(w, p), steps: newRows()}
	leave := func() { w.leaveGuide(p) }
	s.back = newAction(w.say("ui.back", nil), fynetheme.NavigateBackIcon(), leave)
	s.back.escape = leave
	s.recheck = newAction(w.say("ui.ready.check-again", nil), fynetheme.ViewRefreshIcon(), func() { w.look(p); w.refresh() })
	s.recheck.escape = leave
	s.content = page(newColumn(
		title(w.say("ui.steps.title", nil)),
		plain(w.say("ui.steps.how", nil)),
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
	setEnabled(s.recheck, !s.p.looking)
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
	text    *steady
	hint    *steady
	button  *fyne.Container
	action  checks.Action // that button has the button of
	tick    *tickBox
	content fyne.CanvasObject
}

func newStepRow(w *Window, p *phone, i int) *stepRow {
	r := &stepRow{w: w, p: p, text: newSteady(plain(""), 1), hint: newSteady(quiet(""), 1), button: container.NewHBox(), done: widget.NewIcon(nil)}
	r.number = container.NewCenter(strong1(w.number(i + 1)))
	r.doneBox = container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(22), r.done))
	r.tick = newTickBox(w.say("ui.steps.did", nil), func(on bool) { w.tick(p, r.fix.ID, on) })
	line := container.New(&flowing{}, r.button, r.tick)
	r.content = card(container.NewBorder(nil, nil,
		newRows(container.New(atLeast{fyne.NewSize(34, 0)}, container.New(inTurn{}, r.number, r.doneBox))), nil,
		container.New(rows{gap: -6}, newTight(r.text.object(), r.hint.object()), inset(line))))
	return r
}

func (r *stepRow) object() fyne.CanvasObject { return r.content }

func (r *stepRow) update(f checks.Fix) {
	w := r.w
	r.fix = f
	state := r.p.progress(f)
	r.text.set(w.Words.Text(f.Text))
	r.hint.set(r.say(state))
	if mark := markOf(state); mark != "" && r.done.Resource != markResource(mark) {
		r.done.SetResource(markResource(mark))
	}
	open := state == stepOpen
	show(r.number, open)
	show(r.doneBox, !open)
	r.updateButton(state)
	show(r.tick, !f.Seen)
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
	show(r.button, len(r.button.Objects) > 0)
	for _, o := range r.button.Objects {
		setEnabled(o.(*action), state == stepOpen || state == stepSaid)
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
