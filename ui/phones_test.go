package ui

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/feeds"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
	"lifeboat/ui/state"
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
				r.sees("no program for talking to iPhones", want, "Try again")
				r.misses("Back Up Now")
				r.plug(phoneA)
				r.sees("Back Up Now")
			})
		})
	}
}

// TestMuxHelp: where phones cannot be seen, there is something to do about it: a
// command to copy, or the place to get the program.
func TestMuxHelp(t *testing.T) {
	inWindow(t, func(o *Options) { o.OS = "linux" }, func(r *rig) {
		r.mux(fault.MuxMissing)
		r.tap("Copy command")
		if r.copied != "sudo apt install usbmuxd" {
			t.Errorf("copied %q", r.copied)
		}
		r.sees("sudo dnf install usbmuxd")
		for _, text := range r.texts() {
			if strings.Contains(text, "software manager") && strings.Contains(text, "sudo") {
				t.Errorf("the command stands twice there: %s", text)
			}
		}
		r.tap("Try again")
		r.plug(phoneA)
		r.sees("Back Up Now")
	})
	inWindow(t, func(o *Options) { o.OS = "windows" }, func(r *rig) {
		r.mux(fault.MuxMissing)
		r.misses("Copy command")
		r.tap("Get it from the Microsoft Store")
		r.drain()
		if len(r.opened) != 1 || r.opened[0] != appleDevices {
			t.Errorf("opened %q", r.opened)
		}
	})
}

// TestWithoutPhone: the backups that were made before can be looked at.
func TestWithoutPhone(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.backups.kept = keptHere()
		r.plug()
		r.sees("Connect your iPhone", "Nothing happens?", "plugged in", "unlocked", "trusted")
		r.tap("Show the backups made before")
		r.sees("Anna's old iPhone")
	})
}

// TestPhoneThatResetsAfterTrust keeps its page for a moment, and only then.
func TestPhoneThatResetsAfterTrust(t *testing.T) {
	const maybeBack = 3 * time.Second
	inWindow(t, nil, func(r *rig) {
		readiness := facts.Untrusted
		r.engine.inspect = func(context.Context, *device.Phone) (device.Summary, error) { return summaryOf(readiness), nil }
		r.engine.pair = func(context.Context, func(fault.Code)) error { readiness = facts.Ready; return nil }
		r.plug(phoneA)
		r.plug()
		r.sees("Back Up Now")
		if !r.button("Back Up Now").Disabled() {
			t.Error("a phone that is away can be backed up")
		}
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

// choosePhone takes the phone with a name from the list in the header, which must offer
// so many.
func (r *rig) choosePhone(name string, of int) {
	r.t.Helper()
	test.Tap(r.head.phone)
	r.drain()
	menu := find(r, func(*widget.PopUpMenu) bool { return true })
	var offered []string
	for _, item := range menu.Items {
		line, ok := item.(fyne.Tappable)
		if !ok {
			continue
		}
		for _, o := range test.WidgetRenderer(item.(fyne.Widget)).Objects() {
			if text, ok := o.(*canvas.Text); ok && strings.Contains(text.Text, "iPhone") {
				offered = append(offered, text.Text)
				if strings.HasPrefix(text.Text, name+" · ") {
					defer func() { test.Tap(line); r.drain() }()
				}
			}
		}
	}
	if len(offered) != of {
		r.t.Errorf("offered are %q", offered)
	}
}

// TestSeveralPhones chooses one, and remembers it.
func TestSeveralPhones(t *testing.T) {
	names := map[string]string{udidA: "Anna's iPhone", udidB: "Ben's iPhone"}
	prefs := test.NewTempApp(t).Preferences()
	engine := func(_ context.Context, p *device.Phone) (device.Summary, error) {
		s := summaryOf(facts.Ready)
		s.Name = names[p.UDID]
		return s, nil
	}
	settings := func(o *Options) { o.Settings = state.NewSettings(prefs, "/backups", feeds.Everything) }
	shown := func(r *rig, want string) {
		r.t.Helper()
		if got, _ := r.head.phone.Words(); got != want {
			r.t.Errorf("shows %q, want %q", got, want)
		}
	}
	inWindow(t, settings, func(r *rig) {
		r.engine.inspect = engine
		r.plug(phoneA)
		r.plug(phoneA, phoneB)
		shown(r, "Anna's iPhone")
		r.choosePhone("Ben's iPhone", 2)
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

// TestSameNames keeps two phones of one name apart, and says of each how it does.
func TestSameNames(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA, phoneB)
		r.choosePhone("Anna's iPhone (2)", 2)
		if r.Current().Dev.UDID != udidB {
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
		r.key(fyne.KeyF5)
		r.sees("it didn't answer", "iCloud Backup is switched off")
		err = nil
		r.key(fyne.KeyF5)
		r.misses("it didn't answer")
	})
}

// TestFirstCheckFails says so where nothing is known yet.
func TestFirstCheckFails(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		var err error = fault.New(fault.PhoneSilent, "read the facts", errors.New("quiet"))
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { return healthy(), err }
		r.plug(phoneA)
		r.sees("doesn't answer")
		if !r.button("Back Up Now").Disabled() {
			t.Error("a phone of which nothing is known can be backed up")
		}
		err = nil
		r.key(fyne.KeyF5)
		r.misses("doesn't answer")
		r.sees("iCloud Backup is switched off")
	})
}

// TestDestination looks at a new folder at once and remembers it.
func TestDestination(t *testing.T) {
	prefs := test.NewTempApp(t).Preferences()
	inWindow(t, func(o *Options) {
		o.Settings = state.NewSettings(prefs, "/backups", feeds.Everything)
		o.Pick = func(_ context.Context, title, start string) (string, error) {
			if title != "Where should backups go?" || start != "/backups" {
				t.Errorf("asked %q from %q on", title, start)
			}
			return "/media/anna/Drive", nil
		}
	}, func(r *rig) {
		var asked []string
		r.engine.check = func(_ *device.Phone, dir string) (diagnosis.State, error) {
			asked = append(asked, dir)
			in := inputOf(false)
			in.Local = checks.Local{Exists: true, Finished: today}
			return stateOf(in), nil
		}
		r.plug(phoneA)
		r.sees("To backups", r.text(r.Current().State.Overview.Local.Saved))
		r.tap("Change folder")
		r.sees("To Drive")
		if len(asked) != 2 || asked[1] != "/media/anna/Drive" {
			t.Errorf("checked %q", asked)
		}
	})
	if got := state.NewSettings(prefs, "/backups", feeds.Everything).Destination(); got != "/media/anna/Drive" {
		t.Errorf("remembers %q", got)
	}
}

// TestNoDestination: whoever closes the dialogue changes nothing, and where the
// system has none that works, there is another.
func TestNoDestination(t *testing.T) {
	for _, err := range []error{nil, errors.New("no portal")} {
		inWindow(t, func(o *Options) {
			o.Pick = func(context.Context, string, string) (string, error) { return "", err }
		}, func(r *rig) {
			r.plug(phoneA)
			r.tap("Change folder")
			if top := r.o.Window.Canvas().Overlays().Top(); (top != nil) != (err != nil) {
				t.Errorf("after %v there is %v over the page", err, top)
			}
			if got := r.Settings.Destination(); got != "/home/anna/Lifeboat Backups" {
				t.Errorf("backups go to %q", got)
			}
		})
	}
}
