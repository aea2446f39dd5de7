package messages

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"lifeboat/assets/words"
	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/contacts"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// reader knows which messages there are, and reads them as they are asked for.
type reader struct {
	backup  *source.Backup
	db      *source.Database
	book    *contacts.Book
	handles map[int64]string // numbers and addresses

	byKey         map[string]int // places of conversations
	byChat        map[int64]int
	conversations []chat.Conversation
	entries       [][]entry // by Index of the conversation, in the order of their dates
	reactions     map[string][]reaction
	incomplete    bool

	mu    sync.Mutex // guards what is below
	files *source.Index
	ends  map[string]source.File // by the two last names of the path; of several none
}

// entry is a message of a conversation.
type entry struct {
	row, date int64
	// deleted: it is in Recently Deleted. again: another conversation has it too, and
	// comes first.
	deleted, again bool
}

// reaction is the row of a reaction, of the message that it names.
type reaction struct {
	row, date, kind, handle int64
	own                     bool
	emoji                   string
}

// place is where a message stands: the row of its chat.
type place struct {
	chat    int64
	deleted bool
}

// openDatabase opens the database alone.
func openDatabase(ctx context.Context, b *source.Backup) (r *reader, err error) {
	r = &reader{backup: b, handles: map[int64]string{}, reactions: map[string][]reaction{}, byKey: map[string]int{}, byChat: map[int64]int{}}
	r.db, err = b.Database(ctx, domain, sms, "message", "guid")
	return r, err
}

func open(ctx context.Context, b *source.Backup) (_ chat.Reader, err error) {
	r, err := openDatabase(ctx, b)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			r.db.Close()
		}
	}()
	if r.book, err = contacts.Load(ctx, b); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{r.readHandles, r.readConversations} {
		if err = r.without(ctx, step(ctx)); err != nil {
			return nil, err
		}
	}
	if err = r.readPlaces(ctx); err != nil {
		return nil, err
	}
	r.finish()
	return r, nil
}

// without notes it if something could not be read, as messages are there without it,
// too. Other errors it returns.
func (r *reader) without(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil || !errors.Is(err, source.ErrDamaged) {
		return err
	}
	r.incomplete = true
	return nil
}

// Close implements [chat.Reader].
func (r *reader) Close() error { return r.db.Close() }

// Conversations implements [chat.Reader].
func (r *reader) Conversations() []chat.Conversation { return r.conversations }

// Notes implements [chat.Reader].
func (r *reader) Notes() []kind.Note {
	if !r.incomplete {
		return nil
	}
	return []kind.Note{{Text: words.T("content.messages.incomplete", nil), Partial: true}}
}

func (r *reader) readHandles(ctx context.Context) error {
	if !r.db.Has("handle", "id") {
		r.incomplete = true
		return nil
	}
	var row int64
	var id string
	return r.db.Scan(ctx, []any{&row, &id}, func() error {
		r.handles[row] = id
		return nil
	}, `SELECT h.rowid, h.id FROM handle h`)
}

// person is who a number or an address is.
func (r *reader) person(address string) chat.Person {
	return chat.Person{Address: address, Name: r.book.Name(address)}
}

// personKey is what all numbers and addresses of one person have in common.
func (r *reader) personKey(address string) string {
	if c, known := r.book.Lookup(address); known {
		return "contact " + c.Ref
	}
	return contacts.Key(address)
}

// phoneChat is a row of the table chat.
type phoneChat struct {
	row                    int64
	guid, identifier, name string
	service                string
	group, archived        bool
	members                []string
}

// styleGroup is the column style of groups.
const styleGroup = 43

