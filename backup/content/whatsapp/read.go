package whatsapp

import (
	"context"
	"database/sql"
	"fmt"
	"path"
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
	for len(rows) > 0 {
		some := rows[:min(perQuery, len(rows))]
		rows = rows[len(some):]
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
	row, own, kind, starred, seconds source.Int
	id, text, from, push             source.Text
	member, memberName, memberFirst  source.Text
	media, thumb, title, vcard       source.Text
	when, latitude, longitude        source.Real
	metadata                         source.Blob
}

func (s *store) some(ctx context.Context, of *waChat, rows []int64) (map[int64]*chat.Message, error) {
	values := make([]any, len(rows))
	for i, row := range rows {
		values[i] = row
	}
	records, err := s.records(ctx, "m.Z_PK", values)
	if err != nil {
		return nil, err
	}
	messages := make(map[int64]*chat.Message, len(records))
	var quoted []any
	for _, record := range records {
		m := s.message(of, record)
		messages[int64(record.row)] = m
		if m.Reply != nil {
			quoted = append(quoted, m.Reply.Ref)
		}
	}
	if len(quoted) == 0 || !s.db.Has("ZWAMESSAGE", "ZSTANZAID") {
		return messages, nil
	}
	answered, err := s.records(ctx, "m.ZSTANZAID", quoted)
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
		quotes[string(record.id)] = q
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
func (s *store) records(ctx context.Context, by string, values []any) ([]record, error) {
	d, from := s.db, ""
	m := func(name string) string { return d.Column("m", "ZWAMESSAGE", name) }
	g := func(string) string { return "NULL" }
	i := g
	if d.Has("ZWAGROUPMEMBER", "Z_PK") && d.Has("ZWAMESSAGE", "ZGROUPMEMBER") {
		from += " LEFT JOIN ZWAGROUPMEMBER g ON g.Z_PK = m.ZGROUPMEMBER"
		g = func(name string) string { return d.Column("g", "ZWAGROUPMEMBER", name) }
	}
	if d.Has("ZWAMEDIAITEM", "Z_PK") && d.Has("ZWAMESSAGE", "ZMEDIAITEM") {
		from += " LEFT JOIN ZWAMEDIAITEM i ON i.Z_PK = m.ZMEDIAITEM"
		i = func(name string) string { return d.Column("i", "ZWAMEDIAITEM", name) }
	}
	columns := []string{
		m("ZISFROMME"), m("ZMESSAGETYPE"), m("ZSTARRED"), i("ZMOVIEDURATION"), s.stanza(), m("ZTEXT"), m("ZFROMJID"), m("ZPUSHNAME"),
		g("ZMEMBERJID"), g("ZCONTACTNAME"), g("ZFIRSTNAME"), i("ZMEDIALOCALPATH"), i("ZXMPPTHUMBPATH"), i("ZTITLE"), i("ZVCARDNAME"),
		s.date(), i("ZLATITUDE"), i("ZLONGITUDE"), i("ZMETADATA"),
	}
	var all []record
	for len(values) > 0 {
		some := values[:min(perQuery, len(values))]
		values = values[len(some):]
		err := d.Each(ctx, func(rows *sql.Rows) error {
			var c record
			if err := rows.Scan(&c.row, &c.own, &c.kind, &c.starred, &c.seconds, &c.id, &c.text, &c.from, &c.push, &c.member, &c.memberName, &c.memberFirst,
				&c.media, &c.thumb, &c.title, &c.vcard, &c.when, &c.latitude, &c.longitude, &c.metadata); err != nil {
				return err
			}
			all = append(all, c)
			return nil
		}, fmt.Sprintf(`SELECT m.Z_PK, %s FROM ZWAMESSAGE m%s WHERE %s IN (%s)`, strings.Join(columns, ", "), from, by, strings.TrimSuffix(strings.Repeat("?,", len(some)), ",")), some...)
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// sender is who wrote a row. In a group the row names its member, and if that is gone,
// at least what they called themselves.
func (s *store) sender(of *waChat, c record) chat.Person {
	push := pushName(string(c.push))
	switch {
	case c.own != 0:
		return chat.Person{Own: true}
	case c.member != "":
		return s.person(string(c.member), string(c.memberName), push, string(c.memberFirst))
	case !of.conversation.Group && c.from == source.Text(of.jid) && len(of.conversation.Members) == 1:
		return of.conversation.Members[0]
	case c.from != "" && !strings.HasSuffix(string(c.from), ofGroup):
		return s.person(string(c.from), push)
	}
	return chat.Person{Name: push}
}

// message makes a message of a row.
func (s *store) message(of *waChat, c record) *chat.Message {
	quoted, forwards := metadata(c.metadata)
	m := &chat.Message{
		Ref: of.conversation.Ref + "/" + string(c.id), Date: kind.Cocoa(float64(c.when)), From: s.sender(of, c), Service: of.conversation.Services[0],
		Text: string(c.text), Starred: c.starred != 0, Forwarded: forwards > 0,
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
		m.App = words.T("content.whatsapp.contact", words.Args{"Name": string(c.vcard)})
	case typeDeleted:
		m.Unsent = m.Date
	case typePlace:
		m.Place = &chat.Place{Latitude: float64(c.latitude), Longitude: float64(c.longitude), Name: string(c.vcard)}
	}
	s.attach(m, c)
	return m
}

// attach adds the file of a message, and its caption.
func (s *store) attach(m *chat.Message, c record) {
	if c.media == "" {
		if m.Text == "" && c.kind != typePlace {
			m.Text = string(c.title)
		}
		return
	}
	a := s.attachment(string(c.media), string(c.thumb))
	a.Sticker, a.Voice, a.Seconds = c.kind == typeSticker, c.kind == typeVoice, int(c.seconds)
	if c.vcard != "" && c.kind != typePlace && c.kind != typeContact {
		a.Name = string(c.vcard)
	}
	if m.Text == "" {
		m.Text = string(c.title)
	}
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
