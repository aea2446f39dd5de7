package ui

import (
	"time"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/backup/audit"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
)

// versionRow is one backup: its day and state, and when opened what is in it
// and what can be done with it.
type versionRow struct {
	w       *Window
	kept    Kept
	version vault.Version

	mark                         *widget.Icon
	day, state                   *widget.Label
	size, news, advice           *widget.Label
	check, copy, delete, restore *widgets.Action
	fold                         *widgets.Fold
}

func newVersionRow(w *Window, at versionKey, open bool) *versionRow {
	r := &versionRow{w: w, mark: widget.NewIcon(nil), day: widgets.OneLine(""), state: widgets.Plain(""),
		size: widgets.Plain(""), news: widgets.Plain(""), advice: widgets.Plain("")}
	r.day.TextStyle.Bold = true
	r.check = widgets.NewAction(w.say("ui.versions.check", nil), fynetheme.SearchIcon(), func() { w.askRecheck(r.kept, r.version) })
	r.copy = widgets.NewAction(w.say("ui.versions.copy", nil), fynetheme.ContentCopyIcon(), func() { w.copyVersion(r.kept, r.version) })
	r.delete = widgets.NewAction(w.say("ui.versions.delete", nil), fynetheme.DeleteIcon(), func() { w.deleteVersion(r.kept, r.version) })
	r.restore = widgets.NewAction(w.say("ui.versions.undelete", nil), fynetheme.ContentUndoIcon(), func() { w.undelete(r.kept, r.version) })
	for _, b := range r.actions() {
		b.Escape = w.leaveVersions
	}
	head := container.NewBorder(nil, nil,
		container.NewPadded(container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(22), r.mark))), nil,
		widgets.NewTight(r.day, r.state))
	r.fold = widgets.NewFold(head, open, func() fyne.CanvasObject {
		return widgets.NewRows(widgets.NewTight(r.size, r.news, r.advice), widgets.Inset(container.New(&widgets.Flowing{}, r.check, r.copy, r.delete, r.restore)))
	}, func(open bool) { w.shown.opened[at] = open })
	return r
}

func (r *versionRow) object() fyne.CanvasObject { return r.fold }

func (r *versionRow) actions() []*widgets.Action {
	return []*widgets.Action{r.check, r.copy, r.delete, r.restore}
}

// enable lets the user act on the backup, or not while something is done to one.
func (r *versionRow) enable(on bool) {
	for _, b := range r.actions() {
		widgets.SetEnabled(b, on)
	}
}

// update shows what is known now; own is what only this backup takes, in bytes.
func (r *versionRow) update(k Kept, v vault.Version, own int64, known bool) {
	w := r.w
	r.kept, r.version = k, v
	mark, state := w.versionState(v)
	if icon := widgets.MarkResource(mark); r.mark.Resource != icon {
		r.mark.SetResource(icon)
	}
	day := words.Args{"Date": words.Date(v.Date), "Time": clock(v.Date)}
	key := "ui.versions.day"
	if v.Current {
		key = "ui.versions.day-newest"
	}
	widgets.SetText(r.day, w.say(key, day))
	widgets.SetText(r.state, state)

	trashed := !v.Trashed.IsZero()
	size := w.say("ui.versions.size", words.Args{"Bytes": words.Bytes(v.Bytes), "Files": words.Count(v.Files)})
	if known && own < v.Bytes {
		size += " " + w.say("ui.versions.own", words.Args{"Own": words.Bytes(own)})
	}
	widgets.SetText(r.size, size)
	widgets.Show(r.size, v.Bytes > 0 && !v.Unread)
	widgets.SetText(r.news, w.versionNews(v))
	widgets.Show(r.news, r.news.Text != "")
	widgets.SetText(r.advice, w.versionAdvice(v))
	widgets.Show(r.advice, r.advice.Text != "")
	widgets.Show(r.check, !trashed && !v.Unfinished)
	widgets.Show(r.copy, !v.Unfinished)
	widgets.Show(r.delete, !trashed && !v.Current)
	widgets.Show(r.restore, trashed)
}

// versionState is the mark and the words for what is known of a backup's wholeness.
func (w *Window) versionState(v vault.Version) (mark, state string) {
	args := words.Args{"Date": words.Date(v.Proof.Date), "N": words.Count(v.Proof.Problems), "Until": words.Date(w.trashedUntil(v.Trashed))}
	switch {
	case !v.Trashed.IsZero():
		return "unknown", w.say("ui.versions.state.trash", args)
	case v.Unread:
		return "ask", w.say("ui.versions.state.unread", nil)
	case v.Unfinished:
		return "warn", w.say("ui.versions.state.unfinished", nil)
	case v.Proof.Problems > 0 && len(v.Doubtful) > 0:
		return "warn", w.say("ui.versions.state.doubtful", args)
	case v.Proof.Problems > 0:
		return "fail", w.say("ui.versions.state.damaged", args)
	case v.Touched, v.Altered:
		return "ask", w.say("ui.versions.state.touched", nil)
	case !v.Proof.Intact():
		return "ask", w.say("ui.versions.state.unproven", nil)
	}
	key, known := map[string]string{
		string(verify.Quick): "ui.versions.state.quick", string(verify.Sample): "ui.versions.state.sample",
	}[v.Proof.Level]
	if !known {
		key = "ui.versions.state.full"
	}
	return "pass", w.say(key, args)
}

