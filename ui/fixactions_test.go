package ui

import (
	"context"
	"errors"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lifeboat/checks"
	"lifeboat/checks/feeds"
	"lifeboat/device/fault"
)

// fixablePhone has one trouble, and a step with a button.
func (r *rig) fixablePhone(a checks.Action) {
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
		r.fixablePhone(checks.SwitchOn)
		r.tap("Switch it on from here …")
		r.sees("Switch iCloud Backup on?", "as if you did it there")
		if got := r.engine.noted("switch on"); len(got) != 0 {
			t.Fatal("it was switched on before the user agreed")
		}
		r.key(fyne.KeyReturn)
		r.sees("Switching iCloud Backup on …")
		outcome <- nil
		r.drain()
		r.sees("iCloud Backup is on", "The iPhone confirmed it")
		r.key(fyne.KeyReturn)
		r.misses("The iPhone confirmed it")
		if got := r.engine.noted("tick"); len(got) != 1 || got[0] != "tick one/deed true" {
			t.Errorf("ticked %q", got)
		}
	})
}

// TestSwitchOnFails tells each failure apart and lets the user try again.
func TestSwitchOnFails(t *testing.T) {
	for _, code := range []fault.Code{fault.NoAccount, fault.PhoneGone, fault.PolicyForbids} {
		t.Run(string(code), func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				r.engine.switchOn = func(context.Context) error { return fault.New(code, "switch on", errors.New("no")) }
				r.fixablePhone(checks.SwitchOn)
				r.tap("Switch it on from here …")
				r.tap("Switch it on")
				r.sees(r.explain(fault.New(code, "", nil)).Happened, "What to do", "Close")
				r.misses("[problem.")
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

// TestActionCancelled ends the wait, and shows no outcome afterwards.
func TestActionCancelled(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.restart = func(ctx context.Context) error { <-ctx.Done(); return fault.New(fault.Cancelled, "restart", nil) }
		r.fixablePhone(checks.RestartPhone)
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

// TestNotWhileBackingUp has no sheet over a backup.
func TestNotWhileBackingUp(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.start()
		r.askRestart(r.phones[0], checks.Fix{})
		r.watchAttempt(r.phones[0], "")
		r.writeReport(r.phones[0])
		if r.sheet != nil || r.attempt != nil || r.report != nil {
			t.Error("something is done to a phone that is being backed up")
		}
	})
}

// TestPageNotOpened shows the address instead.
func TestPageNotOpened(t *testing.T) {
	broken := func(o *Options) { o.OpenPage = func(string) error { return errors.New("no browser") } }
	inWindow(t, broken, func(r *rig) {
		r.fixablePhone(checks.OpenStatus)
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
			r.fixablePhone(a)
			r.tap(r.say(r.fixActionOf(a).word, nil))
			if r.flow == nil && r.attempt == nil && r.report == nil && r.sheet == nil && len(r.opened) == 0 &&
				r.Options.Window.Canvas().Overlays().Top() == nil {
				t.Errorf("the button of %q does nothing", a)
			}
			if top := r.Options.Window.Canvas().Overlays().Top(); top != nil && r.sheet == nil {
				top.Hide()
			}
		})
	}
	inWindow(t, nil, func(r *rig) {
		r.fixablePhone(checks.NoAction)
		if b := r.fixButton(r.phones[0], checks.Fix{}); b != nil {
			t.Error("a step without an action has a button")
		}
	})
}

// TestNetworkSwitches tell the engine, look again, and are remembered.
func TestNetworkSwitches(t *testing.T) {
	prefs := test.NewTempApp(t).Preferences()
	for _, s := range feeds.Sources() {
		prefs.RemoveValue(networkKey + string(s.ID))
	}
	inWindow(t, func(o *Options) { o.Settings = NewSettings(prefs, "/backups", feeds.Everything) }, func(r *rig) {
		r.plug(phoneA)
		if got := r.engine.noted("allow"); len(got) != 1 || got[0] != "allow {Versions:true Status:true Paths:true}" {
			t.Errorf("at first the engine got %q", got)
		}
		r.tap("Settings")
		for _, s := range feeds.Sources() {
			r.sees(r.Words.Text(s.Title), r.Words.Text(s.Sends))
		}
		test.Tap(find(r, func(c *widget.Check) bool { return c.Text == r.Words.Text(feeds.Sources()[1].Title) }))
		r.drain()
		if got := r.engine.noted("allow"); len(got) != 2 || got[1] != "allow {Versions:true Status:false Paths:true}" {
			t.Errorf("the engine got %q", got)
		}
	})
	if got, want := NewSettings(prefs, "/backups", feeds.Everything).Allowed(), (feeds.Allowed{Versions: true, Paths: true}); got != want {
		t.Errorf("remembers %+v, want %+v", got, want)
	}
}

// TestForget asks first.
func TestForget(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA)
		r.tap("Settings")
		r.tap("Forget Anna's iPhone …")
		r.sees("Your backups stay")
		r.tap("Keep it")
		if got := r.engine.noted("forget"); len(got) != 0 {
			t.Error("it was forgotten although the user wanted to keep it")
		}
		r.tap("Settings")
		r.tap("Forget Anna's iPhone …")
		r.tap("Forget it")
		if got := r.engine.noted("forget"); len(got) != 1 {
			t.Errorf("forgotten %d times", len(got))
		}
		if r.sheet != nil {
			t.Error("a sheet is still there")
		}
		r.sees("iCloud Backup is switched off")
	})
}
