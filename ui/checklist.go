package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/widgets"

	"lifeboat/assets/words"
	"lifeboat/checks"
)

// gravity orders statuses, the gravest first. Within a group rows stand in
// this order; each status has a word of its own beside its shape and colour.
var gravity = []checks.Status{checks.Fail, checks.Warn, checks.Ask, checks.Unknown, checks.Pass}

// statusWords are the words of statuses.
var statusWords = map[checks.Status]string{
	checks.Fail:    "ui.status.fail",
	checks.Warn:    "ui.status.warn",
	checks.Ask:     "ui.status.ask",
	checks.Unknown: "ui.status.unknown",
	checks.Pass:    "ui.status.pass",
}

// groups are the checklist's parts, in their order.
var groups = []struct {
	group checks.Group
	title string
}{
	{checks.Stops, "ui.group.stops"},
	{checks.Could, "ui.group.could"},
	{late, "ui.group.late"},
	{checks.Fine, "ui.group.fine"},
}

// late is what was still being read when the rows were arranged. What becomes
// of it is not known then, and no row moves when it comes: under the title of
// what could get in the way, it would suspect a healthy phone.
const late checks.Group = "late"

// groupOf is the group that a row is put into now.
func groupOf(r checks.Result) checks.Group {
	if r.Pending {
		return late
	}
	return r.Group()
}

// checklist shows the results as rows in groups. A new state changes rows
// where they stand; they are put into their groups again only when the phone
// says so (diagnosis.arranged), which is when the user has done something.
type checklist struct {
	w        *Window
	p        *phone
	scroll   *container.Scroll // that it lies in
	rows     map[string]*checkRow
	arranged int           // of the diagnosis, when the rows were arranged last
	late     *widget.Label // the title of what was still being read then, nil without
	lateRows int
	content  *fyne.Container
}

func newChecklist(w *Window, p *phone) *checklist {
	return &checklist{w: w, p: p, rows: map[string]*checkRow{}, content: widgets.NewRows()}
}

func (l *checklist) object() fyne.CanvasObject { return l.content }

// stale reports whether the rows are to be arranged again.
func (l *checklist) stale() bool {
	if l.p.state == nil {
		return false
	}
	return len(l.rows) != len(l.p.state.Results) || l.arranged != l.p.arranged
}

func (l *checklist) update() {
	if l.p.state == nil {
		return
	}
	stale, reading := l.stale(), false
	for _, r := range l.p.state.Results {
		reading = reading || r.Pending
		row := l.rows[r.ID]
		if row == nil {
			row = newCheckRow(l.w, l.p, r.ID)
			l.rows[r.ID] = row
		}
		if stale {
			row.free()
		}
		row.update(r)
	}
	if stale {
		l.arrange()
	}
	if l.late != nil && !reading {
		l.late.SetText(l.w.say("ui.group.came-late", words.Args{"N": l.lateRows}))
	}
}

// arrange puts the rows into their groups. The row that the user has just
// worked on stays where it is on the screen.
func (l *checklist) arrange() {
	anchor := l.rows[l.p.anchor]
	before, held := l.place(anchor)
	l.arranged = l.p.arranged
	l.content.Objects, l.late = nil, nil
	for _, g := range groups {
		var rows []fyne.CanvasObject
		for _, r := range inOrder(l.p.state.Results, g.group) {
			rows = append(rows, l.rows[r.ID].object())
		}
		if len(rows) > 0 {
			title := widgets.Strong(l.w.say(g.title, words.Args{"N": len(rows)}))
			if g.group == late {
				l.late, l.lateRows = title, len(rows)
			}
			l.content.Objects = append(l.content.Objects, title, widgets.Card(widgets.NewRows(rows...)))
		}
	}
	l.content.Refresh()
	if after, ok := l.place(anchor); held && ok {
		l.scroll.ScrollToOffset(l.scroll.Offset.AddXY(0, after-before))
	}
	l.p.anchor = ""
}

// place is how far below the top of the list a row stands.
func (l *checklist) place(row *checkRow) (y float32, ok bool) {
	if row == nil {
		return 0, false
	}
	return below(l.content, row.object())
}

// below is how far below the top of root an object within it stands.
func below(root *fyne.Container, o fyne.CanvasObject) (y float32, ok bool) {
	for _, child := range root.Objects {
		if child == o {
			return child.Position().Y, true
		}
		if c, is := child.(*fyne.Container); is {
			if y, ok := below(c, o); ok {
				return c.Position().Y + y, true
			}
		}
	}
	return 0, false
}

// inOrder are the results of a group in the order of their rows.
func inOrder(results []checks.Result, group checks.Group) []checks.Result {
	var sorted []checks.Result
	for _, status := range gravity {
		for _, r := range results {
			if groupOf(r) == group && r.Status == status {
				sorted = append(sorted, r)
			}
		}
	}
	return sorted
}

// importanceOf colours the word of a status.
func importanceOf(s checks.Status) widget.Importance {
	switch s {
	case checks.Pass:
		return widget.SuccessImportance
	case checks.Warn:
		return widget.WarningImportance
	case checks.Fail:
		return widget.DangerImportance
	}
	return widget.MediumImportance
}
