package whatsapp

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"lifeboat/assets/words"
	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// What ZMESSAGETYPE says. Some are known from several sources, others by hearsay: what
// is not sure shows what the row has, by its file.
const (
	typeVoice   = 3
	typeContact = 4
	typePlace   = 5
	typeSystem  = 6
	typeCall    = 10
	typeDeleted = 14
	typeSticker = 15
)

// perQuery is how many messages are asked for at once.
const perQuery = 200

// read visits these messages in their order.
func (s *store) read(ctx context.Context, of *waChat, rows []int64, visit func(chat.Message) error) error {
	for some := range slices.Chunk(rows, perQuery) {
		messages, err := s.some(ctx, of, some)
		if err != nil {
			return err
		}
		for _, row := range some {
			if m := messages[row]; m != nil {
				if err := visit(*m); err != nil {
					return err
				}
			}
		}
	}
	return ctx.Err()
}

// record is a row of ZWAMESSAGE, with that of its media and of the group's member.
type record struct {
	row, kind, seconds              int64
	own, starred                    bool
	id, text, from, push            string
	member, memberName, memberFirst string
	media, thumb, title, vcard      string
	when, latitude, longitude       float64
	metadata                        []byte
}

func (s *store) some(ctx context.Context, of *waChat, rows []int64) (map[int64]*chat.Message, error) {
	found, err := records(ctx, s, "m.Z_PK", rows)
	if err != nil {
		return nil, err
	}
	messages := make(map[int64]*chat.Message, len(found))
	var quoted []string
	for _, record := range found {
		m := s.message(of, record)
		messages[record.row] = m
		if m.Reply != nil {
			quoted = append(quoted, m.Reply.Ref)
		}
	}
	if len(quoted) == 0 || !s.db.Has("ZWAMESSAGE", "ZSTANZAID") {
		return messages, nil
	}
	answered, err := records(ctx, s, "m.ZSTANZAID", quoted)
	if err != nil {
		return nil, err
	}
	quotes := map[string]chat.Quote{}
	for _, record := range answered {
		m := s.message(of, record)
		q := chat.Quote{Ref: m.Ref, Text: m.Text, From: m.From, Known: true}
		if q.Text == "" && len(m.Attachments) > 0 {
			q.Text = m.Attachments[0].Name
		}
		quotes[record.id] = q
	}
	for _, m := range messages {
		if m.Reply == nil {
			continue
		}
		if q, known := quotes[m.Reply.Ref]; known {
			m.Reply = &q
		} else {
			m.Reply.Ref = of.conversation.Ref + "/" + m.Reply.Ref
		}
	}
	return messages, nil
}

// records reads rows, and what other tables have of them, if they are there.
func records[V any](ctx context.Context, s *store, by string, values []V) (all []record, err error) {
	var c record
	d, from := s.db, ""
	columns := s.stanza() + ", " + s.date() + ", " + d.Columns("m", "ZWAMESSAGE", "Z_PK", "ZISFROMME", "ZMESSAGETYPE", "ZSTARRED", "ZTEXT", "ZFROMJID", "ZPUSHNAME")
	into := []any{&c.id, &c.when, &c.row, &c.own, &c.kind, &c.starred, &c.text, &c.from, &c.push}
	if d.Has("ZWAGROUPMEMBER", "Z_PK") && d.Has("ZWAMESSAGE", "ZGROUPMEMBER") {
		from += " LEFT JOIN ZWAGROUPMEMBER g ON g.Z_PK = m.ZGROUPMEMBER"
		columns += ", " + d.Columns("g", "ZWAGROUPMEMBER", "ZMEMBERJID", "ZCONTACTNAME", "ZFIRSTNAME")
		into = append(into, &c.member, &c.memberName, &c.memberFirst)
	}
	if d.Has("ZWAMEDIAITEM", "Z_PK") && d.Has("ZWAMESSAGE", "ZMEDIAITEM") {
		from += " LEFT JOIN ZWAMEDIAITEM i ON i.Z_PK = m.ZMEDIAITEM"
		columns += ", " + d.Columns("i", "ZWAMEDIAITEM", "ZMOVIEDURATION", "ZMEDIALOCALPATH", "ZXMPPTHUMBPATH", "ZTITLE", "ZVCARDNAME", "ZLATITUDE", "ZLONGITUDE", "ZMETADATA")
		into = append(into, &c.seconds, &c.media, &c.thumb, &c.title, &c.vcard, &c.latitude, &c.longitude, &c.metadata)
	}
	err = source.ScanIn(ctx, d, into, func() error {
		all = append(all, c)
		return nil
	}, `SELECT `+columns+` FROM ZWAMESSAGE m`+from+` WHERE `+by+` IN (?)`, values)
	return all, err
}

