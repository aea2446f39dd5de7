package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/assets/words"
	"lifeboat/backup/keybag"
	"lifeboat/backup/restore"
	"lifeboat/device/fault"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// restorePage names the page of a restore and says how to make it.
func (w *Window) restorePage(r *state.Restore) (key string, build func() page) {
	key = fmt.Sprintf("restore/%s/%p", r.Step, r)
	switch r.Step {
	case state.RestoreRunning:
		return key, func() page { return newRestoringPage(w, r) }
	case state.RestoreDone:
		return key, func() page { return newRestoredPage(w, r) }
	case state.RestoreFailed:
		return key, func() page { return newNotRestoredPage(w, r) }
	}
	return fmt.Sprintf("restore/%p", r), func() page { return newRestorePlanPage(w, r) }
}

// restorePlanPage is what stands before a restore: which phone, what happens to it,
// whether what is on it is backed up first, and what the checks say. Nothing is touched.
type restorePlanPage struct {
	drawn
	w *Window
	r *state.Restore

	of    *widgets.Text
	rows  *fyne.Container
	shown string // of what rows show
	lose  *widgets.TickBox
	why   *widgets.Text // nothing is restored now
	start *widgets.Action
	again *widgets.Action
}

func newRestorePlanPage(w *Window, r *state.Restore) *restorePlanPage {
	v := &restorePlanPage{w: w, r: r, rows: widgets.NewWide()}
	v.of = widgets.Plain("")
	head := widgets.NewRows(w.pageHead(widgets.Heading(w.say("ui.restore.title", nil))), v.of)
	v.again = widgets.NewAction(w.say("ui.restore.again", nil), nil, w.CheckRestore)
	v.start = widgets.NewDanger(w.say("ui.restore.start", nil), v.askName)
	v.why = widgets.Plain("")
	_, v.content = widgets.Page(widgets.TextWidth, widgets.NewWide(head, v.rows),
		container.NewBorder(nil, nil, nil, container.New(widgets.Middle{}, widgets.Line(v.again, v.start)), container.New(widgets.Middle{}, v.why)))
	return v
}

// restoredName is what the backup's phone was called.
func (w *Window) restoredName(r *state.Restore) string {
	if name := r.Plan.Backup.DeviceName; name != "" {
		return name
	}
	return w.keptName(r.Kept)
}

// first is nothing: Enter must not lead on to what erases a phone.
func (v *restorePlanPage) first() fyne.Focusable { return nil }

func (v *restorePlanPage) update() {
	w, r := v.w, v.r
	args := w.ofDay(r.Version)
	args["Name"] = widgets.Shorten(words.OneLine(w.restoredName(r)), 60)
	v.of.SetText(w.say("ui.restore.of", args))
	shown := fmt.Sprint(r.Step, r.NoBackupFirst, r.CheckErr, len(r.Plan.Refusals), len(r.Plan.Notices), r.Phone != nil && r.Phone.Gone)
	for _, p := range w.Restorable() {
		shown += p.Dev.UDID + p.Summary.Name + fmt.Sprint(p == r.Phone)
	}
	if shown != v.shown {
		v.shown = shown
		v.draw()
	}
	widgets.SetEnabled(v.again, r.Phone != nil && r.Step != state.RestoreChecking)
	why := v.stands()
	v.why.SetText(why)
	widgets.SetEnabled(v.start, w.CanRestore() && why == "")
}

// stands says beside the button what stands in the way, which may be out of sight
// further down; "" for nothing, or where all of the page says it.
func (v *restorePlanPage) stands() string {
	w, r := v.w, v.r
	switch {
	case r.Phone == nil || r.Phone.Gone || r.Step == state.RestoreChecking || r.CheckErr != nil:
	case len(r.Plan.Refusals) > 0:
		return w.explain(r.Plan.Refusals[0]).Happened
	case r.NoBackupFirst && (v.lose == nil || !v.lose.Checked):
		return w.say("ui.restore.lose-first", v.name())
	}
	return ""
}

