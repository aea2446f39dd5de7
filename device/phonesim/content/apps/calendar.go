package apps

import "time"

// CalendarAccount is an account that has calendars.
type CalendarAccount struct {
	Name string
	// Type is one of the constants below.
	Type      int
	Calendars []Calendar
}

// The kinds of accounts: the column Store.type.
const (
	StoreLocal      = 0
	StoreExchange   = 1
	StoreCalDAV     = 2
	StoreSubscribed = 4
	StoreBirthdays  = 5
)

// Calendar is a calendar and what is in it.
type Calendar struct {
	// Color is "#RRGGBB".
	Title, Color string
	Events       []CalendarEvent
}

// CalendarEvent is an entry of a calendar.
type CalendarEvent struct {
	// ID is the unique identifier that other computers know it by.
	ID, Title, Notes, URL string
	// Start and End are instants. Of an event that lasts all day, and of one
	// that has no time zone, they are what the clock on the wall shows, as if
	// in UTC; a whole day ends a second before midnight, which is assumed.
	Start, End time.Time
	AllDay     bool
	// Zone is a name such as "Europe/Berlin", "" for none: it is at this time
	// wherever the phone is.
	Zone  string
	Place *EventPlace

	Repeat *Recurrence
	// Except are the starts that a recurring event leaves out.
	Except []time.Time
	// Instead is the ID of the recurring event one of whose days this is, and
	// InsteadOf the start that day would have had.
	Instead   string
	InsteadOf time.Time

	Alarms       []Alarm
	Participants []Participant
	// Birthday is a row that the phone makes up from a contact.
	Birthday          bool
	Cancelled         bool
	Created, Modified time.Time
}

// EventPlace is where an event is; without coordinates both are 0.
type EventPlace struct {
	Title, Address      string
	Latitude, Longitude float64
}

// The values of Recurrence.Every.
const (
	Daily   = 1
	Weekly  = 2
	Monthly = 3
	Yearly  = 4
)

// Recurrence says when something comes again: every Interval days, weeks,
// months or years. It ends after Count times if that is not 0, or on Until if
// that is not zero.
type Recurrence struct {
	Every, Interval, Count int
	Until                  time.Time
	// Days are weekdays such as "MO"; "2TU" is the second Tuesday, "-1FR" the
	// last Friday.
	Days []string
}

// Alarm reminds: so long before the start, or At a time if that is not zero.
type Alarm struct {
	Before time.Duration
	At     time.Time
}

// The values of Participant.Status.
const (
	Pending   = 1
	Accepted  = 2
	Declined  = 3
	Tentative = 4
)

// Participant is somebody who is invited, or who invites.
type Participant struct {
	Name, Mail      string
	Status          int
	Organizer, Self bool
}
