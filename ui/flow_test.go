package ui

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lifeboat/backup"
	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/device"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
)

// fill types into the password fields in sight.
func (r *rig) fill(texts ...string) {
	r.t.Helper()
	fields := r.secrets()
	if len(fields) != len(texts) {
		r.t.Fatalf("there are %d fields for %d texts", len(fields), len(texts))
	}
	for i, f := range fields {
		f.SetText("")
		test.Type(f, texts[i])
	}
}

// ordered is the password that the only job was given.
func (r *rig) ordered() string {
	r.t.Helper()
	if len(r.runs.orders) != 1 {
		r.t.Fatalf("%d backups were started, want 1", len(r.runs.orders))
	}
	return r.runs.orders[0].Password.Reveal()
}

// TestFirstPassword goes through everything that can be wrong with a new password.
func TestFirstPassword(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.backUp = r.runs.backUp
		r.plug(phoneA)
		r.tap("Back Up Now")
		r.tap("Start the backup")
		r.sees("Please enter a password")
		r.fill("correct horse", "correct house")
		r.tap("Start the backup")
		r.sees("don't match")
		if len(r.runs.orders) != 0 {
			t.Fatal("a backup was started with two different passwords")
		}
		r.fill("correct horse", "correct horse")
		r.tap("Start the backup")
		r.sees("Getting ready")
		if got := r.ordered(); got != "correct horse" {
			t.Errorf("the job got %q", got)
		}
		if got := r.runs.orders[0].Root; got != "/home/anna/Lifeboat Backups" {
			t.Errorf("the backup goes to %q", got)
		}
		if got := r.engine.keyring[udidA]; got != "correct horse" {
			t.Errorf("the keyring holds %q", got)
		}
	})
}

// TestKeyringFails says so before the phone gets the password, and goes on
// without at the second click.
func TestKeyringFails(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.backUp, r.engine.keyringErr = r.runs.backUp, errKeyring
		r.plug(phoneA)
		r.tap("Back Up Now")
		r.fill("correct horse", "correct horse")
		r.tap("Start the backup")
		r.sees("The password couldn't be kept in your keyring", "Please write it down")
		if len(r.runs.orders) != 0 {
			t.Fatal("the backup was started although the password could not be kept")
		}
		if find(r, func(*widget.Check) bool { return true }).Checked {
			t.Error("the box is still ticked")
		}
		r.tap("Start the backup")
		r.ordered()
	})
}

// TestNotKept leaves the keyring alone when the box is not ticked.
func TestNotKept(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.backUp = r.runs.backUp
		r.plug(phoneA)
		r.tap("Back Up Now")
		r.fill("correct horse", "correct horse")
		test.Tap(find(r, func(*widget.Check) bool { return true }))
		r.tap("Start the backup")
		r.ordered()
		if len(r.engine.keyring) != 0 {
			t.Error("the password was kept")
		}
	})
}

// TestKnownPassword takes the password from the keyring without a question.
func TestKnownPassword(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.encrypted()
		r.engine.backUp = r.runs.backUp
		r.engine.keyring[udidA] = "from the keyring"
		r.plug(phoneA)
		r.tap("Back Up Now")
		r.sees("Getting ready")
		if got := r.ordered(); got != "from the keyring" {
			t.Errorf("the job got %q", got)
		}
	})
}

// TestAskedPassword asks, shows that it is wrong, asks again, and keeps only what was right.
func TestAskedPassword(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.encrypted()
		answers := make(chan string, 1)
		release := make(chan struct{})
		r.engine.backUp = func(ctx context.Context, o engine.Order, _ func(backup.Event)) (backup.Result, error) {
			r.runs.orders = append(r.runs.orders, o)
			again, err := o.AskAgain(ctx)
			if err != nil {
				return backup.Result{}, err
			}
			answers <- again.Reveal()
			<-release
			return proven, nil
		}
		r.plug(phoneA)
		r.tap("Back Up Now")
		r.tap("Continue")
		r.sees("Please enter a password")
		r.fill("wrong")
		test.Tap(find(r, func(*widget.Check) bool { return true }))
		r.tap("Continue")
		if got := r.ordered(); got != "wrong" {
			t.Errorf("the job got %q", got)
		}
		r.sees("doesn't open the backup here")
		if len(r.engine.keyring) != 0 {
			t.Fatal("a wrong password was kept")
		}
		r.fill("right")
		test.Tap(find(r, func(*widget.Check) bool { return true }))
		r.key(fyne.KeyReturn) // the field still has the keyboard
		if len(answers) == 0 {
			r.tap("Continue")
		}
		if got := <-answers; got != "right" {
			t.Errorf("the job got %q at the second try", got)
		}
		if len(r.engine.keyring) != 0 {
			t.Fatal("the password was kept before it was proven")
		}
		close(release)
		r.drain()
		r.sees("is backed up")
		if got := r.engine.keyring[udidA]; got != "right" {
			t.Errorf("the keyring holds %q", got)
		}
	})
}

