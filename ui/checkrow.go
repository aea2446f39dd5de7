package ui

import (
	"maps"
	"slices"
	"strings"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/checks"
)

// checkRow is one check: what was found, and when opened why it matters, what
// only the user can tell, what to do, and what was read. It lives as long as
// its screen and shows new results where it stands.
type checkRow struct {
	w *Window
	p *phone

	result  checks.Result
	mark    *widget.Icon
	word    *widget.Label
	name    *widget.Label
	finding *widgets.Steady
	fold    *widgets.Fold
	body    *checkBody // nil until it was opened once
}

// pendingLines is the room that a finding has which is still to come.
const pendingLines = 2

func newCheckRow(w *Window, p *phone, id string) *checkRow {
	r := &checkRow{w: w, p: p, mark: widget.NewIcon(nil), name: widgets.Strong(""), finding: widgets.NewSteady(widgets.Plain(""), 1)}
	r.word = &widget.Label{TextStyle: fyne.TextStyle{Bold: true}, Alignment: fyne.TextAlignCenter}
	head := container.NewBorder(nil, nil,
		container.NewPadded(container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(22), r.mark))),
		container.New(widgets.AtLeast{Size: w.widestStatus()}, container.NewCenter(r.word)),
		widgets.NewTight(r.name, r.finding.Object()))
	r.fold = widgets.NewFold(head, p.opened[id], func() fyne.CanvasObject {
		r.body = newCheckBody(w, p)
		r.body.update(r.result, r.finding.Cut())
		return r.body.object()
	}, func(open bool) {
		p.opened[id] = open
		w.updatePolling()
	})
	return r
}

func (r *checkRow) object() fyne.CanvasObject { return r.fold }

// free lets the row take the room that it needs.
func (r *checkRow) free() {
	r.finding.Height = 0
	if r.body != nil {
		r.body.free()
	}
}

// update shows a new result; only what differs is drawn again.
func (r *checkRow) update(result checks.Result) {
	w := r.w
	r.result = result
	if icon := widgets.MarkResource(string(result.Status)); r.mark.Resource != icon {
		r.mark.SetResource(icon)
	}
	if word := w.say(statusWords[result.Status], nil); r.word.Text != word {
		r.word.Importance = importanceOf(result.Status)
		r.word.SetText(word)
	}
	widgets.SetText(r.name, w.Words.Text(result.Title))
	r.finding.Least = 1
	if result.Pending {
		r.finding.Least = pendingLines
	}
	r.finding.Set(w.Words.Text(result.Finding))
	if r.finding.Height == 0 {
		r.finding.Fit()
	}
	if r.body != nil {
		r.body.update(result, r.finding.Cut())
	}
}

// widestStatus is the room that any word of a status needs, so that none
// takes room from the text beside it.
func (w *Window) widestStatus() (size fyne.Size) {
	for _, key := range statusWords {
		label := &widget.Label{Text: w.say(key, nil), TextStyle: fyne.TextStyle{Bold: true}}
		size = size.Max(fyne.NewSize(label.MinSize().Width, 0))
	}
	return size
}

// checkBody is what an opened row shows.
type checkBody struct {
	w *Window
	p *phone

	whole     *widget.Label // the finding, where the headline cannot hold it
	before    *widget.Label // what it was last time
	why       *widget.Label
	whyPart   fyne.CanvasObject
	asked     *fyne.Container
	questions map[checks.QuestionID]*question
	fixPart   *fyne.Container
	fixes     *fixList
	details   *widgets.Fold
	evidence  *fyne.Container
	read      map[string]string // that evidence shows
	room      *widgets.AtLeastNow
	content   *fyne.Container
}

func newCheckBody(w *Window, p *phone) *checkBody {
	b := &checkBody{w: w, p: p, whole: widgets.Plain(""), before: widgets.Quiet(""), why: widgets.Plain(""), asked: widgets.NewRows(),
		questions: map[checks.QuestionID]*question{}, fixes: newFixList(w, p), evidence: widgets.NewRows()}
	b.whyPart = widgets.NewTight(widgets.Strong(w.say("ui.check.why", nil)), b.why)
	b.fixPart = widgets.NewRows(widgets.Strong(w.say("ui.check.fix", nil)), b.fixes.object())
	b.details = widgets.NewFold(widgets.Quiet(w.say("ui.check.details", nil)), false,
		func() fyne.CanvasObject { return b.evidence }, func(bool) { b.free() })
	b.room = &widgets.AtLeastNow{}
	b.content = container.New(b.room, container.NewPadded(
		widgets.NewRows(b.whole, b.before, b.whyPart, b.asked, b.fixPart, b.details)))
	return b
}

func (b *checkBody) object() fyne.CanvasObject { return b.content }

// free lets the body become smaller.
func (b *checkBody) free() { b.room.Height = 0 }

// update shows a result. The body may grow, since the user works in it,
// but it never pulls away what stands below.
func (b *checkBody) update(r checks.Result, cut bool) {
	w := b.w
	b.room.Height = b.content.Size().Height
	widgets.SetText(b.whole, w.Words.Text(r.Finding))
	widgets.Show(b.whole, cut)
	before := w.lastTime(b.p, r.ID)
	widgets.SetText(b.before, before)
	widgets.Show(b.before, before != "")
	why := w.Words.Text(r.Why)
	widgets.SetText(b.why, why)
	widgets.Show(b.whyPart, why != "")
	b.ask(r)
	b.fixes.update(r.Fix)
	widgets.Show(b.fixPart, len(r.Fix) > 0)
	b.list(r.Evidence)
}

// ask shows the questions of a result; those that are shown already stay.
func (b *checkBody) ask(r checks.Result) {
	shown := make([]fyne.CanvasObject, 0, len(r.Questions))
	for _, q := range r.Questions {
		part := b.questions[q.ID]
		if part == nil {
			part = newQuestion(b.w, b.p, r.ID, b.free)
			b.questions[q.ID] = part
		}
		part.update(q)
		shown = append(shown, part.object())
	}
	widgets.Show(b.asked, len(shown) > 0)
	if !slices.Equal(shown, b.asked.Objects) {
		b.asked.Objects = shown
		b.asked.Refresh()
	}
}

// list shows the values that a check went by, as the phone gave them.
func (b *checkBody) list(values map[string]string) {
	widgets.Show(b.details, len(values) > 0)
	if maps.Equal(values, b.read) {
		return
	}
	b.read = values
	lines := make([]string, 0, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		lines = append(lines, b.w.say("ui.check.evidence", words.Args{"Name": name, "Value": values[name]}))
	}
	b.evidence.Objects = []fyne.CanvasObject{widgets.Copyable(strings.Join(lines, "\n"))}
	b.evidence.Refresh()
}

// lastTime says what a check said in the last diagnosis on record, if that differs.
func (w *Window) lastTime(p *phone, id string) string {
	for _, c := range p.state.Changes {
		if c.ID == id {
			return w.say("ui.check.before", words.Args{"Status": w.say(statusWords[c.From], nil)})
		}
	}
	return ""
}
