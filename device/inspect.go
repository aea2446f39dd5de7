package device

import (
	"context"
	"errors"

	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/lockdown"
)

// Summary is what a phone tells even a computer that it does not trust.
// Texts are empty where it does not.
type Summary struct {
	Name        string // "Anna's iPhone"
	ProductType string // "iPhone15,2"
	Version     string // "18.4.1"
	Readiness   facts.Readiness
	// Err is why the phone is not ready, nil if it is.
	Err error
}

// Inspect looks at a phone without making it show a dialog. It fails only
// with [fault.PhoneGone], [fault.Cancelled] or a code of usbmuxd; a phone
// that does not answer is a Summary with [facts.Silent].
func (p *Phone) Inspect(ctx context.Context) (Summary, error) {
	s, _, err := p.inspect(ctx)
	return s, err
}

// inspect also returns the root domain, which it has to read anyway.
func (p *Phone) inspect(ctx context.Context) (s Summary, root domain, err error) {
	conn, err := p.doorman(ctx)
	if err == nil {
		defer conn.Close()
		err = s.readNames(ctx, conn)
	}
	if err == nil {
		root, err = p.readiness(ctx)
	}
	switch code := fault.Of(err); code {
	case "":
		s.Readiness = facts.Ready
	case fault.PairingStale, fault.TrustPending, fault.TrustRefused, fault.PairingForbidden:
		s.Readiness = facts.Untrusted
	case fault.PhoneLocked:
		s.Readiness = facts.Locked
	case fault.SetupUnfinished:
		s.Readiness = facts.SetupUnfinished
	case fault.PhoneSilent, fault.PhoneNonsense, fault.LockdownRefused, fault.ServiceRefused:
		s.Readiness = facts.Silent
	default:
		return s, root, err
	}
	s.Err = err
	return s, root, nil
}

// readNames reads what needs no session; only silence is an error.
func (s *Summary) readNames(ctx context.Context, conn *lockdown.Conn) error {
	for key, into := range map[string]*string{
		"DeviceName": &s.Name, "ProductType": &s.ProductType, "ProductVersion": &s.Version,
	} {
		v, err := conn.Value(ctx, "", key)
		var e *fault.Error
		if errors.As(err, &e) && e.Domain == "lockdownd" {
			continue // it answered, and does not tell
		}
		if err != nil {
			return err
		}
		*into, _ = v.(string)
	}
	return nil
}

// readiness reads the root domain. The error is nil for a phone that is
// trusted, unlocked and set up, and else what is in the way.
func (p *Phone) readiness(ctx context.Context) (domain, error) {
	root, err := p.Values(ctx, domainRoot)
	if err != nil {
		return domain{err: err}, err
	}
	if locked, _ := root["PasswordProtected"].(bool); locked {
		err = fault.New(fault.PhoneLocked, "read the lock state", nil)
	} else if state, ok := root["ActivationState"].(string); ok && !setUp(state) {
		err = fault.New(fault.SetupUnfinished, "read the activation state", nil).With("State", state)
	}
	return domain{values: root}, err
}

// setUp says whether an ActivationState is that of a phone in use.
func setUp(state string) bool {
	switch state {
	case "Activated", "FactoryActivated", "WildcardActivated":
		return true
	}
	return false
}
