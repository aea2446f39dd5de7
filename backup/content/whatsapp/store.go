package whatsapp

import (
	"cmp"
	"context"
	"errors"
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
	if s.db, err = b.Database(ctx, domain, "ChatStorage.sqlite", "ZWAMESSAGE", "Z_PK"); err != nil {
		return nil, err
	}
	if s.files, err = b.Index(ctx, domain, ""); err != nil {
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
	var jid, name string
	return s.db.Scan(ctx, []any{&jid, &name}, func() error {
		s.names[jid] = pushName(name)
		return nil
	}, `SELECT p.ZJID, p.ZPUSHNAME FROM ZWAPROFILEPUSHNAME p`)
}

// readContacts reads what the owner of the phone calls people, which counts for more.
func (s *store) readContacts(ctx context.Context, b *source.Backup) error {
	d, err := b.Database(ctx, s.domain, "ContactsV2.sqlite", "ZWAADDRESSBOOKCONTACT", "ZWHATSAPPID", "ZFULLNAME")
	if err != nil {
		return err
	}
	defer d.Close()
	var jid, name, hidden string
	return d.Scan(ctx, []any{&jid, &name, &hidden}, func() error {
		for _, id := range []string{jid, hidden} {
			if id != "" && name != "" {
				s.names[id] = name
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
		var row int64
		var jid, name string
		var archived bool
		err := d.Scan(ctx, []any{&row, &jid, &name, &archived}, func() error {
			one := s.newChat(jid, name)
			one.conversation.Archived = archived
			byRow[row] = one
			return nil
		}, `SELECT `+d.Columns("c", "ZWACHATSESSION", "Z_PK", "ZCONTACTJID", "ZPARTNERNAME", "ZARCHIVED")+` FROM ZWACHATSESSION c ORDER BY c.Z_PK`)
		if err != nil {
			return err
		}
	}
	if err := s.readMembers(ctx, byRow); err != nil {
		return err
	}
	var lost *waChat
	var row, in int64
	var when float64
	return d.Scan(ctx, []any{&row, &in, &when}, func() error {
		one := byRow[in]
		if one == nil {
			if lost == nil {
				lost = s.newChat("", "")
			}
			one = lost
		}
		one.rows = append(one.rows, row)
		one.conversation.Add(kind.Cocoa(when))
		return nil
	}, `SELECT `+d.Columns("m", "ZWAMESSAGE", "Z_PK", "ZCHATSESSION")+`, `+s.date()+` FROM ZWAMESSAGE m ORDER BY 3, `+d.Column("m", "ZWAMESSAGE", "ZSORT")+`, 1`)
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
		c.Title = cmp.Or(c.Title, p.Shown())
	}
	s.chats = append(s.chats, one)
	return one
}

func (s *store) readMembers(ctx context.Context, chats map[int64]*waChat) error {
	d := s.db
	if !d.Has("ZWAGROUPMEMBER", "ZCHATSESSION", "ZMEMBERJID") {
		return nil
	}
	var in int64
	var jid, name, first string
	return d.Scan(ctx, []any{&in, &jid, &name, &first}, func() error {
		if c := chats[in]; c != nil && c.conversation.Group && jid != "" {
			c.conversation.Members = append(c.conversation.Members, s.person(jid, name, first))
		}
		return nil
	}, `SELECT `+d.Columns("g", "ZWAGROUPMEMBER", "ZCHATSESSION", "ZMEMBERJID", "ZCONTACTNAME", "ZFIRSTNAME")+` FROM ZWAGROUPMEMBER g ORDER BY g.rowid`)
}

// position is the number of a message in a chat.
func (s *store) position(ctx context.Context, of *waChat, ref string) (int, error) {
	at, row := -1, int64(0)
	key := strings.TrimPrefix(ref, of.conversation.Ref+"/")
	err := s.db.Scan(ctx, []any{&row}, func() error {
		if i := slices.Index(of.rows, row); i >= 0 {
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
