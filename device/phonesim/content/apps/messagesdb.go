package apps

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"lifeboat/device/phonesim/content"
)

const (
	homeDomain  = "HomeDomain"
	mediaDomain = "MediaDomain"
	smsPath     = "Library/SMS/sms.db"
	attachments = "Library/SMS/Attachments/"
)

const messagesTables = `
_SqliteDatabaseProperties
  key TEXT
  value TEXT
  UNIQUE (key)
handle
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE
  id TEXT NOT NULL
  country TEXT
  service TEXT NOT NULL
  uncanonicalized_id TEXT
  person_centric_id TEXT
  UNIQUE (id, service)
chat
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  guid TEXT UNIQUE NOT NULL
  style INTEGER
  state INTEGER
  account_id TEXT
  properties BLOB
  chat_identifier TEXT
  service_name TEXT
  room_name TEXT
  account_login TEXT
  is_archived INTEGER DEFAULT 0
  last_addressed_handle TEXT
  display_name TEXT
  group_id TEXT
  is_filtered INTEGER DEFAULT 0
  last_read_message_timestamp INTEGER DEFAULT 0
  is_blackholed INTEGER DEFAULT 0 | 15-
  is_recovered INTEGER DEFAULT 0 | 16-
  is_deleting_incoming_messages INTEGER DEFAULT 0 | 17-
  is_pending_review INTEGER DEFAULT 0 | 18-
message
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  guid TEXT UNIQUE NOT NULL
  text TEXT
  replace INTEGER DEFAULT 0
  service_center TEXT
  handle_id INTEGER DEFAULT 0
  subject TEXT
  country TEXT
  attributedBody BLOB
  version INTEGER DEFAULT 0
  type INTEGER DEFAULT 0
  service TEXT
  account TEXT
  account_guid TEXT
  error INTEGER DEFAULT 0
  date INTEGER
  date_read INTEGER
  date_delivered INTEGER
  is_delivered INTEGER DEFAULT 0
  is_finished INTEGER DEFAULT 0
  is_from_me INTEGER DEFAULT 0
  is_empty INTEGER DEFAULT 0
  is_read INTEGER DEFAULT 0
  is_sent INTEGER DEFAULT 0
  is_system_message INTEGER DEFAULT 0
  has_dd_results INTEGER DEFAULT 0
  cache_has_attachments INTEGER DEFAULT 0
  cache_roomnames TEXT
  is_audio_message INTEGER DEFAULT 0
  is_played INTEGER DEFAULT 0
  date_played INTEGER
  item_type INTEGER DEFAULT 0
  other_handle INTEGER DEFAULT 0
  group_title TEXT
  group_action_type INTEGER DEFAULT 0
  share_status INTEGER DEFAULT 0
  share_direction INTEGER DEFAULT 0
  message_action_type INTEGER DEFAULT 0
  associated_message_guid TEXT
  balloon_bundle_id TEXT
  payload_data BLOB
  associated_message_type INTEGER DEFAULT 0
  expressive_send_style_id TEXT
  associated_message_range_location INTEGER DEFAULT 0
  associated_message_range_length INTEGER DEFAULT 0
  message_summary_info BLOB
  destination_caller_id TEXT
  is_corrupt INTEGER DEFAULT 0
  reply_to_guid TEXT
  sort_id INTEGER
  is_spam INTEGER DEFAULT 0
  has_unseen_mention INTEGER DEFAULT 0 | 14-
  thread_originator_guid TEXT | 14-
  thread_originator_part TEXT | 14-
  syndication_ranges TEXT | 15-
  was_delivered_quietly INTEGER DEFAULT 0 | 15-
  did_notify_recipient INTEGER DEFAULT 0 | 15-
  date_retracted INTEGER | 16-
  date_edited INTEGER | 16-
  was_detonated INTEGER DEFAULT 0 | 16-
  part_count INTEGER | 16-
  is_stewie INTEGER DEFAULT 0 | 17-
  is_sos INTEGER DEFAULT 0 | 17-
  bia_reference_id TEXT | 17-
  fallback_hash TEXT | 17-
  associated_message_emoji TEXT | 18-
  is_pending_satellite_send INTEGER DEFAULT 0 | 18-
  schedule_type INTEGER DEFAULT 0 | 18-
  schedule_state INTEGER DEFAULT 0 | 18-
  is_time_sensitive INTEGER DEFAULT 0 | 26-
  ck_chat_id TEXT | 26-
attachment
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  guid TEXT UNIQUE NOT NULL
  created_date INTEGER DEFAULT 0
  start_date INTEGER DEFAULT 0
  filename TEXT
  uti TEXT
  mime_type TEXT
  transfer_state INTEGER DEFAULT 0
  is_outgoing INTEGER DEFAULT 0
  user_info BLOB
  transfer_name TEXT
  total_bytes INTEGER DEFAULT 0
  is_sticker INTEGER DEFAULT 0
  sticker_user_info BLOB
  attribution_info BLOB
  hide_attachment INTEGER DEFAULT 0
  ck_sync_state INTEGER DEFAULT 0
  original_guid TEXT
  is_commsafety_sensitive INTEGER DEFAULT 0 | 16-
  emoji_image_content_identifier TEXT | 18-
  emoji_image_short_description TEXT | 18-
  preview_generation_state INTEGER DEFAULT 0 | 18-
chat_handle_join
  chat_id INTEGER REFERENCES chat (ROWID) ON DELETE CASCADE
  handle_id INTEGER REFERENCES handle (ROWID) ON DELETE CASCADE
  UNIQUE (chat_id, handle_id)
chat_message_join
  chat_id INTEGER REFERENCES chat (ROWID) ON DELETE CASCADE
  message_id INTEGER REFERENCES message (ROWID) ON DELETE CASCADE
  message_date INTEGER DEFAULT 0
  PRIMARY KEY (chat_id, message_id)
chat_recoverable_message_join | 16-
  chat_id INTEGER REFERENCES chat (ROWID) ON DELETE CASCADE
  message_id INTEGER REFERENCES message (ROWID) ON DELETE CASCADE
  delete_date INTEGER
  ck_sync_state INTEGER DEFAULT 0
  PRIMARY KEY (chat_id, message_id)
message_attachment_join
  message_id INTEGER REFERENCES message (ROWID) ON DELETE CASCADE
  attachment_id INTEGER REFERENCES attachment (ROWID) ON DELETE CASCADE
  UNIQUE (message_id, attachment_id)
deleted_messages
  ROWID INTEGER PRIMARY KEY AUTOINCREMENT
  guid TEXT NOT NULL
index message_idx_date message(date)
index message_idx_handle message(handle_id, date)
index message_idx_thread message(thread_originator_guid)
index chat_message_idx chat_message_join(chat_id, message_date, message_id)
`

