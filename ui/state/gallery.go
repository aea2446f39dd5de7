package state

import (
	"context"
	"image"
	"slices"

	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/photos"
	"lifeboat/ui/engine"
)

// Gallery is the photos and videos of a backup, as they are shown.
type Gallery struct {
	// Reading is set until the library was read; Err is why it could not be.
	Reading bool
	Err     error
	Library *photos.Library
	// Choices are what there is to be shown, Chosen the one that is.
	Choices []PhotoChoice
	Chosen  int
	// Months are the months of what is shown, the newest first, with the newest first in
	// each; Order are all of these, as indices into the assets of the library.
	Months []photos.Month
	Order  []int32
	// Thumbs are the small pictures, by index into the assets.
	Thumbs *Pictures[int32]
	// At is the place in Order of the photo that is shown large, or was last.
	At    int
	Large Large

	wanted func() // is called as soon as the library was read; it may be nil
}

// Large is a photo that is shown large.
type Large struct {
	Reading bool
	Picture image.Image // nil if there is none, or not yet
	// Whole: it is the photo itself, and not the small picture of it.
	Whole bool

	cancel context.CancelFunc
}

// PhotoView is which photos are shown.
type PhotoView uint8

// The views.
const (
	AllPhotos PhotoView = iota
	Favorites
	Videos
	OnlySmall // all of which the backup has no original
	InAlbum
	HiddenPhotos
	DeletedPhotos
)

// PhotoChoice is a view that can be chosen. Album is the index of the album, if it is
// one, and Count how many photos it has.
type PhotoChoice struct {
	View         PhotoView
	Album, Count int
}

// thumbSide and largeSide are the most pixels of a side of pictures that are shown small
// and large: the second is 20 MB.
const (
	thumbSide = 256
	largeSide = 2560
)

// Photos is the gallery of the backup that is looked into. Its library is read at the
// first call.
func (s *State) Photos() *Gallery {
	i := s.Inside
	if i.Gallery != nil {
		return i.Gallery
	}
	g := &Gallery{Reading: true}
	i.Gallery = g
	g.Thumbs = newPictures(s, i, func(ctx context.Context, c engine.Content, n int32) (image.Image, error) {
		return c.Small(ctx, &g.Library.Assets[n], photos.Fit{Side: thumbSide, Square: true})
	})
	s.use(i, func(c engine.Content) func() {
		l, err := c.Photos(i.ctx)
		return func() {
			if g.Reading, g.Library, g.Err = false, l, err; err != nil {
				g.Library = &photos.Library{}
			}
			g.sort()
			if g.wanted != nil && s.Page().Name == InsidePage {
				g.wanted()
			}
		}
	})
	return g
}

// sort finds out what there is to choose from, and chooses all.
func (g *Gallery) sort() {
	counts := map[PhotoView]int{}
	for i := range g.Library.Assets {
		for _, v := range []PhotoView{AllPhotos, Favorites, Videos, OnlySmall, HiddenPhotos, DeletedPhotos} {
			if shownIn(v, &g.Library.Assets[i]) {
				counts[v]++
			}
		}
	}
	add := func(views ...PhotoView) {
		for _, v := range views {
			if counts[v] > 0 || v == AllPhotos {
				g.Choices = append(g.Choices, PhotoChoice{View: v, Count: counts[v]})
			}
		}
	}
	add(AllPhotos, Favorites, Videos, OnlySmall)
	for i, album := range g.Library.Albums {
		n := 0
		for _, at := range album.Assets {
			if shownIn(InAlbum, &g.Library.Assets[at]) {
				n++
			}
		}
		if n > 0 {
			g.Choices = append(g.Choices, PhotoChoice{View: InAlbum, Album: i, Count: n})
		}
	}
	add(HiddenPhotos, DeletedPhotos)
	g.choose(0)
}

