package state

import (
	"testing"
	"time"

	"lifeboat/device"
	"lifeboat/device/fault"
)

// TestSeveralPhones: the one that came first is shown until another is chosen, which
// is remembered.
func TestSeveralPhones(t *testing.T) {
	inBubble(t, func(r *rig) {
		shown := func(want *device.Phone) {
			t.Helper()
			if p := r.Current(); p == nil || p.Dev.UDID != want.UDID {
				t.Errorf("shown is %v, want %s", p, want.UDID)
			}
		}
		r.plug(phoneA)
		r.plug(phoneB, phoneA)
		shown(phoneA)
		r.Choose(r.phone(phoneB))
		shown(phoneB)
		r.plug(phoneA)
		shown(phoneA)
		r.plug(phoneA, phoneB)
		shown(phoneB)
		if r.Settings.Phone() != udidB {
			t.Error("the choice is not remembered")
		}
	})
}

// TestSetDestination looks at a new folder at once, for every phone.
func TestSetDestination(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.plug(phoneA, phoneB)
		r.Tab(BackupsPage)
		r.SetDestination("/media/anna/Drive")
		r.drain()
		if got := r.engine.noted("diagnose /media/anna/Drive"); len(got) != 2 {
			t.Errorf("%d phones are examined for it, want 2", len(got))
		}
		if r.Backups.Dir != "/media/anna/Drive" {
			t.Errorf("the backups shown are those of %s", r.Backups.Dir)
		}
	})
}

// TestLook: Check again is out of use until something was read, and not for ever.
func TestLook(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.plug(phoneA)
		p := r.phone(phoneA)
		if p.Looking {
			t.Fatal("the first look never ends")
		}
		r.pass(time.Second)
		r.Look(p)
		if r.drain(); !p.Looking || len(r.engine.noted("look")) != 1 {
			t.Errorf("looking %v, %d looks", p.Looking, len(r.engine.noted("look")))
		}
		r.hears(phoneA, r.engine.nothing)
		if p.Looking {
			t.Error("what was read does not end it")
		}
		r.Look(p)
		r.pass(lookMost + time.Second)
		if p.Looking {
			t.Error("it never ends if nothing comes")
		}
	})
}

// TestMuxFails: without usbmuxd no phone is there, and with it they come back.
func TestMuxFails(t *testing.T) {
	inBubble(t, func(r *rig) {
		if r.Looked {
			t.Error("phones were looked for before the first list came")
		}
		r.plug(phoneA)
		r.engine.changes <- device.Change{Err: fault.New(fault.MuxStopped, "reach usbmuxd", nil)}
		r.drain()
		if fault.Of(r.Mux) != fault.MuxStopped || r.Current() != nil {
			t.Errorf("usbmuxd: %v, phone: %v", r.Mux, r.Current())
		}
		r.LookForPhones()
		r.plug(phoneA)
		if r.Mux != nil || r.Current() == nil {
			t.Error("the phone does not come back")
		}
	})
}
