package device

import (
	"context"
	"slices"
	"time"

	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/usbmux"
)

// Stage is how far a phone is on its way from being plugged in to being used.
type Stage int

const (
	// Attached: it was plugged in, and not looked at yet.
	Attached Stage = iota
	// Pairing: it is being asked to trust this computer.
	Pairing
	// Trusted: it has just begun to trust this computer.
	Trusted
	// Blocked: it cannot be used until its owner does something; it is looked at
	// again every [LookAgain].
	Blocked
	// Ready: it trusts this computer and is unlocked.
	Ready
)

// Connection is a phone at one stage.
type Connection struct {
	Stage Stage
	// Summary is what [Phone.Inspect] returned last.
	Summary Summary
	// Err is why it is blocked. While it is pairing it is what its owner has to do,
	// [fault.TrustPending] or [fault.PhoneLocked], or nil until the phone says so.
	Err error
}

// Connectable is a phone that can be connected. [Phone] is one.
type Connectable interface {
	Inspect(ctx context.Context) (Summary, error)
	// Pair calls waiting as [Phone.Pair] does.
	Pair(ctx context.Context, waiting func(fault.Code)) error
	// IsAttached fails with a code of usbmuxd if that cannot be asked.
	IsAttached(ctx context.Context) (bool, error)
}

// LookAgain is how often [Connect] looks at a phone that is blocked.
const LookAgain = 2 * time.Second

// Connect takes a phone from [Attached] to until, which is [Trusted] or [Ready].
// each is called, one call at a time, with every stage on the way and the last
// one; a phone that is to be trusted only may be blocked then, by being locked.
// Errors are those that waiting does not help against: those of [Phone.Pair],
// which its owner has to decide again, [fault.PhoneGone], those of usbmuxd, and
// [fault.Cancelled].
func Connect(ctx context.Context, p Connectable, until Stage, each func(Connection)) error {
	var at Connection
	enter := func(stage Stage, err error) {
		at.Stage, at.Err = stage, err
		each(at)
	}
	for {
		s, err := p.Inspect(ctx)
		if ctx.Err() != nil {
			return fault.New(fault.Cancelled, "connect to the phone", context.Cause(ctx))
		}
		if err == nil {
			at.Summary, err = s, s.Err
		} else if there, asked := p.IsAttached(ctx); asked != nil {
			return asked
		} else if !there {
			return err
		}
		switch {
		case err == nil:
			enter(Ready, nil)
			return nil
		case s.Readiness == facts.Untrusted, until == Trusted && s.Readiness == facts.Locked && !s.trusted():
			enter(Pairing, nil)
			if err := p.Pair(ctx, func(code fault.Code) { enter(Pairing, fault.New(code, "pair", nil)) }); err != nil {
				return err
			}
			if enter(Trusted, nil); until == Trusted {
				return nil
			}
			continue // at once: its owner has just tapped Trust
		case until == Trusted && s.trusted():
			enter(Blocked, err)
			return nil
		case until == Trusted:
			return err
		}
		enter(Blocked, err)
		select {
		case <-ctx.Done():
		case <-time.After(LookAgain):
		}
	}
}

// Connect is [Connect] for this phone; each is called as there.
func (p *Phone) Connect(ctx context.Context, until Stage, each func(Connection)) error {
	return Connect(ctx, p, until, each)
}

// trusted reports whether the phone spoke in a session of its trust.
func (s Summary) trusted() bool { return s.root != nil && s.root.err == nil }

// IsAttached reports whether usbmuxd still has the phone.
func (p *Phone) IsAttached(ctx context.Context) (bool, error) {
	entries, err := p.mux.client.Devices(ctx)
	return slices.ContainsFunc(entries, func(e usbmux.Entry) bool { return e.DeviceID == p.DeviceID }), err
}
