package ui

import (
	"fyne.io/fyne/v2"

	"lifeboat/assets/words"
	"lifeboat/backup/keybag"
	"lifeboat/backup/rehearsal"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// askRehearse says what a rehearsal is before it begins.
func (w *Window) askRehearse(k state.Kept, v vault.Version) {
	w.showSheet([]fyne.CanvasObject{
		widgets.Title(w.say("ui.rehearsal.title", w.ofDay(v))), widgets.Plain(w.say("ui.rehearsal.means", nil)),
		widgets.Quiet(w.say("ui.rehearsal.takes", nil)),
	}, widgets.NewPrimary(w.say("ui.rehearsal.do", nil), nil, func() {
		w.hideSheet()
		w.Rehearse(k, v, keybag.Password{})
	}), w.closer("ui.sheet.cancel"))
}

// Rehearsed shows what restoring a version onto a simulated phone has proven.
func (w *Window) Rehearsed(v vault.Version, r rehearsal.Result) {
	mark, title := "pass", "ui.rehearsal.passed"
	if !r.Passed() {
		mark, title = "fail", "ui.rehearsal.failed"
	}
	rows := []fyne.CanvasObject{widgets.Headline(mark, w.say(title, w.ofDay(v))), widgets.Plain(w.text(r.Words()))}
	if r.Passed() && r.Encrypted {
		rows = append(rows, widgets.Plain(w.say("ui.rehearsal.password", nil)))
	}
	rows = append(rows, w.groups(groupsOf(r.Problems))...)
	for _, more := range r.More() {
		rows = append(rows, widgets.Quiet(w.text(more)))
	}
	w.showSheet(rows, widgets.NewPrimary(w.say("ui.sheet.close", nil), nil, w.hideSheet))
}

// groupsOf counts problems by what the files are to a person, in the order in which
// they were found.
func groupsOf(problems []verify.Problem) (all []verify.GroupCount) {
	at := map[verify.GroupCount]int{}
	for _, p := range problems {
		g := verify.GroupCount{Group: p.Group, Bundle: p.Bundle}
		n, known := at[g]
		if !known {
			n = len(all)
			at[g] = n
			all = append(all, g)
		}
		all[n].Count++
	}
	return all
}

// rehearsed says when a backup's restore was rehearsed, and whether it failed.
func (w *Window) rehearsed(v vault.Version) (said string, failed bool) {
	r := v.Rehearsed
	if r.Date.IsZero() || v.Unfinished || v.Unread || !v.Trashed.IsZero() {
		return "", false
	}
	args := words.Args{"Date": words.OnDay(r.Date, w.Now())}
	if r.Passed() {
		return w.say("ui.rehearsal.marked", args), false
	}
	return w.say("ui.rehearsal.marked-failed", args), true
}

// offered is the offer to rehearse the newest backup of a phone, nil where there is none.
func (w *Window) offered(k state.Kept) fyne.CanvasObject {
	if !w.offers(k) {
		return nil
	}
	newest := k.Versions[0]
	do := widgets.NewAction(w.say("ui.rehearsal.row", nil), nil, func() { w.askRehearse(k, newest) })
	return widgets.NoticeCard(widgets.NewRows(widgets.Strong(w.text(w.Offer.Title())), widgets.Plain(w.say("ui.rehearsal.offer", nil)), widgets.Left(do)))
}

// offers reports whether a rehearsal of a phone's newest backup is offered.
func (w *Window) offers(k state.Kept) bool {
	return w.Offer != nil && w.Offer.Is(k.UDID) && len(k.Versions) > 0 && restorable(k.Versions[0])
}

// restorable reports whether a backup may be restored, as far as is known.
func restorable(v vault.Version) bool { return !v.Unfinished && !v.Unread && v.Trashed.IsZero() }