// TestStaleKeyring says that the kept password is the wrong one, and lets the
// user give up, which cancels the job.
func TestStaleKeyring(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.encrypted()
		r.engine.keyring[udidA] = "stale"
		r.engine.backUp = func(ctx context.Context, o engine.Order, _ func(backup.Event)) (backup.Result, error) {
			_, err := o.AskAgain(ctx)
			return backup.Result{}, err
		}
		r.plug(phoneA)
		r.tap("Back Up Now")
		r.sees("The password in your keyring doesn't fit the backups of this iPhone")
		r.key(fyne.KeyEscape)
		r.sees("Try again", "Back")
		r.tap("Back")
		r.sees("Back Up Now")
	})
}

// TestKeptTooLate tells plainly that a proven password could not be kept.
func TestKeptTooLate(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.encrypted()
		r.engine.backUp, r.engine.keyringErr = r.runs.backUp, errKeyring
		r.plug(phoneA)
		r.tap("Back Up Now")
		r.fill("right")
		test.Tap(find(r, func(*widget.Check) bool { return true }))
		r.tap("Continue")
		r.end(proven, nil)
		r.sees("is backed up", "The password couldn't be kept in your keyring", "Please write the password down")
	})
}

// TestProgressStandsStill sees that no figure, prompt or phase moves another,
// and that a flood of events reaches the screen ten times a second at most.
func TestProgressStandsStill(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.start()
		r.settle(width, height)
		s := r.screen.(*runningScreen)
		parts := map[string]fyne.CanvasObject{"phase": s.phase, "bar": s.bar, "files": s.files, "bytes": s.bytes, "aside": s.aside,
			"rate": s.rate, "left": s.left, "cancel": s.cancel}
		place := func() map[string][2]float32 {
			all := map[string][2]float32{}
			for _, o := range r.placed() {
				for name, part := range parts {
					if o.CanvasObject == part {
						all[name] = [2]float32{o.at.X, o.at.Y}
					}
				}
			}
			return all
		}
		before := place()
		delete(before, "bar")
		for _, e := range []backup.Event{
			{Phase: backup.WaitingPasscode, Percent: -1, Left: -1, Passcode: true},
			{Phase: backup.Receiving, Percent: 0.1, Left: -1, Bytes: 1, BytesTotal: 1},
			receiving,
			{Phase: backup.Receiving, Percent: 100, Left: 48 * time.Hour, Bytes: 512e9, BytesTotal: 512e9, Files: 1234567, FilesTotal: 1234567, Rate: 999e6},
			{Phase: backup.Verifying, Percent: -1, Left: -1},
		} {
			r.event(e)
			r.settle(width, height)
			after := place()
			for name, at := range before {
				now, shown := after[name]
				if !shown && e.Passcode && name != "phase" && name != "aside" && name != "cancel" {
					continue // the prompt stands in its place
				}
				if now != at {
					t.Errorf("%s: %s moved from %v to %v", e.Phase, name, at, now)
				}
			}
		}
		posted := r.posted.Load()
		end := time.Now().Add(time.Second)
		for i := 0; time.Now().Before(end); i++ {
			r.runs.events <- backup.Event{Phase: backup.Receiving, Files: i}
			time.Sleep(time.Millisecond)
			r.drain()
		}
		if updates := r.posted.Load() - posted; updates > 10 || updates < 4 {
			t.Errorf("%d updates in a second, want 4 to 10", updates)
		}
	})
}

// TestEndlessBar wanders only while nothing is known.
func TestEndlessBar(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.start()
		s := r.screen.(*runningScreen)
		r.event(backup.Event{Phase: backup.WaitingPhone, Percent: -1, Left: -1})
		if !s.endless.Running() || s.bar.Visible() {
			t.Error("with nothing known the bar does not wander")
		}
		r.event(receiving)
		if s.endless.Running() || !s.bar.Visible() || s.bar.Value != 0.429 {
			t.Errorf("with 42.9 %% known: wandering %v, bar %v at %v", s.endless.Running(), s.bar.Visible(), s.bar.Value)
		}
		r.sees("42 %")
	})
}

// TestPasscodePrompt comes and goes with the phone's own.
func TestPasscodePrompt(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.start()
		r.misses("Enter your passcode")
		r.event(backup.Event{Phase: backup.WaitingPasscode, Percent: -1, Left: -1, Passcode: true})
		r.sees("Enter your passcode on the iPhone")
		r.event(receiving)
		r.misses("Enter your passcode")
	})
}

// TestUnplugged leaves a form with the phone, and a job to its own error.
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
		r.sees("Try again")
		r.tap("Try again")
		r.sees("Connect your iPhone")
		r.plug(phoneA)
		r.sees("Back Up Now")
	})
}

