package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lifeboat/backup"
	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/device"
	"lifeboat/device/fault"
	"lifeboat/ui/widgets"
)

// running is the page of the backup that runs.
func (r *rig) running() *runningPage {
	r.t.Helper()
	page, ok := r.page.(*runningPage)
	if !ok {
		r.t.Fatalf("the page is %T", r.page)
	}
	return page
}

// TestProgressStandsStill sees that no figure and no phase moves another, that what
// stands above the phone's own question keeps its place when that comes, and that a
// flood of events reaches the screen once a second.
func TestProgressStandsStill(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.start()
		r.settle(width, height)
		s := r.running()
		parts := map[string]fyne.CanvasObject{"phase": s.phase, "bar": s.bar, "amount": s.amount, "stop": s.stop, "aside": s.aside,
			"copying": s.steps[1].text, "checking": s.steps[2].mark}
		below := map[string]bool{"stop": true, "aside": true, "copying": true, "checking": true}
		place := func() map[string]fyne.Position {
			all := map[string]fyne.Position{}
			for _, o := range r.placed() {
				for name, part := range parts {
					if o.CanvasObject == part {
						all[name] = o.at
					}
				}
			}
			return all
		}
		before := place()
		if len(before) != len(parts) {
			t.Fatalf("in sight are only %v", before)
		}
		for _, e := range []backup.Event{
			{Phase: backup.WaitingPasscode, Percent: -1, Left: -1, Passcode: true},
			{Phase: backup.Receiving, Percent: 0.1, Left: -1, Bytes: 1, BytesTotal: 1},
			receiving,
			{Phase: backup.Receiving, Percent: 100, Left: 48 * time.Hour, Bytes: 512e9, BytesTotal: 512e9, Files: 1234567, FilesTotal: 1234567, Rate: 999e6},
			{Phase: backup.Verifying, Percent: -1, Left: -1},
		} {
			r.event(e)
			r.settle(width, height)
			r.overlaps()
			after := place()
			for name, at := range before {
				if e.Passcode && below[name] {
					continue // the phone's question stands above it
				}
				if now := after[name]; now != at {
					t.Errorf("%s: %s moved from %v to %v", e.Phase, name, at, now)
				}
			}
		}
		posted := r.posted.Load()
		end := time.Now().Add(3 * time.Second)
		for i := 0; time.Now().Before(end); i++ {
			r.runs.events <- backup.Event{Phase: backup.Verifying, Files: i}
			time.Sleep(5 * time.Millisecond)
			r.drain()
		}
		if updates := r.posted.Load() - posted; updates > 4 || updates < 2 {
			t.Errorf("%d updates in three seconds, want 2 to 4", updates)
		}
	})
}

// TestBar is still and empty while nothing is known, and full as far as is known.
func TestBar(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.start()
		s := r.running()
		r.event(backup.Event{Phase: backup.WaitingPhone, Percent: -1, Left: -1})
		if s.bar.Value() > 0 {
			t.Errorf("with nothing known the bar is at %v", s.bar.Value())
		}
		for i, step := range s.steps {
			if step.share.Text != "" {
				t.Errorf("with nothing known the step %d is at %q", i, step.share.Text)
			}
		}
		r.misses("left")
		posted := r.posted.Load()
		r.pass(20 * time.Second)
		if n := r.posted.Load() - posted; n > 2 {
			t.Errorf("with nothing to tell the window is drawn %d times in 20 s", n)
		}
		r.event(receiving)
		if s.bar.Value() != 0.429 {
			t.Errorf("with 42.9 %% known the bar is at %v", s.bar.Value())
		}
		r.sees("42 %", "12 GB of 30 GB", "34 MB a second")
		r.misses("about 5 minutes left")
		for range 10 {
			r.event(receiving)
		}
		r.sees("about 5 minutes left")
	})
}

// TestPasscodePrompt comes and goes with the phone's own, and counts.
func TestPasscodePrompt(t *testing.T) {
	asks := backup.Event{Phase: backup.WaitingPasscode, Percent: -1, Left: -1, Passcode: true}
	inWindow(t, nil, func(r *rig) {
		r.start()
		r.misses("Enter your passcode")
		r.event(asks)
		r.sees("Enter your passcode on the iPhone (1 of 2)", "to set the password of the backups")
		r.event(backup.Event{Phase: backup.Preparing, Percent: -1, Left: -1})
		r.misses("Enter your passcode")
		r.event(asks)
		r.sees("Enter your passcode on the iPhone (2 of 2)")
		r.event(receiving)
		r.misses("Enter your passcode")
	})
	inWindow(t, nil, func(r *rig) {
		r.encrypted()
		r.engine.backUp = r.runs.backUp
		r.plug(phoneA)
		r.tap("Back Up Now")
		r.fill("known")
		r.tap("Continue")
		r.event(asks)
		r.sees("Enter your passcode on the iPhone")
		r.misses("1 of")
	})
}