// chats are the rows of chats, with who is in them.
func (r *reader) chats(ctx context.Context) ([]*phoneChat, error) {
	d := r.db
	if !d.Has("chat") || !d.Has("chat_message_join", "chat_id", "message_id") {
		r.incomplete = true
		return nil, nil
	}
	var all []*phoneChat
	byRow := map[int64]*phoneChat{}
	var one phoneChat
	var style int64
	err := d.Scan(ctx, []any{&one.row, &one.guid, &one.identifier, &one.name, &one.service, &style, &one.archived}, func() error {
		c := one
		c.name, c.group = strings.TrimSpace(c.name), style == styleGroup || style == 0 && strings.Contains(c.guid, ";+;")
		all, byRow[c.row] = append(all, &c), &c
		return nil
	}, `SELECT c.rowid, `+d.Columns("c", "chat", "guid", "chat_identifier", "display_name", "service_name", "style", "is_archived")+` FROM chat c ORDER BY c.rowid`)
	if err != nil || !d.Has("chat_handle_join", "chat_id", "handle_id") {
		return all, err
	}
	var row, handle int64
	return all, d.Scan(ctx, []any{&row, &handle}, func() error {
		if c, address := byRow[row], r.handles[handle]; c != nil && address != "" {
			c.members = append(c.members, address)
		}
		return nil
	}, `SELECT j.chat_id, j.handle_id FROM chat_handle_join j ORDER BY j.chat_id, j.rowid`)
}

// readConversations merges the chats: one person may have several, by number and by
// mail, by iMessage and by SMS. Groups are one if they have the same people and name.
func (r *reader) readConversations(ctx context.Context) error {
	chats, err := r.chats(ctx)
	for _, c := range chats {
		if len(c.members) == 0 && !c.group && c.identifier != "" {
			c.members = []string{c.identifier}
		}
		c.group = c.group || len(c.members) > 1
		key := r.conversationKey(c)
		i, known := r.byKey[key]
		if !known {
			i = r.newConversation(key, c)
		}
		r.byChat[c.row] = i
		one := &r.conversations[i]
		if c.guid != "" && (one.Ref == "" || c.guid < one.Ref) {
			one.Ref = c.guid
		}
		if c.service != "" && !slices.Contains(one.Services, c.service) {
			one.Services = append(one.Services, c.service)
		}
		one.Archived = one.Archived && c.archived
	}
	return err
}

func (r *reader) conversationKey(c *phoneChat) string {
	var people []string
	for _, address := range c.members {
		people = append(people, r.personKey(address))
	}
	slices.Sort(people)
	people = slices.Compact(people)
	if !c.group {
		return "one\x00" + strings.Join(people, "\x00")
	}
	if len(people) == 0 {
		people = []string{c.guid}
	}
	return "group\x00" + c.name + "\x00" + strings.Join(people, "\x00")
}

func (r *reader) newConversation(key string, c *phoneChat) int {
	one := chat.Conversation{Group: c.group, Index: len(r.conversations), Archived: c.archived}
	seen := map[string]bool{}
	var names []string
	for _, address := range c.members {
		if k := r.personKey(address); !seen[k] {
			seen[k] = true
			p := r.person(address)
			one.Members, names = append(one.Members, p), append(names, p.Shown())
		}
	}
	if one.Title = c.name; one.Title == "" || !c.group {
		one.Title = strings.Join(names, ", ")
	}
	r.byKey[key] = one.Index
	r.conversations = append(r.conversations, one)
	r.entries = append(r.entries, nil)
	return one.Index
}

// loose is the conversation of a message that is in no chat: that with who wrote it.
func (r *reader) loose(handle int64) int {
	c := &phoneChat{guid: "none"}
	if address := r.handles[handle]; address != "" {
		c.members, c.guid = []string{address}, "none;"+address
	}
	key := r.conversationKey(c)
	i, known := r.byKey[key]
	if !known {
		i = r.newConversation(key, c)
		r.conversations[i].Ref = c.guid
	}
	return i
}

// readPlaces learns which messages there are, and in which conversation each is.
func (r *reader) readPlaces(ctx context.Context) error {
	first, more := map[int64]place{}, map[int64][]place{}
	for _, table := range []string{"chat_message_join", "chat_recoverable_message_join"} {
		if !r.db.Has(table, "chat_id", "message_id") {
			continue
		}
		deleted := table != "chat_message_join"
		var in, message int64
		err := r.db.Scan(ctx, []any{&in, &message}, func() error {
			if _, known := first[message]; known {
				more[message] = append(more[message], place{in, deleted})
			} else {
				first[message] = place{in, deleted}
			}
			return nil
		}, `SELECT j.chat_id, j.message_id FROM `+table+` j`)
		if err = r.without(ctx, err); err != nil {
			return err
		}
	}
	return r.readEntries(ctx, first, more)
}

