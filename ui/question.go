package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/widgets"

	"lifeboat/assets/words"
	"lifeboat/checks"
)

// question is what a row asks of the user: a choice that takes one tap, or a
// text to be typed. An answer that is remembered is shown with its date and
// can be changed.
type question struct {
	w       *Window
	p       *phone
	check   string // id of the check that asks
	resized func() // called when the user made it larger or smaller

	q         checks.Question
	shown     shownQuestion
	changing  bool // the user wants to give another answer
	busy      bool // an answer is on its way
	complaint string
	entry     *widgets.TextBox // nil for a choice
	content   *fyne.Container
}

// shownQuestion reports whether a question has to be drawn again.
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

func newQuestion(w *Window, p *phone, check string, resized func()) *question {
	return &question{w: w, p: p, check: check, resized: resized, content: widgets.NewRows()}
}

func (s *question) object() fyne.CanvasObject { return s.content }

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
	now := shownQuestion{w.Words.Text(q.Ask), w.Words.Text(q.Where), s.given(), len(q.Choices),
		q.Given == nil || s.changing, s.busy, s.complaint}
	if now == s.shown {
		return
	}
	s.shown = now
	all := []fyne.CanvasObject{widgets.Strong(now.ask)}
	if now.given != "" {
		all = append(all, widgets.Plain(now.given))
	}
	switch {
	case !now.open:
		change := widgets.NewAction(w.say("ui.question.change", nil), nil, func() { s.change() })
		widgets.SetEnabled(change, !s.busy)
		all = append(all, widgets.Inset(container.NewHBox(change)))
	case len(q.Choices) > 0:
		all = append(all, s.where(now.where), s.choices())
	default:
		all = append(all, s.where(now.where), s.box())
	}
	if now.complaint != "" {
		bad := widgets.Plain(now.complaint)
		bad.Importance = widget.DangerImportance
		all = append(all, bad)
	}
	s.content.Objects = []fyne.CanvasObject{container.New(widgets.Rows{Gap: -4}, all...)}
	s.content.Refresh()
}

func (s *question) where(text string) fyne.CanvasObject {
	where := widgets.Plain(text)
	widgets.Show(where, text != "")
	return where
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
			said = s.w.Words.Text(c.Text)
		}
	}
	return s.w.say("ui.question.given", words.Args{"Date": words.Date(a.At), "Answer": said})
}

func (s *question) choices() fyne.CanvasObject {
	var all []fyne.CanvasObject
	for _, c := range s.q.Choices {
		b := widgets.NewAction(s.w.Words.Text(c.Text), nil, func() { s.give(checks.Answer{Choice: c.ID}) })
		widgets.SetEnabled(b, !s.busy)
		all = append(all, b)
	}
	return widgets.Inset(container.New(&widgets.Flowing{}, all...))
}

// box is the field for a text; the same one for as long as the row lives.
func (s *question) box() fyne.CanvasObject {
	if s.entry == nil {
		s.entry = widgets.NewTextBox(typedLines)
		s.entry.SetText(s.p.typed[s.q.ID])
		s.entry.OnChanged = func(text string) { s.p.typed[s.q.ID] = text }
	}
	ok := widgets.NewAction(s.w.say("ui.question.ok", nil), nil, func() {
		text := []rune(s.entry.Text)
		if len(text) > 0 {
			s.give(checks.Answer{Text: string(text[:min(len(text), maxTyped)])})
		}
	})
	widgets.SetEnabled(ok, !s.busy)
	return widgets.Inset(widgets.NewRows(container.NewStack(s.entry, widgets.NewWheel()), container.NewHBox(ok)))
}

func (s *question) change() {
	s.changing = true
	s.resized()
	s.draw()
}

// give sends an answer. Until it is taken, no other can be given.
func (s *question) give(a checks.Answer) {
	a.At = s.w.Now()
	s.busy, s.complaint = true, ""
	s.draw()
	s.w.answer(s.p, s.check, s.q.ID, a, func(err error) {
		s.busy, s.complaint = false, s.w.explain(err).Happened
		s.resized()
		s.draw()
	})
}