// BuildMessages makes the database of Messages and the files of attachments.
func BuildMessages(shape Shape, phone Phone) ([]content.Extra, error) {
	phone = phone.In(shape)
	w := &messagesWriter{handles: map[[2]string]int{}, chats: map[string]int{}}
	files, err := phone.build(shape, store{homeDomain, smsPath, messagesTables, w.write})
	if err != nil {
		return nil, err
	}
	for _, c := range phone.Chats {
		for _, m := range c.Messages {
			for _, a := range m.Attachments {
				if !a.Absent {
					files = append(files, phone.file(mediaDomain, a.StoredPath(), a.Data))
				}
			}
		}
	}
	return files, nil
}

// newestMessages is how many rows lie in the write-ahead log only.
const newestMessages = 3

// messagesWriter knows the numbers of what was written.
type messagesWriter struct {
	*database
	handles map[[2]string]int // by id and service
	chats   map[string]int    // by ID, the first of that name
}

// messageRow is a row that is still to come.
type messageRow struct {
	chat    int // number of the row
	date    time.Time
	message *Message
	columns row
}

func (w *messagesWriter) write(d *database) {
	w.database = d
	d.insert("_SqliteDatabaseProperties", row{"key": "_ClientVersion", "value": fmt.Sprint(14000 + 100*d.shape.Major())})
	for i, c := range d.phone.Chats {
		w.chat(i+1, c)
	}
	var rows []messageRow
	for i, c := range d.phone.Chats {
		for j := range c.Messages {
			m := &c.Messages[j]
			rows = append(rows, messageRow{chat: i + 1, date: m.Date, message: m, columns: w.columns(c, m)})
			for _, r := range m.Reactions {
				rows = append(rows, w.reactions(i+1, m, r)...)
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b messageRow) int { return a.date.Compare(b.date) })
	attachment := 0
	for i, r := range rows {
		if i == max(len(rows)-newestMessages, 0) {
			d.newest()
		}
		r.columns["ROWID"] = i + 1
		d.insert("message", r.columns)
		w.join(i+1, r)
		if r.message == nil {
			continue
		}
		for _, a := range r.message.Attachments {
			attachment++
			w.attachment(attachment, i+1, r.message, a)
		}
	}
}

// handle is the number of somebody with a service.
func (w *messagesWriter) handle(id, service string) int {
	if id == "" {
		return 0
	}
	key := [2]string{id, service}
	n, known := w.handles[key]
	if !known {
		n = len(w.handles) + 1
		w.handles[key] = n
		w.insert("handle", row{"ROWID": n, "id": id, "country": "us", "service": service, "uncanonicalized_id": optional("")})
	}
	return n
}

func (w *messagesWriter) chat(n int, c Chat) {
	style, sign := 45, "-"
	if c.Group {
		style, sign = 43, "+"
	}
	guid := c.Service + ";" + sign + ";" + c.ID
	if _, twice := w.chats[c.ID]; twice {
		guid = fmt.Sprintf("%s;%d", guid, n)
	} else {
		w.chats[c.ID] = n
	}
	w.insert("chat", row{
		"ROWID": n, "guid": guid, "style": style, "state": 3, "chat_identifier": c.ID, "service_name": c.Service,
		"display_name": c.Name, "group_id": fmt.Sprintf("00000000-0000-4000-8000-%012X", n), "is_filtered": 0,
	})
	for _, h := range c.Handles {
		w.insert("chat_handle_join", row{"chat_id": n, "handle_id": w.handle(h, c.Service)})
	}
}

// stamp is a date as the row has it.
func stamp(m *Message, t time.Time) int64 {
	if m.OldDates {
		return cocoaNano(t) / 1e9
	}
	return cocoaNano(t)
}

// columns are those of a message, without its number.
func (w *messagesWriter) columns(c Chat, m *Message) row {
	handle := w.handle(m.From, m.Service)
	r := row{
		"guid": m.GUID, "handle_id": handle, "service": m.Service, "version": 10, "is_finished": 1,
		"account": "P:+15555550100", "destination_caller_id": "+15555550100",
		"date": stamp(m, m.Date), "date_read": stamp(m, m.Read), "date_delivered": stamp(m, m.Delivered),
		"is_from_me": flag(m.From == ""), "is_sent": flag(m.From == ""), "is_read": flag(!m.Read.IsZero()),
		"is_delivered": flag(!m.Delivered.IsZero()), "cache_has_attachments": flag(len(m.Attachments) > 0),
		"is_audio_message": flag(m.Audio), "expressive_send_style_id": optional(m.Effect),
		"balloon_bundle_id": optional(m.App), "date_edited": stamp(m, m.Edited), "date_retracted": stamp(m, m.Unsent),
		"part_count": max(1, len(m.Attachments)),
	}
	if c.Group {
		r["cache_roomnames"] = c.ID
	}
	if !m.BodyOnly {
		r["text"] = optional(m.Text)
	}
	if !m.NoBody && m.Text != "" {
		r["attributedBody"] = styled(m.Text, m.Attachments).typedstream(m.From == "")
	}
	if m.ReplyTo != "" {
		r["thread_originator_guid"], r["thread_originator_part"] = m.ReplyTo, "0:0:1"
	}
	if m.Link != nil {
		r["balloon_bundle_id"] = "com.apple.messages.URLBalloonProvider"
		r["payload_data"] = w.encode(m.Link.archive())
	}
	if len(m.Earlier) > 0 || !m.Unsent.IsZero() {
		r["message_summary_info"] = w.encode(m.summary())
	}
	w.event(r, m)
	return r
}

// event fills in what happened to a group.
func (w *messagesWriter) event(r row, m *Message) {
	if m.Event == nil {
		return
	}
	switch e := m.Event; e.Kind {
	case Renamed:
		r["item_type"], r["group_title"] = 1, optional(e.Title)
	case Added:
		r["item_type"], r["other_handle"] = 2, w.handle(e.Who, m.Service)
	case Removed:
		r["item_type"], r["group_action_type"], r["other_handle"] = 2, 1, w.handle(e.Who, m.Service)
	case Left:
		r["item_type"] = 3
	case PhotoChanged:
		r["item_type"], r["group_action_type"] = 3, 1
	default:
		w.err = fmt.Errorf("no event is called %q", e.Kind)
	}
}

// reactions are the rows of a reaction: one, and another that takes it back.
func (w *messagesWriter) reactions(chat int, m *Message, r Reaction) []messageRow {
	of := map[string]string{"": "p:0/" + m.GUID, "bp:": "bp:" + m.GUID, "bare": m.GUID}[r.Prefix]
	one := func(guid string, kind int, date time.Time) messageRow {
		return messageRow{chat: chat, date: date, columns: row{
			"guid": guid, "text": "Reacted to “" + short(m.Text) + "”", "handle_id": w.handle(r.From, m.Service), "service": m.Service,
			"date": cocoaNano(date), "is_from_me": flag(r.From == ""), "is_finished": 1, "associated_message_guid": of,
			"associated_message_type": kind, "associated_message_emoji": optional(r.Emoji),
			"associated_message_range_length": 1,
		}}
	}
	rows := []messageRow{one(r.GUID, r.Kind, r.Date)}
	if r.TakenBack {
		rows = append(rows, one(r.GUID+"-BACK", r.Kind+1000, r.Date.Add(time.Second)))
	}
	return rows
}

// short is the beginning of a text.
func short(text string) string {
	letters := []rune(text)
	return string(letters[:min(len(letters), 40)])
}

// join puts a message into its chats, or into Recently Deleted.
func (w *messagesWriter) join(n int, r messageRow) {
	if m := r.message; m != nil && !m.Deleted.IsZero() {
		w.insert("chat_recoverable_message_join", row{"chat_id": r.chat, "message_id": n, "delete_date": cocoaNano(m.Deleted)})
		return
	}
	w.insert("chat_message_join", row{"chat_id": r.chat, "message_id": n, "message_date": r.columns["date"]})
	if r.message == nil {
		return
	}
	for _, id := range r.message.AlsoIn {
		w.insert("chat_message_join", row{"chat_id": w.chats[id], "message_id": n, "message_date": r.columns["date"]})
	}
}

func (w *messagesWriter) attachment(n, message int, m *Message, a Attachment) {
	size := a.Size
	if size == 0 {
		size = int64(len(a.Data))
	}
	name := "~/" + a.StoredPath()
	if a.Absolute {
		name = "/var/mobile/" + a.StoredPath()
	}
	w.insert("attachment", row{
		"ROWID": n, "guid": a.GUID, "created_date": cocoaNano(m.Date) / 1e9, "filename": name, "uti": optional(a.UTI),
		"mime_type": optional(a.MIME), "transfer_state": 5, "is_outgoing": flag(m.From == ""), "transfer_name": optional(a.Name),
		"total_bytes": size, "is_sticker": flag(a.Sticker), "hide_attachment": flag(a.Hidden), "original_guid": a.GUID,
	})
	w.insert("message_attachment_join", row{"message_id": message, "attachment_id": n})
}

// StoredPath is where the file lies in MediaDomain.
func (a Attachment) StoredPath() string {
	if a.Path != "" {
		return a.Path
	}
	sum := scatter(a.GUID)
	return path.Join(attachments, fmt.Sprintf("%02x/%02x", byte(sum), byte(sum>>8)), a.GUID, fileName(a.Name))
}

// fileName is what a phone makes of the name of a file that somebody sent.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '/' || r < ' ' {
			return '_'
		}
		return r
	}, name)
	if len(name) > 200 {
		name = strings.ToValidUTF8(name[:200], "")
	}
	if name == "" || name == "." || name == ".." {
		return "attachment"
	}
	return name
}
