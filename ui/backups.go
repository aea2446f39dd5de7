package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/ui/state"
	"lifeboat/ui/state/reminder"
	"lifeboat/ui/widgets"
)

// backupsPage is the page of the backups that are kept: the folder, each phone with
// its backups, the newest first, and below them what is being done to one.
type backupsPage struct {
	drawn
	w *Window
	b *state.Backups

	folder  *widgets.Text
	room    *widgets.Text
	bar     *widgets.Bar
	others  *fyne.Container
	listed  int // of others
	change  *widgets.Link
	body    *fyne.Container
	bodyKey string                   // of what body shows
	failure error                    // that body shows
	names   map[string]*widgets.Text // of phones
	rows    map[state.VersionKey]*versionRow
	order   []state.VersionKey // of rows
	more    int                // how many times the person asked for older ones
	task    *taskBand
	undone  *widgets.Text
	undo    *widgets.Action
	undoing fyne.CanvasObject
	foot    *fyne.Container
	led     fyne.Focusable // what lead brought the keyboard to
	offer   *reminder.Reminder
}

// goingShown is how many of the backups that go next are named.
const goingShown = 2

// rowsAtOnce is how many backups of a phone are listed before the person asks
// for older ones.
const rowsAtOnce = 50

func newBackupsPage(w *Window, b *state.Backups) *backupsPage {
	v := &backupsPage{w: w, b: b, body: widgets.NewWide(), rows: map[state.VersionKey]*versionRow{}}
	v.folder = widgets.Strong("").Line()
	v.room, v.bar, v.others = widgets.Quiet(""), widgets.NewBar(), widgets.NewWide()
	v.change = widgets.NewLink(w.say("ui.destination.change", nil), w.chooseDestination)
	v.task = newTaskBand(w, w.StopTask)
	v.undone = widgets.Plain("")
	v.undo = widgets.NewPrimary(w.say("ui.versions.undo", nil), nil, func() {
		if d := b.Undo; d != nil {
			w.Undelete(d.Kept, d.Version)
		}
	})
	v.undoing = container.NewBorder(nil, nil, nil, container.NewCenter(v.undo), v.undone)
	v.foot = widgets.Foot(widgets.PageWidth, widgets.NewRows(v.task.content, v.undoing))
	v.foot.Hide()
	place := widgets.Card(widgets.NewRows(container.NewBorder(nil, nil, nil, v.change, v.folder), v.bar, v.room))
	_, body := widgets.Page(widgets.PageWidth, widgets.NewWide(place, v.body, v.others), nil)
	v.content = container.NewBorder(nil, v.foot, nil, nil, body)
	return v
}

func (v *backupsPage) first() fyne.Focusable { return nil }

func (v *backupsPage) update() {
	w, b := v.w, v.b
	v.folder.SetText(w.say("ui.versions.in", words.Args{"Folder": folderName(b.Dir), "Path": b.Dir}))
	idle := !b.Changing()
	widgets.SetEnabled(v.undo, idle)
	widgets.Show(v.room, b.Room != nil)
	widgets.Show(v.bar, b.Room != nil && b.Room.Size > 0)
	if b.Room != nil {
		said := []string{w.text(b.Room.Words())}
		for _, going := range b.Room.Next[:min(len(b.Room.Next), goingShown)] {
			said = append(said, w.text(going.Words()))
		}
		v.room.SetText(strings.Join(said, "\n"))
		v.bar.SetValue(1 - float64(b.Room.Free)/max(1, float64(b.Room.Size)))
	}
	v.show()
	v.showOthers()
	for _, row := range v.rows {
		row.enable(idle)
	}
	widgets.Show(v.undoing, b.Undo != nil)
	if d := b.Undo; d != nil {
		v.undone.SetText(w.say("ui.versions.deleted", w.ofDay(d.Version)))
	}
	v.task.update(b.Task)
	widgets.Show(v.foot, b.Task != nil || b.Undo != nil)
	v.lead()
	v.content.Refresh()
}

