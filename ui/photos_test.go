package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lifeboat/backup/content/kind"
	"lifeboat/ui/enginetest"
	"lifeboat/ui/state"
)

// photosOf leads the window into the photos of a content.
func (r *rig) photosOf(c *enginetest.Content) *photosPage {
	r.t.Helper()
	r.engine.backups.inside = c
	r.openBackups()
	r.press(r.row(6).look)
	r.goes(state.Page{Name: state.KindPage, Kind: "photos"})
	r.settle(width, height)
	r.drain()
	return r.page.(*photosPage)
}

// TestPhotos: a grid by month, albums to choose from, one shown large, the next by the
// arrow keys, and back to where one was.
func TestPhotos(t *testing.T) {
	inWindow(t, func(o *Options) {
		o.Pick = func(context.Context, string, string) (string, error) { return "/home/anna/Out", nil }
	}, func(r *rig) {
		c := enginetest.Made()
		v := r.photosOf(c)
		r.sees("November 2026", "A cloud marks those")
		g := r.Photos()
		if len(g.Choices) != 6 || g.Choices[0].Count != 37 || len(v.choice.Options) != 6 {
			t.Errorf("%+v, %q", g.Choices, v.choice.Options)
		}
		for i, c := range g.Choices {
			if c.View == state.InAlbum {
				v.choice.SetSelectedIndex(i)
			}
		}
		r.drain()
		if got := v.choice.Selected; got != "Travels › Lisbon (14)" {
			t.Errorf("chosen: %q", got)
		}
		for _, m := range g.Order {
			if m%3 != 0 {
				t.Errorf("photo %d is not in the album", m)
			}
		}
		r.key(fyne.KeyRight)
		if got := v.grid.AccessibilityLabel(); !strings.HasPrefix(got, "Photos and videos, Photo "+g.Asset(1).Name) || !strings.HasSuffix(got, "2 of "+fmt.Sprint(len(g.Order))+" in Travels › Lisbon") {
			t.Errorf("a screen reader hears %q", got)
		}
		r.key(fyne.KeyReturn)
		r.sees(g.Asset(1).Name, "2 of "+fmt.Sprint(len(g.Order))+" in Travels › Lisbon", "The original is in this backup", "Take this one out …")
		for range 3 {
			r.key(fyne.KeyRight)
		}
		if g.At != 4 || r.page.(*photoPage).viewer.Picture() == nil {
			t.Errorf("the arrow keys lead to %d", g.At)
		}
		r.tap("Take this one out …")
		r.drain()
		if ref := g.Asset(4).Ref; c.Took != "/home/anna/Out" || c.Only == nil || !c.Only("photos", ref) || c.Only("photos", "other") || !c.Chosen.SmallPictures {
			t.Errorf("took %q", c.Took)
		}
		r.tap("OK")
		r.key(fyne.KeyEscape)
		if v, back := r.page.(*photosPage); !back || v.grid.At != 4 || g.Chosen == 0 {
			t.Errorf("back on another page or at another photo")
		}
	})
}

// TestManyPhotos: of 50,000 photos only what is in sight is drawn and decoded, however
// fast one scrolls; what was scrolled past is given up, memory is bounded, and the
// window never waits for a picture.
func TestManyPhotos(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		c := enginetest.Made()
		c.Library = enginetest.MadeLibrary(50_000, today)
		v := r.photosOf(c)
		r.settle(1600, 1000)
		r.drain()
		c.Gate = make(chan struct{}) // from now on no picture comes: scrolling goes on
		decoded := c.Decoded.Load()
		most := 0
		for range 100 {
			v.grid.Scroll.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -3000)})
			r.drain()
			most = max(most, v.grid.Drawn())
		}
		if v.grid.Scroll.Offset.Y < 100_000 || most > 300 || most < 50 {
			t.Errorf("at %v, %d thumbs were drawn", v.grid.Scroll.Offset.Y, most)
		}
		if n := c.Decoded.Load() - decoded; n != 0 {
			t.Errorf("%d pictures came", n)
		}
		if c.Cancelled.Load() < 150 || c.AtOnce.Load() > 2 {
			t.Errorf("%d were given up, %d were decoded at a time", c.Cancelled.Load(), c.AtOnce.Load())
		}
		close(c.Gate)
		c.Gate = nil
		r.drain()
		for range 60 {
			v.grid.Scroll.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -700)})
			r.drain()
		}
		g := r.Photos()
		if n := c.Decoded.Load() - decoded; n < 500 {
			t.Errorf("only %d pictures were decoded", n)
		}
		if held := g.Thumbs.Held(); held > 65<<20 || held < 30<<20 {
			t.Errorf("%d bytes of pictures are held", held)
		}
		from, to := v.from, v.to
		for n := from; n < to; n++ {
			if _, known := g.Thumbs.Get(g.Order[n]); !known {
				t.Errorf("photo %d, which is in sight, was not decoded", n)
			}
		}
	})
}