// trashedUntil is the day until which a deleted backup can be taken back.
func (w *Window) trashedUntil(trashed time.Time) time.Time {
	return trashed.AddDate(0, 0, w.Settings.Policy().Trash)
}

// versionNews says what changed with a backup.
func (w *Window) versionNews(v vault.Version) string {
	switch {
	case v.Unread:
		return ""
	case v.Number == 1:
		return w.say("ui.versions.first", nil)
	case v.Added+v.Changed+v.Removed == 0:
		return w.say("ui.versions.nothing-new", nil)
	}
	return w.say("ui.versions.new", words.Args{"Added": words.Count(v.Added), "Changed": v.Changed, "Removed": v.Removed})
}

// versionAdvice says what to do about a backup that is not in order.
func (w *Window) versionAdvice(v vault.Version) string {
	switch {
	case v.Unread:
		return w.say("ui.versions.advice.unread", nil)
	case v.Unfinished:
		return w.say("ui.versions.advice.unfinished", nil)
	case v.Proof.Problems > 0 && len(v.Doubtful) > 0:
		return w.say("ui.versions.advice.doubtful", nil)
	case v.Proof.Problems > 0:
		return w.say("ui.versions.advice.damaged", nil)
	case v.Current:
		return w.say("ui.versions.advice.newest", nil)
	}
	return ""
}

// ofDay are the words for a backup within a sentence.
func (w *Window) ofDay(v vault.Version) words.Args {
	return words.Args{"Date": words.Date(v.Date), "Time": clock(v.Date), "Until": words.Date(w.trashedUntil(w.Now()))}
}

// askRecheck asks how thoroughly a backup is to be looked at.
func (w *Window) askRecheck(k Kept, v vault.Version) {
	begin := func(level verify.Depth) func() {
		return func() {
			w.sheet.hide()
			w.recheckVersion(k, v, verify.Level{Depth: level}, keybag.Password{})
		}
	}
	w.showSheet([]fyne.CanvasObject{
		widgets.Title(w.say("ui.versions.check-title", w.ofDay(v))),
		widgets.NewTight(widgets.Strong(w.say("ui.versions.quick", nil)), widgets.Plain(w.say("ui.versions.quick-means", nil))),
		widgets.NewTight(widgets.Strong(w.say("ui.versions.full", nil)), widgets.Plain(w.say("ui.versions.full-means", nil))),
	}, widgets.NewPrimary(w.say("ui.versions.full", nil), nil, begin(verify.Full)),
		widgets.NewAction(w.say("ui.sheet.cancel", nil), nil, func() { w.sheet.hide() }),
		widgets.NewAction(w.say("ui.versions.quick", nil), nil, begin(verify.Quick)))
}

// askVersionPassword asks for the password that a backup was made with.
func (w *Window) askVersionPassword(k Kept, v vault.Version, level verify.Level, wrong bool) {
	complaint := widgets.NewComplaint()
	if wrong {
		complaint.Show(w.say("ui.versions.password-wrong", nil))
	}
	var entry *widgets.Secret
	submit := func() {
		if entry.Text == "" {
			complaint.Show(w.say("ui.password.empty", nil))
			return
		}
		password := keybag.NewPassword(entry.Text)
		w.sheet.hide()
		w.recheckVersion(k, v, level, password)
	}
	entry = widgets.NewSecret(submit, func() { w.sheet.hide() })
	w.showSheet([]fyne.CanvasObject{
		widgets.Title(w.say("ui.versions.password", w.ofDay(v))),
		widgets.Plain(w.say("ui.versions.password-why", nil)), entry, complaint.Object(),
	}, widgets.NewPrimary(w.say("ui.password.continue", nil), nil, submit),
		widgets.NewAction(w.say("ui.sheet.cancel", nil), nil, func() { w.sheet.hide() }))
	w.Window.Canvas().Focus(entry)
}

// checkedWords say what a proof that found nothing wrong has shown.
var checkedWords = map[verify.Depth]string{
	verify.Quick: "ui.versions.checked-quick", verify.Sample: "ui.versions.checked-sample", verify.Full: "ui.versions.checked-full",
}

