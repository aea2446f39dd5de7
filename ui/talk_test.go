package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/kind"
	contentsource "lifeboat/backup/content/source"
	"lifeboat/ui/enginetest"
	"lifeboat/ui/widgets"
)

// talksIn leads the window into a conversation.
func (r *rig) talksIn(c *enginetest.Content, n int) *talkPage {
	r.t.Helper()
	r.engine.backups.inside = c
	r.openBackups()
	r.press(r.row(6).look)
	r.tap("Messages")
	r.page.(*kindPage).list.OnSelected(n)
	r.drain()
	r.settle(width, height)
	r.drain()
	return r.page.(*talkPage)
}

// TestFileNames: a file of a message is named by what it is to people, and not by its
// name alone.
func TestFileNames(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		for want, a := range map[string]chat.Attachment{
			"Photo IMG_0001.HEIC": {Name: "IMG_0001.HEIC"}, "Photo boat.jpg": {Name: "boat.jpg"}, "Photo": {Presence: kind.Small},
			"Video boat.MOV": {Name: "boat.MOV"}, "Video": {File: contentsource.File{Path: "Library/SMS/Attachments/a/boat.mp4"}},
			"Voice message": {Name: "Audio Message.caf", Voice: true}, "Sticker": {Name: "8f1c.webp", Sticker: true},
			"Sound song.mp3": {Name: "song.mp3"}, "File ticket.pdf": {Name: "ticket.pdf"}, "File": {},
		} {
			if got := r.fileName(a); got != want {
				t.Errorf("%+v is called %q, want %q", a, got, want)
			}
		}
		v := r.talksIn(enginetest.Made(), 0)
		if got := v.feed.AccessibilityLabel(); !strings.HasPrefix(got, "Boat crew, ") {
			t.Errorf("the conversation is called %q", got)
		}
		r.settle(width, 3000)
		r.drain()
		if got := find(r, func(*widgets.Shot) bool { return true }).AccessibilityLabel(); !strings.HasPrefix(got, "Photo") {
			t.Errorf("a picture is called %q", got)
		}
	})
}

// TestTalk: a conversation as people know it.
func TestTalk(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		v := r.talksIn(enginetest.Made(), 0)
		r.sees("Boat crew", "Of course. 🙂")
		r.settle(width, 3000)
		r.drain()
		r.sees("Good morning", "See you at seven!", "Edited", "This message was unsent.", "Reply to Ada Lovelace:", "“The boat leaves at six. Bring a jacket.”",
			"File ticket.pdf, 81 kB", "Video long-film.mov: not in this backup", "Ada Lovelace: 👍 · Grace Hopper: ❤️", "Grace Hopper", "22 November")
		r.misses("See you at six!")
		find(r, func(f *widgets.Fold) bool { return true }).Toggle()
		r.drain()
		r.sees("It said before:", "See you at six!")
		if shown, broken := find(r, func(*widgets.Shot) bool { return true }).Picture(); shown == nil || broken {
			t.Error("a picture that was sent is not shown")
		}
		r.overlaps()
		own, other := float32(0), float32(0)
		for _, o := range r.placed() {
			if text, ok := o.CanvasObject.(*widgets.Text); ok {
				switch {
				case text.Text == "See you at seven!":
					own = o.at.X
				case text.Text == "Good morning":
					other = o.at.X
				}
			}
		}
		if own < other+200 {
			t.Errorf("own messages begin at %v, those of others at %v", own, other)
		}
		if v.feed.Drawn() != 8 {
			t.Errorf("%d messages are drawn", v.feed.Drawn())
		}
	})
}

// TestLongTalk: of 200,000 messages only pages around what is in sight are read, and
// only what is in sight is drawn; it begins at the end, and nothing jumps while one
// scrolls up.
func TestLongTalk(t *testing.T) {
	const many = 200_000
	inWindow(t, nil, func(r *rig) {
		c := enginetest.Made()
		c.Talks = enginetest.MadeTalks(many, today)
		v := r.talksIn(c, 1)
		r.sees("Message 199999.")
		if n := len(c.Asked); n > 3 {
			t.Errorf("read at the beginning: %q", c.Asked)
		}
		// Each step up shows a little more above, and what was in sight moves down by just that.
		for range 60 {
			before := r.whereMessages()
			const step = 120
			v.feed.Scroll.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, step)})
			r.drain()
			same := 0
			for text, y := range r.whereMessages() {
				if was, known := before[text]; known {
					if same++; y-was < step-3 || y-was > step+3 {
						t.Fatalf("%q moved by %v, not by %v", text, y-was, step)
					}
				}
			}
			if same == 0 {
				t.Fatal("nothing of what was in sight is")
			}
		}
		v.feed.Goto(0, 0)
		r.drain()
		r.sees("Message 0.")
		v.feed.Goto(many/2, 0.5)
		r.drain()
		r.sees("Message 100000.")
		if n := v.feed.Drawn(); n > 40 {
			t.Errorf("%d messages are drawn", n)
		}
		if n := len(c.Asked); n > 30 {
			t.Errorf("%d pages were read", n)
		}
	})
}

// whereMessages are the heights at which messages stand that can be seen, by their words.
func (r *rig) whereMessages() map[string]float32 {
	all := map[string]float32{}
	for _, o := range r.placed() {
		if text, ok := o.CanvasObject.(*widgets.Text); ok && strings.HasPrefix(text.Text, "Message ") {
			all[text.Text] = o.at.Y
		}
	}
	return all
}
