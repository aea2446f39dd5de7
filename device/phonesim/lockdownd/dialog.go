package lockdownd

import (
	"sync"
	"time"
)

// Mode is what the user does when the trust dialog shows.
type Mode int

const (
	// Accept: "Trust" is tapped before the first answer.
	Accept Mode = iota
	// Wait: the dialog stays until Tap, or until Polls or After run out.
	Wait
	// Refuse: "Don't Trust" is tapped.
	Refuse
)

// Trust says how the user answers the trust dialog of a new computer.
type Trust struct {
	Mode Mode
	// Polls, with Wait: so many Pair requests of a computer are answered
	// "pending", then Trust is tapped. 0 waits for Tap.
	Polls int
	// After, with Wait: Trust is tapped so long after the dialog appeared.
	After time.Duration
}

// Dialog is the trust dialog. A computer is known in it by its SystemBUID,
// as its keys and HostID may be new at every try.
type Dialog struct {
	trust  Trust
	now    func() time.Time
	mu     sync.Mutex
	locked bool
	fresh  bool // not unlocked since the phone was started
	open   map[string]*asked
}

// asked is one computer's dialog.
type asked struct {
	since time.Time
	polls int
}

// maxDialogs bounds the computers remembered while they wait.
const maxDialogs = 64

// NewDialog returns a dialog; locked phones do not show it until Lock(false).
func NewDialog(trust Trust, locked bool, now func() time.Time) *Dialog {
	return &Dialog{trust: trust, now: now, locked: locked, open: map[string]*asked{}}
}

// Tap answers the dialog, the one that shows and those to come.
func (d *Dialog) Tap(mode Mode) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.trust = Trust{Mode: mode}
}

// Lock locks or unlocks the phone.
func (d *Dialog) Lock(locked bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.locked = locked
	d.fresh = d.fresh && locked
}

// Start is the phone having started: it is locked, and what only its passcode
// opens stays closed until Lock(false).
func (d *Dialog) Start() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.locked, d.fresh = true, true
}

// AwaitsFirstUnlock reports whether nobody has unlocked the phone since it
// was started.
func (d *Dialog) AwaitsFirstUnlock() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.fresh
}

// Locked reports whether the phone asks for its passcode now.
func (d *Dialog) Locked() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.locked
}

// Dismiss takes all dialogs away, as unplugging does.
func (d *Dialog) Dismiss() {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.open)
}

// Ask answers one Pair request of a computer: nil for trusted, or
// [PasswordProtected], [DialogPending] or [UserDeniedPairing].
func (d *Dialog) Ask(computer string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.locked {
		return PasswordProtected
	}
	a := d.open[computer]
	if a == nil {
		if len(d.open) >= maxDialogs {
			clear(d.open)
		}
		a = &asked{since: d.now()}
		d.open[computer] = a
	}
	a.polls++
	switch t := d.trust; {
	case t.Mode == Refuse:
		delete(d.open, computer)
		return UserDeniedPairing
	case t.Mode == Accept,
		t.Polls > 0 && a.polls > t.Polls,
		t.After > 0 && d.now().Sub(a.since) >= t.After:
		delete(d.open, computer)
		return nil
	}
	return DialogPending
}
