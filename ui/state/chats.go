package state

import (
	"context"
	"image"
	"slices"

	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/photos"
	"lifeboat/backup/content/source"
	"lifeboat/ui/engine"
)

// Chats are the conversations of a messenger in a backup.
type Chats struct {
	// Reading is set until they were read; Err is why they could not be.
	Reading       bool
	Err           error
	Conversations []chat.Conversation

	reader chat.Reader
}

// Talk is a conversation that is shown. Its messages are read as they come into sight.
type Talk struct {
	chat.Conversation
	Kind kind.ID
	// Found is the number of the message that was searched for, -1 for none.
	Found int
	// Err is why messages could not be read.
	Err error
	// Arrived is called when messages were read; it may be nil.
	Arrived func(from, to int)
	// Pictures are those that were sent in it, by the ids of their files.
	Pictures *Pictures[string]

	chats *Chats
	in    *Inside
	pages map[int]*talkPage
}

// talkPage are some messages in a row. before is the one before them.
type talkPage struct {
	reading  bool
	before   *chat.Message
	messages []chat.Message
}

const (
	perTalkPage = 100
	// mostTalkPages is how many are held.
	mostTalkPages = 12
	// attachedSide is the most pixels of a side of a picture that was sent.
	attachedSide = 320
)

// Converses reports whether the things of a kind are messages of conversations.
func (s *State) Converses(id kind.ID) bool { return engine.Converses(id) }

// Conversations are those of a messenger. They are read at the first call.
func (s *State) Conversations(id kind.ID) *Chats {
	i := s.Inside
	if c := i.Chats[id]; c != nil {
		return c
	}
	chats := &Chats{Reading: true}
	i.Chats[id] = chats
	s.use(i, func(c engine.Content) func() {
		r, err := c.Chats(i.ctx, id)
		return func() {
			if chats.Reading, chats.Err = false, err; err == nil {
				chats.reader, chats.Conversations = r, r.Conversations()
			}
		}
	})
	return chats
}

// OpenTalk shows a conversation, at its end.
func (s *State) OpenTalk(id kind.ID, c chat.Conversation) { s.openTalk(id, c, -1) }

func (s *State) openTalk(id kind.ID, c chat.Conversation, found int) {
	i := s.Inside
	t := &Talk{Conversation: c, Kind: id, Found: found, chats: i.Chats[id], in: i, pages: map[int]*talkPage{}}
	t.Pictures = newPictures(s, i, func(ctx context.Context, c engine.Content, file string) (image.Image, error) {
		return c.Attached(ctx, source.File{ID: file}, photos.Fit{Side: attachedSide, Square: true})
	})
	i.Talk = t
	s.Show(Page{Name: TalkPage, Kind: id})
}

// FindMessage shows a message in its conversation; where is the title of that, as far
// as it is known. missing is called if it is in none.
func (s *State) FindMessage(id kind.ID, ref, where string, missing func()) {
	i := s.Inside
	s.use(i, func(c engine.Content) func() {
		r, err := c.Chats(i.ctx, id)
		if err != nil {
			return missing
		}
		all := slices.Clone(r.Conversations())
		slices.SortStableFunc(all, func(a, b chat.Conversation) int { return rank(b, where) - rank(a, where) })
		for _, one := range all {
			if at, err := r.Position(i.ctx, one, ref); err == nil && at >= 0 {
				return func() {
					chats := s.Conversations(id)
					chats.reader, chats.Conversations, chats.Reading = r, r.Conversations(), false
					s.openTalk(id, one, at)
				}
			}
		}
		return missing
	})
}

// rank puts the conversations of a title first.
func rank(c chat.Conversation, title string) int {
	if c.Title == title {
		return 1
	}
	return 0
}

// Message is a message by its number, nil if it has not been read yet, and the one
// before it, nil if that is not known.
func (t *Talk) Message(n int) (m, before *chat.Message) {
	p := t.pages[n/perTalkPage]
	at := n % perTalkPage
	if p == nil || at >= len(p.messages) {
		return nil, nil
	}
	if before = p.before; at > 0 {
		before = &p.messages[at-1]
	}
	return &p.messages[at], before
}

// Read reports whether the messages around a number were read: one that is not there
// then cannot be read.
func (t *Talk) Read(n int) bool {
	p := t.pages[n/perTalkPage]
	return p != nil && !p.reading
}

// Sight tells which messages are in sight, from one number to before another. They are
// read, and others that lie furthest away are forgotten.
func (s *State) Sight(t *Talk, from, to int) {
	first, last := max(from, 0)/perTalkPage, max(min(to, t.Count)-1, 0)/perTalkPage
	for n := first; n <= last; n++ {
		if t.pages[n] == nil {
			s.readPage(t, n)
		}
	}
	for len(t.pages) > max(mostTalkPages, last-first+1) {
		furthest, away := 0, -1
		for n := range t.pages {
			if d := max(first-n, n-last); d > away {
				furthest, away = n, d
			}
		}
		delete(t.pages, furthest)
	}
}

func (s *State) readPage(t *Talk, n int) {
	p := &talkPage{reading: true}
	t.pages[n] = p
	from := n * perTalkPage
	s.borrow(t.in, func(engine.Content) func() {
		var all []chat.Message
		first := max(from-1, 0)
		err := t.chats.reader.Messages(t.in.ctx, t.Conversation, first, from+perTalkPage-first, func(m chat.Message) error {
			all = append(all, m)
			return nil
		})
		return func() {
			if p.reading = false; err != nil {
				t.Err = err
			}
			if first < from && len(all) > 0 {
				p.before, all = &all[0], all[1:]
			}
			p.messages = all
			if t.Arrived != nil {
				t.Arrived(from, from+perTalkPage)
			}
		}
	})
}

// Enlarge decodes a picture that was sent, and hands it over; nil if it is broken.
func (s *State) Enlarge(f source.File, done func(image.Image)) {
	i := s.Inside
	s.borrow(i, func(c engine.Content) func() {
		shown, err := c.Attached(i.ctx, f, photos.Fit{Side: largeSide})
		if err != nil {
			shown = nil
		}
		return func() { done(shown) }
	})
}
