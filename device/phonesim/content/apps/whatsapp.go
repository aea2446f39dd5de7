package apps

import "time"

// WhatsApp is what WhatsApp keeps.
type WhatsApp struct {
	// Absent: there is no WhatsApp on the phone. NoDatabase: there is, but its
	// own switch keeps its chats out of backups.
	Absent, NoDatabase bool
	// Business is WhatsApp Business in place of WhatsApp.
	Business bool
	Chats    []WhatsAppChat
	Calls    []WhatsAppCall
	// Contacts are those that WhatsApp knows; nil has no database of them at
	// all, as in many backups since May 2024.
	Contacts []WhatsAppContact
}

// WhatsAppContact is a row of WhatsApp's own contacts.
type WhatsAppContact struct{ JID, Name, Number string }

// WhatsAppChat is one chat.
type WhatsAppChat struct {
	// JID ends in @s.whatsapp.net for a person, @g.us for a group, @lid for a
	// hidden number, @status for what people show for a day.
	JID  string
	Name string
	// Members are those of a group.
	Members  []WhatsAppMember
	Messages []WhatsAppMessage
	Archived bool
}

// WhatsAppMember is somebody in a group.
type WhatsAppMember struct {
	JID string
	// Name is that of the contact, Push what they call themselves.
	Name, Push string
}

// The types of a [WhatsAppMessage].
const (
	WAText     = 0
	WAPicture  = 1
	WAVideo    = 2
	WAVoice    = 3
	WAContact  = 4
	WAPlace    = 5
	WASystem   = 6
	WALink     = 7
	WADocument = 8
	WACall     = 10
	WADeleted  = 14
	WASticker  = 15
)

// WhatsAppMessage is one message.
type WhatsAppMessage struct {
	// ID is the column ZSTANZAID.
	ID string
	// From is the JID of who wrote, "" for the owner of the phone.
	From string
	// Push is what the sender calls themselves. PushEncoded writes it as newer
	// versions do, as base64 of protobuf.
	Push        string
	PushEncoded bool
	Type        int
	Text        string
	Date, Sent  time.Time
	Starred     bool
	Media       *WhatsAppMedia
	// Quotes is the ID of the message that it answers.
	Quotes string
}

// WhatsAppMedia is what comes with a message.
type WhatsAppMedia struct {
	// Path is below Message, such as "Media/<jid>/a/b/uuid.jpg"; "" for none.
	Path    string
	Data    []byte
	Caption string
	// Thumb is a small picture beside it.
	Thumb []byte
	// Absent: the file was never loaded, or has been cleared away.
	Absent bool
	Place  *Coordinates
	// Seconds is how long it is.
	Seconds int
	// Name is the title of a document or the name of a place.
	Name string
	// Forwards is how often it had been forwarded.
	Forwards int
}

// WhatsAppCall is one call.
type WhatsAppCall struct {
	JID string
	// Outcome is 0 ended, 1 missed, 4 rejected.
	Outcome  int
	Date     time.Time
	Seconds  int
	Video    bool
	Incoming bool
}