// What associated_message_type says of a row that belongs to another message.
const (
	typeReactions = 2000
	typeTakenBack = 3000
	typeVote      = 4000
)

// target is an expression for the guid of the message that a row belongs to, which it
// names as "p:0/<guid>", "bp:<guid>" or by the guid alone.
const target = `CASE WHEN m.associated_message_guid LIKE 'bp:%' THEN substr(m.associated_message_guid, 4)
	WHEN m.associated_message_guid LIKE 'p:%/%' THEN substr(m.associated_message_guid, instr(m.associated_message_guid, '/') + 1)
	ELSE m.associated_message_guid END`

// reacts is a condition for rows that are reactions to other messages, stickers on
// them or votes. One whose message is gone is a message: the words of it are left.
func (r *reader) reacts() string {
	if !r.db.Has("message", "associated_message_guid", "associated_message_type") {
		return "0"
	}
	return `ifnull(m.associated_message_type = 1000 OR m.associated_message_type BETWEEN 2000 AND 4999, 0) AND ifnull(` + target + ` IN (SELECT guid FROM message), 0)`
}

// readEntries learns which messages and reactions there are.
func (r *reader) readEntries(ctx context.Context, first map[int64]place, more map[int64][]place) error {
	var e entry
	var handle int64
	err := r.db.Scan(ctx, []any{&e.row, &e.date, &handle}, func() error {
		r.enter(e, handle, first, more)
		return nil
	}, `SELECT m.rowid, `+r.db.Columns("m", "message", "date", "handle_id")+` FROM message m WHERE NOT (`+r.reacts()+`)`)
	if err != nil || r.reacts() == "0" {
		return err
	}
	var of string
	var one reaction
	return r.db.Scan(ctx, []any{&one.row, &of, &one.date, &one.kind, &one.handle, &one.own, &one.emoji}, func() error {
		r.reactions[of] = append(r.reactions[of], one)
		return nil
	}, `SELECT m.rowid, `+target+`, `+r.db.Columns("m", "message", "date", "associated_message_type", "handle_id", "is_from_me", "associated_message_emoji")+
		` FROM message m WHERE `+r.reacts())
}

func (r *reader) hasFiles() bool {
	return r.db.Has("message_attachment_join", "message_id", "attachment_id") && r.db.Has("attachment", "filename")
}

// enter puts a message into its conversations.
func (r *reader) enter(e entry, handle int64, first map[int64]place, more map[int64][]place) {
	p, known := first[e.row]
	if !known {
		i := r.loose(handle)
		r.entries[i] = append(r.entries[i], e)
		return
	}
	var in []int
	for _, p := range append([]place{p}, more[e.row]...) {
		i, known := r.byChat[p.chat]
		if !known {
			i = r.loose(handle)
		}
		if slices.Contains(in, i) {
			continue
		}
		e.again, e.deleted = len(in) > 0, p.deleted
		in = append(in, i)
		r.entries[i] = append(r.entries[i], e)
	}
}

// finish sorts all.
func (r *reader) finish() {
	for _, of := range r.reactions {
		slices.SortFunc(of, func(a, b reaction) int {
			return cmp.Or(cmp.Compare(nano(a.date), nano(b.date)), cmp.Compare(a.row, b.row))
		})
	}
	for i := range r.conversations {
		c, entries := &r.conversations[i], r.entries[i]
		slices.SortFunc(entries, func(a, b entry) int {
			return cmp.Or(cmp.Compare(nano(a.date), nano(b.date)), cmp.Compare(a.row, b.row))
		})
		for _, e := range entries {
			if e.deleted {
				c.Deleted++
			}
			c.Add(date(e.date))
		}
	}
	r.conversations = slices.DeleteFunc(r.conversations, func(c chat.Conversation) bool { return c.Count == 0 })
	chat.Sort(r.conversations)
}
