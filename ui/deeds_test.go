package ui

import (
	"context"
	"errors"
	"strings"
	"testing"

	"lifeboat/ui/state"
	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/feeds"
	"lifeboat/device"
	"lifeboat/device/fault"
)

// fixable plugs a phone in that has one trouble, and a step with a button.
func (r *rig) fixable(a checks.Action) {
	one := rowOf("one", checks.Fail, "bad")
	one.Fix = []checks.Fix{{ID: "one/deed", Text: saying("Do it."), Action: a}}
	r.shows(one)
	r.plug(phoneA)
}

// TestSwitchOn shows what it changes, waits, and shows the outcome.
func TestSwitchOn(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		outcome := make(chan error)
		r.engine.switchOn = func(context.Context) error { return <-outcome }
		r.fixable(checks.SwitchOn)
		r.tap("Switch it on …")
		r.sees("Switch iCloud Backup on?", "as if you did it there")
		if got := r.engine.noted("switch on"); len(got) != 0 {
			t.Fatal("it was switched on before the person agreed")
		}
		r.key(fyne.KeyReturn)
		r.sees("Switching iCloud Backup on …")
		outcome <- nil
		r.drain()
		r.sees("iCloud Backup is on", "The iPhone confirmed it")
		r.key(fyne.KeyReturn)
		r.misses("The iPhone confirmed it")
		if got := strings.Join(r.engine.noted("tick"), ","); got != "tick one/deed true" {
			t.Errorf("ticked %q", got)
		}
	})
}

// TestSwitchOnFails tells each failure apart and lets the person try again.
func TestSwitchOnFails(t *testing.T) {
	for _, code := range []fault.Code{fault.NoAccount, fault.PhoneGone, fault.PolicyForbids} {
		t.Run(string(code), func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				r.engine.switchOn = func(context.Context) error { return fault.New(code, "switch on", errors.New("no")) }
				r.fixable(checks.SwitchOn)
				r.tap("Switch it on …")
				r.tap("Switch it on")
				r.sees(r.explain(fault.New(code, "", nil)).Happened, "What to do", "Close")
				r.misses("[problem.")
				if got := r.engine.noted("tick"); len(got) != 0 {
					t.Errorf("ticked %q", got)
				}
				r.engine.switchOn = func(context.Context) error { return nil }
				r.tap("Try again")
				r.sees("iCloud Backup is on")
				if got := r.engine.noted("tick"); len(got) != 1 {
					t.Errorf("ticked %q", got)
				}
			})
		})
	}
}

// TestDeedCancelled ends the wait, and shows no outcome afterwards.
func TestDeedCancelled(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.restart = func(ctx context.Context) error { <-ctx.Done(); return fault.New(fault.Cancelled, "restart", nil) }
		r.fixable(checks.RestartPhone)
		r.tap("Restart the iPhone …")
		r.sees("Nothing on it is lost")
		r.tap("Restart it")
		r.sees("Asking the iPhone to restart")
		r.key(fyne.KeyEscape)
		if r.sheet != nil {
			t.Error("a sheet is still there")
		}
		r.sees("Back Up Now")
	})
}

// TestDeedNotWanted does nothing.
func TestDeedNotWanted(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.fixable(checks.RestartPhone)
		r.tap("Restart the iPhone …")
		r.tap("Cancel")
		if got := r.engine.noted("restart"); len(got) != 0 || r.sheet != nil {
			t.Errorf("the engine got %q", got)
		}
	})
}

// TestNotWhileBackingUp restarts and switches nothing, and watches no try of
// iCloud's, while the phone is backed up.
func TestNotWhileBackingUp(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.restart = func(context.Context) error { return nil }
		r.engine.switchOn = func(context.Context) error { return nil }
		r.start()
		p := r.Current()
		r.Do(p, state.Restart, "")
		r.Do(p, state.SwitchOn, "")
		r.Watch(p, "")
		r.drain()
		if got := append(r.engine.noted("restart"), r.engine.noted("switch on")...); len(got) != 0 || r.sheet != nil || r.Attempt != nil {
			t.Errorf("something is done to a phone that is being backed up: %q", got)
		}
		r.end(proven, nil)
		r.Do(p, state.Restart, "")
		r.drain()
		if got := r.engine.noted("restart"); len(got) != 1 {
			t.Error("nothing can be done to it afterwards")
		}
	})
}

