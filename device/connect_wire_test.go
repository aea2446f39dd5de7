package device_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/lockdownd"
)

// step is a stage in a word, with what is in the way.
func step(c device.Connection) string {
	names := map[device.Stage]string{device.Attached: "attached", device.Pairing: "pairing", device.Trusted: "trusted", device.Blocked: "blocked", device.Ready: "ready"}
	if c.Err == nil {
		return names[c.Stage]
	}
	return fmt.Sprintf("%s %s", names[c.Stage], fault.Of(c.Err))
}

// TestConnect goes the way from the plug to a phone that is ready, or as far as
// it is wanted, with a person who does what is asked of them.
func TestConnect(t *testing.T) {
	for name, c := range map[string]struct {
		locked  bool
		trusted bool // beforehand
		trust   phonesim.Answer
		until   device.Stage
		want    []string
		err     fault.Code
	}{
		"from the box":        {true, false, phonesim.TapTrust, device.Ready, []string{"pairing", "pairing phone-locked", "pairing trust-pending", "trusted", "ready"}, ""},
		"trusted before":      {false, true, 0, device.Ready, []string{"ready"}, ""},
		"locked":              {true, true, 0, device.Ready, []string{"blocked phone-locked", "ready"}, ""},
		"locked, and trusted": {true, true, 0, device.Trusted, []string{"blocked phone-locked"}, ""},
		"only trust":          {false, false, phonesim.TapTrust, device.Trusted, []string{"pairing", "pairing trust-pending", "trusted"}, ""},
		"not trusted":         {false, false, phonesim.TapDontTrust, device.Ready, []string{"pairing", "pairing trust-pending"}, fault.TrustRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			sim := d.plug(func(cfg *phonesim.Config) {
				cfg.Locked = c.locked && !c.trusted
				if !c.trusted {
					cfg.Trust.Mode = lockdownd.Wait
				}
			})
			phone := d.find()
			if c.trusted {
				if err := phone.Pair(t.Context(), nil); err != nil {
					t.Fatal(err)
				}
				if c.locked {
					sim.Trust(phonesim.Lock)
				}
			}
			var steps []string
			err := phone.Connect(t.Context(), c.until, func(at device.Connection) {
				steps = append(steps, step(at))
				if at.Summary.Name == "" {
					t.Errorf("%s: no name", step(at))
				}
				switch fault.Of(at.Err) {
				case fault.PhoneLocked:
					sim.Trust(phonesim.Unlock)
				case fault.TrustPending:
					sim.Trust(c.trust)
				}
			})
			if fault.Of(err) != c.err || !slices.Equal(steps, c.want) {
				t.Errorf("%q, %v; want %q, %q", steps, err, c.want, c.err)
			}
		})
	}
}

// TestConnectEnds: nobody waits for a phone that has left, or for usbmuxd.
func TestConnectEnds(t *testing.T) {
	for name, c := range map[string]struct {
		leave func(*desk, *phonesim.Phone, context.CancelFunc)
		want  []fault.Code
	}{
		"unplugged": {func(d *desk, sim *phonesim.Phone, _ context.CancelFunc) { d.server.Detach(sim) }, []fault.Code{fault.PhoneGone}},
		"no usbmuxd": {func(d *desk, _ *phonesim.Phone, _ context.CancelFunc) { d.server.Close() },
			[]fault.Code{fault.MuxMissing, fault.MuxStopped}},
		"cancelled": {func(_ *desk, _ *phonesim.Phone, cancel context.CancelFunc) { cancel() }, []fault.Code{fault.Cancelled}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			sim := d.plug(nil)
			phone := d.find()
			if err := phone.Pair(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			sim.Trust(phonesim.Lock)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			err := phone.Connect(ctx, device.Ready, func(device.Connection) { c.leave(d, sim, cancel) })
			if !slices.Contains(c.want, fault.Of(err)) {
				t.Errorf("%v, want one of %q", err, c.want)
			}
		})
	}
}

// hangsUp is a phone that hangs up on the first two looks, and stays attached.
type hangsUp struct{ looks int }

func (h *hangsUp) Inspect(context.Context) (device.Summary, error) {
	if h.looks++; h.looks <= 2 {
		return device.Summary{}, fault.New(fault.PhoneGone, "inspect", nil)
	}
	return device.Summary{Readiness: facts.Ready}, nil
}

func (h *hangsUp) Pair(context.Context, func(fault.Code)) error { panic("it trusts this computer") }

func (h *hangsUp) IsAttached(context.Context) (bool, error) { return true, nil }

// TestConnectLooksAgain: a phone that hangs up and is still plugged in is not gone.
func TestConnectLooksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var steps []string
		begin := time.Now()
		err := device.Connect(t.Context(), &hangsUp{}, device.Ready, func(at device.Connection) { steps = append(steps, step(at)) })
		if want := []string{"blocked phone-gone", "blocked phone-gone", "ready"}; err != nil || !slices.Equal(steps, want) || time.Since(begin) != 2*device.LookAgain {
			t.Errorf("%q after %v, %v", steps, time.Since(begin), err)
		}
	})
}
