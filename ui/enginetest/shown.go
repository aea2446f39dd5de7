package enginetest

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/photos"
	"lifeboat/backup/content/source"
)

// Shown is what there is to be looked at in a Content.
type Shown struct {
	// Library is the photo library, Talks the conversations of Messages; nil has none.
	Library *photos.Library
	Talks   []Talk
	// Gate, if set, is waited for by each picture.
	Gate chan struct{}
	// Decoded counts the pictures that were decoded, Cancelled those that were given up,
	// and AtOnce the most at a time.
	Decoded, Cancelled, AtOnce atomic.Int64

	now atomic.Int64
	mu  sync.Mutex
	// Asked are the pages of messages that were read: "1 100-199".
	Asked []string
}

// Talk is a conversation with its messages.
type Talk struct {
	chat.Conversation
	Messages []chat.Message
}

// ErrBroken is what a broken picture gives: an asset whose name is Broken.
var ErrBroken = errors.New("broken")

// Broken is the name of an asset of which no picture can be decoded.
const Broken = "broken.jpg"

// Photos implements [engine.Content].
func (c *Shown) Photos(context.Context) (*photos.Library, error) {
	if c.Library == nil {
		return nil, source.ErrNotListed
	}
	return c.Library, nil
}

// picture is one of a colour.
func (c *Shown) picture(ctx context.Context, name string, f photos.Fit) (image.Image, error) {
	c.AtOnce.Store(max(c.AtOnce.Load(), c.now.Add(1)))
	defer c.now.Add(-1)
	if c.Gate != nil {
		select {
		case <-c.Gate:
		case <-ctx.Done():
		}
	}
	if ctx.Err() != nil {
		c.Cancelled.Add(1)
		return nil, ctx.Err()
	}
	c.Decoded.Add(1)
	if name == Broken {
		return nil, ErrBroken
	}
	height := f.Side
	if !f.Square {
		height = f.Side * 3 / 4
	}
	img := image.NewRGBA(image.Rect(0, 0, f.Side, height))
	sum := 0
	for _, b := range []byte(name) {
		sum = sum*31 + int(b)
	}
	of := color.RGBA{uint8(sum), uint8(sum >> 3), uint8(sum >> 5), 0xff} //nolint:gosec // any colour will do
	for i := 0; i < len(img.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = of.R, of.G, of.B, of.A
	}
	return img, nil
}

// Small implements [engine.Content].
func (c *Shown) Small(ctx context.Context, a *photos.Asset, f photos.Fit) (image.Image, error) {
	return c.picture(ctx, a.Name, f)
}

// Large implements [engine.Content].
func (c *Shown) Large(ctx context.Context, a *photos.Asset, f photos.Fit) (image.Image, bool, error) {
	img, err := c.picture(ctx, a.Name, photos.Fit{Side: min(f.Side, 400)})
	return img, a.Presence == kind.Here && !a.Type.Moves(), err
}

// Attached implements [engine.Content].
func (c *Shown) Attached(ctx context.Context, f source.File, fit photos.Fit) (image.Image, error) {
	return c.picture(ctx, f.Path, fit)
}

// Chats implements [engine.Content].
func (c *Shown) Chats(_ context.Context, id kind.ID) (chat.Reader, error) {
	if c.Talks == nil || id != "messages" {
		return nil, source.ErrNotListed
	}
	return talks{c}, nil
}

// talks reads the conversations that a test gave.
type talks struct{ *Shown }

func (t talks) Conversations() (all []chat.Conversation) {
	for i, one := range t.Talks {
		one.Index, one.Count = i, len(one.Messages)
		all = append(all, one.Conversation)
	}
	return all
}

func (t talks) Messages(_ context.Context, c chat.Conversation, from, limit int, visit func(chat.Message) error) error {
	all := t.Talks[c.Index].Messages
	all = all[min(from, len(all)):]
	if limit >= 0 {
		all = all[:min(limit, len(all))]
	}
	t.mu.Lock()
	t.Asked = append(t.Asked, fmt.Sprintf("%d %d-%d", c.Index, from, from+len(all)-1))
	t.mu.Unlock()
	for _, m := range all {
		if err := visit(m); err != nil {
			return err
		}
	}
	return nil
}

func (t talks) Position(_ context.Context, c chat.Conversation, ref string) (int, error) {
	return slices.IndexFunc(t.Talks[c.Index].Messages, func(m chat.Message) bool { return m.Ref == ref }), nil
}

