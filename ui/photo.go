package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/photos"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// photoPage is one photo of a backup, as large as there is room.
type photoPage struct {
	drawn
	w *Window
	i *state.Inside
	g *state.Gallery

	name              *widgets.Text
	when, place, here *widgets.Text
	viewer            *widgets.Viewer
	back, on          *widgets.IconButton
	foot              *insideFoot
}

func newPhotoPage(w *Window, i *state.Inside) *photoPage {
	v := &photoPage{w: w, i: i, g: i.Gallery, name: widgets.Title("").Line(), when: widgets.Quiet("").Line(), place: widgets.Caption("").Line(), here: widgets.Plain(""), foot: newInsideFoot(w, i, "photos")}
	v.viewer = widgets.NewViewer(v.key)
	v.back = widgets.NewIconButton(w.say("ui.photo.previous", nil), fynetheme.NavigateBackIcon(), func() { w.StepPhoto(-1) })
	v.on = widgets.NewIconButton(w.say("ui.photo.next", nil), fynetheme.NavigateNextIcon(), func() { w.StepPhoto(1) })
	v.foot.ask = v.takeOut
	v.foot.take.SetText(w.say("ui.photo.take", nil))
	v.foot.take.SetPrimary(false)
	head := widgets.Head(widgets.PageWidth, w.pageHead(widgets.NewTight(v.name, v.when)))
	under := widgets.Head(widgets.PageWidth, widgets.NewTight(v.here, v.place))
	side := func(b *widgets.IconButton) fyne.CanvasObject {
		return widgets.Padded(widgets.Grid, container.New(widgets.AtLeast{Size: b.MinSize()}, container.NewCenter(b)))
	}
	v.content = container.NewBorder(head, container.New(widgets.Rows{}, under, v.foot.content), side(v.back), side(v.on), v.viewer)
	v.g.Thumbs.Arrived = func(n int32) {
		if v.g.Order[v.g.At] == n {
			v.update()
		}
	}
	return v
}

func (v *photoPage) first() fyne.Focusable { return v.viewer }

// key goes to another photo.
func (v *photoPage) key(name fyne.KeyName) bool {
	by, known := map[fyne.KeyName]int{
		fyne.KeyLeft: -1, fyne.KeyUp: -1, fyne.KeyPageUp: -1, fyne.KeyRight: 1, fyne.KeyDown: 1, fyne.KeyPageDown: 1, fyne.KeySpace: 1,
		fyne.KeyHome: -len(v.g.Order), fyne.KeyEnd: len(v.g.Order),
	}[name]
	if known {
		v.w.StepPhoto(by)
	}
	return known
}

func (v *photoPage) update() {
	w, g := v.w, v.g
	a := g.Asset(g.At)
	v.name.SetText(words.Brief(a.Name, longestTitle))
	when := w.say("ui.photos.undated", nil)
	if !a.Taken.IsZero() {
		when = w.say_.Heading(words.DayTime(wall(a.Taken), w.Now()))
	}
	v.when.SetText(when)
	v.place.SetText(w.say("ui.photo.place", words.Args{"At": words.Count(g.At + 1), "All": words.Count(len(g.Order)), "Where": w.photoPlace(g)}))
	v.here.SetText(w.photoHere(a, g.Large))
	shown, said := g.Large.Picture, w.say("ui.photo.none", nil)
	if g.Large.Reading {
		g.Thumbs.Want(g.Order[g.At : g.At+1])
		shown, _ = g.Thumbs.Get(g.Order[g.At])
		said = w.say("ui.photo.loading", nil)
	}
	v.viewer.Set(shown, said)
	widgets.Show(v.back, g.At > 0)
	widgets.Show(v.on, g.At+1 < len(g.Order))
	v.foot.update()
	widgets.SetEnabled(v.foot.take, a.Presence != kind.Entry)
}

// wall is a moment as clocks showed it where it was, as one of this computer's.
func wall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.Local)
}

// photoPlace names what the photo is one of.
func (w *Window) photoPlace(g *state.Gallery) string {
	if a := g.Album(); a != nil {
		return w.albumName(a)
	}
	return w.say("content.kind.photos", nil)
}

// photoHere says what is in the backup of a photo.
func (w *Window) photoHere(a *photos.Asset, l state.Large) string {
	args := words.Args{"Bytes": words.Bytes(a.Bytes())}
	switch {
	case a.Presence == kind.Small && a.InCloud:
		return w.say("ui.photo.small", nil)
	case a.Presence == kind.Small:
		return w.say("ui.photo.small-elsewhere", nil)
	case a.Presence == kind.Entry && a.InCloud:
		return w.say("ui.photo.entry", nil)
	case a.Presence == kind.Entry:
		return w.say("ui.photo.entry-elsewhere", nil)
	case a.Type.Moves():
		return w.say("ui.photo.video", args)
	case l.Reading, l.Whole:
		return w.say("ui.photo.whole", args)
	}
	return w.say("ui.photo.whole-small", args)
}

// takeOut takes just this one out.
func (v *photoPage) takeOut() {
	a, w := v.g.Asset(v.g.At), v.w
	w.pickFolder(w.say("ui.takeout.which", nil), w.say("ui.takeout.here", nil), "", func(dir string) { w.TakeOutOne("photos", a.Ref, a.Bytes(), dir) })
}
