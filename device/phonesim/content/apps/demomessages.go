package apps

import (
	_ "embed"
	"fmt"
	"strings"
	"time"
)

// demoChats are the conversations, in a form that is easily written.
//
//go:embed demochats.txt
var demoChats string

func demoMessages(phone *Phone) {
	r := &chatReader{}
	for line := range strings.Lines(demoChats) {
		if err := r.line(strings.TrimRight(line, "\n")); err != nil {
			panic(fmt.Sprintf("demochats.txt: %q: %v", line, err)) // a test reads it
		}
	}
	phone.Chats = r.chats
}

// chatReader turns lines into chats.
type chatReader struct {
	chats  []Chat
	at     time.Time
	number int // of messages and all that has a GUID
}

// A line of the text is one of these:
//
//	= ID | service | name | who,who    a chat
//	@ 2026-01-02 15:04                 the next message is of then
//	+12m                               or so much later than the last; d are days
//	who: text // key=value key=value   a message
//
// The keys: photo=SORT, movie=SORT and file=NAME attach something; react=KIND:WHO
// is a reaction, was=TEXT an earlier text (oldest first; alone behind its //), link=URL|TITLE a link (likewise),
// reply=N answers the Nth message before, body puts the words into attributedBody only,
// unsent takes it back, deleted=DATE is in Recently Deleted, effect=NAME, event=KIND:WHAT by=WHO.
func (r *chatReader) line(line string) (err error) {
	switch {
	case line == "" || line[0] == '#':
	case line[0] == '=':
		parts := strings.Split(line[1:], "|")
		if len(parts) != 4 {
			return fmt.Errorf("not four parts")
		}
		c := Chat{ID: strings.TrimSpace(parts[0]), Service: strings.TrimSpace(parts[1]), Name: strings.TrimSpace(parts[2])}
		for who := range strings.SplitSeq(strings.TrimSpace(parts[3]), ",") {
			c.Handles = append(c.Handles, known(who).number)
		}
		c.Group = len(c.Handles) > 1
		r.chats = append(r.chats, c)
	case line[0] == '@':
		r.at, err = time.Parse("2006-01-02 15:04", strings.TrimSpace(line[1:]))
	case line[0] == '+' && !strings.Contains(line, ": "):
		text, whole := line[1:], time.Duration(1)
		if days, ok := strings.CutSuffix(text, "d"); ok {
			text, whole = days+"h", 24
		}
		var d time.Duration
		d, err = time.ParseDuration(text)
		r.at = r.at.Add(d * whole)
	default:
		return r.message(line)
	}
	return err
}

func (r *chatReader) guid() string {
	r.number++
	return fmt.Sprintf("%08X-5A11-4C0D-8EE7-%012X", uint32(scatter(fmt.Sprint("guid", r.number))), r.number)
}

func (r *chatReader) message(line string) error {
	head, rest, ok := strings.Cut(line, ":")
	if !ok || len(r.chats) == 0 {
		return fmt.Errorf("nobody says this")
	}
	parts := strings.Split(" "+rest, " // ")
	c := &r.chats[len(r.chats)-1]
	m := Message{GUID: r.guid(), Text: strings.TrimSpace(parts[0]), Service: c.Service, Date: r.at}
	if head != "me" && head != "" {
		m.From = known(head).number
	}
	if m.From != "" {
		m.Read = m.Date.Add(20 * time.Second)
	} else if c.Service != "SMS" {
		m.Delivered = m.Date.Add(time.Second)
	}
	r.at = r.at.Add(time.Duration(20+len(m.Text)) * time.Second)
	for _, part := range parts[1:] {
		if err := r.remark(c, &m, strings.TrimSpace(part)); err != nil {
			return err
		}
	}
	c.Messages = append(c.Messages, m)
	return nil
}

// reactionKinds are the names of reactions in the text.
var reactionKinds = map[string]int{
	"loved": Loved, "liked": Liked, "disliked": Disliked, "laughed": Laughed, "emphasised": Emphasised, "questioned": Questioned,
}