// lead brings the keyboard to Undo when it has just come up. It never brings it to what
// stops work: Enter, pressed once too often, must not end what it began.
func (v *backupsPage) lead() {
	var to fyne.Focusable
	if v.b.Undo != nil {
		to = v.undo
	}
	if to == v.led {
		return
	}
	v.led = to
	if v.w.sheet == nil && to != nil {
		v.w.o.Window.Canvas().Focus(to)
	}
}

// show brings the list up to date. Rows stay where they are as long as there
// are the same backups.
func (v *backupsPage) show() {
	b := v.b
	var key string
	var order []state.VersionKey
	switch {
	case b.Err != nil:
		key = "error"
	case len(b.Kept) == 0 && b.Looking:
		key = "looking"
	case len(b.Kept) == 0:
		key = "none"
	default:
		key = "list"
		for _, k := range b.Kept {
			for _, version := range k.Versions[:min(len(k.Versions), rowsAtOnce*(1+v.more))] {
				order = append(order, state.VersionKey{UDID: k.UDID, Number: version.Number})
			}
		}
	}
	if v.offer != v.w.Offer {
		v.offer, v.bodyKey = v.w.Offer, "" // drawn anew, with it or without
	}
	if key != v.bodyKey || key == "error" && b.Err != v.failure || !slices.Equal(order, v.order) {
		v.bodyKey, v.failure, v.order = key, b.Err, order
		v.fill()
	}
	for _, k := range b.Kept {
		if name := v.names[k.UDID]; name != nil {
			name.SetText(v.w.keptName(k))
		}
		for _, version := range k.Versions {
			at := state.VersionKey{UDID: k.UDID, Number: version.Number}
			if row := v.rows[at]; row != nil {
				own, known := b.Sizes[at]
				row.update(k, version, own, known)
			}
		}
	}
}

// fill rebuilds the list.
func (v *backupsPage) fill() {
	w, b := v.w, v.b
	w.closeMenu()
	v.rows, v.names = map[state.VersionKey]*versionRow{}, map[string]*widgets.Text{}
	var all []fyne.CanvasObject
	switch v.bodyKey {
	case "error":
		// A drive that is not connected is no failure.
		mark := "fail"
		if isAbout(b.Err, fault.DestOffline, fault.DestMissing) {
			mark = "unknown"
		}
		all = append(w.problemRows(mark, b.Err), w.detailsFold(b.Err))
	case "looking":
		all = append(all, widgets.Plain(w.say("ui.versions.looking", nil)))
	case "none":
		all = append(all, widgets.Title(w.say("ui.versions.none", nil)), widgets.Plain(w.say("ui.versions.none-means", nil)))
	default:
		for _, k := range b.Kept {
			all = append(all, v.list(k)...)
		}
	}
	v.body.Objects = all
	v.body.Refresh()
}

// showOthers lists what other programs made, and folders that are not there now.
func (v *backupsPage) showOthers() {
	w, b := v.w, v.b
	if n := len(b.Foreign) + len(b.Unread) + len(b.Away); n == v.listed {
		return
	} else {
		v.listed = n
	}
	rows := widgets.NewWide()
	for _, f := range b.Foreign {
		text := widgets.NewTight(widgets.Plain(w.text(f.Words())), widgets.Caption(w.say("ui.versions.only-read", nil)))
		if f.Err != nil || !f.Finished {
			rows.Add(text)
			continue
		}
		check := widgets.NewAction(w.say("ui.versions.check", nil), nil, func() { w.askRecheck(f.Kept(), vault.Version{Date: f.Date, Current: true}) })
		onto := widgets.NewAction(w.say("ui.restore.row", nil), nil, func() { w.RestoreTo(f.Kept(), vault.Version{Date: f.Date, Current: true}) })
		rehearse := widgets.NewAction(w.say("ui.rehearsal.row", nil), nil, func() { w.askRehearse(f.Kept(), vault.Version{Date: f.Date, Current: true}) })
		rows.Add(widgets.NewRows(text, container.New(&widgets.Flowing{}, onto, rehearse, check)))
	}
	for _, u := range b.Unread {
		rows.Add(widgets.Plain(w.say("library.unread", words.Args{"Path": u.Dir})))
	}
	v.others.Objects = nil
	if len(rows.Objects) > 0 {
		v.others.Add(widgets.Title(w.say("ui.versions.others", nil)))
		v.others.Add(widgets.Card(rows))
	}
	if len(b.Away) > 0 {
		away := widgets.NewRows()
		for _, r := range b.Away {
			away.Add(widgets.Plain(w.text(r.Words())))
		}
		v.others.Add(widgets.Title(w.say("ui.versions.away", nil)))
		v.others.Add(widgets.Card(away))
	}
	v.others.Refresh()
}

