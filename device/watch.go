package device

import (
	"context"
	"maps"
	"slices"
	"time"

	"lifeboat/device/fault"
	"lifeboat/device/usbmux"
)

// Change is what [Mux.Watch] reports: all phones that are connected now, or,
// with Err, that usbmuxd cannot be asked (one of the usbmuxd codes of fault).
type Change struct {
	Phones []*Phone
	Err    error
}

// Redialling after usbmuxd went away: soon at first, and not too rarely
// later, since a user who has just started it is watching the window.
const (
	firstRedial = 500 * time.Millisecond
	lastRedial  = 3 * time.Second
)

// settle is how long the first list of phones is awaited, so that a start
// with phones plugged in does not first tell of none.
const settle = 50 * time.Millisecond

// Watch calls each, one call at a time, whenever a phone comes or goes, or
// usbmuxd itself does, or a phone begins to trust this computer, until ctx ends.
// The first call comes at once.
func (m *Mux) Watch(ctx context.Context, each func(Change)) {
	wait := firstRedial
	var last fault.Code
	for ctx.Err() == nil {
		lived, err := m.listen(ctx, each)
		if ctx.Err() != nil {
			return
		}
		if lived {
			wait, last = firstRedial, ""
		}
		// One call for each kind of trouble, not one for each try.
		if code := fault.Of(err); code != last {
			m.log.Info("usbmuxd cannot be asked", "code", code, "error", err)
			each(Change{Err: err})
			last = code
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait = min(2*wait, lastRedial)
	}
}

// listen reports changes until the connection to usbmuxd ends; lived says
// whether there was one.
func (m *Mux) listen(ctx context.Context, each func(Change)) (lived bool, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	events := make(chan usbmux.Event)
	ended := make(chan error, 1)
	go func() {
		ended <- m.client.Listen(ctx, nil, func(e usbmux.Event) {
			select {
			case events <- e:
			case <-ctx.Done():
			}
		})
	}()
	present := map[int]usbmux.Entry{}
	// Events that come together are reported together; the timer also reports
	// "no phones" when nothing comes at all.
	timer := time.NewTimer(settle)
	defer timer.Stop()
	for {
		select {
		case e := <-events:
			switch e.Kind {
			case "Attached":
				present[e.Entry.DeviceID] = e.Entry
			case "Detached":
				delete(present, e.Entry.DeviceID)
			}
			timer.Reset(settle)
		case <-timer.C:
			lived = true
			each(Change{Phones: m.phones(slices.Collect(maps.Values(present)))})
		case err := <-ended:
			return lived, err
		}
	}
}
