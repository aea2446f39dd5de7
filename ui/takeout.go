package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/assets/words"
	"lifeboat/backup/content"
	"lifeboat/backup/content/kind"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// insideFoot is what stands below the pages of what is in a backup: the way to take
// things out, and how far that is, or how far a comparison is.
type insideFoot struct {
	w    *Window
	i    *state.Inside
	only kind.ID // "" for all
	ask  func()  // what to take out
	none bool    // of it can be read

	*taskBand
	take    *widgets.Action
	asks    fyne.CanvasObject
	content *fyne.Container
}

// newInsideFoot takes things out of one kind, or of all with "".
func newInsideFoot(w *Window, i *state.Inside, only kind.ID) *insideFoot {
	f := &insideFoot{w: w, i: i, only: only}
	f.taskBand = newTaskBand(w, func() {
		w.StopTakingOut()
		w.StopComparing()
	})
	f.ask = func() { w.askTakeOut(f.only) }
	take := "ui.takeout.take"
	if i.Since != nil {
		take = "ui.gone.take"
	}
	f.take = widgets.NewPrimary(w.say(take, nil), nil, func() { f.ask() })
	f.asks = widgets.ButtonRow(f.take)
	f.content = widgets.Foot(widgets.PageWidth, container.NewStack(f.asks, f.taskBand.content))
	return f
}

// page sets the foot below a page of a head and a body.
func (f *insideFoot) page(body fyne.CanvasObject, head ...fyne.CanvasObject) fyne.CanvasObject {
	return container.NewBorder(widgets.Head(widgets.PageWidth, widgets.NewRows(head...)), f.content, nil, nil, body)
}

func (f *insideFoot) update() {
	w, e, working := f.w, f.i.Export, f.i.Working()
	widgets.Show(f.content, working || e != nil || len(f.i.Kinds) > 0 && !f.none)
	widgets.Show(f.asks, e == nil && !working)
	widgets.Show(f.taskBand.content, e != nil || working)
	able := false
	for _, s := range f.i.Kinds {
		able = able || s.State == kind.Found && (f.only == "" || f.only == s.Kind)
	}
	widgets.SetEnabled(f.take, able)
	switch {
	case working:
		f.title.SetText(w.say("ui.versions.comparing", w.ofDay(f.i.Version)))
		f.far.SetText(w.comparedSoFar(f.i.Since))
		f.bar.SetValue(f.i.Since.Far.Share)
	case e != nil:
		f.title.SetText(w.say("ui.takeout.writing", nil))
		said := w.say("ui.running.bytes-of", words.Args{"N": words.Bytes(e.Far.Bytes), "Total": words.Bytes(max(e.Bytes, e.Far.Bytes))})
		if e.Stopping {
			said = w.say("ui.running.stopping", nil)
		}
		f.far.SetText(said)
		f.bar.SetValue(e.Share())
	}
	widgets.SetEnabled(f.stop, e == nil || !e.Stopping)
}

// comparedSoFar is how far a comparison is, in words.
func (w *Window) comparedSoFar(s *state.Since) string {
	if !s.Comparing || s.Far.Kind == "" {
		return w.say("ui.versions.beginning", nil)
	}
	return w.say("content.kind."+string(s.Far.Kind), nil) + w.say("ui.ready.between", nil) + w.say("ui.gone.read", words.Args{"N": words.Count(s.Far.Things)})
}

// forms are the forms of edited photos, as they are offered.
var forms = []option[kind.PhotoForm]{{kind.BothForms, "ui.takeout.both"}, {kind.EditedForm, "ui.takeout.as-edited"}, {kind.OriginalForm, "ui.takeout.as-taken"}}

// askTakeOut asks what is to be taken out, and where to.
func (w *Window) askTakeOut(only kind.ID) {
	i := w.Inside
	ticks := map[kind.ID]*widgets.TickBox{}
	rows := []fyne.CanvasObject{widgets.Title(w.say("ui.takeout.title", nil)), widgets.Plain(w.say("ui.takeout.means", nil))}
	var o kind.Options
	hidden, deleted, small, photos := 0, 0, 0, false
	chosen := widgets.NewTight()
	for _, s := range i.Kinds {
		if s.State != kind.Found || only != "" && only != s.Kind {
			continue
		}
		hidden, deleted, photos = hidden+s.Hidden, deleted+s.Deleted, photos || s.Kind == "photos"
		if s.Kind == "photos" {
			small = s.Small
		}
		ticks[s.Kind] = tick(w.text(words.T("content.count."+string(s.Kind), words.Args{"N": words.Count(s.Total())})), true, nil)
		if only == "" {
			chosen.Add(ticks[s.Kind])
		}
	}
	if small > 0 {
		o.SmallPictures = true
		chosen.Add(tick(w.say("ui.takeout.small", words.Args{"N": words.Count(small)}), true, func(on bool) { o.SmallPictures = on }))
	}
	if hidden > 0 {
		chosen.Add(widgets.NewTickBox(w.say("ui.takeout.hidden", words.Args{"N": words.Count(hidden)}), func(on bool) { o.Hidden = on }))
	}
	if deleted > 0 {
		chosen.Add(widgets.NewTickBox(w.say("ui.takeout.deleted", words.Args{"N": words.Count(deleted)}), func(on bool) { o.Deleted = on }))
	}
	rows = append(rows, chosen)
	if photos {
		rows = append(rows, choice(w, "ui.takeout.edited", forms, forms[0].is, func(form kind.PhotoForm) { o.Photos = form }))
	}
	w.showSheet(rows, widgets.NewPrimary(w.say("ui.takeout.where", nil), nil, func() {
		var kinds []kind.ID
		for _, s := range i.Kinds {
			if tick := ticks[s.Kind]; tick != nil && tick.Checked {
				kinds = append(kinds, s.Kind)
			}
		}
		w.hideSheet()
		if len(kinds) > 0 {
			w.pickFolder(w.say("ui.takeout.which", nil), w.say("ui.takeout.here", nil), "", func(dir string) { w.TakeOut(kinds, dir, o) })
		}
	}), w.closer("ui.sheet.cancel"))
}

// leftShown is how many of the things that were left out a sheet names.
const leftShown = 5

// TakenOut shows what was taken out of a backup.
func (w *Window) TakenOut(dir string, done content.Exported) {
	mark := "pass"
	rows := []fyne.CanvasObject{
		nil, widgets.Plain(w.say("cli.export.done", words.Args{"N": words.Count(done.Files), "Bytes": words.Bytes(done.Bytes), "Path": dir})),
	}
	for _, s := range done.Kinds {
		if s.State == kind.Unreadable {
			mark = "warn"
			rows = append(rows, widgets.Plain(w.text(content.Words(s))))
		}
	}
	if done.LeftCount > 0 {
		rows = append(rows, widgets.Plain(w.say("cli.export.left", words.Args{"N": words.Count(done.LeftCount)})))
		lines := widgets.NewTight()
		for _, l := range done.Left[:min(len(done.Left), leftShown)] {
			lines.Add(widgets.Quiet(words.Brief(l.What, longestTitle) + ": " + w.text(l.Why)))
		}
		rows = append(rows, lines)
	}
	rows[0] = widgets.Headline(mark, w.say("ui.takeout.done", nil))
	w.showMade(dir, rows...)
}
