package ui

import (
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/assets/words"
	"lifeboat/backup/audit"
	"lifeboat/backup/changes"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// versionRow is one backup: its day and state, and when opened what is in it
// and what can be done with it.
type versionRow struct {
	w       *Window
	kept    state.Kept
	version vault.Version

	mark                       *widgets.Mark
	day, state, takes          *widgets.Text
	size, news, advice         *widgets.Text
	look, onto, check, restore *widgets.Action
	more                       *widgets.Menu // with what is needed less often

	rehearse, compare, gone, copy, layOut, show, delete *widgets.MenuItem
	fold                                                *widgets.Fold
}

func newVersionRow(w *Window, at state.VersionKey, open bool) *versionRow {
	r := &versionRow{w: w, mark: widgets.NewMark("unknown", 20), day: widgets.Strong("").Line(), state: widgets.Quiet(""), takes: widgets.Quiet("").Word(),
		size: widgets.Plain(""), news: widgets.Plain(""), advice: widgets.Plain("")}
	action := func(key string, do func()) *widgets.Action { return widgets.NewAction(w.say(key, nil), nil, do) }
	r.look = action("ui.inside.look", func() { w.LookInside(r.kept, r.version) })
	r.onto = action("ui.restore.row", func() { w.RestoreTo(r.kept, r.version) })
	r.check = action("ui.versions.check", func() { w.askRecheck(r.kept, r.version) })
	r.restore = action("ui.versions.undelete", func() { w.Undelete(r.kept, r.version) })
	item := func(key string, do func()) *widgets.MenuItem { return widgets.NewMenuItem(w.say(key, nil), do) }
	r.rehearse = item("ui.rehearsal.row", func() { w.askRehearse(r.kept, r.version) })
	r.compare = item("ui.versions.compare", func() { w.Compare(r.kept, r.version) })
	r.gone = item("ui.gone.row", func() { w.LookSince(r.kept, r.version) })
	r.copy = item("ui.versions.move", func() { w.copyTo(r.kept, r.version) })
	r.layOut = item("ui.versions.copy", func() { w.layOut(r.kept, r.version) })
	r.show = item("ui.versions.show", func() { w.showFolder(r.kept) })
	r.delete = widgets.NewMenuDanger(w.say("ui.versions.delete", nil), func() { w.Delete(r.kept, r.version) })
	r.more = widgets.NewMenu(w.say("ui.versions.more", nil), func() { w.menu = r.more }, r.rehearse, r.compare, r.gone, r.copy, r.layOut, r.show, r.delete)
	head := widgets.Beside(r.mark, container.NewBorder(nil, nil, nil, container.NewCenter(r.takes), container.New(widgets.Rows{Gap: 2}, r.day, r.state)))
	r.fold = widgets.NewFold(head, open, func() fyne.CanvasObject {
		return widgets.Indent(32, widgets.NewRows(r.size, r.news, r.advice, container.New(&widgets.Flowing{}, r.look, r.onto, r.check, r.restore, r.more.Button)))
	}, func(open bool) { w.Backups.Opened[at] = open })
	return r
}

// enable lets the person act on the backup, or not while something is done to one.
func (r *versionRow) enable(on bool) {
	for _, b := range []fyne.Disableable{r.look, r.onto, r.check, r.restore, r.rehearse, r.compare, r.gone, r.copy, r.layOut, r.delete} {
		widgets.SetEnabled(b, on)
	}
	some, now := r.more.Offers()
	widgets.Show(r.more.Button, some)
	widgets.SetEnabled(r.more.Button, now)
}

// update shows what is known now; own is what only this backup takes, in bytes.
func (r *versionRow) update(k state.Kept, v vault.Version, own int64, known bool) {
	w := r.w
	r.kept, r.version = k, v
	mark, said := w.versionState(v)
	if rehearsed, failed := w.rehearsed(v); rehearsed != "" {
		said += " " + rehearsed
		if failed && mark == "pass" {
			mark = "warn"
		}
	}
	r.mark.Set(mark)
	r.day.SetText(w.say_.Heading(words.DayTime(v.Date.Local(), w.Now().Local())))
	r.state.SetText(said)
	trashed := !v.Trashed.IsZero()
	takes := ""
	switch {
	case known && own < v.Bytes:
		takes = w.say("ui.versions.takes", words.Args{"Own": words.Bytes(own)})
	case v.Bytes > 0:
		takes = w.say("ui.running.bytes-only", words.Args{"N": words.Bytes(v.Bytes)})
	}
	r.takes.SetText(takes)
	size := w.say("ui.versions.size", words.Args{"Bytes": words.Bytes(v.Bytes), "Files": words.Count(v.Files)})
	if known && own < v.Bytes {
		size += " " + w.say("ui.versions.own", words.Args{"Own": words.Bytes(own)})
	}
	r.size.SetText(size)
	widgets.Show(r.size, v.Bytes > 0 && !v.Unread)
	r.news.SetText(w.versionNews(v))
	widgets.Show(r.news, r.news.Text != "")
	r.advice.SetText(w.versionAdvice(v))
	widgets.Show(r.advice, r.advice.Text != "")
	widgets.Show(r.look, !v.Unfinished && !v.Unread)
	widgets.Show(r.onto, restorable(v))
	widgets.Show(r.rehearse, restorable(v))
	_, newer := state.NewestAfter(k, v)
	widgets.Show(r.gone, newer && restorable(v))
	widgets.Show(r.check, !trashed && !v.Unfinished)
	widgets.Show(r.copy, !v.Unfinished)
	widgets.Show(r.layOut, !v.Unfinished)
	widgets.Show(r.compare, v.Number > 1 && !v.Unread && !v.Unfinished)
	widgets.Show(r.show, v.Current)
	widgets.Show(r.delete, !trashed && !v.Current)
	widgets.Show(r.restore, trashed)
}

// showFolder shows the folder of the newest backup of a phone.
func (w *Window) showFolder(k state.Kept) {
	w.openOrSay(w.o.OpenFolder, filepath.Join(k.Root, k.UDID), "ui.versions.where")
}

// layOut asks where to, and writes a copy of a backup there: to where Apple's program
// on this computer looks for it, or into another folder.
func (w *Window) layOut(k state.Kept, v vault.Version) {
	pick := func() {
		w.hideSheet()
		w.pickFolder(w.say("ui.versions.copy-where", nil), w.say("ui.versions.copy-here", nil), "", func(dir string) { w.LayOut(k, v, dir) })
	}
	program := w.Backups.Apple
	if program == "" {
		w.showSheet([]fyne.CanvasObject{widgets.Title(w.say("ui.hand-over.elsewhere", nil)), widgets.Plain(w.say("ui.hand-over.elsewhere-means", nil))},
			widgets.NewPrimary(w.say("ui.takeout.where", nil), nil, pick), w.closer("ui.sheet.cancel"))
		return
	}
	args := words.Args{"Program": words.T("library.program."+string(program), nil)}
	w.apple = program
	w.showSheet([]fyne.CanvasObject{widgets.Title(w.say("ui.hand-over.title", args)), widgets.Plain(w.say("ui.hand-over.means", args))},
		widgets.NewPrimary(w.say("ui.hand-over.do", args), nil, func() { w.hideSheet(); w.LayOut(k, v, "") }),
		w.closer("ui.sheet.cancel"), widgets.NewAction(w.say("ui.hand-over.another", nil), nil, pick))
}

// copyTo asks whether a backup is to be copied or moved, and where to.
func (w *Window) copyTo(k state.Kept, v vault.Version) {
	begin := func(move bool) func() {
		return func() {
			w.hideSheet()
			w.pickFolder(w.say("ui.versions.move-where", nil), w.say("ui.versions.copy-here", nil), "", func(dir string) { w.CopyTo(k, v, dir, move) })
		}
	}
	w.showSheet([]fyne.CanvasObject{widgets.Title(w.say("ui.versions.move-title", w.ofDay(v))), widgets.Plain(w.say("ui.versions.move-means", w.ofDay(v)))},
		widgets.NewPrimary(w.say("ui.versions.move-copy", nil), nil, begin(false)),
		w.closer("ui.sheet.cancel"), widgets.NewAction(w.say("ui.versions.move-move", nil), nil, begin(true)))
}

// Transferred says where the copy of a backup is, which was compared there.
func (w *Window) Transferred(v vault.Version, t vault.Transferred, away bool) {
	mark, means := "pass", w.say("ui.versions.moved-means", nil)
	if away {
		means += " " + w.say("ui.versions.moved-away", w.ofDay(v))
	}
	if t.DifferCount > 0 {
		mark, means = "warn", w.say("ui.versions.copied-differs", words.Args{"N": words.Count(t.DifferCount)})
	}
	w.showMade(t.Dir, widgets.Headline(mark, w.say("ui.versions.copied", w.ofDay(v))), widgets.Plain(means), widgets.Copyable(t.Dir))
}

// partsShown is how many kinds of files a sheet names.
const partsShown = 8

// Differences shows what changed with a backup.
func (w *Window) Differences(v vault.Version, c changes.Changes) {
	rows := []fyne.CanvasObject{widgets.Title(w.say("ui.versions.compared", w.ofDay(v))), widgets.Plain(w.text(c.Words()))}
	for _, part := range c.Parts[:min(len(c.Parts), partsShown)] {
		rows = append(rows, widgets.OneLine(w.text(part.Words())))
	}
	w.showSheet(rows, widgets.NewPrimary(w.say("ui.sheet.close", nil), nil, w.hideSheet))
}

// versionState is the mark and the words for what is known of a backup's wholeness.
func (w *Window) versionState(v vault.Version) (mark, state string) {
	args := words.Args{"Date": words.OnDay(v.Proof.Date, w.Now()), "N": words.Count(v.Proof.Problems), "Until": words.Date(w.trashedUntil(v.Trashed))}
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
	return words.Args{"Date": words.Date(v.Date), "Time": timeOfDay(v.Date), "Until": words.Date(w.trashedUntil(w.Now()))}
}

// askRecheck asks how thoroughly a backup is to be looked at.
func (w *Window) askRecheck(k state.Kept, v vault.Version) {
	begin := func(level verify.Depth) func() {
		return func() {
			w.hideSheet()
			w.Check(k, v, verify.Level{Depth: level}, keybag.Password{})
		}
	}
	w.showSheet([]fyne.CanvasObject{
		widgets.Title(w.say("ui.versions.check-title", w.ofDay(v))),
		widgets.NewTight(widgets.Strong(w.say("ui.versions.quick", nil)), widgets.Plain(w.say("ui.versions.quick-means", nil))),
		widgets.NewTight(widgets.Strong(w.say("ui.versions.full", nil)), widgets.Plain(w.say("ui.versions.full-means", nil))),
	}, widgets.NewPrimary(w.say("ui.versions.full", nil), nil, begin(verify.Full)),
		w.closer("ui.sheet.cancel"),
		widgets.NewAction(w.say("ui.versions.quick", nil), nil, begin(verify.Quick)))
}

// AskPassword asks for the password that a backup was made with.
func (w *Window) AskPassword(v vault.Version, wrong bool, then func(keybag.Password)) {
	complaint := ""
	if wrong {
		complaint = w.say("ui.versions.password-wrong", nil)
	}
	w.askSecret(w.say("ui.versions.password", w.ofDay(v)), w.say("ui.versions.password-why", nil), complaint, then)
}

// askSecret asks for a password, and says why, and what was wrong with the one before.
func (w *Window) askSecret(title, why, wrong string, then func(keybag.Password)) {
	complaint := widgets.NewComplaint()
	complaint.Show(wrong)
	var entry *widgets.Secret
	submit := func() {
		if entry.Text == "" {
			complaint.Show(w.say("ui.password.empty", nil))
			return
		}
		password := keybag.NewPassword(entry.Text)
		w.hideSheet()
		then(password)
	}
	entry = widgets.NewSecret(submit)
	w.showSheet([]fyne.CanvasObject{
		widgets.Title(title), widgets.Plain(why), entry, complaint.Text,
	}, widgets.NewPrimary(w.say("ui.password.continue", nil), nil, submit), w.closer("ui.sheet.cancel"))
	w.o.Window.Canvas().Focus(entry)
}

// checkedWords say what a proof that found nothing wrong has shown.
var checkedWords = map[verify.Depth]string{
	verify.Quick: "ui.versions.checked-quick", verify.Sample: "ui.versions.checked-sample", verify.Full: "ui.versions.checked-full",
}

// groupsShown is how many groups of damaged files a sheet names.
const groupsShown = 4

// Checked shows the result of a check.
func (w *Window) Checked(v vault.Version, r verify.Report, found audit.Findings) {
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
			widgets.Headline("pass", w.say("ui.versions.whole", w.ofDay(v))),
			widgets.Plain(w.say(key, words.Args{"Files": words.Count(r.Files), "Bytes": words.Bytes(r.Bytes), "Read": words.T("ui.versions.read", words.Args{"N": words.Count(r.Sampled)})})),
		}
		w.showSheet(append(rows, repaired...), widgets.NewPrimary(w.say("ui.sheet.ok", nil), nil, w.hideSheet))
		return
	}
	args := w.ofDay(v)
	args["N"] = words.Count(r.ProblemCount)
	rows := []fyne.CanvasObject{
		widgets.Headline("fail", w.say("ui.versions.found", args)),
	}
	rows = append(rows, w.groups(r.Groups)...)
	rows = append(rows, repaired...)
	if day, n := elsewhere(found); n > 0 {
		rows = append(rows, widgets.Plain(w.say("ui.versions.elsewhere", words.Args{"N": words.Count(n), "Date": words.Date(day.Date), "Time": timeOfDay(day.Date)})))
	}
	next := "ui.versions.advice.damaged"
	if found.NextFull {
		next = "ui.versions.advice.next-full"
	}
	rows = append(rows, widgets.NewTight(widgets.Strong(w.say("ui.problem.next", nil)), widgets.Plain(w.say(next, nil))))
	w.showSheet(rows, widgets.NewPrimary(w.say("ui.sheet.close", nil), nil, w.hideSheet))
}