// TestBrokenPhotos: a broken picture is a mark, in the grid and large.
func TestBrokenPhotos(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		c := enginetest.Made()
		v := r.photosOf(c)
		g := r.Photos()
		for n := range g.Order {
			a := g.Asset(n)
			shown := v.thumb(n)
			if broken := a.Name == enginetest.Broken; broken != (shown.Mark != nil) && n < v.to {
				t.Errorf("%s has the mark %v", a.Name, shown.Mark)
			}
			if (a.Presence != kind.Here) != (shown.Corner == v.cloudIcon) {
				t.Errorf("%s, of which %d is here, has a cloud or none", a.Name, a.Presence)
			}
			if a.Name == enginetest.Broken {
				r.ShowPhoto(n)
				r.drain()
				r.sees("There is no picture of it in this backup.")
				r.Back()
			}
		}
	})
}

// TestHits: what was found leads to the photo, to the message in its conversation, or
// to all that is known of a thing.
func TestHits(t *testing.T) {
	found := func(r *rig, text string) {
		r.t.Helper()
		r.inside()
		r.page.(*insidePage).search.SetText(text)
		r.drain()
		r.page.(*insidePage).found.OnSelected(0)
		r.drain()
		r.settle(width, height)
		r.drain()
	}
	inWindow(t, nil, func(r *rig) {
		found(r, "IMG_0002")
		if r.Page().Name != state.PhotoPage || r.Photos().Asset(r.Photos().At).Ref != "p2" {
			t.Errorf("a photo leads to %+v", r.Page())
		}
		r.key(fyne.KeyEscape)
		r.sees("Found 1 time")
	})
	inWindow(t, nil, func(r *rig) {
		found(r, "IMG_0003") // which the library has under another reference: it is not hidden there
		r.sees("IMG_0003")
	})
	inWindow(t, nil, func(r *rig) {
		found(r, "jacket")
		if r.Page().Name != state.TalkPage || r.Inside.Talk.Title != "Boat crew" || r.Inside.Talk.Found != 1 {
			t.Errorf("a message leads to %+v", r.Page())
		}
		r.sees("The boat leaves at six. Bring a jacket.")
	})
	inWindow(t, nil, func(r *rig) {
		c := enginetest.Made()
		c.Talks[0].Messages = nil
		r.engine.backups.inside = c
		r.openBackups()
		r.press(r.row(6).look)
		r.openHitOf("jacket")
		r.sees("The boat leaves at six. Bring a jacket.", "Close")
	})
}

func (r *rig) openHitOf(text string) {
	r.page.(*insidePage).search.SetText(text)
	r.drain()
	r.page.(*insidePage).found.OnSelected(0)
	r.drain()
}

func init() {
	states = append(states,
		windowState{"photos", func(r *rig) { r.photosOf(enginetest.Made()) }, []string{"November 2026", "Take out …"}},
		windowState{"photos none", func(r *rig) {
			c := enginetest.Made()
			c.Library = nil
			r.photosOf(c)
		}, []string{"Photos and videos: this part of the backup can't be read"}},
		windowState{"photo", func(r *rig) { r.photosOf(enginetest.Made()); r.ShowPhoto(3); r.drain() }, []string{"Take this one out …", "4 of 37"}},
		windowState{"photo only in iCloud", func(r *rig) {
			r.photosOf(enginetest.Made())
			for n := range r.Photos().Order {
				if r.Photos().Asset(n).Presence == kind.Small {
					r.ShowPhoto(n)
					r.drain()
					return
				}
			}
		}, []string{"Only this small picture is in the backup"}},
		windowState{"conversations", func(r *rig) { r.inside(); r.tap("Messages") }, []string{"Boat crew", "8 messages · 3 people · iMessage"}},
		windowState{"conversation", func(r *rig) {
			r.inside()
			r.tap("Messages")
			r.OpenTalk("messages", r.Conversations("messages").Conversations[0])
			r.drain()
			r.pass(time.Second)
			r.settle(width, height)
			r.drain()
		}, []string{"Boat crew", "Is there room for one more?", "ticket.pdf"}},
	)
}
