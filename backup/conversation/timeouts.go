package conversation

import (
	"cmp"
	"time"
)

// Timeouts is how long a run waits for what others do. A zero field is the
// value that suits people and phones.
type Timeouts struct {
	// Answer is for a phone that must answer at once: the greeting of a
	// service. Default a minute.
	Answer time.Duration
	// Silence is how long a phone may say nothing within a backup. Large
	// phones prepare for a quarter of an hour. Default 18 minutes.
	Silence time.Duration
	// Passcode is how long its owner may take to enter the passcode; iOS
	// itself gives up after about 30 minutes. Default 31 minutes.
	Passcode time.Duration
	// SyncLock is how long another program may be busy with the phone before
	// this one gives up. Default a minute.
	SyncLock time.Duration
	// Quiet and Stalled are from when on silence is reported as the
	// stages quiet and stalled. Default 30 seconds and 5 minutes.
	Quiet, Stalled time.Duration
	// Settle is how long a phone is left alone after an interrupted session (see
	// [Sessions]). Default 30 seconds.
	Settle time.Duration
}

// OrDefault replaces zero fields by the values that suit people and phones.
func (p Timeouts) OrDefault() Timeouts {
	p.Answer = cmp.Or(p.Answer, time.Minute)
	p.Silence = cmp.Or(p.Silence, 18*time.Minute)
	p.Passcode = cmp.Or(p.Passcode, 31*time.Minute)
	p.SyncLock = cmp.Or(p.SyncLock, time.Minute)
	p.Quiet = cmp.Or(p.Quiet, 30*time.Second)
	p.Stalled = cmp.Or(p.Stalled, 5*time.Minute)
	p.Settle = cmp.Or(p.Settle, 30*time.Second)
	return p
}
