package messages

import (
	"context"
	"slices"
	"strings"
	"time"

	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// nanoseconds is from where on a date is in nanoseconds: since iOS 11 it is.
const nanoseconds = 1_000_000_000_000

// nano is a date in nanoseconds since 2001, as both forms of it can be compared.
func nano(value int64) int64 {
	if value > -nanoseconds && value < nanoseconds {
		return value * 1_000_000_000 // at most 2^63: no overflow below 9.2e9 seconds
	}
	return value
}

// date is the time that a column of dates holds, UTC.
func date(value int64) time.Time {
	if value > nanoseconds || value < -nanoseconds {
		const epoch = 978_307_200
		return time.Unix(epoch+value/1_000_000_000, value%1_000_000_000).UTC()
	}
	return kind.Cocoa(float64(value))
}

// perQuery is how many messages are asked for at once.
const perQuery = 200

// Messages implements [chat.Reader].
func (r *reader) Messages(ctx context.Context, c chat.Conversation, from, limit int, visit func(chat.Message) error) error {
	if c.Index < 0 || c.Index >= len(r.entries) {
		return nil
	}
	all := r.entries[c.Index]
	from = min(max(from, 0), len(all))
	if all = all[from:]; limit >= 0 {
		all = all[:min(limit, len(all))]
	}
	for some := range slices.Chunk(all, perQuery) {
		messages, err := r.some(ctx, c, some)
		if err != nil {
			return err
		}
		for _, e := range some {
			if m, there := messages[e.row]; there {
				m.Deleted, m.Again = e.deleted, e.again
				if err := visit(*m); err != nil {
					return err
				}
			}
		}
	}
	return ctx.Err()
}

// Position implements [chat.Reader].
func (r *reader) Position(ctx context.Context, c chat.Conversation, ref string) (int, error) {
	if c.Index < 0 || c.Index >= len(r.entries) {
		return -1, nil
	}
	at, row := -1, int64(0)
	err := r.db.Scan(ctx, []any{&row}, func() error {
		at = slices.IndexFunc(r.entries[c.Index], func(e entry) bool { return e.row == row })
		return nil
	}, `SELECT m.rowid FROM message m WHERE m.guid = ? LIMIT 1`, ref)
	return at, err
}

// some reads a few messages, by their rows, with all that belongs to them.
func (r *reader) some(ctx context.Context, c chat.Conversation, entries []entry) (map[int64]*chat.Message, error) {
	rows := make([]int64, len(entries))
	for i, e := range entries {
		rows[i] = e.row
	}
	records, err := records(ctx, r, "m.rowid", rows)
	if err != nil {
		return nil, err
	}
	messages := make(map[int64]*chat.Message, len(records))
	var answered []string
	stickers := map[int64]*chat.Reaction{} // by the row of the reaction
	for _, record := range records {
		m := r.message(c, record)
		messages[record.row] = m
		if m.Reply != nil {
			answered = append(answered, m.Reply.Ref)
		}
		m.Reactions = r.reactionsOf(c, m.Ref)
	}
	for _, record := range records {
		m := messages[record.row]
		for n, one := range r.standing(m.Ref) {
			if m.Reactions[n].Emoji == "" && !m.Reactions[n].Vote {
				stickers[one.row] = &m.Reactions[n]
				rows = append(rows, one.row)
			}
		}
	}
	files, err := r.attachments(ctx, rows)
	if err != nil {
		return nil, err
	}
	for row, attached := range files {
		if m := messages[row]; m != nil {
			m.Attachments = attached
		} else if s := stickers[row]; s != nil && len(attached) > 0 {
			s.Sticker = &attached[0]
		}
	}
	for _, record := range records {
		if record.voice {
			for i := range messages[record.row].Attachments {
				messages[record.row].Attachments[i].Voice = true
			}
		}
	}
	return messages, r.quote(ctx, c, messages, answered)
}

// record is a row of the table message.
type record struct {
	guid, text, subject, service, title, replyTo, app         string
	body, summary, payload                                    []byte
	row, date, edited, retracted, handle, other, item, action int64
	own, voice                                                bool
}

// records reads rows by their numbers or guids. The words are read from the archive
// only where the column of texts has none.
func records[V any](ctx context.Context, r *reader, by string, values []V) (all []record, err error) {
	var c record
	into := []any{
		&c.row, &c.body, &c.guid, &c.text, &c.subject, &c.service, &c.title, &c.replyTo, &c.app, &c.summary, &c.payload, &c.date, &c.edited, &c.retracted,
		&c.handle, &c.other, &c.own, &c.item, &c.action, &c.voice,
	}
	columns := r.db.Columns("m", "message", "guid", "text", "subject", "service", "group_title", "thread_originator_guid", "balloon_bundle_id", "message_summary_info",
		"payload_data", "date", "date_edited", "date_retracted", "handle_id", "other_handle", "is_from_me", "item_type", "group_action_type", "is_audio_message")
	m := func(name string) string { return r.db.Column("m", "message", name) }
	err = source.ScanIn(ctx, r.db, into, func() error {
		all = append(all, c)
		return nil
	}, `SELECT m.rowid, CASE WHEN ifnull(`+m("text")+`, '') = '' THEN `+m("attributedBody")+` END, `+columns+` FROM message m WHERE `+by+` IN (?)`, values)
	return all, err
}

// sender is who wrote a row.
func (r *reader) sender(c chat.Conversation, own bool, handle int64) chat.Person {
	switch address := r.handles[handle]; {
	case own:
		return chat.Person{Own: true}
	case address != "":
		return r.person(address)
	case !c.Group && len(c.Members) == 1:
		return c.Members[0]
	}
	return chat.Person{}
}

// said is what a row says: its text, or that of its archive, without the marks where
// files and the bubbles of apps stand.
func (c record) said() string {
	text := c.text
	if text == "" && len(c.body) > 0 {
		text, _ = streamText(c.body)
	}
	text = unmarked(text)
	if c.subject != "" {
		text = strings.TrimSuffix(c.subject+"\n"+text, "\n")
	}
	return text
}

var marksOfFiles = strings.NewReplacer("\uFFFC", "", "\uFFFD", "")

func unmarked(text string) string { return marksOfFiles.Replace(text) }

// message makes a message of a row, without what other rows say of it.
func (r *reader) message(c chat.Conversation, of record) *chat.Message {
	m := &chat.Message{Ref: of.guid, Date: date(of.date), Service: of.service, From: r.sender(c, of.own, of.handle)}
	if m.Event = r.event(of, m.From); m.Event.Key != "" {
		return m
	}
	m.Text = of.said()
	if of.app != "" {
		r.balloon(m, of)
	}
	if of.replyTo != "" {
		m.Reply = &chat.Quote{Ref: of.replyTo}
	}
	r.edits(m, of)
	return m
}

// quote fills in what messages answer.
func (r *reader) quote(ctx context.Context, c chat.Conversation, messages map[int64]*chat.Message, guids []string) error {
	records, err := records(ctx, r, "m.guid", guids)
	if err != nil {
		return err
	}
	quotes := map[string]chat.Quote{}
	for _, record := range records {
		quotes[record.guid] = chat.Quote{Ref: record.guid, Known: true, Text: record.said(), From: r.sender(c, record.own, record.handle)}
	}
	for _, m := range messages {
		if m.Reply == nil {
			continue
		}
		if q, known := quotes[m.Reply.Ref]; known {
			m.Reply = &q
		}
	}
	return nil
}

// standing are the reactions to a message that were not taken back.
func (r *reader) standing(guid string) []reaction {
	var all []reaction
	for _, one := range r.reactions[guid] {
		if one.kind >= typeTakenBack && one.kind < typeVote {
			undone := one.kind - typeTakenBack + typeReactions
			for i := len(all) - 1; i >= 0; i-- {
				if all[i].kind == undone && all[i].own == one.own && (one.own || all[i].handle == one.handle) && (one.emoji == "" || all[i].emoji == one.emoji) {
					all = slices.Delete(all, i, i+1)
					break
				}
			}
			continue
		}
		all = append(all, one)
	}
	return all
}

// emojis are the reactions that have a number of their own, from typeReactions on.
var emojis = []string{"❤️", "👍", "👎", "😂", "‼️", "❓"}

// typeEmoji is a reaction whose emoji has a column of its own.
const typeEmoji = 2006

func (r *reader) reactionsOf(c chat.Conversation, guid string) []chat.Reaction {
	var all []chat.Reaction
	for _, one := range r.standing(guid) {
		reaction := chat.Reaction{By: r.sender(c, one.own, one.handle), Date: date(one.date), Vote: one.kind >= typeVote}
		switch n := one.kind - typeReactions; {
		case n >= 0 && n < int64(len(emojis)):
			reaction.Emoji = emojis[n]
		case one.kind == typeEmoji && one.emoji != "":
			reaction.Emoji = one.emoji
		}
		all = append(all, reaction)
	}
	return all
}