// groupsShown is how many groups of damaged files a sheet names.
const groupsShown = 4

// showChecked shows the result of a check.
func (w *Window) showChecked(v vault.Version, r verify.Report, found audit.Findings) {
	var repaired []fyne.CanvasObject
	if found.RepairedCount > 0 {
		repaired = append(repaired, widgets.Plain(w.say("ui.versions.mended", words.Args{"N": words.Count(found.RepairedCount)})))
		repaired = append(repaired, w.groups(found.RepairedGroups)...)
	}
	if r.ProblemCount == 0 {
		key := checkedWords[r.Depth]
		if r.Locked && r.Depth == verify.Full {
			key = "ui.versions.checked-digests"
		}
		rows := []fyne.CanvasObject{
			container.NewBorder(nil, nil, container.NewPadded(widgets.MarkIcon("pass", 32)), nil, widgets.Title(w.say("ui.versions.whole", w.ofDay(v)))),
			widgets.Plain(w.say(key, words.Args{"Files": words.Count(r.Files), "Bytes": words.Bytes(r.Bytes), "Read": words.T("ui.versions.read", words.Args{"N": words.Count(r.Sampled)})})),
		}
		w.showSheet(append(rows, repaired...), widgets.NewPrimary(w.say("ui.sheet.ok", nil), nil, func() { w.sheet.hide() }))
		return
	}
	args := w.ofDay(v)
	args["N"] = words.Count(r.ProblemCount)
	rows := []fyne.CanvasObject{
		container.NewBorder(nil, nil, container.NewPadded(widgets.MarkIcon("fail", 32)), nil, widgets.Title(w.say("ui.versions.found", args))),
	}
	rows = append(rows, w.groups(r.Groups)...)
	rows = append(rows, repaired...)
	if day, n := elsewhere(found); n > 0 {
		rows = append(rows, widgets.Plain(w.say("ui.versions.elsewhere", words.Args{"N": words.Count(n), "Date": words.Date(day.Date), "Time": clock(day.Date)})))
	}
	next := "ui.versions.advice.damaged"
	if found.NextFull {
		next = "ui.versions.advice.next-full"
	}
	rows = append(rows, widgets.NewTight(widgets.Strong(w.say("ui.problem.next", nil)), widgets.Plain(w.say(next, nil))))
	w.showSheet(rows, widgets.NewPrimary(w.say("ui.sheet.close", nil), nil, func() { w.sheet.hide() }))
}

// showCopied says where the copy of a backup is.
func (w *Window) showCopied(v vault.Version, copied vault.Copy) {
	dir, mark := copied.Dir, "pass"
	trouble := widgets.Plain(w.say("ui.done.open-failed", nil))
	trouble.Hide()
	key, n := "ui.versions.copied-unknown", 0
	switch {
	case copied.DifferCount > 0:
		key, n = "ui.versions.copied-differs", copied.DifferCount
	case copied.Problems > 0:
		key, n = "ui.versions.copied-problems", copied.Problems
	}
	doubt := widgets.Plain(w.say(key, words.Args{"N": words.Count(n)}))
	if copied.Ready() {
		doubt.Hide()
	} else {
		mark = "warn"
	}
	w.showSheet([]fyne.CanvasObject{
		container.NewBorder(nil, nil, container.NewPadded(widgets.MarkIcon(mark, 32)), nil, widgets.Title(w.say("ui.versions.copied", w.ofDay(v)))),
		doubt, widgets.Plain(w.say("ui.versions.copied-means", nil)), widgets.Copyable(dir), trouble,
	}, widgets.NewPrimary(w.say("ui.sheet.ok", nil), nil, func() { w.sheet.hide() }),
		widgets.NewAction(w.say("ui.done.open", nil), fynetheme.FolderOpenIcon(), func() {
			go func() {
				if w.OpenFolder(dir) != nil {
					w.Post(trouble.Show)
				}
			}()
		}))
}

// groups names files by what they are to a person, the most frequent first.
func (w *Window) groups(all []verify.GroupCount) (lines []fyne.CanvasObject) {
	for _, g := range all[:min(len(all), groupsShown)] {
		lines = append(lines, widgets.OneLine(w.say("ui.versions.group", words.Args{"What": g.Words()})))
	}
	return []fyne.CanvasObject{widgets.NewTight(lines...)}
}

// elsewhere is the backup in which most of the damaged files are still intact,
// and how many those are.
func elsewhere(found audit.Findings) (most vault.Version, n int) {
	count := map[int]int{}
	for _, p := range found.Problems {
		if p.Intact == nil {
			continue
		}
		number := p.Intact.Number
		if count[number]++; count[number] > n {
			most, n = *p.Intact, count[number]
		}
	}
	return most, n
}
