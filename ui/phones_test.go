package ui

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/feeds"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
)

// TestMovesOnWhenTrusted taps Trust behind the window's back.
func TestMovesOnWhenTrusted(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		tapped := make(chan struct{})
		readiness := facts.Untrusted
		r.engine.inspect = func(context.Context, *device.Phone) (device.Summary, error) { return summaryOf(readiness), nil }
		r.engine.pair = func(ctx context.Context, tell func(fault.Code)) error {
			tell(fault.PhoneLocked)
			tell(fault.TrustPending)
			<-tapped
			readiness = facts.Ready
			return nil
		}
		r.plug(phoneA)
		r.sees("Tap Trust on Anna's iPhone")
		close(tapped)
		r.drain()
		r.sees("Back Up Now", "iCloud Backup is switched off")
		r.misses("Tap Trust")
	})
}

// TestRefusedThenTriedAgain refuses once; Try again asks the phone again.
func TestRefusedThenTriedAgain(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		asked := 0
		r.inspects(facts.Untrusted)
		r.engine.pair = func(ctx context.Context, tell func(fault.Code)) error {
			asked++
			if asked == 1 {
				return fault.FromLockdown("pair", "UserDeniedPairing")
			}
			tell(fault.TrustPending)
			<-ctx.Done()
			return ctx.Err()
		}
		r.plug(phoneA)
		r.pass(10 * time.Second)
		if asked != 1 {
			t.Errorf("a phone that refused was asked %d times by itself", asked)
		}
		r.tap("Try again")
		r.sees("Tap Trust on Anna's iPhone")
	})
}

// TestMovesOnWhenUnlocked waits for a trusted phone that is locked, then set up.
func TestMovesOnWhenUnlocked(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		var readiness atomic.Value
		readiness.Store(facts.Locked)
		r.engine.inspect = func(context.Context, *device.Phone) (device.Summary, error) {
			return summaryOf(readiness.Load().(facts.Readiness)), nil
		}
		r.plug(phoneA)
		r.sees("Unlock Anna's iPhone")
		readiness.Store(facts.SetupUnfinished)
		r.pass(device.LookAgain + time.Second)
		r.misses("Unlock Anna's iPhone")
		r.sees("Try again")
		readiness.Store(facts.Ready)
		r.pass(device.LookAgain + time.Second)
		r.sees("Back Up Now")
	})
}

// TestMuxComesBack sees the window recover by itself.
func TestMuxComesBack(t *testing.T) {
	for system, want := range map[string]string{"linux": "usbmuxd", "windows": "Apple Devices", "darwin": "restart the Mac"} {
		t.Run(system, func(t *testing.T) {
			inWindow(t, func(o *Options) { o.OS = system }, func(r *rig) {
				r.plug(phoneA)
				r.mux(fault.MuxMissing)
				r.sees("no program for talking to iPhones", want)
				r.misses("Back Up Now")
				r.plug(phoneA)
				r.sees("Back Up Now")
			})
		})
	}
}

// TestPhoneThatResetsAfterTrust keeps its screen for a moment, and only then.
func TestPhoneThatResetsAfterTrust(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		readiness := facts.Untrusted
		r.engine.inspect = func(context.Context, *device.Phone) (device.Summary, error) { return summaryOf(readiness), nil }
		r.engine.pair = func(context.Context, func(fault.Code)) error { readiness = facts.Ready; return nil }
		r.plug(phoneA)
		r.plug()
		r.sees("Back Up Now")
		r.pass(time.Second)
		again := *phoneA
		again.DeviceID++
		r.plug(&again)
		r.pass(maybeBack + time.Second)
		r.sees("Back Up Now")
		r.plug()
		r.pass(maybeBack + time.Second)
		r.sees("Connect your iPhone")
		r.plug(phoneA)
		r.sees("Back Up Now")
		r.pass(engine.TrustTakes)
		r.plug()
		r.sees("Connect your iPhone")
	})
}

// TestSeveralPhones chooses one, and remembers it.
func TestSeveralPhones(t *testing.T) {
	names := map[string]string{udidA: "Anna's iPhone", udidB: "Ben's iPhone"}
	prefs := test.NewTempApp(t).Preferences()
	prefs.RemoveValue(phoneKey)
	engine := func(_ context.Context, p *device.Phone) (device.Summary, error) {
		s := summaryOf(facts.Ready)
		s.Name = names[p.UDID]
		return s, nil
	}
	settings := func(o *Options) { o.Settings = NewSettings(prefs, "/backups", feeds.Everything) }
	shown := func(r *rig, name string) {
		r.t.Helper()
		if got := r.screen.(*readyScreen).name.Text; got != name {
			r.t.Errorf("shows %q, want %q", got, name)
		}
	}
	inWindow(t, settings, func(r *rig) {
		r.engine.inspect = engine
		r.plug(phoneA)
		if r.head.chooser.Visible() {
			t.Error("one phone is offered for choice")
		}
		r.plug(phoneA, phoneB)
		shown(r, "Anna's iPhone")
		chooser := find(r, func(*widget.Select) bool { return true })
		if len(chooser.Options) != 2 {
			t.Fatalf("the chooser offers %q", chooser.Options)
		}
		chooser.SetSelected("Ben's iPhone")
		r.drain()
		shown(r, "Ben's iPhone")
	})
	inWindow(t, settings, func(r *rig) {
		r.engine.inspect = engine
		r.plug(phoneA, phoneB)
		shown(r, "Ben's iPhone")
		r.plug(phoneA)
		shown(r, "Anna's iPhone")
	})
}

// TestSameNames keeps two phones of one name apart.
func TestSameNames(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA, phoneB)
		chooser := find(r, func(*widget.Select) bool { return true })
		if len(chooser.Options) != 2 || chooser.Options[0] == chooser.Options[1] {
			t.Errorf("the chooser offers %q", chooser.Options)
		}
		chooser.SetSelectedIndex(1)
		r.drain()
		if r.current().dev.UDID != udidB {
			t.Error("the second phone was not chosen")
		}
	})
}

// TestCheckFails keeps the last checklist and says what went wrong.
func TestCheckFails(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		var err error
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { return healthy(), err }
		r.plug(phoneA)
		err = fault.New(fault.PhoneSilent, "read the facts", errors.New("quiet"))
		r.tap("Check again")
		r.sees("it didn't answer", "iCloud Backup switch")
		err = nil
		r.tap("Check again")
		r.misses("it didn't answer")
	})
}

// TestDestination looks at a new folder at once and remembers it.
func TestDestination(t *testing.T) {
	prefs := test.NewTempApp(t).Preferences()
	inWindow(t, func(o *Options) { o.Settings = NewSettings(prefs, "/backups", feeds.Everything) }, func(r *rig) {
		var asked []string
		r.engine.check = func(_ *device.Phone, dir string) (diagnosis.State, error) {
			asked = append(asked, dir)
			in := inputOf(false)
			in.Local = checks.Local{Exists: true, Finished: today}
			return stateOf(in), nil
		}
		r.plug(phoneA)
		r.sees("Last backup here: 23 November 2026")
		r.tap("Change …")
		r.sees("Where should backups go?")
		r.Options.Window.Canvas().Overlays().Top().Hide()
		r.destinationChosen("/media/anna/Drive")
		r.drain()
		r.sees("Backups go to /media/anna/Drive")
		if len(asked) != 2 || asked[1] != "/media/anna/Drive" {
			t.Errorf("checked %q", asked)
		}
	})
	if got := NewSettings(prefs, "/backups", feeds.Everything).Destination(); got != "/media/anna/Drive" {
		t.Errorf("remembers %q", got)
	}
}
