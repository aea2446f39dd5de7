package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/assets/words"
	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/kind"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// newTalksPage is the conversations of a messenger in a backup.
func newTalksPage(w *Window, i *state.Inside, id kind.ID) *kindPage {
	chats := w.Conversations(id)
	list := widgets.NewEntryList(func() int { return len(chats.Conversations) }, func(n int) widgets.Entry { return w.talkEntry(chats.Conversations[n]) },
		func(n int) { w.OpenTalk(id, chats.Conversations[n]) })
	return newKindPage(w, i, id, list, func() string {
		switch {
		case chats.Reading:
			return w.say("ui.chat.reading", nil)
		case chats.Err != nil:
			return w.say("content.state.unreadable", words.Args{"Kind": words.T("content.kind."+string(id), nil)})
		case len(chats.Conversations) == 0:
			return w.say("ui.chat.none", nil)
		}
		return ""
	})
}

// talkName is what a conversation is called.
func (w *Window) talkName(c chat.Conversation) string {
	if name := words.Brief(c.Title, longestTitle); name != "" {
		return name
	}
	return w.say("content.chat.unnamed", nil)
}

// talkEntry is the row of a conversation.
func (w *Window) talkEntry(c chat.Conversation) widgets.Entry {
	e := widgets.Entry{Title: w.talkName(c), Text: w.talkAbout(c)}
	if !c.To.IsZero() {
		e.When = w.say_.Heading(words.Day(c.To, w.Now()))
	}
	return e
}

// talkAbout is what there is to say of a conversation.
func (w *Window) talkAbout(c chat.Conversation) string {
	parts := []string{w.say("content.chat.messages", words.Args{"N": words.Count(c.Count)})}
	if c.Group && len(c.Members) > 0 {
		parts = append(parts, w.say("ui.chat.people", words.Args{"N": words.Count(len(c.Members) + 1)}))
	}
	if services := words.Brief(strings.Join(c.Services, ", "), longestTitle); services != "" {
		parts = append(parts, services)
	}
	return strings.Join(parts, w.say("ui.ready.between", nil))
}

// talkPage is one conversation, as people know it.
type talkPage struct {
	drawn
	w *Window
	i *state.Inside
	t *state.Talk

	feed     *widgets.Feed
	from, to int                        // in sight
	shots    map[string][]*widgets.Shot // of pictures that are in sight, or were
	opened   map[string]bool            // messages whose earlier versions are shown, by their references
	foot     *insideFoot
}

func newTalkPage(w *Window, i *state.Inside, t *state.Talk) *talkPage {
	v := &talkPage{w: w, i: i, t: t, shots: map[string][]*widgets.Shot{}, opened: map[string]bool{}, foot: newInsideFoot(w, i, t.Kind)}
	v.feed = widgets.NewFeed(t.Count, v.row, v.sight)
	v.feed.Label = w.talkName(t.Conversation) + ", " + w.talkAbout(t.Conversation)
	t.Arrived = func(from, to int) { v.feed.Renew(from, to) }
	t.Pictures.Arrived = v.arrived
	head := w.pageHead(widgets.NewTight(widgets.Title(w.talkName(t.Conversation)).Line(), widgets.Quiet(w.talkAbout(t.Conversation)).Line()))
	v.content = v.foot.page(container.New(widgets.Sides(widgets.PageWidth), v.feed.Object), head)
	if t.Found >= 0 {
		v.feed.Goto(t.Found, 0.4)
	} else {
		v.feed.Goto(t.Count-1, 1)
	}
	return v
}

func (v *talkPage) first() fyne.Focusable { return v.feed }
func (v *talkPage) update()               { v.foot.update() }

// sight has messages and pictures read that are in sight.
func (v *talkPage) sight(from, to int) {
	v.from, v.to = from, to
	v.w.Sight(v.t, from, to)
	var pictures []string
	inSight := map[string]bool{}
	for n := from; n < to; n++ {
		m, _ := v.t.Message(n)
		if m == nil {
			continue
		}
		for _, a := range m.Attachments {
			if f, there := a.Stored(); there && isPicture(a) {
				pictures = append(pictures, f.ID)
				inSight[f.ID] = true
			}
		}
	}
	for id := range v.shots {
		if !inSight[id] {
			delete(v.shots, id)
		}
	}
	v.t.Pictures.Want(pictures)
}

// isPicture reports whether what is stored of a file is shown as a picture. The small
// pictures of the phone are JPEG.
func isPicture(a chat.Attachment) bool {
	return a.Presence == kind.Small || chat.FormOf(a.Name) == chat.Picture || a.Name == "" && chat.FormOf(a.File.Path) == chat.Picture
}

// arrived draws a picture that was decoded.
func (v *talkPage) arrived(id string) {
	shown, _ := v.t.Pictures.Get(id)
	for _, s := range v.shots[id] {
		s.Set(shown)
	}
}
