package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// gravity orders statuses, the gravest first. Each has a word of its own beside
// its shape and colour.
var gravity = []checks.Status{checks.Fail, checks.Warn, checks.Ask, checks.Unknown, checks.Pass}

// statusWords are the words of statuses.
var statusWords = map[checks.Status]string{
	checks.Fail:    "ui.status.fail",
	checks.Warn:    "ui.status.warn",
	checks.Ask:     "ui.status.ask",
	checks.Unknown: "ui.status.unknown",
	checks.Pass:    "ui.status.pass",
}

// checklist has a line for every check. The lines are put in order once, when the
// first results are there, problems first; from then on each keeps its place.
type checklist struct {
	w       *Window
	p       *state.Phone
	title   *widgets.Text
	answer  *widgets.Action
	walk    *widgets.Link
	report  *widgets.Link
	grid    *fyne.Container
	tiles   map[string]*widgets.Tile
	content *fyne.Container
}

// tileWidth is the least width of a line of the checklist.
const tileWidth = 244

func newChecklist(w *Window, p *state.Phone) *checklist {
	l := &checklist{w: w, p: p, title: widgets.Strong("").Line(), tiles: map[string]*widgets.Tile{}}
	l.answer = widgets.NewAction("", nil, l.walkThrough)
	l.walk = widgets.NewLink("", l.walkThrough)
	l.report = widgets.NewLink(w.say("ui.ready.report", nil), func() { w.WriteReport(p, w.say_) })
	l.grid = container.New(&widgets.Columns{Least: tileWidth, Most: 3, Gap: 3 * widgets.Grid})
	l.content = widgets.Card(widgets.NewRows(container.New(&widgets.Ends{}, l.title, l.answer, l.walk, l.report), l.grid))
	return l
}

func (l *checklist) update() {
	w, p := l.w, l.p
	widgets.Show(l.content, p.State != nil)
	if p.State == nil {
		return
	}
	l.title.SetText(w.say_.Heading(p.State.Overview.Tally.Text()))
	if p.Looking {
		l.title.SetText(w.say("ui.ready.checking", nil))
	}
	questions := len(w.questions(p))
	primary := p.State.Overview.Primary.Kind == checks.PrimaryAnswer
	label := w.say("ui.checklist.answer", words.Args{"N": words.Count(questions)})
	l.walk.SetText(label)
	l.answer.SetText(label)
	l.answer.SetPrimary(primary)
	widgets.Show(l.walk, questions > 0 && !primary)
	widgets.Show(l.answer, questions > 0 && primary)
	if !l.hasAll(p.State.Results) {
		l.arrange()
	}
	for _, r := range p.State.Results {
		asks := r.Status == checks.Ask
		l.tiles[r.ID].Set(string(r.Status), w.text(r.Short), w.text(r.Value), r.Status == checks.Fail, asks)
	}
}

// hasAll reports whether there is a line for each of these checks, and no other.
func (l *checklist) hasAll(results []checks.Result) bool {
	for _, r := range results {
		if l.tiles[r.ID] == nil {
			return false
		}
	}
	return len(l.tiles) == len(results)
}

// arrange puts the lines in order.
func (l *checklist) arrange() {
	l.grid.Objects, l.tiles = nil, map[string]*widgets.Tile{}
	for _, status := range gravity {
		for _, r := range l.p.State.Results {
			if r.Status != status {
				continue
			}
			tile := widgets.NewTile(func() { l.w.Show(state.Page{Name: state.CheckPage, Check: r.ID}) })
			l.tiles[r.ID] = tile
			l.grid.Add(tile)
		}
	}
}

// walkThrough goes to the first check that asks something.
func (l *checklist) walkThrough() {
	if asking := l.w.questions(l.p); len(asking) > 0 {
		l.w.Show(state.Page{Name: state.CheckPage, Check: asking[0]})
	}
}

// questions are the ids of the checks that wait for an answer, in their order.
func (w *Window) questions(p *state.Phone) (ids []string) {
	for _, r := range p.State.Results {
		if r.Status == checks.Ask && len(openQuestions(r)) > 0 {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// openQuestions are those of a check's questions that were not answered yet.
func openQuestions(r checks.Result) (open []checks.Question) {
	for _, q := range r.Questions {
		if q.Given == nil {
			open = append(open, q)
		}
	}
	return open
}
