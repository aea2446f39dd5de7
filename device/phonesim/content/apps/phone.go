package apps

import (
	"fmt"
	"slices"
	"time"

	"lifeboat/device/phonesim/content"
)

// Phone is what the apps of a phone keep. All times are UTC in whole seconds,
// if nothing else is said.
type Phone struct {
	// Now is when the phone was last used; all files are as old.
	Now time.Time
	// Chats are those of Messages, in any order; the messages of each are in
	// that of their dates.
	Chats []Chat
	// Photos is the library, with its albums and faces.
	Photos   []Photo
	Albums   []Album
	WhatsApp WhatsApp
	Contacts []Contact
	// ContactGroups are lists of contacts.
	ContactGroups []ContactGroup
	Calls         []Call

	Notes      Notes
	Recordings Recordings
	Voicemail  []Voicemail
	Calendars  []CalendarAccount
	Reminders  []ReminderStore
	Safari     Safari
	Health     Health
	Files      []AppFile

	// WAL leaves the newest rows of each database in its write-ahead log only.
	WAL  bool
	Harm Harm
}

// Harm is what is wrong with the databases of a phone.
type Harm struct {
	// Corrupt are the names of databases, such as "sms.db", in which all but the
	// first page is overwritten.
	Corrupt []string
	// NoFile are the names of databases that are not there. What their rows
	// would tell of is there all the same.
	NoFile []string
	// Missing are tables ("attachment") and columns ("message.date_edited")
	// that are not there, though the shape has them.
	Missing []string
	// AlbumEntity is the number of the entity Album in the photo library, 0 for
	// that of the shape.
	AlbumEntity int
}

// kinds make the files of one kind of things each.
var kinds = []struct {
	name  string
	build func(Shape, Phone) ([]content.Extra, error)
}{
	{"photos", BuildPhotos},
	{"messages", BuildMessages},
	{"whatsapp", BuildWhatsApp},
	{"contacts", BuildContacts},
	{"calls", BuildCalls},
	{"notes", BuildNotes},
	{"recordings", BuildRecordings},
	{"voicemail", BuildVoicemail},
	{"calendar", BuildCalendar},
	{"reminders", BuildReminders},
	{"safari", BuildSafari},
	{"health", BuildHealth},
	{"files", BuildFiles},
}

// narrow takes out of a phone what a shape cannot hold, kind by kind.
var narrow = []func(Shape, *Phone){narrowMessages, narrowPhotos, narrowNotes, narrowRecordings, narrowVoicemail, narrowReminders, narrowSafari, narrowHealth}

// In is the phone as far as a shape can hold it: on an older iOS nothing could
// be unsent, for instance. Build makes this of a phone, so this is what a
// reader has to find.
func (p Phone) In(shape Shape) Phone {
	for _, f := range narrow {
		f(shape, &p)
	}
	return p
}

// Build makes all files of a phone in a shape. A kind of which the phone has
// nothing has its empty database, as on a real phone.
func Build(shape Shape, phone Phone) ([]content.Extra, error) {
	if !slices.Contains(Shapes, shape) {
		return nil, fmt.Errorf("there is no shape %q", shape)
	}
	var all []content.Extra
	for _, k := range kinds {
		files, err := k.build(shape, phone)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.name, err)
		}
		all = append(all, files...)
	}
	return all, nil
}
