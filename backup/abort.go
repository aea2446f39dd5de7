package backup

import (
	"context"
	"time"

	"lifeboat/device/fault"
)

// cancelGrace is how long what has arrived may take to be made durable when a
// run is cancelled: the user is not kept waiting.
const cancelGrace = 700 * time.Millisecond

// phoneFailures lists the failures that come from the phone or the link in the middle
// of a run. Two of them at the same point are no accident.
var phoneFailures = map[fault.Code]bool{
	fault.PhoneGone: true, fault.PhoneSilent: true, fault.HostWrite: true,
	fault.DeviceInternal: true, fault.DeviceIO: true, fault.DeviceError: true,
}

// tellEarlier has a failure know whether there is an earlier backup, of which
// it then says that it is untouched.
func (r *run) tellEarlier(ctx context.Context, err error) error {
	err = r.explain(ctx, err)
	_, has := r.vault.Current()
	fault.As(err).With("Earlier", has)
	return err
}

// abort ends a run that failed with err, and returns what to say of it. What
// has arrived is kept, whatever the failure: it took the phone an hour to send,
// and no verdict brings it back. Where it is in the way of the next run, that
// sets it aside and drops it only when it has something better.
func (r *run) abort(ctx context.Context, err error) error {
	if r.backup == nil {
		return err
	}
	code := fault.Of(err)
	if code == fault.PlacePending {
		return err
	}
	if r.backup.Untouched() {
		if clearErr := r.backup.Discard(); clearErr != nil {
			r.Log.Warn("the next run will have to clear what has arrived", "err", clearErr)
		}
		return err
	}
	keeping := context.WithoutCancel(ctx)
	if ctx.Err() != nil {
		var done context.CancelFunc
		keeping, done = context.WithTimeout(keeping, cancelGrace)
		defer done()
	}
	why := err
	if !r.brought {
		why = nil // refused before it began: that says nothing about what was kept
	}
	if keepErr := r.backup.Keep(keeping, why, r.Now()); keepErr != nil {
		r.Log.Warn("not all that has arrived could be kept", "err", keepErr)
	} else {
		fault.As(err).With("Kept", true)
	}
	if r.brought && phoneFailures[code] && r.backup.Stuck() {
		_, has := r.vault.Current()
		return fault.New(fault.StuckSamePlace, "back up", err).With("Earlier", has)
	}
	return err
}
