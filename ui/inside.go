package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/assets/words"
	"lifeboat/backup/content"
	"lifeboat/backup/content/kind"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// insidePage is what is in a backup: each kind in numbers, and one search over all.
type insidePage struct {
	drawn
	w *Window
	i *state.Inside

	title  *widgets.Text
	search *widgets.SearchBox
	body   *fyne.Container // kinds, or what was found
	state  *widgets.Text
	unlock *widgets.Action
	card   fyne.CanvasObject
	tiles  *fyne.Container
	byKind map[kind.ID]*widgets.Tile
	found  *widgets.EntryList
	count  *widgets.Text
	foot   *insideFoot

	kinds, hits fyne.CanvasObject
	led         bool // the keyboard is in the search
}

func newInsidePage(w *Window, i *state.Inside) *insidePage {
	v := &insidePage{w: w, i: i, title: widgets.Heading(w.say("ui.inside.title", w.ofDay(i.Version))), state: widgets.Plain(""),
		tiles: container.New(&widgets.Columns{Least: 300, Most: 2, Gap: 4 * widgets.Grid}), byKind: map[kind.ID]*widgets.Tile{}, count: widgets.Quiet(""), foot: newInsideFoot(w, i, "")}
	v.search = widgets.NewSearchBox(w.say("ui.inside.search", nil), func(text string) { w.SearchInside(strings.TrimSpace(text)) })
	v.search.SetText(i.Search.Text)
	v.found = widgets.NewEntryList(func() int { return len(i.Search.Results.Hits) }, func(n int) widgets.Entry {
		return w.hitEntry(i.Search.Results.Hits[n], i.Search.Text)
	}, func(n int) { w.openHit(i.Search.Results.Hits[n]) })
	v.unlock = widgets.NewPrimary(w.say("ui.inside.unlock", nil), nil, w.UnlockInside)
	v.card = widgets.Card(v.tiles)
	_, v.kinds = widgets.Page(widgets.PageWidth, widgets.NewWide(v.state, widgets.Left(v.unlock), v.card), nil)
	v.hits = widgets.Body(widgets.PageWidth, container.New(widgets.Filled{}, v.count, v.found))
	v.body = container.NewStack(v.kinds, v.hits)
	v.content = v.foot.page(v.body, w.pageHead(v.title), v.search)
	return v
}

func (v *insidePage) first() fyne.Focusable {
	if v.i.Locked {
		return v.unlock
	}
	if len(v.i.Kinds) == 0 {
		return nil
	}
	return v.search
}

// insideMarks are the marks of what could be learned about a kind.
var insideMarks = map[kind.State]string{kind.Found: "pass", kind.None: "unknown", kind.LeftOut: "unknown", kind.Unreadable: "warn"}

func (v *insidePage) update() {
	w, i := v.w, v.i
	searching := i.Search.Text != ""
	widgets.Show(v.kinds, !searching)
	widgets.Show(v.hits, searching)
	switch {
	case i.Opening:
		v.state.SetText(w.say("ui.inside.opening", nil))
	case i.Err != nil:
		p := w.explain(i.Err)
		v.state.SetText(p.Happened + " " + p.Meaning + " " + p.Next)
	case i.Locked:
		v.state.SetText(w.say("ui.inside.locked", nil))
	case i.Summing:
		v.state.SetText(w.say("ui.inside.counting", nil))
	default:
		v.state.SetText(w.say("ui.inside.means", nil))
	}
	for _, s := range i.Kinds {
		tile := v.byKind[s.Kind]
		if tile == nil {
			id := s.Kind
			tile = widgets.NewTile(func() { w.Show(state.Page{Name: state.KindPage, Kind: id}) })
			v.byKind[id] = tile
			v.tiles.Add(tile)
		}
		mark := insideMarks[s.State]
		if s.State == kind.Found && s.Total() == 0 {
			mark = "unknown"
		}
		tile.Set(mark, w.say("content.kind."+string(s.Kind), nil), w.text(content.Short(s)), false, false)
	}
	widgets.Show(v.unlock, i.Locked)
	widgets.Show(v.card, len(i.Kinds) > 0)
	widgets.Show(v.search, len(i.Kinds) > 0)
	v.count.SetText(w.searchState(i.Search))
	v.hits.Refresh() // the results begin below the last line of it
	v.foot.update()
	if open := len(i.Kinds) > 0; open && !v.led {
		v.led = true
		w.focusFirst()
	}
}

// searchState says how a search stands.
func (w *Window) searchState(s state.Search) string {
	switch {
	case s.Err != nil:
		return w.explain(s.Err).Happened
	case s.Busy && s.Read > 0:
		return w.say("cli.search.reading", words.Args{"N": words.Count(s.Read)})
	case s.Busy:
		return w.say("ui.inside.searching", nil)
	}
	said := w.say("cli.search.count", words.Args{"N": words.Count(s.Results.Count), "All": words.T("cli.search.things", words.Args{"N": words.Count(s.Results.Things)})})
	for _, id := range s.Results.Unread {
		said += " " + w.say("content.state.unreadable", words.Args{"Kind": words.T("content.kind."+string(id), nil)})
	}
	return said
}