// remark takes in what is behind a //.
func (r *chatReader) remark(c *Chat, m *Message, text string) error {
	if old, ok := strings.CutPrefix(text, "was="); ok {
		m.Earlier = append(m.Earlier, Version{Text: old, At: m.Date.Add(time.Duration(len(m.Earlier)) * 40 * time.Second)})
		m.Edited = m.Date.Add(time.Duration(len(m.Earlier)) * 40 * time.Second)
		return nil
	}
	if link, ok := strings.CutPrefix(text, "link="); ok {
		url, title, _ := strings.Cut(link, "|")
		m.Link = &Link{URL: url, Title: title, Summary: "Two guests, 4.8 of 5 stars"}
		return nil
	}
	if name, ok := strings.CutPrefix(text, "file="); ok {
		r.attach(m, Attachment{Name: name, MIME: "application/pdf", UTI: "com.adobe.pdf", Data: []byte(onePage)})
		return nil
	}
	if event, ok := strings.CutPrefix(text, "event="); ok {
		event, by, _ := strings.Cut(event, " by=")
		kind, what, _ := strings.Cut(event, ":")
		m.From, m.Event = known(by).number, &GroupEvent{Kind: kind, Who: what}
		if kind == Renamed {
			m.Event = &GroupEvent{Kind: kind, Title: what}
		}
		return nil
	}
	for word := range strings.FieldsSeq(text) {
		key, value, _ := strings.Cut(word, "=")
		if err := r.key(c, m, key, value); err != nil {
			return err
		}
	}
	return nil
}

func (r *chatReader) key(c *Chat, m *Message, key, value string) (err error) {
	switch key {
	case "photo":
		data := jpegFile(paint(sceneries[value], uint64(r.number), 320, 240), &Photo{Taken: m.Date, Width: 320, Height: 240})
		r.attach(m, Attachment{Name: fmt.Sprintf("IMG_%04d.jpeg", 2000+r.number), MIME: "image/jpeg", UTI: "public.jpeg", Data: data})
	case "movie":
		img := paint(sceneries[value], uint64(r.number), 320, 240)
		r.attach(m, Attachment{Name: fmt.Sprintf("IMG_%04d.MOV", 2000+r.number), MIME: "video/quicktime", UTI: "com.apple.quicktime-movie", Data: movie(frames(img), 320, 240, 6, m.Date)})
	case "react":
		kind, who, _ := strings.Cut(value, ":")
		from := ""
		if who != "me" {
			from = known(who).number
		}
		m.Reactions = append(m.Reactions, Reaction{GUID: r.guid(), From: from, Kind: reactionKinds[kind], Date: m.Date.Add(time.Duration(30+30*len(m.Reactions)) * time.Second)})
	case "reply":
		m.ReplyTo = c.Messages[len(c.Messages)-int(value[0]-'0')].GUID
	case "body":
		m.BodyOnly = true
	case "unsent":
		m.Text, m.Unsent = "", m.Date.Add(25*time.Second)
	case "deleted":
		m.Deleted, err = time.Parse("2006-01-02", value)
	case "effect":
		m.Effect = value
	default:
		return fmt.Errorf("nothing is called %q", key)
	}
	return err
}

// attach adds a file to a message, before its words.
func (r *chatReader) attach(m *Message, a Attachment) {
	a.GUID = "at_0_" + r.guid()
	m.Attachments = append(m.Attachments, a)
	m.Text = string(objectMarker) + m.Text
}

// onePage is a PDF of one empty page.
const onePage = `%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>> endobj
trailer <</Root 1 0 R>>
%%EOF
`

