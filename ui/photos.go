package ui

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"

	"lifeboat/assets/words"
	"lifeboat/backup/content"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/photos"
	"lifeboat/ui/state"
	"lifeboat/ui/theme"
	"lifeboat/ui/widgets"
)

// photosPage is the photos and videos in a backup: a grid by month, of all of them or
// of an album.
type photosPage struct {
	drawn
	w *Window
	i *state.Inside
	g *state.Gallery

	said, cloud *widgets.Text // cloud tells what its mark means
	choice      *widgets.Choice
	chooser     fyne.CanvasObject
	grid        *widgets.ThumbGrid
	shown       int // the choice that the grid shows, -1 for none
	from, to    int // in sight
	foot        *insideFoot

	cloudIcon, playIcon fyne.Resource
}

func newPhotosPage(w *Window, i *state.Inside) *photosPage {
	v := &photosPage{w: w, i: i, g: w.Photos(), said: widgets.Quiet(""), cloud: widgets.Caption(w.say("ui.photos.cloud", nil)), shown: -1, foot: newInsideFoot(w, i, "photos")}
	v.cloudIcon, v.playIcon = white(theme.Picture("cloud")), white(fynetheme.MediaPlayIcon())
	v.choice = widgets.NewChoice(nil, -1, w.ChoosePhotos)
	v.chooser = widgets.NewTight(widgets.Left(v.choice), v.cloud) // below it, as beside it large letters have no room
	v.grid = widgets.NewThumbGrid(v.thumb, v.sight, w.ShowPhoto)
	v.grid.Label, v.grid.Name = w.say("content.kind.photos", nil), v.nameOf
	v.content = v.foot.page(container.New(widgets.Sides(widgets.PageWidth), v.grid.Object), w.pageHead(widgets.Heading(w.say("content.kind.photos", nil))), v.said, v.chooser)
	v.g.Thumbs.Arrived = v.arrived
	return v
}

func (v *photosPage) first() fyne.Focusable { return v.grid }

func (v *photosPage) update() {
	w, g := v.w, v.g
	v.foot.none = g.Err != nil
	defer v.foot.update()
	widgets.Show(v.chooser, !g.Reading && g.Err == nil)
	sum, known := v.i.Summary("photos")
	switch {
	case g.Reading:
		v.said.SetText(w.say("ui.photos.reading", nil))
	case g.Err != nil:
		v.said.SetText(w.say("content.state.unreadable", words.Args{"Kind": words.T("content.kind.photos", nil)}))
	case len(g.Order) == 0 && g.Choices[g.Chosen].View == state.AllPhotos:
		v.said.SetText(w.say("ui.photos.none", nil))
	case known:
		v.said.SetText(w.text(content.Words(sum)))
	}
	away := false
	for _, c := range g.Choices {
		away = away || c.View == state.OnlySmall
	}
	widgets.Show(v.cloud, away)
	if g.Reading || v.shown == g.Chosen {
		return
	}
	at := g.At
	v.shown = g.Chosen
	v.choice.Set(w.photoChoices(g), g.Chosen)
	var sections []widgets.ThumbSection
	for _, m := range g.Months {
		sections = append(sections, widgets.ThumbSection{Title: w.month(m), Count: len(m.Assets)})
	}
	v.grid.SetSections(sections)
	if at > 0 {
		v.grid.Reveal(at)
	}
}

// month is the title of a month.
func (w *Window) month(m photos.Month) string {
	if m.Year == 0 {
		return w.say("ui.photos.undated", nil)
	}
	return w.say_.Heading(words.T("ui.photos.month", words.Args{"Month": words.T("units.month."+strings.ToLower(m.Month.String()), nil), "Year": strconv.Itoa(m.Year)}))
}

// longestAlbum is how many characters of the name of an album are shown.
const longestAlbum = 32

// photoChoices are the words of what there is to choose from, each another one.
func (w *Window) photoChoices(g *state.Gallery) (all []string) {
	seen := map[string]int{}
	for _, c := range g.Choices {
		said := w.photoChoice(g, c)
		if seen[said]++; seen[said] > 1 {
			said += " " + strconv.Itoa(seen[said])
		}
		all = append(all, said)
	}
	return all
}

