package ui

import (
	"slices"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/checks"
)

// fixList is what to do about one check, numbered, with a button where
// Lifeboat can do it and a hint at what it costs.
type fixList struct {
	w       *Window
	p       *phone
	shown   []shownFix
	content *fyne.Container
}

// shownFix reports whether a step has to be drawn again.
type shownFix struct {
	id, text string
	action   checks.Action
}

func newFixList(w *Window, p *phone) *fixList {
	return &fixList{w: w, p: p, content: widgets.NewRows()}
}

func (l *fixList) object() fyne.CanvasObject { return l.content }

func (l *fixList) update(fixes []checks.Fix) {
	now := make([]shownFix, 0, len(fixes))
	for _, f := range fixes {
		now = append(now, shownFix{f.ID, l.w.Words.Text(f.Text), f.Action})
	}
	if slices.Equal(now, l.shown) {
		return
	}
	l.shown = now
	l.content.Objects = nil
	for i, f := range fixes {
		l.content.Objects = append(l.content.Objects, l.fix(i, f, now[i].text))
	}
	l.content.Refresh()
}

func (l *fixList) fix(i int, f checks.Fix, text string) fyne.CanvasObject {
	hint := widgets.Quiet(l.w.cost(f))
	body := widgets.NewTight(widgets.Plain(text), hint)
	if b := l.w.fixButton(l.p, f); b != nil {
		body = container.New(widgets.Rows{Gap: -4}, widgets.Plain(text), widgets.Inset(container.NewBorder(nil, nil, b, nil, hint)))
	}
	return container.NewBorder(nil, nil, widgets.NewRows(widgets.OneWord(l.w.number(i+1))), nil, body)
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
