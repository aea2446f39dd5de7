package whatsapp

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/contacts"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// store is the database of one app.
type store struct {
	domain string
	db     *source.Database
	book   *contacts.Book
	names  map[string]string // by JID, as the app knows them
	files  *source.Index
	chats  []*waChat
}

// waChat is a chat with its messages in the order of their dates.
type waChat struct {
	conversation chat.Conversation
	jid          string
	rows         []int64
}

// What the ends of a JID say: whom it names.
const (
	ofGroup  = "@g.us"
	ofPerson = "@s.whatsapp.net"
	ofStatus = "@status"
)

// openDatabase opens the database of an app, without reading it.
func openDatabase(ctx context.Context, b *source.Backup, domain string) (s *store, err error) {
	s = &store{domain: domain, names: map[string]string{}}
	if s.db, err = b.Database(ctx, domain, "ChatStorage.sqlite"); err != nil {
		return nil, err
	}
	if !s.db.Has("ZWAMESSAGE", "Z_PK") {
		err = fmt.Errorf("ChatStorage.sqlite: no messages are in it: %w", source.ErrDamaged)
	} else {
		s.files, err = b.Index(ctx, domain, "")
	}
	if err != nil {
		s.db.Close()
		return nil, err
	}
	return s, nil
}

func openStore(ctx context.Context, b *source.Backup, domain string) (_ *store, err error) {
	s, err := openDatabase(ctx, b, domain)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.db.Close()
		}
	}()
	if s.book, err = contacts.Load(ctx, b); err != nil {
		return nil, err
	}
	// Names are a help, and no condition: many backups have no database of contacts.
	for _, step := range []func(context.Context, *source.Backup) error{s.readNames, s.readContacts} {
		if err = step(ctx, b); err != nil && (ctx.Err() != nil || !errors.Is(err, source.ErrDamaged) && !errors.Is(err, source.ErrNotListed)) {
			return nil, err
		}
	}
	if err = s.readChats(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// readNames reads what people call themselves.
func (s *store) readNames(ctx context.Context, _ *source.Backup) error {
	if !s.db.Has("ZWAPROFILEPUSHNAME", "ZJID", "ZPUSHNAME") {
		return nil
	}
	return s.db.Each(ctx, func(rows *sql.Rows) error {
		var jid, name source.Text
		if err := rows.Scan(&jid, &name); err != nil {
			return err
		}
		s.names[string(jid)] = pushName(string(name))
		return nil
	}, `SELECT p.ZJID, p.ZPUSHNAME FROM ZWAPROFILEPUSHNAME p`)
}

// readContacts reads what the owner of the phone calls people, which counts for more.
func (s *store) readContacts(ctx context.Context, b *source.Backup) error {
	d, err := b.Database(ctx, s.domain, "ContactsV2.sqlite")
	if err != nil {
		return err
	}
	defer d.Close()
	if !d.Has("ZWAADDRESSBOOKCONTACT", "ZWHATSAPPID", "ZFULLNAME") {
		return nil
	}
	return d.Each(ctx, func(rows *sql.Rows) error {
		var jid, name, hidden source.Text
		if err := rows.Scan(&jid, &name, &hidden); err != nil {
			return err
		}
		for _, id := range []source.Text{jid, hidden} {
			if id != "" && name != "" {
				s.names[string(id)] = string(name)
			}
		}
		return nil
	}, `SELECT c.ZWHATSAPPID, c.ZFULLNAME, `+d.Column("c", "ZWAADDRESSBOOKCONTACT", "ZLID")+` FROM ZWAADDRESSBOOKCONTACT c`)
}

// person is who a JID names: as the address book has them, or the app, or as others say.
func (s *store) person(jid string, others ...string) chat.Person {
	p := chat.Person{Address: jid}
	for _, end := range []string{ofPerson, ofStatus} {
		if number, ok := strings.CutSuffix(jid, end); ok {
			p.Address = "+" + number
			p.Name = s.book.Name(p.Address)
		}
	}
	for _, name := range append([]string{s.names[jid]}, others...) {
		if p.Name == "" {
			p.Name = strings.TrimSpace(name)
		}
	}
	return p
}

// readChats learns which chats and messages there are. Messages whose chat is gone
// are in a chat of their own.
func (s *store) readChats(ctx context.Context) error {
	d, byRow := s.db, map[int64]*waChat{}
	if d.Has("ZWACHATSESSION", "Z_PK") {
		c := func(name string) string { return d.Column("c", "ZWACHATSESSION", name) }
		err := d.Each(ctx, func(rows *sql.Rows) error {
			var row, archived source.Int
			var jid, name source.Text
			if err := rows.Scan(&row, &jid, &name, &archived); err != nil {
				return err
			}
			one := s.newChat(string(jid), string(name))
			one.conversation.Archived = archived != 0
			byRow[int64(row)] = one
			return nil
		}, fmt.Sprintf(`SELECT c.Z_PK, %s, %s, %s FROM ZWACHATSESSION c ORDER BY c.Z_PK`, c("ZCONTACTJID"), c("ZPARTNERNAME"), c("ZARCHIVED")))
		if err != nil {
			return err
		}
	}
	if err := s.readMembers(ctx, byRow); err != nil {
		return err
	}
	m := func(name string) string { return d.Column("m", "ZWAMESSAGE", name) }
	var lost *waChat
	return d.Each(ctx, func(rows *sql.Rows) error {
		var row, in source.Int
		var when source.Real
		if err := rows.Scan(&row, &in, &when); err != nil {
			return err
		}
		one := byRow[int64(in)]
		if one == nil {
			if lost == nil {
				lost = s.newChat("", "")
			}
			one = lost
		}
		one.rows = append(one.rows, int64(row))
		c := &one.conversation
		c.Count++
		if at := kind.Cocoa(float64(when)); !at.IsZero() {
			if c.From.IsZero() {
				c.From = at
			}
			c.To = at
		}
		return nil
	}, fmt.Sprintf(`SELECT m.Z_PK, %s, %s FROM ZWAMESSAGE m ORDER BY 3, %s, 1`, m("ZCHATSESSION"), s.date(), m("ZSORT")))
}

// date is when a message was sent, as the phone orders them.
func (s *store) date() string {
	return s.db.FirstColumn("m", "ZWAMESSAGE", "ZMESSAGEDATE", "ZSENTDATE")
}

func (s *store) newChat(jid, name string) *waChat {
	one := &waChat{jid: jid, conversation: chat.Conversation{Ref: jid, Group: strings.HasSuffix(jid, ofGroup), Title: strings.TrimSpace(name), Services: []string{"WhatsApp"}}}
	c := &one.conversation
	if s.domain != domains[0] {
		c.Services = []string{"WhatsApp Business"}
		c.Ref = "business;" + jid
	}
	if !c.Group && jid != "" {
		p := s.person(jid, name)
		c.Members = []chat.Person{p}
		if c.Title == "" {
			c.Title = p.Shown()
		}
	}
	s.chats = append(s.chats, one)
	return one
}

func (s *store) readMembers(ctx context.Context, chats map[int64]*waChat) error {
	d := s.db
	if !d.Has("ZWAGROUPMEMBER", "ZCHATSESSION", "ZMEMBERJID") {
		return nil
	}
	g := func(name string) string { return d.Column("g", "ZWAGROUPMEMBER", name) }
	return d.Each(ctx, func(rows *sql.Rows) error {
		var in source.Int
		var jid, name, first source.Text
		if err := rows.Scan(&in, &jid, &name, &first); err != nil {
			return err
		}
		if c := chats[int64(in)]; c != nil && c.conversation.Group && jid != "" {
			c.conversation.Members = append(c.conversation.Members, s.person(string(jid), string(name), string(first)))
		}
		return nil
	}, fmt.Sprintf(`SELECT g.ZCHATSESSION, g.ZMEMBERJID, %s, %s FROM ZWAGROUPMEMBER g ORDER BY g.rowid`, g("ZCONTACTNAME"), g("ZFIRSTNAME")))
}

// position is the number of a message in a chat.
func (s *store) position(ctx context.Context, of *waChat, ref string) (int, error) {
	at := -1
	key := strings.TrimPrefix(ref, of.conversation.Ref+"/")
	err := s.db.Each(ctx, func(rows *sql.Rows) error {
		var row source.Int
		if err := rows.Scan(&row); err != nil {
			return err
		}
		if i := slices.Index(of.rows, int64(row)); i >= 0 {
			at = i
		}
		return nil
	}, `SELECT m.Z_PK FROM ZWAMESSAGE m WHERE `+s.stanza()+` = ?`, key)
	return at, err
}

// stanza is what names a message within its chat: its id, else the number of its row.
func (s *store) stanza() string {
	return "ifnull(nullif(" + s.db.Column("m", "ZWAMESSAGE", "ZSTANZAID") + ", ''), 'row-' || m.Z_PK)"
}