// demoWhatsApp has a few chats there too.
func demoWhatsApp(phone *Phone) {
	jid := func(name string) string { return strings.TrimPrefix(known(name).number, "+") + "@s.whatsapp.net" }
	at := time.Date(2026, 5, 9, 8, 30, 0, 0, time.UTC)
	number := 0
	say := func(from, text string) WhatsAppMessage {
		number++
		at = at.Add(time.Duration(1+number%7) * time.Minute)
		m := WhatsAppMessage{ID: fmt.Sprintf("3EB0%016X", scatter(fmt.Sprint("wa", number))), Text: text, Date: at}
		if from != "me" {
			m.From, m.Push = jid(from), from
		}
		return m
	}
	picture := func(chat, from, sort, caption string) WhatsAppMessage {
		m := say(from, "")
		img := paint(sceneries[sort], uint64(900+number), 320, 240)
		m.Type, m.Media = WAPicture, &WhatsAppMedia{
			Path: fmt.Sprintf("Media/%s/%x/%x/%s.jpg", chat, number%16, number/16, strings.ToLower(m.ID)), Caption: caption,
			Data: jpegFile(img, nil), Thumb: jpegFile(smaller(img, 100), nil),
		}
		return m
	}
	tomas := WhatsAppChat{JID: jid("Tomás"), Name: "Tomás Pereira"}
	tomas.Messages = []WhatsAppMessage{
		say("Tomás", "Bem-vindas a Lisboa! 🇵🇹"), say("me", "We're here!! It smells of rain and coffee"),
		say("Tomás", "So it is Saturday. Pastéis at ten? Not at the famous place, at the good place"), say("me", "Lead on 😄"),
		picture(jid("Tomás"), "Tomás", "meal", "The good place"), say("me", "I have eaten four"),
	}
	tomas.Messages[3].Starred, tomas.Messages[3].Quotes = true, tomas.Messages[2].ID
	place := say("Tomás", "")
	place.Type, place.Media = WAPlace, &WhatsAppMedia{Name: "Miradouro da Senhora do Monte", Place: &Coordinates{38.7191, -9.1328}}
	tomas.Messages = append(tomas.Messages, place)

	const group = "120363000000000107@g.us"
	friends := WhatsAppChat{JID: group, Name: "Lisbon in May ☀️", Members: []WhatsAppMember{
		{jid("Maria"), "Maria Oliveira", "Maria"}, {jid("Tomás"), "Tomás Pereira", "Tomás"}, {jid("Chloé"), "Chloé Martin", "Chlo"},
	}}
	friends.Messages = []WhatsAppMessage{
		say("Chloé", "I land at 14:05. Who has the keys?"), say("me", "I have! Look for the yellow door"), picture(group, "Maria", "city", ""),
		say("Chloé", "Every door is yellow"), say("Maria", "The MOST yellow door"), picture(group, "me", "tiles", "By the most yellow door"),
	}
	gone := say("Chloé", "")
	gone.Type = WADeleted
	friends.Messages = append(friends.Messages, gone)

	at = time.Date(2026, 11, 8, 17, 0, 0, 0, time.UTC)
	aiko := WhatsAppChat{JID: jid("Aiko"), Name: "Aiko Tanaka"}
	aiko.Messages = []WhatsAppMessage{
		say("Aiko", "紅葉がきれいです 🍁"), picture(jid("Aiko"), "Aiko", "hills", ""), say("me", "So beautiful! I want to come back"),
		say("Aiko", "Any time. The room with the garden is yours"),
	}
	phone.WhatsApp = WhatsApp{Chats: []WhatsAppChat{tomas, friends, aiko}}
	for _, name := range []string{"Maria", "Tomás", "Chloé", "Aiko"} {
		p := known(name)
		phone.WhatsApp.Contacts = append(phone.WhatsApp.Contacts, WhatsAppContact{JID: jid(name), Name: p.first + " " + p.last, Number: p.number})
	}
	phone.WhatsApp.Calls = []WhatsAppCall{
		{JID: jid("Tomás"), Date: day(2026, 5, 12), Seconds: 95}, {JID: jid("Aiko"), Date: day(2026, 11, 9), Seconds: 1260, Video: true, Incoming: true},
		{JID: jid("Chloé"), Date: day(2026, 5, 9), Outcome: 1, Incoming: true},
	}
}