// TestUnplugged leaves a form with the phone; a backup waits for it on the same page,
// and goes on from where it was.
func TestUnplugged(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA)
		r.tap("Back Up Now")
		r.plug()
		r.sees("Connect your iPhone")
		r.start()
		r.event(receiving)
		r.plug()
		r.sees("Copying from the iPhone")
		r.end(backup.Result{}, fault.New(fault.PhoneGone, "receive", nil))
		r.sees("Plug the iPhone in again", "What has arrived so far is kept")
		if v := r.running().bar.Value(); v != 0.429 {
			t.Errorf("while it waits the bar is at %v", v)
		}
		r.misses("Try again", "left", "Connect your iPhone")
		r.tap("Backups")
		r.sees("The iPhone is not connected") // in the strip
		r.tap("Overview")
		r.sees("Plug the iPhone in again")
		r.encrypted()
		r.plug(phoneA)
		r.sees("Getting ready")
		r.misses("Plug the iPhone in again")
		if len(r.runs.orders) != 2 || r.runs.orders[1].Password.Reveal() != "correct horse" {
			t.Fatalf("it goes on with %d orders", len(r.runs.orders))
		}
		r.event(backup.Event{Phase: backup.Receiving, Percent: 3, Left: -1, Bytes: 1})
		if v := r.running().bar.Value(); v != 0.429 {
			t.Errorf("after that the bar is at %v", v)
		}
		r.end(proven, nil)
		r.sees("What was proven")
	})
}

// TestUnpluggedForGood: what waits can be stopped, and the phone is gone then.
func TestUnpluggedForGood(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.start()
		r.plug()
		r.end(backup.Result{}, fault.New(fault.PhoneGone, "receive", nil))
		r.tap("Stop …")
		r.tap("Stop it")
		r.sees("Try again", "Back")
		if !r.button("Try again").Disabled() {
			t.Error("a phone that is not there can be tried again")
		}
		r.tap("Back")
		r.sees("Connect your iPhone")
		r.plug(phoneA)
		r.sees("Back Up Now")
	})
}

// TestGoOn: the backup one had before is spoken of only to who had one.
func TestGoOn(t *testing.T) {
	for _, before := range []bool{false, true} {
		inWindow(t, nil, func(r *rig) {
			r.engine.check = func(*device.Phone, string) (diagnosis.State, error) {
				in := inputOf(false)
				in.Local = checks.Local{Exists: before, Finished: today}
				return stateOf(in), nil
			}
			r.start()
			r.event(receiving)
			r.sees("You can use the iPhone and this computer")
			see := map[bool]func(...string){true: r.sees, false: r.misses}[before]
			see("The backup you had before")
			r.tap("Stop …")
			see("Any backup that you made before")
		})
	}
}

// TestRunsBesidePages: a backup is a card of the overview and a strip below every other
// page; a second phone can be backed up meanwhile.
func TestRunsBesidePages(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.start()
		r.event(receiving)
		r.tap("Overview")
		r.sees("Copying from the iPhone", "12 GB of 30 GB", "Show it")
		for _, o := range r.objects() {
			if a, ok := o.(*widgets.Action); ok && a.Text == "Back Up Now" {
				t.Error("a second backup of the phone is offered")
			}
		}
		r.tap("Settings")
		r.sees("Backing up Anna's iPhone")
		r.tap("Show it")
		r.running()
		r.misses("Show it")
		r.rename = "Ben's iPhone"
		r.plug(phoneA, phoneB)
		r.Choose(r.Find(udidB))
		r.sees("Backing up Anna's iPhone", "Back Up Now")
		r.tap("Back Up Now")
		r.fill("other", "other")
		r.tap("Start the backup")
		if len(r.Running()) != 2 || len(r.runs.orders) != 2 || r.runs.orders[1].Phone.UDID != udidB {
			t.Fatalf("%d backups run", len(r.Running()))
		}
		r.sees("Backing up Anna's iPhone")
	})
}