// draw shows what is known now.
func (v *restorePlanPage) draw() {
	w, r := v.w, v.r
	v.lose = nil
	v.rows.Objects = []fyne.CanvasObject{v.phones()}
	switch {
	case r.Phone == nil:
	case r.Phone.Gone:
		v.rows.Add(widgets.NoticeCard(widgets.Plain(w.say("ui.restore.gone", v.name()))))
	case r.Step == state.RestoreChecking:
		v.rows.Add(widgets.Quiet(w.say("ui.restore.checking", nil)))
	case r.CheckErr != nil:
		v.rows.Add(widgets.Card(widgets.NewRows(append(w.problemRows("warn", r.CheckErr), w.detailsFold(r.CheckErr))...)))
	case len(r.Plan.Refusals) > 0: // what stands in the way comes first
		v.rows.Add(v.checks())
		v.rows.Add(v.happens())
		v.rows.Add(v.first_())
	default:
		v.rows.Add(v.happens())
		v.rows.Add(v.first_())
		v.rows.Add(v.checks())
	}
	v.rows.Refresh()
}

// name is what the phone that is restored is called, within a sentence.
func (v *restorePlanPage) name() words.Args { return v.w.restoreName(v.r) }

func (w *Window) restoreName(r *state.Restore) words.Args {
	name := r.Name
	if name == "" {
		name = w.say("ui.phone.nameless", nil)
	}
	return words.Args{"Name": widgets.Shorten(words.OneLine(name), 40)}
}

// phones is the choice of the phone.
func (v *restorePlanPage) phones() fyne.CanvasObject {
	w, r := v.w, v.r
	there := w.Restorable()
	rows := widgets.NewRows(widgets.Strong(w.say("ui.restore.which", nil)))
	if len(there) == 0 {
		rows.Add(widgets.Plain(w.say("ui.restore.connect", nil)))
	}
	var taken []string
	for _, p := range there {
		name := w.chooserName(p, taken)
		taken = append(taken, name)
		if p == r.Phone {
			rows.Add(widgets.Beside(widgets.NewMark("pass", 18), widgets.Plain(name+w.say("ui.ready.between", nil)+w.aboutPhone(p))))
			continue
		}
		rows.Add(widgets.Left(widgets.NewAnswer(w.say("ui.restore.onto", words.Args{"Name": name}), func() { w.RestoreOnto(p) })))
	}
	return widgets.Card(rows)
}

// happens says large what becomes of what is on the phone.
func (v *restorePlanPage) happens() fyne.CanvasObject {
	w, plan := v.w, v.r.Plan
	title, notice := "ui.restore.replaces", restore.Replaces
	if plan.Erases() {
		title, notice = "ui.restore.erases", restore.Erases
	}
	rows := widgets.NewRows(widgets.Headline("warn", w.say(title, v.name())))
	for _, n := range plan.Notices {
		switch n.ID {
		case notice, restore.OtherPhone, restore.OtherKind, restore.Unencrypted, restore.NoApps:
			rows.Add(widgets.Plain(w.text(n.Words())))
		}
	}
	return widgets.NoticeCard(rows)
}

// restoreChecks are what a phone looks at before it takes a backup: the refusals and
// the notices that each may give, and the words where it gives none.
var restoreChecks = []struct {
	codes         []fault.Code
	warn, unknown restore.NoticeID
	pass          string
}{
	{[]fault.Code{fault.SetupUnfinished}, "", "", ""},
	{[]fault.Code{fault.FindMyOn}, "", restore.FindMyUnread, "ui.restore.pass-find-my"},
	{[]fault.Code{fault.BackupVersion}, "", restore.VersionUnread, "ui.restore.pass-version"},
	{[]fault.Code{fault.DeviceSpace}, restore.RoomTight, restore.RoomUnread, "ui.restore.pass-room"},
	{[]fault.Code{fault.BatteryLow}, restore.ChargeLow, restore.ChargeUnread, "ui.restore.pass-charge"},
	{nil, restore.Managed, "", "ui.restore.pass-managed"},
	{nil, "", restore.OnlyPhone, ""},
}

