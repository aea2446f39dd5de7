package ui

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// pageHead is the way back and the title of a page.
func (w *Window) pageHead(title fyne.CanvasObject) fyne.CanvasObject {
	back := widgets.NewIconButton(w.say("ui.back", nil), fynetheme.NavigateBackIcon(), w.Back)
	return widgets.Beside(back, title)
}

// checkPage is one check: what was read, why it matters, what only the person can
// tell, and what to do.
type checkPage struct {
	drawn
	w  *Window
	p  *state.Phone
	id string

	mark      *widgets.Mark
	title     *widgets.Text
	finding   *widgets.Text
	before    *widgets.Text
	why       *widgets.Text
	whyPart   fyne.CanvasObject
	asked     *fyne.Container
	questions map[checks.QuestionID]*question
	fixPart   *fyne.Container
	fixes     *fixList
	details   *widgets.Fold
	evidence  *fyne.Container
	read      map[string]string // that evidence shows
	next      *widgets.Action
}

func newCheckPage(w *Window, p *state.Phone, id string) *checkPage {
	c := &checkPage{w: w, p: p, id: id, mark: widgets.NewMark("unknown", 24), title: widgets.Heading(""), finding: widgets.Plain(""),
		before: widgets.Quiet(""), why: widgets.Plain(""), asked: widgets.NewRows(), questions: map[checks.QuestionID]*question{},
		fixes: newFixList(w, p), evidence: widgets.NewRows()}
	c.whyPart = widgets.NewTight(widgets.Strong(w.say("ui.check.why", nil)), c.why)
	c.fixPart = widgets.NewRows(widgets.Strong(w.say("ui.check.fix", nil)), c.fixes.content)
	c.details = widgets.NewFold(widgets.Quiet(w.say("ui.check.details", nil)), false,
		func() fyne.CanvasObject { return c.evidence }, nil)
	c.next = widgets.NewAction("", nil, c.goOn)
	body := widgets.NewWide(
		w.pageHead(c.title),
		widgets.Card(widgets.NewRows(widgets.Beside(c.mark, c.finding), c.before)),
		c.asked, c.fixPart, c.whyPart, c.details)
	_, c.content = widgets.Page(widgets.TextWidth, body, widgets.ButtonRow(c.next))
	return c
}

// first is the way on, which stands out; nothing while a question is open, since Enter
// pressed once too often must not answer it.
func (c *checkPage) first() fyne.Focusable {
	if r, ok := c.p.State.Result(c.id); ok && len(openQuestions(r)) > 0 {
		return nil
	}
	if act := c.fixes.act; act != nil && c.nextAsking() == "" {
		return act
	}
	return c.next
}

func (c *checkPage) update() {
	w := c.w
	r, ok := c.p.State.Result(c.id)
	if !ok {
		return
	}
	c.mark.Set(string(r.Status))
	c.title.SetText(w.text(r.Title))
	c.finding.SetText(w.text(r.Finding))
	before := w.lastTime(c.p, r.ID)
	c.before.SetText(before)
	widgets.Show(c.before, before != "")
	why := w.text(r.Why)
	c.why.SetText(why)
	widgets.Show(c.whyPart, why != "")
	c.ask(r)
	c.fixes.update(r.Fix)
	widgets.Show(c.fixPart, len(r.Fix) > 0)
	c.list(r.Evidence)
	c.next.SetText(w.say("ui.check.done", nil))
	if next := c.nextAsking(); next != "" {
		c.next.SetText(w.say("ui.check.next", nil))
	}
	// The way on stands out, once all is answered: to the next question, or to repair
	// what was found.
	answered, act := len(openQuestions(r)) == 0, c.fixes.act
	repair := act != nil && c.nextAsking() == ""
	if act != nil {
		act.SetPrimary(answered && repair)
	}
	c.next.SetPrimary(answered && !repair && len(c.questions) > 0)
	c.content.Refresh()
}

// nextAsking is the id of another check that asks something, "" for none.
func (c *checkPage) nextAsking() string {
	if len(c.questions) == 0 {
		return ""
	}
	for _, id := range c.w.questions(c.p) {
		if id != c.id {
			return id
		}
	}
	return ""
}

// goOn leads to the next question, or back.
func (c *checkPage) goOn() {
	if next := c.nextAsking(); next != "" {
		c.w.Replace(state.Page{Name: state.CheckPage, Check: next})
		return
	}
	c.w.Back()
}

// ask shows the questions of a result. One that was answered stays until the page
// is left.
func (c *checkPage) ask(r checks.Result) {
	for _, q := range r.Questions {
		part := c.questions[q.ID]
		if part == nil {
			part = newQuestion(c.w, c.p)
			c.questions[q.ID] = part
			c.asked.Add(part.content)
		}
		part.update(q)
	}
	widgets.Show(c.asked, len(c.questions) > 0)
}

// list shows the values that a check went by, as the phone gave them.
func (c *checkPage) list(values map[string]string) {
	widgets.Show(c.details, len(values) > 0)
	if maps.Equal(values, c.read) {
		return
	}
	c.read = values
	lines := make([]string, 0, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		lines = append(lines, c.w.say("ui.check.evidence", words.Args{"Name": name, "Value": values[name]}))
	}
	c.evidence.Objects = []fyne.CanvasObject{widgets.Copyable(strings.Join(lines, "\n"))}
	c.evidence.Refresh()
}

// lastTime says what a check said in the last diagnosis on record, if that differs.
func (w *Window) lastTime(p *state.Phone, id string) string {
	for _, c := range p.State.Changes {
		if c.ID == id {
			return w.say("ui.check.before", words.Args{"Status": w.say(statusWords[c.From], nil)})
		}
	}
	return ""
}

// fixList is what to do about one check, numbered, with a button where
// Lifeboat can do it and a hint at what it costs.
type fixList struct {
	w       *Window
	p       *state.Phone
	shown   []shownFix
	act     *widgets.Action // of the first step, nil if only the person can do that
	content *fyne.Container
}

// shownFix says whether a step has to be drawn again.
type shownFix struct {
	id, text string
	action   checks.Action
}

func newFixList(w *Window, p *state.Phone) *fixList {
	return &fixList{w: w, p: p, content: widgets.NewRows()}
}

func (l *fixList) update(fixes []checks.Fix) {
	now := make([]shownFix, 0, len(fixes))
	for _, f := range fixes {
		now = append(now, shownFix{f.ID, l.w.text(f.Text), f.Action})
	}
	if slices.Equal(now, l.shown) {
		return
	}
	l.shown = now
	l.content.Objects, l.act = nil, nil
	for i, f := range fixes {
		l.content.Objects = append(l.content.Objects, l.fix(i, f, now[i].text))
	}
	l.content.Refresh()
}

func (l *fixList) fix(i int, f checks.Fix, text string) fyne.CanvasObject {
	body := widgets.NewRows(widgets.NewTight(widgets.Plain(text), widgets.Caption(l.w.cost(f))))
	if word := l.w.actionWord(f.Action); word != "" {
		act := widgets.NewAction(word, nil, func() { l.w.doFix(l.p, f) })
		if i == 0 {
			l.act = act
		}
		body.Add(widgets.Left(act))
	}
	return widgets.Beside(container.New(widgets.AtLeast{Size: fyne.NewSize(2*widgets.Grid, 0)}, widgets.Strong(strconv.Itoa(i+1)).Word()), body)
}
