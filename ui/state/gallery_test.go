package state

import (
	"testing"

	"lifeboat/backup/content/chat"
	"lifeboat/backup/vault"
	"lifeboat/ui/enginetest"
)

// looksInside opens a backup that has a content.
func (r *rig) looksInside(c *enginetest.Content) {
	r.engine.inside = c
	r.Tab(BackupsPage)
	r.drain()
	r.LookInside(Kept{UDID: udidA}, vault.Version{Number: 2})
	r.drain()
}

// TestGallery: the library is read once, its views are counted and chosen, and a photo
// is read large and let go.
func TestGallery(t *testing.T) {
	inBubble(t, func(r *rig) {
		c := enginetest.Made()
		r.looksInside(c)
		r.Show(Page{Name: KindPage, Kind: "photos"})
		g := r.Photos()
		r.drain()
		if g.Reading || r.Photos() != g || len(g.Order) != 37 {
			t.Fatalf("%d photos", len(g.Order))
		}
		for i := 1; i < len(g.Order); i++ {
			if g.Asset(i).Taken.After(g.Asset(i - 1).Taken) {
				t.Fatalf("photo %d is newer than the one before", i)
			}
		}
		want := map[PhotoView]int{AllPhotos: 37, Favorites: 3, Videos: 4, OnlySmall: 7, InAlbum: 14, HiddenPhotos: 3}
		for n, choice := range g.Choices {
			r.ChoosePhotos(n)
			if want[choice.View] != choice.Count || len(g.Order) != choice.Count {
				t.Errorf("view %d has %d of %d photos", choice.View, len(g.Order), choice.Count)
			}
		}
		r.ChoosePhotos(0)
		r.ShowPhoto(5)
		r.StepPhoto(-2)
		r.drain()
		if r.Page().Name != PhotoPage || g.At != 3 || g.Large.Picture == nil || g.Large.Reading {
			t.Errorf("%+v at %d", g.Large, g.At)
		}
		r.StepPhoto(1000)
		r.StepPhoto(1)
		r.drain()
		if g.At != 36 {
			t.Errorf("the last is %d", g.At)
		}
		r.Back()
		if r.Page().Name != KindPage || g.Large.Picture != nil {
			t.Error("a large picture is held on another page")
		}
		missing := 0
		r.FindPhoto("nowhere", func() { missing++ })
		r.FindPhoto("p7", func() { missing++ })
		r.drain()
		if missing != 1 || r.Page().Name != PhotoPage || g.Asset(g.At).Ref != "p7" || g.Choices[g.Chosen].View != HiddenPhotos {
			t.Errorf("missing %d, on %s", missing, r.Page().Name)
		}
		r.Tab(Overview)
		r.drain()
		if r.Inside != nil || !c.Closed.Load() {
			t.Error("it is still open")
		}
	})
}

// TestPicturesBounded: what is in sight is decoded a few at a time, what is out of sight
// longest goes first, and what was given up is decoded when it is in sight again.
func TestPicturesBounded(t *testing.T) {
	inBubble(t, func(r *rig) {
		c := enginetest.Made()
		c.Library = enginetest.MadeLibrary(2000, r.Now())
		r.looksInside(c)
		g := r.Photos()
		r.drain()
		c.Gate = make(chan struct{})
		g.Thumbs.Want(g.Order[:50])
		g.Thumbs.Want(g.Order[100:150])
		r.drain()
		if c.Decoded.Load() != 0 || c.Cancelled.Load() != decodedAtOnce {
			t.Errorf("%d decoded, %d given up", c.Decoded.Load(), c.Cancelled.Load())
		}
		g.Thumbs.Want(g.Order[:50])
		close(c.Gate)
		r.drain()
		if _, known := g.Thumbs.Get(g.Order[0]); !known || c.AtOnce.Load() > decodedAtOnce {
			t.Errorf("%d at a time", c.AtOnce.Load())
		}
		for n := 50; n+50 <= len(g.Order); n += 50 {
			g.Thumbs.Want(g.Order[n : n+50])
			r.drain()
			if g.Thumbs.Held() > mostPictures {
				t.Fatalf("%d bytes are held", g.Thumbs.Held())
			}
		}
		if _, known := g.Thumbs.Get(g.Order[0]); known {
			t.Error("what was out of sight longest is held")
		}
	})
}

// TestChats: conversations are read once, messages as they come into sight, and few
// pages of them are held.
func TestChats(t *testing.T) {
	inBubble(t, func(r *rig) {
		c := enginetest.Made()
		c.Talks = enginetest.MadeTalks(10_000, r.Now())
		r.looksInside(c)
		chats := r.Conversations("messages")
		r.drain()
		if chats.Reading || len(chats.Conversations) != 2 || !r.Converses("messages") || r.Converses("calls") {
			t.Fatalf("%+v", chats)
		}
		r.OpenTalk("messages", chats.Conversations[1])
		talk := r.Inside.Talk
		arrived := 0
		talk.Arrived = func(int, int) { arrived++ }
		for at := 0; at < talk.Count; at += 50 {
			r.Sight(talk, at, at+50)
			r.drain()
			if m, before := talk.Message(at); m == nil || m.Ref != c.Talks[1].Messages[at].Ref || (before == nil) != (at == 0) {
				t.Fatalf("message %d is %+v after %+v", at, m, before)
			}
		}
		if arrived != 100 || len(talk.pages) > mostTalkPages {
			t.Errorf("%d pages were read, %d are held", arrived, len(talk.pages))
		}
		var m *chat.Message
		if m, _ = talk.Message(0); m != nil {
			t.Error("what was out of sight longest is held")
		}
		missing := 0
		r.FindMessage("messages", "m4", "", func() { missing++ })
		r.drain()
		if r.Inside.Talk == talk || r.Inside.Talk.Found != 3 || r.Page().Name != TalkPage {
			t.Errorf("found %+v", r.Inside.Talk)
		}
		r.FindMessage("messages", "nowhere", "", func() { missing++ })
		r.drain()
		if missing != 1 {
			t.Error("that a message is missing is not reported")
		}
	})
}
