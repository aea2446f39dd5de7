package ui

import (
	"maps"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/ui/theme"
)

// groups are the checklist's parts, gravest first: each status has a word
// of its own beside its shape and colour.
var groups = []struct {
	status checks.Status
	title  string // of the group
	word   string // of one item
}{
	{checks.Fail, "ui.group.fail", "ui.status.fail"},
	{checks.Warn, "ui.group.warn", "ui.status.warn"},
	{checks.Ask, "ui.group.ask", "ui.status.ask"},
	{checks.Unknown, "ui.group.unknown", "ui.status.unknown"},
	{checks.Pass, "ui.group.pass", "ui.status.pass"},
}

// checklist is what was found about a phone, in groups.
func (w *Window) checklist(p *phone) []fyne.CanvasObject {
	if p.checkup == nil {
		return nil
	}
	var all []fyne.CanvasObject
	for _, g := range groups {
		var items []fyne.CanvasObject
		for _, r := range p.checkup.Results {
			if r.Status == g.status {
				items = append(items, w.checkRow(p, r, w.say(g.word, nil)))
			}
		}
		if len(items) > 0 {
			all = append(all, strong(w.say(g.title, words.Args{"N": len(items)})), card(newRows(items...)))
		}
	}
	return all
}

// checkRow is one check: what was found, and when opened why it matters and
// what to do.
func (w *Window) checkRow(p *phone, r checks.Result, word string) fyne.CanvasObject {
	status := &widget.Label{Text: word, Importance: importanceOf(r.Status), TextStyle: fyne.TextStyle{Bold: true}}
	name := strong(w.Words.Text(r.Title))
	head := container.NewBorder(nil, nil,
		container.NewPadded(markIcon(string(r.Status), 22)), container.NewCenter(status),
		newTight(name, plain(w.Words.Text(r.Finding))))
	return newFold(head, p.opened[r.ID], func() fyne.CanvasObject { return w.checkBody(r) },
		func(open bool) { p.opened[r.ID] = open })
}

func (w *Window) checkBody(r checks.Result) fyne.CanvasObject {
	var all []fyne.CanvasObject
	if why := w.Words.Text(r.Why); why != "" {
		all = append(all, newTight(strong(w.say("ui.check.why", nil)), plain(why)))
	}
	if fix := w.Words.Texts(checks.Texts(r.Fix)); len(fix) > 0 {
		all = append(all, newTight(strong(w.say("ui.check.fix", nil)), steps(fix, w.number)))
	}
	if len(r.Evidence) > 0 {
		all = append(all, newFold(quiet(w.say("ui.check.details", nil)), false,
			func() fyne.CanvasObject { return w.evidence(r.Evidence) }, nil))
	}
	return container.NewPadded(newRows(all...))
}

// evidence lists the values that a check went by, as the phone gave them.
func (w *Window) evidence(values map[string]string) fyne.CanvasObject {
	var all []fyne.CanvasObject
	for _, name := range slices.Sorted(maps.Keys(values)) {
		all = append(all, copyable(w.say("ui.check.evidence", words.Args{"Name": name, "Value": values[name]})))
	}
	return newRows(all...)
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

// markResource is the shape of a status.
func markResource(status string) fyne.Resource { return theme.Marks[status].Icon }