// sender is who wrote a row. In a group the row names its member, and if that is gone,
// at least what they called themselves.
func (s *store) sender(of *waChat, c record) chat.Person {
	push := pushName(c.push)
	switch {
	case c.own:
		return chat.Person{Own: true}
	case c.member != "":
		return s.person(c.member, c.memberName, push, c.memberFirst)
	case !of.conversation.Group && c.from == of.jid && len(of.conversation.Members) == 1:
		return of.conversation.Members[0]
	case c.from != "" && !strings.HasSuffix(c.from, ofGroup):
		return s.person(c.from, push)
	}
	return chat.Person{Name: push}
}

// message makes a message of a row.
func (s *store) message(of *waChat, c record) *chat.Message {
	quoted, forwards := metadata(c.metadata)
	m := &chat.Message{
		Ref: of.conversation.Ref + "/" + c.id, Date: kind.Cocoa(c.when), From: s.sender(of, c), Service: of.conversation.Services[0],
		Text: c.text, Starred: c.starred, Forwarded: forwards > 0,
	}
	if quoted != "" {
		m.Reply = &chat.Quote{Ref: quoted}
	}
	switch c.kind {
	case typeSystem:
		if m.Event = words.T("content.whatsapp.event", nil); m.Text != "" {
			m.Event = words.T("content.whatsapp.event-text", words.Args{"Text": m.Text})
		}
		m.Text = ""
		return m
	case typeCall:
		m.App = words.T("content.whatsapp.call", nil)
	case typeContact:
		m.App = words.T("content.whatsapp.contact", words.Args{"Name": c.vcard})
	case typeDeleted:
		m.Unsent = m.Date
	case typePlace:
		m.Place = &chat.Place{Latitude: c.latitude, Longitude: c.longitude, Name: c.vcard}
	}
	s.attach(m, c)
	return m
}

// attach adds the file of a message, and its caption.
func (s *store) attach(m *chat.Message, c record) {
	if c.media == "" {
		if m.Text == "" && c.kind != typePlace {
			m.Text = c.title
		}
		return
	}
	a := s.attachment(c.media, c.thumb)
	a.Sticker, a.Voice, a.Seconds = c.kind == typeSticker, c.kind == typeVoice, int(c.seconds)
	if c.vcard != "" && c.kind != typePlace && c.kind != typeContact {
		a.Name = c.vcard
	}
	m.Text = cmp.Or(m.Text, c.title)
	m.Attachments = []chat.Attachment{a}
}

// attachment is a file by its path, or by that of its small picture.
func (s *store) attachment(media, thumb string) chat.Attachment {
	a := chat.Attachment{Name: path.Base(media), Presence: kind.Entry}
	if f, there := s.file(media); there {
		a.File, a.Presence = f, kind.Here
	} else if f, there := s.file(thumb); there {
		a.Small, a.Presence = f, kind.Small
	}
	return a
}

// file finds a file by its path, which is below Message.
func (s *store) file(name string) (source.File, bool) {
	if name == "" {
		return source.File{}, false
	}
	f, found := s.files.Find(path.Join("Message", name))
	if !found {
		f, found = s.files.Find(name)
	}
	return f, found && f.Regular()
}
