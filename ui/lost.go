package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/backup/vault"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// lostPage leads somebody whose phone is lost or broken by a few questions to what
// helps now: a restore, a look inside, or things taken out.
type lostPage struct {
	drawn
	w     *Window
	given []int // the answers so far, as numbers of choices
	rows  *fyne.Container
	shown string
	next  fyne.Focusable // that has the keyboard
}

// lostChoice leads to another question, or to an end.
type lostChoice struct {
	say, next string // next is a question, or one of lostEnds
}

const firstLost = "ui.lost.phone"

// lostQuestions are the questions, each with what there is to choose.
var lostQuestions = map[string][]lostChoice{
	firstLost:       {{"ui.lost.phone-yes", "ui.lost.erase"}, {"ui.lost.phone-no", "ui.lost.need"}},
	"ui.lost.erase": {{"ui.lost.erase-yes", "ui.lost.restore"}, {"ui.lost.erase-no", "ui.lost.need"}},
	"ui.lost.need":  {{"ui.lost.need-look", "ui.lost.look"}, {"ui.lost.need-files", "ui.lost.take"}},
}

// lostEnds are where the questions lead to: the words of what helps, and what the
// button does with the newest backup.
var lostEnds = map[string]struct {
	means, do string
	other     string // what the button is called where Lifeboat can do it by itself, "" if it never does
	act       func(w *Window, k state.Kept, v vault.Version)
}{
	"ui.lost.restore": {"ui.lost.restore-means", "ui.lost.restore-do", "ui.lost.restore-other", (*Window).layOut},
	"ui.lost.look":    {"ui.lost.look-means", "ui.inside.look", "", func(w *Window, k state.Kept, v vault.Version) { w.LookInside(k, v) }},
	"ui.lost.take":    {"ui.lost.take-means", "ui.inside.look", "", func(w *Window, k state.Kept, v vault.Version) { w.LookInside(k, v) }},
}

func newLostPage(w *Window) *lostPage {
	l := &lostPage{w: w, rows: widgets.NewWide()}
	head := widgets.NewRows(w.pageHead(widgets.Heading(w.say("ui.lost.title", nil))), widgets.Plain(w.say("ui.lost.means", nil)))
	_, l.content = widgets.Page(widgets.TextWidth, widgets.NewWide(head, l.rows), nil)
	return l
}

func (l *lostPage) first() fyne.Focusable { return l.next }

func (l *lostPage) update() {
	key := string(rune(len(l.given)))
	if b := l.w.Backups; b != nil && !b.Looking {
		key += "looked"
	}
	if len(l.w.Restorable()) > 0 {
		key += "there"
	}
	if key != l.shown {
		l.shown = key
		l.draw()
	}
}

// draw shows the questions up to the one that is open, or to what helps.
func (l *lostPage) draw() {
	w := l.w
	l.rows.Objects, l.next = nil, nil
	at := firstLost
	for n := 0; ; n++ {
		choices, asks := lostQuestions[at]
		if !asks {
			l.rows.Add(l.end(at))
			break
		}
		rows := widgets.NewRows(widgets.Strong(w.say(at, nil)))
		answered := n < len(l.given)
		line := container.New(&widgets.Flowing{})
		for i, c := range choices {
			if answered {
				if i == l.given[n] {
					rows.Add(widgets.Beside(widgets.NewMark("pass", 18), widgets.Plain(w.say(c.say, nil))))
				}
				continue
			}
			b := widgets.NewAnswer(w.say(c.say, nil), func() { l.answer(n, i) })
			if l.next == nil {
				l.next = b
			}
			line.Add(b)
		}
		if answered {
			rows.Add(widgets.Left(widgets.NewAction(w.say("ui.question.change", nil), nil, func() { l.answer(n, -1) })))
		} else {
			rows.Add(line)
		}
		l.rows.Add(widgets.Card(rows))
		if !answered {
			break
		}
		at = choices[l.given[n]].next
	}
	l.rows.Refresh()
	w.focusFirst()
}

// answer takes an answer to question n; -1 takes it and those after it back.
func (l *lostPage) answer(n, choice int) {
	l.given = l.given[:n]
	if choice >= 0 {
		l.given = append(l.given, choice)
	}
	l.w.refresh()
}

// end says what helps.
func (l *lostPage) end(key string) fyne.CanvasObject {
	w, end := l.w, lostEnds[key]
	rows := widgets.NewRows(widgets.Headline("pass", w.say(key, nil)), widgets.Plain(w.say(end.means, nil)))
	k, v, found := w.newestBackup()
	switch {
	case w.Backups == nil || w.Backups.Looking:
		rows.Add(widgets.Quiet(w.say("ui.versions.looking", nil)))
		return widgets.Card(rows)
	case !found:
		rows.Add(widgets.Plain(w.say("ui.lost.none", nil)))
		return widgets.Card(rows)
	}
	rows.Add(widgets.Quiet(w.say("ui.lost.newest", w.ofDay(v))))
	do := widgets.NewPrimary(w.say(end.do, nil), nil, func() { end.act(w, k, v) })
	ways := container.New(&widgets.Flowing{}, do)
	if end.other != "" && len(w.Restorable()) > 0 { // no other program is needed
		do = widgets.NewPrimary(w.say("ui.restore.row", nil), nil, func() { w.RestoreTo(k, v) })
		ways = container.New(&widgets.Flowing{}, do, widgets.NewAction(w.say(end.other, nil), nil, func() { end.act(w, k, v) }))
	} else if end.other != "" {
		rows.Add(widgets.Plain(w.say("ui.lost.restore-connect", nil)))
	}
	l.next = do
	ways.Add(widgets.NewAction(w.say("ui.lost.others", nil), nil, func() { w.Tab(state.BackupsPage) }))
	rows.Add(ways)
	return widgets.Card(rows)
}

// newestBackup is the newest complete backup of those that are kept.
func (w *Window) newestBackup() (k state.Kept, newest vault.Version, found bool) {
	if w.Backups == nil {
		return k, newest, false
	}
	for _, kept := range w.Backups.Kept {
		for _, v := range kept.Versions {
			if !v.Unfinished && !v.Unread && v.Trashed.IsZero() && v.Date.After(newest.Date) {
				k, newest, found = kept, v, true
			}
		}
	}
	return k, newest, found
}