// Bounds of what a row of a list shows, in characters.
const (
	longestTitle   = 80
	longestExcerpt = 160
)

// hitEntry is the row of something that was found.
func (w *Window) hitEntry(h content.Hit, wanted string) widgets.Entry {
	e := w.thingEntry(h.Thing)
	e.Title = w.say("content.kind."+string(h.Kind), nil) + " · " + e.Title
	e.Text = content.Excerpt(words.OneLine(h.Text), wanted, longestExcerpt)
	return e
}

// openHit leads to something that was found: a photo large, a message in its
// conversation, and all of what is known of another thing.
func (w *Window) openHit(h content.Hit) {
	all := func() { w.showThing(h.Thing) }
	switch {
	case h.Kind == "photos":
		w.FindPhoto(h.Ref, all)
	case w.Converses(h.Kind):
		w.FindMessage(h.Kind, h.Ref, h.Where, all)
	default:
		all()
	}
}

// thingEntry is the row of a thing.
func (w *Window) thingEntry(t kind.Thing) widgets.Entry {
	var names []string
	for _, s := range []string{t.Where, t.Title} {
		if s = words.Brief(s, longestTitle); s != "" && (len(names) == 0 || names[0] != s) {
			names = append(names, s)
		}
	}
	e := widgets.Entry{Title: strings.Join(names, " · "), Text: words.Brief(t.Text, longestExcerpt)}
	if !t.Date.IsZero() {
		e.When = w.say_.Heading(words.DayTime(t.Date.Local(), w.Now().Local()))
	}
	if t.Presence != kind.Here {
		e.Text = strings.TrimSpace(w.say(presenceWords[t.Presence], nil) + " " + e.Text)
	}
	return e
}

// presenceWords say how much of a thing is in the backup.
var presenceWords = map[kind.Presence]string{kind.Small: "ui.inside.only-small", kind.Entry: "ui.inside.only-entry"}

// kindPage is what a backup has of one kind as a list: its things, or its conversations.
type kindPage struct {
	drawn
	w  *Window
	i  *state.Inside
	id kind.ID

	said  *widgets.Text
	state func() string // what there is to say in place of the numbers, "" for nothing
	list  *widgets.EntryList
	foot  *insideFoot
}

func newKindPage(w *Window, i *state.Inside, id kind.ID, list *widgets.EntryList, state func() string) *kindPage {
	v := &kindPage{w: w, i: i, id: id, said: widgets.Quiet(""), state: state, list: list, foot: newInsideFoot(w, i, id)}
	v.content = v.foot.page(widgets.Body(widgets.PageWidth, list), w.pageHead(widgets.Heading(w.say("content.kind."+string(id), nil))), v.said)
	return v
}

// newThingsPage lists the things of a kind.
func newThingsPage(w *Window, i *state.Inside, id kind.ID) *kindPage {
	list := w.List(id)
	return newKindPage(w, i, id, w.thingList(func() []kind.Thing { return list.Things }), func() string {
		if list.Reading {
			return w.say("ui.inside.counting", nil)
		}
		return ""
	})
}

// thingList is a list of things, which are asked for as they come into sight.
func (w *Window) thingList(things func() []kind.Thing) *widgets.EntryList {
	return widgets.NewEntryList(func() int { return len(things()) }, func(n int) widgets.Entry { return w.thingEntry(things()[n]) },
		func(n int) { w.showThing(things()[n]) })
}

func (v *kindPage) first() fyne.Focusable { return v.list }

func (v *kindPage) update() {
	said := v.state()
	if sum, known := v.i.Summary(v.id); known && said == "" {
		said = v.w.text(content.Words(sum))
	}
	if said != "" {
		v.said.SetText(said)
	}
	v.list.Refresh()
	v.foot.update()
}

// showThing shows all of a thing that the backup says in words.
func (w *Window) showThing(t kind.Thing) {
	e := w.thingEntry(t)
	rows := []fyne.CanvasObject{widgets.Title(e.Title)}
	if e.When != "" {
		rows = append(rows, widgets.Quiet(e.When))
	}
	if t.Presence != kind.Here {
		rows = append(rows, widgets.Plain(w.say(presenceWords[t.Presence], nil)))
	}
	if text := strings.TrimSpace(words.Lines(t.Text)); text != "" {
		rows = append(rows, widgets.Plain(widgets.Shorten(text, longestShown)))
	}
	w.showSheet(rows, widgets.NewPrimary(w.say("ui.sheet.close", nil), nil, w.hideSheet))
}

// longestShown is how many characters of a text a sheet shows.
const longestShown = 4000