func (w *Window) photoChoice(g *state.Gallery, c state.PhotoChoice) string {
	args := words.Args{"N": words.Count(c.Count)}
	switch c.View {
	case state.Favorites:
		return w.say("ui.photos.favorites", args)
	case state.Videos:
		return w.say("ui.photos.videos", args)
	case state.OnlySmall:
		return w.say("ui.photos.only-small", args)
	case state.HiddenPhotos:
		return w.say("ui.photos.hidden", args)
	case state.DeletedPhotos:
		return w.say("ui.photos.deleted", args)
	case state.InAlbum:
		args["Album"] = w.albumName(&g.Library.Albums[c.Album])
		return w.say("ui.photos.album", args)
	}
	return w.say("ui.photos.all", args)
}

// albumName is the name of an album, with the folders that it lies in.
func (w *Window) albumName(a *photos.Album) string {
	name := words.Brief(a.Title, longestAlbum)
	if name == "" {
		name = w.say("ui.photos.untitled", nil)
	}
	if n := len(a.Folders); n > 0 {
		name = words.Brief(a.Folders[n-1], longestAlbum/2) + " › " + name
	}
	return words.Brief(name, longestAlbum)
}

// white is a picture as it stands on a dark ground.
func white(icon fyne.Resource) fyne.Resource {
	return fynetheme.NewColoredResource(icon, theme.OnDemoBand)
}

// thumb is what the grid shows of a photo.
func (v *photosPage) thumb(n int) widgets.Thumb {
	a := v.g.Asset(n)
	t := widgets.Thumb{Label: v.w.thumbLabel(a)}
	shown, known := v.g.Thumbs.Get(v.g.Order[n])
	t.Picture = shown
	if known && shown == nil {
		t.Mark = theme.Marks["unknown"].Icon
		if a.Presence != kind.Entry {
			t.Mark = theme.Marks["warn"].Icon
		}
	}
	switch {
	case a.Presence != kind.Here:
		t.Corner = v.cloudIcon
	case a.Type.Moves():
		t.Corner = v.playIcon
	}
	return t
}

// nameOf is what a screen reader says of a photo: what it is, its name and day, whether
// all of it is here, and which one it is.
func (v *photosPage) nameOf(n int) string {
	w, a := v.w, v.g.Asset(n)
	sort := "ui.chat.photo"
	if a.Type.Moves() {
		sort = "ui.chat.video"
	}
	said := []string{w.say("ui.chat.named", words.Args{"Sort": w.say(sort, nil), "Name": words.Brief(a.Name, longestTitle)})}
	if !a.Taken.IsZero() {
		said = append(said, w.say_.Heading(words.DayTime(wall(a.Taken), w.Now())))
	}
	if a.Presence != kind.Here {
		said = append(said, w.say(presenceWords[a.Presence], nil))
	}
	said = append(said, w.say("ui.photo.place", words.Args{"At": words.Count(n + 1), "All": words.Count(len(v.g.Order)), "Where": w.photoPlace(v.g)}))
	return strings.Join(said, ", ")
}

// thumbLabel tells what sort of photo it is, in a word.
func (w *Window) thumbLabel(a *photos.Asset) string {
	switch {
	case a.Type == photos.LivePhoto:
		return w.say("ui.photos.live", nil)
	case a.Type == photos.Screenshot:
		return w.say("ui.photos.screen", nil)
	case a.Type.Moves() && a.Seconds > 0 && a.Seconds < 360_000:
		return w.clock(time.Duration(a.Seconds * float32(time.Second)))
	}
	return ""
}

// ahead is how many photos after those in sight are decoded, too.
const ahead = 24

// sight has decoded what the grid shows, and a little more.
func (v *photosPage) sight(from, to int) {
	v.g.Thumbs.Want(v.g.Order[min(from, len(v.g.Order)):min(to+ahead, len(v.g.Order))])
	v.from, v.to = from, to
}

// arrived draws a picture that was decoded, if it is in sight.
func (v *photosPage) arrived(asset int32) {
	for n := v.from; n < min(v.to, len(v.g.Order)); n++ {
		if v.g.Order[n] == asset {
			v.grid.Redraw(n)
		}
	}
}
