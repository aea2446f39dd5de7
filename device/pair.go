package device

import (
	"context"
	"time"

	"github.com/danielpaulus/go-ios/ios"

	"lifeboat/device/fault"
	"lifeboat/device/lockdown"
)

// askAgain is how often a phone whose trust dialog is open is asked whether
// it was answered.
const askAgain = time.Second

// Pair makes the phone trust this computer and returns when it does. If it
// trusts it already, no dialog appears. While the user has something to do,
// waiting is called with [fault.TrustPending] (tap Trust) or
// [fault.PhoneLocked] (unlock, so that the dialog can appear), once for each
// change. Errors: [fault.TrustRefused], [fault.PairingForbidden],
// [fault.PairingNotSaved], and those of every connection.
func (p *Phone) Pair(ctx context.Context, waiting func(fault.Code)) error {
	if p.trusted(ctx) {
		return nil
	}
	var (
		conn   *lockdown.Conn
		record ios.PairRecord
		sent   fault.Code
		err    error
	)
	defer func() {
		if conn != nil {
			conn.Close()
		}
	}()
	for {
		if conn == nil {
			if conn, err = p.lockdownConn(ctx); err != nil {
				return err
			}
		}
		if record.HostID == "" {
			if record, err = p.newRecord(ctx, conn); err != nil {
				return err
			}
		}
		err = conn.Pair(ctx, &record)
		switch code := fault.Of(err); code {
		case "":
			return p.keep(ctx, record)
		case fault.TrustPending, fault.PhoneLocked:
			if code != sent && waiting != nil {
				waiting(code)
			}
			sent = code
		case fault.PhoneGone:
			// lockdownd hangs up on strangers now and then; the keys stay the same.
			conn.Close()
			conn = nil
		default:
			return err
		}
		select {
		case <-ctx.Done():
			return fault.New(fault.Cancelled, "wait for trust", context.Cause(ctx))
		case <-time.After(askAgain):
		}
		// usbmuxd on Linux, or another tool, may have been trusted meanwhile.
		if p.trusted(ctx) {
			return nil
		}
	}
}

// trusted reports whether the pairing that is kept is good for a session.
func (p *Phone) trusted(ctx context.Context) bool {
	s := p.session()
	defer s.close()
	return s.open(ctx) == nil
}

func (p *Phone) newRecord(ctx context.Context, conn *lockdown.Conn) (ios.PairRecord, error) {
	buid, err := p.mux.client.BUID(ctx)
	if err != nil {
		return ios.PairRecord{}, err
	}
	identity, err := conn.ReadIdentity(ctx)
	if err != nil {
		return ios.PairRecord{}, err
	}
	return lockdown.NewPairRecord(identity, buid, time.Now())
}

// keep saves a pairing and sees that it works.
func (p *Phone) keep(ctx context.Context, record ios.PairRecord) error {
	if err := p.mux.client.SavePairRecord(ctx, p.UDID, p.DeviceID, record); err != nil {
		return err
	}
	s := p.session()
	defer s.close()
	return s.open(ctx)
}
