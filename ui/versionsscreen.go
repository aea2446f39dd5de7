package ui

import (
	"slices"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/device/fault"
)

// versionsScreen is the page of the backups that are kept: a fold for each,
// the newest first, and below them what is being done to one.
type versionsScreen struct {
	w *Window
	s *backupList

	path         *widget.Label
	again, back  *widgets.Action
	body         *fyne.Container
	bodyKey      string                   // of what body shows
	failure      error                    // that body shows
	names        map[string]*widget.Label // of phones
	rows         map[versionKey]*versionRow
	order        []versionKey // of rows
	more         int          // how many times the user asked for older ones
	band         fyne.CanvasObject
	taskBand     *taskBand
	undoBand     fyne.CanvasObject
	undone       *widget.Label
	undo         *widgets.Action
	content      fyne.CanvasObject
	led          *widgets.Action // what lead brought the keyboard to
	changeFolder *widgets.Action
}

// rowsAtOnce is how many backups of a phone are listed before the user asks
// for older ones.
const rowsAtOnce = 50

func newVersionsScreen(w *Window, s *backupList) *versionsScreen {
	v := &versionsScreen{w: w, s: s, body: widgets.NewRows(), rows: map[versionKey]*versionRow{}}
	v.path = widgets.OneLine("")
	v.path.Importance = widget.LowImportance
	v.again = widgets.NewAction(w.say("ui.versions.look-again", nil), fynetheme.ViewRefreshIcon(), w.reloadBackups)
	v.changeFolder = widgets.NewAction(w.say("ui.destination.change", nil), fynetheme.FolderOpenIcon(), w.chooseDestination)
	v.changeFolder.Importance = widget.LowImportance
	v.back = widgets.NewAction(w.say("ui.back", nil), fynetheme.NavigateBackIcon(), w.leaveVersions)
	v.taskBand = newTaskBand(w)
	v.undone = widgets.Plain("")
	v.undo = widgets.NewPrimary(w.say("ui.versions.undo", nil), fynetheme.ContentUndoIcon(), func() {
		if d := s.undo; d != nil {
			w.undelete(d.kept, d.version)
		}
	})
	v.undoBand = container.NewBorder(nil, nil, nil, container.NewCenter(v.undo), v.undone)
	v.band = widgets.NewRows(v.taskBand.object(), v.undoBand)
	for _, b := range []*widgets.Action{v.again, v.changeFolder, v.back, v.undo, v.taskBand.cancel} {
		b.Escape = w.leaveVersions
	}
	head := widgets.NewTight(widgets.Title(w.say("ui.versions.title", nil)),
		container.NewBorder(nil, nil, nil, container.NewCenter(v.changeFolder), v.path))
	v.content = widgets.Page(widgets.NewColumn(head, v.body), widgets.NewRows(v.band, container.NewBorder(nil, nil, v.back, v.again)))
	return v
}

func (v *versionsScreen) object() fyne.CanvasObject { return v.content }
func (v *versionsScreen) first() fyne.Focusable     { return v.back }
func (v *versionsScreen) leave()                    { v.w.leaveVersions() }

func (v *versionsScreen) update() {
	w, s := v.w, v.s
	widgets.SetText(v.path, w.say("ui.versions.in", words.Args{"Path": s.dir}))
	idle := !s.busy() && !s.changes
	widgets.SetEnabled(v.back, !s.busy())
	widgets.SetEnabled(v.again, idle && !s.looking)
	widgets.SetEnabled(v.changeFolder, idle)
	widgets.SetEnabled(v.undo, idle)
	v.show()
	for _, row := range v.rows {
		row.enable(idle)
	}
	widgets.Show(v.band, s.undo != nil || s.task != nil)
	widgets.Show(v.undoBand, s.undo != nil)
	if d := s.undo; d != nil {
		widgets.SetText(v.undone, w.say("ui.versions.deleted", w.ofDay(d.version)))
	}
	v.taskBand.update(s.task)
	v.lead()
}

// lead brings the keyboard to what has just come up below the list, and away
// from there when that is gone.
func (v *versionsScreen) lead() {
	var to *widgets.Action
	switch {
	case v.s.task != nil:
		to = v.taskBand.cancel
	case v.s.undo != nil:
		to = v.undo
	}
	if to == v.led {
		return
	}
	v.led = to
	if v.w.sheet != nil {
		return
	}
	if to == nil {
		to = v.back
	}
	v.w.Window.Canvas().Focus(to)
}

// show brings the list up to date. Rows stay where they are as long as there
// are the same backups.
func (v *versionsScreen) show() {
	s := v.s
	var key string
	var order []versionKey
	switch {
	case s.err != nil:
		key = "error"
	case len(s.kept) == 0 && s.looking:
		key = "looking"
	case len(s.kept) == 0:
		key = "none"
	default:
		key = "list"
		for _, k := range s.kept {
			for _, version := range k.Versions[:min(len(k.Versions), rowsAtOnce*(1+v.more))] {
				order = append(order, versionKey{k.UDID, version.Number})
			}
		}
	}
	if key != v.bodyKey || key == "error" && s.err != v.failure || !slices.Equal(order, v.order) {
		v.bodyKey, v.failure, v.order = key, s.err, order
		v.fill()
	}
	for _, k := range s.kept {
		if name := v.names[k.UDID]; name != nil {
			widgets.SetText(name, v.w.keptName(k))
		}
		for _, version := range k.Versions {
			at := versionKey{k.UDID, version.Number}
			if row := v.rows[at]; row != nil {
				own, known := s.sizes[at]
				row.update(k, version, own, known)
			}
		}
	}
}