// list is a phone with its backups.
func (v *backupsPage) list(k state.Kept) []fyne.CanvasObject {
	name := widgets.Title(v.w.keptName(k)).Line()
	v.names[k.UDID] = name
	shown := k.Versions[:min(len(k.Versions), rowsAtOnce*(1+v.more))]
	rows := container.New(widgets.Rows{Gap: 12})
	for i, version := range shown {
		at := state.VersionKey{UDID: k.UDID, Number: version.Number}
		open, set := v.b.Opened[at]
		row := newVersionRow(v.w, at, i == 0 && !set || open)
		v.rows[at] = row
		own, known := v.b.Sizes[at]
		row.update(k, version, own, known)
		if i > 0 {
			rows.Add(widget.NewSeparator())
		}
		rows.Add(row.fold)
	}
	all := []fyne.CanvasObject{name}
	if offer := v.w.offered(k); offer != nil {
		all = append(all, offer)
	}
	all = append(all, widgets.Card(rows))
	if older := len(k.Versions) - len(shown); older > 0 {
		all = append(all, widgets.Left(widgets.NewAction(v.w.say("ui.versions.older", words.Args{"N": words.Count(older)}), nil, func() {
			v.more++
			v.w.refresh()
		})))
	}
	return all
}

// keptName is how the phone of backups is called.
func (w *Window) keptName(k state.Kept) string {
	if p := w.Find(k.UDID); p != nil && p.Summary.Name != "" {
		return p.Summary.Name
	}
	if k.Name != "" {
		return k.Name
	}
	return w.say("ui.phone.nameless", nil)
}

// taskBand shows long work: what, how far, and the way to stop it.
type taskBand struct {
	w          *Window
	title, far *widgets.Text
	bar        *widgets.Bar
	stop       *widgets.Action
	content    fyne.CanvasObject
}

// taskWords say what a task does.
var taskWords = map[state.TaskKind]string{state.Checking: "ui.versions.checking", state.Copying: "ui.versions.copying",
	state.Moving: "ui.versions.copying", state.Comparing: "ui.versions.comparing", state.Rehearsing: "ui.rehearsal.working"}

func newTaskBand(w *Window, stop func()) *taskBand {
	b := &taskBand{w: w, title: widgets.Strong("").Line(), far: widgets.Quiet("").Line(), bar: widgets.NewBar()}
	b.stop = widgets.NewAction(w.say("ui.running.cancel", nil), nil, stop)
	b.content = widgets.NewRows(container.NewBorder(nil, nil, nil, container.NewCenter(b.stop), widgets.NewTight(b.title, b.far)), b.bar)
	b.content.Hide()
	return b
}

func (b *taskBand) update(t *state.Task) {
	w := b.w
	widgets.Show(b.content, t != nil)
	if t == nil {
		return
	}
	b.title.SetText(w.say(taskWords[t.Kind], w.ofDay(t.Version)))
	said := w.say("ui.versions.beginning", nil)
	switch far := t.Far; {
	case t.Stopping:
		said = w.say("ui.running.stopping", nil)
	case far.BytesTotal > 0:
		said = w.say("ui.running.bytes-of", words.Args{"N": words.Bytes(far.Bytes), "Total": words.Bytes(far.BytesTotal)})
	case far.FilesTotal > 0:
		said = w.say("ui.running.files-of", words.Args{"N": words.Count(far.Files), "Total": files(far.FilesTotal)})
	}
	b.far.SetText(said)
	widgets.SetEnabled(b.stop, !t.Stopping)
	b.bar.SetValue(t.Far.Share())
}