// TestPageNotOpened shows the address instead.
func TestPageNotOpened(t *testing.T) {
	broken := func(o *Options) { o.OpenPage = func(string) error { return errors.New("no browser") } }
	inWindow(t, broken, func(r *rig) {
		r.fixable(checks.OpenStatus)
		r.tap("Open Apple's status page")
		r.sees("couldn't be opened from here", statusPage)
		r.tap("Close")
		r.sees("Back Up Now")
	})
}

// TestEveryActionHasAButton and no step without one has a dead one.
func TestEveryActionHasAButton(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	for _, a := range []checks.Action{checks.SwitchOn, checks.RestartPhone, checks.BackUpHere, checks.WatchAttempt,
		checks.ChooseFolder, checks.OpenStatus, checks.MakeReport} {
		inWindow(t, nil, func(r *rig) {
			r.fixable(a)
			r.tap("Error: one") // the card of this computer has buttons that are called the same
			r.tap(r.say(fixActs[a].word, nil))
			top := r.o.Window.Canvas().Overlays().Top()
			if r.Page().Name == state.CheckPage && r.sheet == nil && len(r.opened) == 0 && top == nil {
				t.Errorf("the button of %q does nothing", a)
			}
			if top != nil && r.sheet == nil {
				top.Hide()
			}
		})
	}
	inWindow(t, nil, func(r *rig) {
		r.fixable(checks.NoAction)
		if word := r.actionWord(checks.NoAction); word != "" {
			t.Errorf("a step without an action has the button %q", word)
		}
		r.tap("Show me how") // leads to the page that says how
		if at := r.Page().Name; at != state.FixPage {
			t.Errorf("it leads to %s", at)
		}
		r.tap("Back")
		r.tap("Error: one")
		for _, o := range r.objects() {
			if b, ok := o.(*widgets.Action); ok && b.Text != "Back to the overview" {
				t.Errorf("there is a button %q", b.Text)
			}
		}
	})
}

// TestNetworkSwitches tell the engine, look again, and are remembered.
func TestNetworkSwitches(t *testing.T) {
	prefs := test.NewTempApp(t).Preferences()
	inWindow(t, func(o *Options) { o.Settings = state.NewSettings(prefs, "/backups", feeds.Everything) }, func(r *rig) {
		r.plug(phoneA)
		if got := r.engine.noted("allow"); len(got) != 1 || got[0] != "allow {Versions:true Status:true Paths:true}" {
			t.Errorf("at first the engine got %q", got)
		}
		r.tap("Settings")
		for _, s := range feeds.Sources() {
			r.sees(r.text(s.Title), r.text(s.Sends))
		}
		looked := 0
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { looked++; return healthy(), nil }
		status := r.text(feeds.Sources()[1].Title)
		test.Tap(find(r, func(c *widgets.TickBox) bool { return c.Text == status }))
		r.drain()
		if got := r.engine.noted("allow"); len(got) != 2 || got[1] != "allow {Versions:true Status:false Paths:true}" {
			t.Errorf("the engine got %q", got)
		}
		if looked != 1 {
			t.Errorf("the phone was looked at %d times, want once", looked)
		}
	})
	if got, want := state.NewSettings(prefs, "/backups", feeds.Everything).Allowed(), (feeds.Allowed{Versions: true, Paths: true}); got != want {
		t.Errorf("remembers %+v, want %+v", got, want)
	}
}

// TestForget asks first, and the dangerous answer is not the one that Enter gives.
func TestForget(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA)
		r.tap("Settings")
		r.tap("Forget Anna's iPhone …")
		r.sees("Your backups stay")
		r.key(fyne.KeyReturn)
		if got := r.engine.noted("forget"); len(got) != 0 || r.sheet != nil {
			t.Error("Enter forgets it")
		}
		r.tap("Forget Anna's iPhone …")
		r.tap("Keep it")
		if got := r.engine.noted("forget"); len(got) != 0 {
			t.Error("it was forgotten although the person wanted to keep it")
		}
		r.tap("Forget Anna's iPhone …")
		r.tap("Forget it")
		if got := r.engine.noted("forget"); len(got) != 1 {
			t.Errorf("forgotten %d times", len(got))
		}
		r.sees("Forgotten")
		r.tap("OK")
		if r.sheet != nil {
			t.Error("a sheet is still there")
		}
		r.tap("Back")
		r.sees("Back Up Now")
	})
}