// TestFailedTriesAgain asks for the password that the phone has by now.
func TestFailedTriesAgain(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.start()
		r.encrypted()
		r.end(backup.Result{}, noRoom)
		for _, f := range r.folds() {
			f.Toggle()
		}
		r.tap("Copy details")
		for _, want := range []string{"host-space", "MBErrorDomain 105", "Insufficient free disk space", "0.1.0"} {
			if !strings.Contains(r.copied, want) {
				t.Errorf("the details lack %q: %s", want, r.copied)
			}
		}
		delete(r.engine.keyring, udidA)
		r.tap("Try again")
		r.sees("Enter the password of this iPhone's backups")
	})
}

// TestBadDestination is reported before a password is asked for.
func TestBadDestination(t *testing.T) {
	for _, code := range []fault.Code{fault.DestMissing, fault.DestNotFolder, fault.DestNotAllowed, fault.DestGuarded, fault.DestFull, fault.DestBusy} {
		t.Run(string(code), func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				r.engine.destinationErr = fault.New(code, "look at the destination", nil).With("Path", "/media/gone")
				r.plug(phoneA)
				r.tap("Back Up Now")
				r.sees("What to do", "Try again")
				r.misses("password again", "[problem.")
				r.engine.destinationErr = nil
				r.tap("Try again")
				r.sees("Choose a password")
			})
		})
	}
}

// TestDone opens the folder, says when it cannot, and brings the date up to date.
func TestDone(t *testing.T) {
	inWindow(t, func(o *Options) { o.OpenFolder = func(string) error { return fault.New(fault.Internal, "open", nil) } }, func(r *rig) {
		r.start()
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) {
			in := inputOf(true)
			in.Local = checks.Local{Exists: true, Finished: today}
			return stateOf(in), nil
		}
		r.end(proven, nil)
		r.misses("couldn't be opened from here")
		r.tap("Open folder")
		r.sees("couldn't be opened from here")
		r.tap("Done")
		r.sees("Last backup here: 23 November 2026", "Back Up Now")
	})
}

// TestCloseWhileRunning asks first, stops the job, and closes only then.
func TestCloseWhileRunning(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.runs.deaf = true
		r.start()
		r.event(receiving)
		r.closeAsked()
		r.sees("A backup is running")
		r.key(fyne.KeyEscape)
		r.misses("A backup is running")
		r.closeAsked()
		r.tap("Stop it and close")
		if r.closed {
			t.Fatal("the window closed before the job had ended")
		}
		r.end(backup.Result{}, fault.New(fault.Cancelled, "back up", nil))
		r.runs.deaf = false
		if !r.closed {
			t.Error("the window stays open")
		}
	})
}

// TestCloseQuestionGoesAway when the backup it is about has ended.
func TestCloseQuestionGoesAway(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.start()
		r.closeAsked()
		r.end(proven, nil)
		r.misses("A backup is running")
		r.sees("is backed up")
		r.closeAsked()
		if !r.closed {
			t.Error("with nothing running the window asks")
		}
	})
}

// TestKeyboard goes through a first backup without a mouse.
func TestKeyboard(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.backUp = r.runs.backUp
		r.plug(phoneA)
		r.sees("Back Up Now")
		r.Options.Window.Canvas().Focus(r.button("Back Up Now"))
		r.key(fyne.KeyReturn)
		r.sees("Choose a password")
		r.key(fyne.KeyEscape)
		if r.flow != nil {
			t.Error("Escape did not leave the form")
		}
		r.Options.Window.Canvas().Focus(r.button("Back Up Now"))
		r.key(fyne.KeySpace)
		for range 2 {
			for _, letter := range "correct horse" {
				r.Options.Window.Canvas().Focused().TypedRune(letter)
			}
			r.key(fyne.KeyReturn)
		}
		if got := r.ordered(); got != "correct horse" {
			t.Errorf("the job got %q", got)
		}
		r.key(fyne.KeyReturn) // Cancel has the keyboard
		r.sees("Try again")
		r.key(fyne.KeyEscape)
		r.sees("Back Up Now")
	})
}

// TestGuardedDestination: a folder that macOS keeps programs out of comes with
// the way into the setting that lets them in.
func TestGuardedDestination(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.destinationErr = fault.New(fault.DestGuarded, "read the backups", nil).With("Path", "/Users/anna/Library/Application Support/MobileSync/Backup")
		r.plug(phoneA)
		r.tap("Back Up Now")
		r.sees("Full Disk Access", "Nothing in the folder was read or changed")
		r.tap("Open Full Disk Access")
		r.drain()
		if want := []string{"x-apple.systempreferences:com.apple.preference.security?Privacy_AllFiles"}; !slices.Equal(r.opened, want) {
			t.Errorf("opened %q", r.opened)
		}
	})
}
