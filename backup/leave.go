package backup

import (
	"context"
	"time"

	"lifeboat/device/fault"
)

// partingTime is how long what has arrived may take to be made durable when a
// run is cancelled: the user is not kept waiting.
const partingTime = 700 * time.Millisecond

// useless lists the failures after which what has arrived is of no use, or in
// the way. After all others it is kept, and the next run goes on with it.
var useless = map[fault.Code]bool{
	fault.DestFull:         true, // it would keep the disk full
	fault.BackupDamaged:    true,
	fault.BackupCorrupt:    true,
	fault.PhoneNonsense:    true,
	fault.HostRead:         true, // the phone could not read what there is
	fault.DeviceFile:       true, // nor find, or it found what it did not expect
	fault.DeviceKeyMissing: true,
}

// ends lists the failures that come from the phone or the link in the middle
// of a run. Two of them at the same point are no accident.
var ends = map[fault.Code]bool{
	fault.PhoneGone: true, fault.PhoneSilent: true, fault.HostWrite: true,
	fault.DeviceInternal: true, fault.DeviceIO: true, fault.DeviceError: true,
}

// leave ends a run that failed with err, and returns what to say of it.
func (r *run) leave(ctx context.Context, err error) error {
	if r.backup == nil {
		return err
	}
	err = r.explain(ctx, err)
	code := fault.Of(err)
	if code == fault.PlacePending {
		return err
	}
	if useless[code] || r.backup.Untouched() {
		if clearErr := r.backup.Discard(); clearErr != nil {
			r.Log.Warn("the next run will have to clear what has arrived", "err", clearErr)
		}
		return err
	}
	keeping := context.WithoutCancel(ctx)
	if ctx.Err() != nil {
		var done context.CancelFunc
		keeping, done = context.WithTimeout(keeping, partingTime)
		defer done()
	}
	if keepErr := r.backup.Keep(keeping, err, r.Now()); keepErr != nil {
		r.Log.Warn("not all that has arrived could be kept", "err", keepErr)
	} else {
		fault.As(err).With("Kept", true)
	}
	if ends[code] && r.backup.Stuck() {
		return fault.New(fault.StuckSamePlace, "back up", err)
	}
	return err
}