// checks says of each check what it found.
func (v *restorePlanPage) checks() fyne.CanvasObject {
	w, plan := v.w, v.r.Plan
	failed, others := widgets.NewRows(widgets.Title(w.say("ui.restore.checks", nil))), widgets.NewRows()
	told := 0
	for _, c := range restoreChecks {
		mark, said := v.check(c.codes, c.warn, c.unknown)
		rows := others
		if mark == "fail" {
			rows = failed
			told++
		}
		if mark == "" {
			if c.pass == "" {
				continue
			}
			mark, said = "pass", w.say(c.pass, words.Args{"IOS": plan.Phone.IOS, "Of": plan.Backup.IOS})
		}
		rows.Add(widgets.Beside(widgets.NewMark(mark, 18), widgets.Plain(said)))
	}
	if told < len(plan.Refusals) { // one of which this list knows nothing
		for _, refusal := range plan.Refusals {
			p := w.explain(refusal)
			failed.Add(widgets.Beside(widgets.NewMark("fail", 18), widgets.Plain(p.Happened+" "+p.Next)))
		}
	}
	key := "ui.restore.proven-first"
	if plan.Backup.Encrypted {
		key = "ui.restore.proven-first-locked"
	}
	others.Add(widgets.Quiet(w.say(key, nil)))
	return widgets.Card(widgets.NewRows(failed, others))
}

func (v *restorePlanPage) check(codes []fault.Code, warn, unknown restore.NoticeID) (mark, said string) {
	w, plan := v.w, v.r.Plan
	for _, refusal := range plan.Refusals {
		if isAbout(refusal, codes...) {
			p := w.explain(refusal)
			return "fail", p.Happened + " " + p.Next
		}
	}
	for _, n := range plan.Notices {
		switch {
		case n.ID == "":
		case n.ID == warn:
			return "warn", w.text(n.Words())
		case n.ID == unknown:
			return "unknown", w.text(n.Words())
		}
	}
	return "", ""
}

// first_ is the choice to back up what is on the phone before.
func (v *restorePlanPage) first_() fyne.CanvasObject {
	w, r := v.w, v.r
	first := tick(w.say("ui.restore.first", v.name()), !r.NoBackupFirst, w.BackUpFirst)
	if !r.NoBackupFirst {
		rows := widgets.NewRows(first, widgets.Quiet(w.say("ui.restore.first-means", nil)))
		if r.Plan.PasswordUnset() {
			key := "ui.restore.first-sets"
			if !r.Plan.Backup.Encrypted {
				key = "ui.restore.first-plain"
			}
			rows.Add(widgets.Plain(w.say(key, v.name())))
		}
		return widgets.Card(rows)
	}
	v.lose = widgets.NewTickBox(w.say("ui.restore.lose", v.name()), func(bool) { v.update() })
	return widgets.NoticeCard(widgets.NewRows(first, widgets.Strong(w.say("ui.restore.lost", v.name())), v.lose))
}

// askName has the phone's name typed, so that no other phone is restored by mistake.
func (v *restorePlanPage) askName() {
	w, r := v.w, v.r
	var do *widgets.Action
	begin := func(typed string) {
		if r.Plan.Named(typed) {
			w.hideSheet()
			w.StartRestore(typed, keybag.Password{})
		}
	}
	entry := widgets.NewLineBox(r.Plan.Phone.Name, nil, begin)
	do = widgets.NewDanger(w.say("ui.restore.do", nil), func() { begin(entry.Text) })
	entry.OnChanged = func(typed string) { widgets.SetEnabled(do, r.Plan.Named(typed)) }
	do.Disable()
	means := "ui.restore.name-means"
	if r.NoBackupFirst {
		means = "ui.restore.name-means-lost"
	}
	w.showSheet([]fyne.CanvasObject{
		widgets.Title(w.say("ui.restore.name", v.name())), widgets.Plain(w.say(means, v.name())), entry,
	}, w.closer("ui.sheet.cancel"), do)
	w.o.Window.Canvas().Focus(entry)
}

// AskPhonePassword asks for the password of the phone's own backups.
func (w *Window) AskPhonePassword(name string, wrong bool, then func(keybag.Password)) {
	complaint := ""
	if wrong {
		complaint = w.say("ui.password.wrong", nil)
	}
	title := w.say("ui.restore.own-password", words.Args{"Name": widgets.Shorten(words.OneLine(name), 40)})
	w.askSecret(title, w.say("ui.restore.own-password-why", nil), complaint, then)
}