// shownIn reports whether a view shows an asset; which are in an album is not asked.
func shownIn(v PhotoView, a *photos.Asset) bool {
	switch {
	case v == DeletedPhotos:
		return a.Deleted
	case v == HiddenPhotos:
		return a.Hidden && !a.Deleted
	case a.Hidden, a.Deleted, a.Further:
		return false
	case v == Favorites:
		return a.Favorite
	case v == Videos:
		return a.Type.Moves()
	case v == OnlySmall:
		return a.Presence != kind.Here
	}
	return true
}

// choose shows one of the choices.
func (g *Gallery) choose(n int) {
	c := g.Choices[n]
	var in map[*photos.Asset]bool
	if c.View == InAlbum {
		in = map[*photos.Asset]bool{}
		for _, at := range g.Library.Albums[c.Album].Assets {
			in[&g.Library.Assets[at]] = true
		}
	}
	g.Chosen, g.At = n, 0
	g.Months = g.Library.Months(func(a *photos.Asset) bool { return shownIn(c.View, a) && (in == nil || in[a]) })
	slices.Reverse(g.Months)
	g.Order = g.Order[:0]
	for _, m := range g.Months {
		slices.Reverse(m.Assets)
		g.Order = append(g.Order, m.Assets...)
	}
}

// ChoosePhotos shows one of the choices, by its number.
func (s *State) ChoosePhotos(n int) {
	if g := s.Inside.Gallery; n >= 0 && n < len(g.Choices) && n != g.Chosen {
		g.choose(n)
		s.changed()
	}
}

// Asset is the photo at a place in Order.
func (g *Gallery) Asset(at int) *photos.Asset { return &g.Library.Assets[g.Order[at]] }

// Album is the album that is shown, nil for none.
func (g *Gallery) Album() *photos.Album {
	if c := g.Choices[g.Chosen]; c.View == InAlbum {
		return &g.Library.Albums[c.Album]
	}
	return nil
}

// ShowPhoto shows the photo at a place in Order large.
func (s *State) ShowPhoto(at int) {
	g := s.Inside.Gallery
	if at < 0 || at >= len(g.Order) {
		return
	}
	s.enlarge(g, at)
	s.Show(Page{Name: PhotoPage})
}

// StepPhoto shows the photo so many places further, as far as there is one.
func (s *State) StepPhoto(by int) {
	g := s.Inside.Gallery
	if at := min(max(g.At+by, 0), len(g.Order)-1); at != g.At {
		s.enlarge(g, at)
		s.changed()
	}
}

// FindPhoto shows the photo of a reference large, as soon as the library was read.
// missing is called if there is none.
func (s *State) FindPhoto(ref string, missing func()) {
	g := s.Photos()
	if g.wanted = func() { s.showPhoto(ref, missing) }; !g.Reading {
		g.wanted()
	}
}

func (s *State) showPhoto(ref string, missing func()) {
	g := s.Inside.Gallery
	g.wanted = nil
	n := slices.IndexFunc(g.Library.Assets, func(a photos.Asset) bool { return a.Ref == ref })
	for choice, c := range g.Choices {
		if n < 0 || c.View == InAlbum || !shownIn(c.View, &g.Library.Assets[n]) {
			continue
		}
		g.choose(choice)
		s.ShowPhoto(slices.Index(g.Order, int32(n))) //nolint:gosec // bounded by package photos
		return
	}
	missing()
}

// enlarge reads a photo.
func (s *State) enlarge(g *Gallery, at int) {
	g.endLarge()
	i, a := s.Inside, g.Asset(at)
	ctx, cancel := context.WithCancel(i.ctx)
	g.At, g.Large = at, Large{Reading: true, cancel: cancel}
	s.use(i, func(c engine.Content) func() {
		img, whole, err := c.Large(ctx, a, photos.Fit{Side: largeSide})
		return func() {
			if ctx.Err() != nil {
				return
			}
			if g.Large.Reading = false; err == nil {
				g.Large.Picture, g.Large.Whole = img, whole
			}
			cancel()
		}
	})
}

// endLarge lets go of the photo that is shown large.
func (g *Gallery) endLarge() {
	if g.Large.cancel != nil {
		g.Large.cancel()
	}
	g.Large = Large{}
}