// fill rebuilds the list.
func (v *versionsScreen) fill() {
	w, s := v.w, v.s
	v.rows, v.names = map[versionKey]*versionRow{}, map[string]*widget.Label{}
	var all []fyne.CanvasObject
	switch v.bodyKey {
	case "error":
		all = v.problem(s.err)
	case "looking":
		all = append(all, widgets.Plain(w.say("ui.versions.looking", nil)))
	case "none":
		all = append(all, widgets.Drawing("connect"), widgets.Title(w.say("ui.versions.none", nil)), widgets.Plain(w.say("ui.versions.none-means", nil)))
	default:
		for _, k := range s.kept {
			all = append(all, v.list(k)...)
		}
	}
	v.body.Objects = all
	v.body.Refresh()
}

// list is a phone with its backups.
func (v *versionsScreen) list(k Kept) []fyne.CanvasObject {
	name := widgets.OneLine(v.w.keptName(k))
	name.TextStyle.Bold, name.SizeName = true, fynetheme.SizeNameSubHeadingText
	v.names[k.UDID] = name
	all := []fyne.CanvasObject{name}
	shown := k.Versions[:min(len(k.Versions), rowsAtOnce*(1+v.more))]
	for i, version := range shown {
		at := versionKey{k.UDID, version.Number}
		open, set := v.s.opened[at]
		row := newVersionRow(v.w, at, i == 0 && !set || open)
		v.rows[at] = row
		own, known := v.s.sizes[at]
		row.update(k, version, own, known)
		all = append(all, widgets.Card(row.object()))
	}
	if older := len(k.Versions) - len(shown); older > 0 {
		all = append(all, container.NewHBox(widgets.NewAction(v.w.say("ui.versions.older", words.Args{"N": words.Count(older)}), nil, func() {
			v.more++
			v.w.refresh()
		})))
	}
	return all
}

// problem says why there is no list. A drive that is not connected is no failure.
func (v *versionsScreen) problem(err error) []fyne.CanvasObject {
	w := v.w
	p := w.explain(err)
	mark := "fail"
	if isAbout(err, fault.DestOffline, fault.DestMissing) {
		mark = "unknown"
	}
	return []fyne.CanvasObject{
		container.NewBorder(nil, nil, container.NewPadded(widgets.MarkIcon(mark, 32)), nil, widgets.Title(p.Happened)),
		widgets.Plain(p.Meaning),
		widgets.Card(widgets.NewTight(widgets.Strong(w.say("ui.problem.next", nil)), widgets.Plain(p.Next))),
		w.detailsFold(err),
	}
}

// keptName is how the phone of backups is called.
func (w *Window) keptName(k Kept) string {
	if p := w.find(k.UDID); p != nil && p.summary.Name != "" {
		return p.summary.Name
	}
	if k.Name != "" {
		return k.Name
	}
	return w.say("ui.phone.nameless", nil)
}

// taskBand shows long work: what, how far, and the way to stop it.
type taskBand struct {
	w          *Window
	title, far *widget.Label
	bar        *widget.ProgressBar
	endless    *widget.ProgressBarInfinite
	cancel     *widgets.Action
	content    fyne.CanvasObject
}

func newTaskBand(w *Window) *taskBand {
	b := &taskBand{w: w, title: widgets.OneLine(""), far: widgets.OneLine(""), bar: widget.NewProgressBar(), endless: widget.NewProgressBarInfinite()}
	b.title.TextStyle.Bold = true
	b.bar.TextFormatter = func() string { return "" }
	b.endless.Stop()
	b.cancel = widgets.NewAction(w.say("ui.running.cancel", nil), fynetheme.CancelIcon(), func() {
		if t := w.shown.task; t != nil {
			w.stopTask(t)
		}
	})
	b.content = widgets.NewRows(container.NewBorder(nil, nil, nil, container.NewCenter(b.cancel), widgets.NewTight(b.title, b.far)),
		container.NewStack(b.bar, b.endless))
	return b
}

func (b *taskBand) object() fyne.CanvasObject { return b.content }

func (b *taskBand) update(t *task) {
	w := b.w
	if t == nil {
		b.endless.Stop()
		b.content.Hide()
		return
	}
	widgets.SetText(b.title, t.title)
	text := w.say("ui.versions.beginning", nil)
	switch far := t.far; {
	case t.stopping:
		text = w.say("ui.running.stopping", nil)
	case far.bytesTotal > 0:
		text = w.say("ui.running.bytes-of", words.Args{"N": words.Bytes(far.bytes), "Total": words.Bytes(far.bytesTotal)})
	case far.filesTotal > 0:
		text = w.say("ui.running.files-of", words.Args{"N": words.Count(far.files), "Total": files(far.filesTotal)})
	}
	widgets.SetText(b.far, text)
	widgets.SetEnabled(b.cancel, !t.stopping)
	share := t.far.share()
	widgets.Show(b.bar, share >= 0)
	widgets.Show(b.endless, share < 0)
	if share >= 0 {
		b.endless.Stop()
		b.bar.SetValue(share)
	} else if !b.endless.Running() {
		b.endless.Start()
	}
	widgets.Show(b.content, true)
}