func (t talks) Notes() []kind.Note { return nil }
func (t talks) Close() error       { return nil }

// MadeLibrary is a library of n photos over the months before a day, among them some of
// each sort.
func MadeLibrary(n int, day time.Time) *photos.Library {
	l := &photos.Library{}
	for i := range n {
		a := photos.Asset{Ref: fmt.Sprint("p", i), Name: fmt.Sprintf("IMG_%04d.HEIC", i), Listed: true, Taken: day.Add(time.Duration(i-n) * 9 * time.Hour)}
		switch i % 12 {
		case 1:
			a.Presence, a.InCloud = kind.Small, true
		case 2:
			a.Type, a.Seconds, a.Name = photos.Video, 71, fmt.Sprintf("IMG_%04d.MOV", i)
		case 3:
			a.Type = photos.LivePhoto
		case 4:
			a.Type, a.Name = photos.Screenshot, fmt.Sprintf("IMG_%04d.PNG", i)
		case 5:
			a.Presence = kind.Entry
		case 6:
			a.Name = Broken
		case 7:
			a.Hidden = true
		case 8:
			a.Favorite = true
		}
		l.Assets = append(l.Assets, a)
	}
	lisbon := photos.Album{Ref: "a1", Title: "Lisbon", Folders: []string{"Travels"}}
	for i := 0; i < n; i += 3 {
		lisbon.Assets = append(lisbon.Assets, int32(i)) //nolint:gosec // few
	}
	l.Albums = []photos.Album{lisbon, {Ref: "a2", Title: "Empty"}}
	return l
}

// MadeTalks are conversations with messages of each sort; the last has n of them.
func MadeTalks(n int, day time.Time) []Talk {
	ada, grace, own := chat.Person{Address: "+351 900 000 001", Name: "Ada Lovelace"}, chat.Person{Address: "+351 900 000 002", Name: "Grace Hopper"}, chat.Person{Own: true}
	of := func(ref, text string, from chat.Person, hours int) chat.Message {
		return chat.Message{Ref: ref, Text: text, From: from, Date: day.Add(time.Duration(hours) * time.Hour), Service: "iMessage"}
	}
	edited := of("m3", "See you at seven!", own, -20)
	edited.Edited, edited.Earlier = edited.Date.Add(time.Minute), []chat.Version{{Text: "See you at six!", Date: edited.Date}}
	edited.Reactions = []chat.Reaction{{By: ada, Emoji: "👍"}, {By: grace, Emoji: "❤️"}}
	unsent := of("m4", "", grace, -19)
	unsent.Unsent = unsent.Date
	answer := of("m5", "Is there room for one more?", grace, -18)
	answer.Reply = &chat.Quote{Ref: "m2", Text: "The boat leaves at six. Bring a jacket.", From: ada, Known: true}
	files := of("m6", "", own, -17)
	files.Attachments = []chat.Attachment{
		{Name: "harbour.jpg", File: source.File{ID: "f1", Path: "harbour.jpg", Size: 2_400_000}},
		{Name: "ticket.pdf", File: source.File{ID: "f2", Path: "ticket.pdf", Size: 81_000}},
		{Name: "long-film.mov", Presence: kind.Entry},
	}
	event := chat.Message{Ref: "m7", Date: day.Add(-16 * time.Hour), From: ada, Event: words.T("content.chat.unsent", nil)}
	small := []chat.Message{of("m1", "Good morning", ada, -60), of("m2", "The boat leaves at six. Bring a jacket.", ada, -40), edited, unsent, answer, files, event, of("m8", "Of course. 🙂", own, -2)}
	var many []chat.Message
	for i := range n {
		from := ada
		if i%3 == 0 {
			from = own
		}
		m := of(fmt.Sprint("n", i), fmt.Sprintf("Message %d. %s", i, "All of this was said on a long way home. "[:i*7%41]), from, -70-(n-i)*2)
		many = append(many, m)
	}
	return []Talk{
		{chat.Conversation{Ref: "c1", Title: "Boat crew", Group: true, Members: []chat.Person{ada, grace}, Services: []string{"iMessage"}, To: small[7].Date, From: small[0].Date}, small},
		{chat.Conversation{Ref: "c2", Title: "Ada Lovelace", Members: []chat.Person{ada}, Services: []string{"iMessage", "SMS"}, To: day.Add(-72 * time.Hour)}, many},
	}
}
