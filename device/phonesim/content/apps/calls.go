package apps

import "time"

// The values of Call.Type: the column ZCALLTYPE.
const (
	CallOtherApp      = 0
	CallPhone         = 1
	CallFaceTimeVideo = 8
	CallFaceTimeAudio = 16
)

// Call is a row of the list of calls.
type Call struct {
	Date time.Time
	// Seconds is how long it was, 0 if nobody answered.
	Seconds float64
	// Address is the number or mail address. Text writes it as text where the
	// others are bytes.
	Address string
	Text    bool
	// Name is what the app or the contacts called it, "" for none.
	Name               string
	Outgoing, Answered bool
	Type               int
	// Provider is the bundle of the app, "" for that of Type.
	Provider string
	// Country is a code such as "us".
	Country string
}
