package messages

import (
	"context"
	"database/sql"
	"fmt"
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
	return r.read(ctx, c, all, visit)
}

// Position implements [chat.Reader].
func (r *reader) Position(ctx context.Context, c chat.Conversation, ref string) (int, error) {
	if c.Index < 0 || c.Index >= len(r.entries) {
		return -1, nil
	}
	at := -1
	err := r.db.Each(ctx, func(rows *sql.Rows) error {
		var row source.Int
		if err := rows.Scan(&row); err != nil {
			return err
		}
		at = slices.IndexFunc(r.entries[c.Index], func(e entry) bool { return e.row == int64(row) })
		return nil
	}, `SELECT m.rowid FROM message m WHERE m.guid = ? LIMIT 1`, ref)
	return at, err
}

// read visits these messages in their order.
func (r *reader) read(ctx context.Context, c chat.Conversation, entries []entry, visit func(chat.Message) error) error {
	for len(entries) > 0 {
		some := entries[:min(perQuery, len(entries))]
		entries = entries[len(some):]
		messages, err := r.some(ctx, c, some)
		if err != nil {
			return err
		}
		for _, e := range some {
			if m, there := messages[e.row]; there {
				m.Deleted = e.deleted
				if err := visit(*m); err != nil {
					return err
				}
			}
		}
	}
	return ctx.Err()
}

// some reads a few messages, by their rows, with all that belongs to them.
func (r *reader) some(ctx context.Context, c chat.Conversation, entries []entry) (map[int64]*chat.Message, error) {
	rows := make([]int64, len(entries))
	for i, e := range entries {
		rows[i] = e.row
	}
	records, err := r.records(ctx, "m.rowid", numbers(rows))
	if err != nil {
		return nil, err
	}
	messages := make(map[int64]*chat.Message, len(records))
	var answered []any
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
		m, n := messages[record.row], 0
		for _, one := range r.standing(m.Ref) {
			if m.Reactions[n].Emoji == "" && !m.Reactions[n].Vote {
				stickers[one.row] = &m.Reactions[n]
				rows = append(rows, one.row)
			}
			n++
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
		if record.voice != 0 {
			for i := range messages[record.row].Attachments {
				messages[record.row].Attachments[i].Voice = true
			}
		}
	}
	return messages, r.quote(ctx, c, messages, answered)
}

func numbers(rows []int64) []any {
	all := make([]any, len(rows))
	for i, row := range rows {
		all[i] = row
	}
	return all
}

// marks are the places for so many values of a query.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }

// record is a row of the table message.
type record struct {
	row                                           int64
	guid, text, subject, service, title           source.Text
	replyTo, app                                  source.Text
	body, summary, payload                        source.Blob
	date, edited, retracted                       source.Int
	handle, other, own, item, action, voice, kind source.Int
}

// records reads rows by their numbers or guids. The words are read from the archive
// only where the column of texts has none.
func (r *reader) records(ctx context.Context, by string, values []any) ([]record, error) {
	m := func(name string) string { return r.db.Column("m", "message", name) }
	columns := []string{
		m("guid"), m("text"), m("subject"), m("service"), m("group_title"), m("thread_originator_guid"), m("balloon_bundle_id"),
		"CASE WHEN ifnull(" + m("text") + ", '') = '' THEN " + m("attributedBody") + " END", m("message_summary_info"), m("payload_data"),
		m("date"), m("date_edited"), m("date_retracted"), m("handle_id"), m("other_handle"), m("is_from_me"), m("item_type"), m("group_action_type"),
		m("is_audio_message"), m("associated_message_type"),
	}
	var all []record
	for len(values) > 0 {
		some := values[:min(perQuery, len(values))]
		values = values[len(some):]
		err := r.db.Each(ctx, func(rows *sql.Rows) error {
			var row source.Int
			var c record
			if err := rows.Scan(&row, &c.guid, &c.text, &c.subject, &c.service, &c.title, &c.replyTo, &c.app, &c.body, &c.summary, &c.payload, &c.date, &c.edited,
				&c.retracted, &c.handle, &c.other, &c.own, &c.item, &c.action, &c.voice, &c.kind); err != nil {
				return err
			}
			c.row = int64(row)
			all = append(all, c)
			return nil
		}, fmt.Sprintf(`SELECT m.rowid, %s FROM message m WHERE %s IN (%s)`, strings.Join(columns, ", "), by, marks(len(some))), some...)
		if err != nil {
			return nil, err
		}
	}
	return all, nil
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
	text := string(c.text)
	if text == "" && len(c.body) > 0 {
		text, _ = streamText(c.body)
	}
	text = unmarked(text)
	if c.subject != "" {
		text = strings.TrimSuffix(string(c.subject)+"\n"+text, "\n")
	}
	return text
}

var marksOfFiles = strings.NewReplacer("\uFFFC", "", "\uFFFD", "")

func unmarked(text string) string { return marksOfFiles.Replace(text) }

// message makes a message of a row, without what other rows say of it.
func (r *reader) message(c chat.Conversation, of record) *chat.Message {
	m := &chat.Message{Ref: string(of.guid), Date: date(int64(of.date)), Service: string(of.service), From: r.sender(c, of.own != 0, int64(of.handle))}
	if m.Event = r.event(of, m.From); m.Event.Key != "" {
		return m
	}
	m.Text = of.said()
	if of.app != "" {
		r.balloon(m, of)
	}
	if of.replyTo != "" {
		m.Reply = &chat.Quote{Ref: string(of.replyTo)}
	}
	r.edits(m, of)
	return m
}

// quote fills in what messages answer.
func (r *reader) quote(ctx context.Context, c chat.Conversation, messages map[int64]*chat.Message, guids []any) error {
	if len(guids) == 0 {
		return nil
	}
	records, err := r.records(ctx, "m.guid", guids)
	if err != nil {
		return err
	}
	quotes := map[string]chat.Quote{}
	for _, record := range records {
		quotes[string(record.guid)] = chat.Quote{Ref: string(record.guid), Known: true, Text: record.said(), From: r.sender(c, record.own != 0, int64(record.handle))}
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
