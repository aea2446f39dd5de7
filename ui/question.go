package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// question is what a check asks of the person: a choice that takes one tap, or a
// text to be typed. An answer that is remembered is ticked, with its date, and
// can be changed.
type question struct {
	w *Window
	p *state.Phone

	q           checks.Question
	shown       shownQuestion
	changing    bool // the person wants to give another answer
	busy        bool // an answer is on its way
	complaint   string
	entry       *widgets.TextBox // nil for a choice
	firstChoice *widgets.Action
	content     *fyne.Container
}

// shownQuestion says whether a question has to be drawn again.
type shownQuestion struct {
	ask, where, given string
	choices           int
	open, busy        bool
	complaint         string
}

// typedLines is how many lines of a typed text can be seen.
const typedLines = 3

// maxTyped is how many characters of a typed text are taken.
const maxTyped = 4000

func newQuestion(w *Window, p *state.Phone) *question {
	return &question{w: w, p: p, content: widgets.NewRows()}
}

// update shows the question as it is now. What is being typed stays.
func (s *question) update(q checks.Question) {
	if s.busy && q.Given != nil && (s.q.Given == nil || *q.Given != *s.q.Given) {
		s.busy, s.changing = false, false // the answer has arrived
	}
	s.q = q
	s.draw()
}

func (s *question) draw() {
	w, q := s.w, s.q
	now := shownQuestion{w.text(q.Ask), w.text(q.Where), s.given(), len(q.Choices),
		q.Given == nil || s.changing, s.busy, s.complaint}
	if now == s.shown {
		return
	}
	s.shown, s.firstChoice = now, nil
	all := []fyne.CanvasObject{widgets.Strong(now.ask)}
	if now.given != "" {
		all = append(all, widgets.Beside(widgets.NewMark("pass", 18), widgets.Plain(now.given)))
	}
	where := widgets.Plain(now.where)
	widgets.Show(where, now.where != "" && now.open)
	all = append(all, where)
	switch {
	case !now.open:
		change := widgets.NewAction(w.say("ui.question.change", nil), nil, func() { s.changing = true; s.draw() })
		widgets.SetEnabled(change, !s.busy)
		all = append(all, widgets.Left(change))
	case len(q.Choices) > 0:
		all = append(all, s.choices())
	default:
		all = append(all, s.box())
	}
	if now.complaint != "" {
		bad := widgets.Plain(now.complaint)
		bad.Importance = widget.DangerImportance
		all = append(all, bad)
	}
	s.content.Objects = []fyne.CanvasObject{widgets.Card(widgets.NewRows(all...))}
	s.content.Refresh()
}

// given words the answer that is remembered.
func (s *question) given() string {
	a := s.q.Given
	if a == nil {
		return ""
	}
	said := a.Text
	for _, c := range s.q.Choices {
		if c.ID == a.Choice {
			said = s.w.text(c.Text)
		}
	}
	return s.w.say("ui.question.given", words.Args{"Date": words.Date(a.At), "Answer": said})
}

func (s *question) choices() fyne.CanvasObject {
	var all []fyne.CanvasObject
	for _, c := range s.q.Choices {
		b := widgets.NewAnswer(s.w.text(c.Text), func() { s.give(checks.Answer{Choice: c.ID}) })
		widgets.SetEnabled(b, !s.busy)
		if s.firstChoice == nil {
			s.firstChoice = b
		}
		all = append(all, b)
	}
	return container.New(&widgets.Flowing{}, all...)
}

// box is the field for a text; the same one for as long as the page lives.
func (s *question) box() fyne.CanvasObject {
	if s.entry == nil {
		s.entry = widgets.NewTextBox(typedLines)
		s.entry.SetText(s.p.Typed[s.q.ID])
		s.entry.OnChanged = func(text string) { s.p.Typed[s.q.ID] = text }
	}
	ok := widgets.NewAction(s.w.say("ui.question.ok", nil), nil, func() {
		text := []rune(s.entry.Text)
		if len(text) > 0 {
			s.give(checks.Answer{Text: string(text[:min(len(text), maxTyped)])})
		}
	})
	widgets.SetEnabled(ok, !s.busy)
	return widgets.NewRows(container.NewStack(s.entry, widgets.NewWheel()), widgets.Left(ok))
}

// give sends an answer. Until it is taken, no other can be given.
func (s *question) give(a checks.Answer) {
	s.busy, s.complaint = true, ""
	s.draw()
	s.w.Answer(s.p, s.q.ID, a, func(err error) {
		s.busy, s.complaint = false, s.w.explain(err).Happened
		s.draw()
	})
}
