package apps

import (
	"slices"
	"time"
)

// Chat is a conversation of Messages.
type Chat struct {
	// ID is the number or mail address of the other, or "chat" and digits of a
	// group: the column chat_identifier.
	ID string
	// Service is "iMessage", "SMS" or "RCS" (iOS 18 and later).
	Service string
	// Name is what a group was named, "" without.
	Name  string
	Group bool
	// Handles are the numbers and addresses of the others.
	Handles  []string
	Messages []Message
}

// Message is one message, or something that happened to a group.
type Message struct {
	GUID string
	// From is the number or address of who wrote, "" for the owner of the phone.
	From string
	// Text is what it says now. U+FFFC stands for each attachment within it.
	Text string
	// BodyOnly: the words are in attributedBody, and text is NULL.
	BodyOnly bool
	// NoBody: there is no attributedBody.
	NoBody bool
	// Service is that of the chat if it is "".
	Service string
	// Date is in nanoseconds; Read and Delivered are zero if unknown.
	Date, Read, Delivered time.Time
	// OldDates: the row has seconds, as iOS 10 wrote them.
	OldDates    bool
	Attachments []Attachment
	Reactions   []Reaction
	// Earlier are the versions of the text before it was edited, oldest first (iOS 16 and later).
	Earlier []Version
	// Edited is when it was last edited. Unsent is when it was taken back (iOS
	// 16 and later): then there is no text.
	Edited, Unsent time.Time
	// ReplyTo is the GUID of the message that this one answers (iOS 14 and later).
	ReplyTo string
	Event   *GroupEvent
	// Link is what a shared link shows.
	Link *Link
	// App is the bundle of an app's bubble, "" for none. Link has its own.
	App string
	// Effect is how it was sent, such as "com.apple.MobileSMS.expressivesend.impact".
	Effect string
	// Audio is a voice message.
	Audio bool
	// Deleted is since when it is in Recently Deleted (iOS 16 and later).
	Deleted time.Time
	// AlsoIn are IDs of other chats that the message is in too.
	AlsoIn []string
}

// Version is a text that a message had, and when it was written.
type Version struct {
	Text string
	At   time.Time
}

// The kinds of [Reaction]: the column associated_message_type.
const (
	Loved      = 2000
	Liked      = 2001
	Disliked   = 2002
	Laughed    = 2003
	Emphasised = 2004
	Questioned = 2005
	// EmojiReaction has its emoji in Reaction.Emoji (iOS 18 and later).
	EmojiReaction = 2006
	Sticker       = 1000
)

// Reaction is what somebody thought of a message. Its row is a message of its own.
type Reaction struct {
	GUID string
	From string // as in Message
	Kind int
	// Emoji is that of an EmojiReaction.
	Emoji string
	Date  time.Time
	// TakenBack has a second row follow that takes it back, one second later.
	TakenBack bool
	// Prefix is how the message is named: "p:0/" if it is "", or "bp:" or "bare".
	Prefix string
}

// The kinds of [GroupEvent].
const (
	Renamed      = "renamed"
	Added        = "added"
	Removed      = "removed"
	Left         = "left"
	PhotoChanged = "photo"
)

// GroupEvent is what happened to a group, done by who is in Message.From.
type GroupEvent struct {
	Kind string
	// Who was added or removed.
	Who string
	// Title is the new name.
	Title string
}

// Link is a link with what was read of its page.
type Link struct{ URL, Title, Summary string }

// Attachment is a file of a message.
type Attachment struct {
	GUID string
	// Name is what the sender called it: the column transfer_name.
	Name string
	// MIME and UTI are its type, such as "image/jpeg" and "public.jpeg".
	MIME, UTI string
	// Path is where it lies in MediaDomain; "" takes Library/SMS/Attachments/…
	// with a name that the phone makes of Name. Absolute puts it down as
	// /var/mobile/… in place of ~/….
	Path     string
	Absolute bool
	Data     []byte
	// Size is the column total_bytes, 0 for that of Data.
	Size int64
	// Absent: the row is there and the file is not, since it is in iCloud only.
	Absent  bool
	Sticker bool
	// Hidden is a part of a link's preview, such as its picture.
	Hidden bool
}

// narrowMessages takes out what older versions of iOS cannot do.
func narrowMessages(shape Shape, p *Phone) {
	p.Chats = slices.Clone(p.Chats)
	for i := range p.Chats {
		c := &p.Chats[i]
		if !shape.since(18) && c.Service == "RCS" {
			c.Service = "SMS"
		}
		c.Messages = slices.Clone(c.Messages)
		if !shape.since(16) {
			c.Messages = slices.DeleteFunc(c.Messages, func(m Message) bool { return !m.Unsent.IsZero() || !m.Deleted.IsZero() })
		}
		for j := range c.Messages {
			m := &c.Messages[j]
			if m.Service == "" || !shape.since(18) && m.Service == "RCS" {
				m.Service = c.Service
			}
			if !shape.since(14) {
				m.ReplyTo = ""
			}
			if !shape.since(16) {
				m.Earlier, m.Edited = nil, time.Time{}
			}
			if !shape.since(18) {
				m.Reactions = slices.DeleteFunc(slices.Clone(m.Reactions), func(r Reaction) bool { return r.Kind == EmojiReaction })
			}
		}
	}
}
