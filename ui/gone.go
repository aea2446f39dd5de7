package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// gonePage is what a backup has that the newest one has no longer: each kind in a
// sentence, or the things of one kind.
type gonePage struct {
	drawn
	w  *Window
	i  *state.Inside
	id kind.ID // "" for all

	state   *widgets.Text
	unlock  *widgets.Action
	rows    *fyne.Container
	card    fyne.CanvasObject
	filled  bool
	working bool
	things  *widgets.EntryList // of a kind
	foot    *insideFoot
}

func newGonePage(w *Window, i *state.Inside, id kind.ID) *gonePage {
	v := &gonePage{w: w, i: i, id: id, state: widgets.Plain(""), rows: widgets.NewRows(), foot: newInsideFoot(w, i, id)}
	title := w.say("ui.gone.title", w.ofDay(i.Version))
	v.unlock = widgets.NewPrimary(w.say("ui.inside.unlock", nil), nil, w.UnlockInside)
	var body fyne.CanvasObject
	if id == "" {
		v.card = widgets.Card(v.rows)
		v.card.Hide()
		_, body = widgets.Page(widgets.PageWidth, widgets.NewWide(widgets.Left(v.unlock), v.card), nil)
	} else {
		title = w.say("ui.gone.kind-title", words.Args{"Kind": words.T("content.kind."+string(id), nil), "Date": words.Date(i.Version.Date)})
		v.things = w.thingList(func() []kind.Thing { return i.Since.Gone[id] })
		body = widgets.Body(widgets.PageWidth, v.things)
	}
	v.content = v.foot.page(body, w.pageHead(widgets.Heading(title)), v.state)
	return v
}

func (v *gonePage) first() fyne.Focusable {
	switch {
	case v.things != nil:
		return v.things
	case v.i.Locked:
		return v.unlock
	case !v.i.Working() && len(v.i.Kinds) > 0:
		return v.foot.take
	}
	return nil
}

func (v *gonePage) update() {
	w, i := v.w, v.i
	v.state.SetText(v.said())
	widgets.Show(v.unlock, i.Locked)
	v.foot.update()
	if working := i.Working(); working != v.working {
		v.working = working
		if at := w.o.Window.Canvas().Focused(); !working && (at == nil || at == fyne.Focusable(v.foot.stop)) {
			w.focusFirst() // Cancel has gone
		}
		v.content.Refresh() // the foot takes its room, or gives it
	}
	if v.things != nil {
		v.things.Refresh()
		return
	}
	if v.filled || len(i.Since.Compared) == 0 {
		return
	}
	v.filled = true
	for _, c := range i.Since.Compared {
		text, say := c.Words()
		if !say {
			continue
		}
		mark := "pass"
		switch {
		case c.Gone > 0:
			mark = "warn"
		case c.Older != kind.Found || c.Newer != kind.Found:
			mark = "unknown"
		}
		line := widgets.Beside(widgets.NewMark(mark, 18), widgets.Plain(w.text(text)))
		if c.Gone > 0 {
			show := widgets.NewAction(w.say("ui.gone.show", nil), nil, func() { w.Show(state.Page{Name: state.GonePage, Kind: c.Kind}) })
			line = container.NewBorder(nil, nil, nil, container.NewCenter(show), container.New(widgets.Middle{}, line))
		}
		v.rows.Add(line)
	}
	v.card.Show()
	v.content.Refresh()
}

// said is how far it is, or what the page shows.
func (v *gonePage) said() string {
	w, i := v.w, v.i
	newer := w.ofDay(i.Since.Newer)
	switch {
	case i.Err != nil:
		p := w.explain(i.Err)
		return p.Happened + " " + p.Meaning + " " + p.Next
	case i.NewerLocked():
		return w.say("ui.gone.locked", newer)
	case i.Locked:
		return w.say("ui.inside.locked", nil)
	case i.Opening:
		return w.say("ui.gone.opening", nil)
	case i.Since.Comparing:
		return w.say("ui.gone.comparing", newer)
	case v.id != "":
		return v.shown()
	case len(i.Kinds) == 0:
		return w.say("ui.gone.nothing", newer)
	}
	return w.say("ui.gone.means", newer)
}

// shown is how many things of a kind are listed, of how many.
func (v *gonePage) shown() string {
	listed, all := len(v.i.Since.Gone[v.id]), 0
	for _, c := range v.i.Since.Compared {
		if c.Kind == v.id {
			all = c.Gone
		}
	}
	count := words.T("content.count."+string(v.id), words.Args{"N": words.Count(all)})
	if listed < all {
		return v.w.say("ui.gone.first", words.Args{"All": count, "N": words.Count(listed)})
	}
	return v.w.text(count)
}