// handOverSteps say where each of Apple's programs restores.
var handOverSteps = map[library.Program]string{library.Finder: "ui.hand-over.choose-finder",
	library.AppleDevices: "ui.hand-over.choose-apple-devices", library.ITunes: "ui.hand-over.choose-itunes"}

// Copied says where the copy of a backup is.
func (w *Window) Copied(v vault.Version, copied vault.Copy, handedOver bool) {
	dir, mark := copied.Dir, "pass"
	key, n := "ui.versions.copied-unknown", 0
	switch {
	case copied.DifferCount > 0:
		key, n = "ui.versions.copied-differs", copied.DifferCount
	case copied.Problems > 0:
		key, n = "ui.versions.copied-problems", copied.Problems
	}
	doubt := widgets.Plain(w.say(key, words.Args{"N": words.Count(n)}))
	otherKeys := widgets.Plain(w.say("password.change.other-keys", nil))
	widgets.Show(otherKeys, copied.OtherKeys)
	if copied.Ready() {
		doubt.Hide()
	} else {
		mark = "warn"
	}
	next := widgets.Plain(w.say("ui.versions.copied-means", nil))
	var steps fyne.CanvasObject = widgets.Copyable(dir)
	if handedOver {
		program := w.apple
		args := words.Args{"Program": words.T("library.program."+string(program), nil), "Date": words.Date(v.Date)}
		next = widgets.Plain(w.say("ui.hand-over.done", args))
		steps = widgets.NumberedSteps([]string{w.say("ui.hand-over.plug", args), w.say(handOverSteps[program], args), w.say("ui.hand-over.which", args), w.say("ui.hand-over.wait", args)})
	}
	w.showMade(dir, widgets.Headline(mark, w.say("ui.versions.copied", w.ofDay(v))), doubt, next, steps, otherKeys)
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
