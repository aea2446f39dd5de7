package ui

import (
	"context"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lifeboat/backup"
	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/device"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// keepBox is the box that has a password kept in the keyring.
func (r *rig) keepBox() *widgets.TickBox {
	r.t.Helper()
	return find(r, func(b *widgets.TickBox) bool { return strings.HasPrefix(b.Text, "Keep it in") })
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
		r.misses("They match")
		r.tap("Start the backup")
		r.sees("don't match")
		if len(r.runs.orders) != 0 {
			t.Fatal("a backup was started with two different passwords")
		}
		r.fill("correct horse", "correct horse")
		r.sees("They match")
		r.misses("don't match")
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

// TestWarningAboveFields: what forgetting the password means stands above the fields,
// before anybody types.
func TestWarningAboveFields(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA)
		r.tap("Back Up Now")
		r.settle(width, height)
		warned, field := float32(-1), float32(-1)
		for _, o := range r.placed() {
			switch o := o.CanvasObject.(type) {
			case *widgets.Text:
				if strings.Contains(o.Text, "nobody can open the backup") {
					warned = fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y
				}
			case *widgets.Secret:
				if field < 0 {
					field = fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y
				}
			}
		}
		if warned < 0 || field < warned {
			t.Errorf("the warning stands at %v, the field at %v", warned, field)
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
		if r.keepBox().Checked {
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
		test.Tap(r.keepBox())
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
		test.Tap(r.keepBox())
		r.tap("Continue")
		if got := r.ordered(); got != "wrong" {
			t.Errorf("the job got %q", got)
		}
		r.sees("doesn't open the backup here")
		if len(r.engine.keyring) != 0 {
			t.Fatal("a wrong password was kept")
		}
		r.fill("right")
		test.Tap(r.keepBox())
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
		r.tap("What was proven")
		r.sees("is backed up")
		if got := r.engine.keyring[udidA]; got != "right" {
			t.Errorf("the keyring holds %q", got)
		}
	})
}

// TestStaleKeyring says that the kept password is the wrong one. Cancel stops the run;
// Escape leaves the page only, and the way back is in sight.
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
		r.sees("Waiting for your password")
		r.tap("Show it")
		r.sees("The password in your keyring doesn't fit the backups of this iPhone")
		r.tap("Cancel")
		r.drain()
		if r.Busy() {
			t.Fatal("the run goes on")
		}
		r.sees("You stopped it", "Try again", "Back")
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
		test.Tap(r.keepBox())
		r.tap("Continue")
		r.end(proven, nil)
		r.tap("What was proven")
		r.sees("is backed up", "The password couldn't be kept in your keyring", "Please write the password down")
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
				r.misses("Confirm password", "[problem.")
				r.engine.destinationErr = nil
				r.tap("Try again")
				r.sees("Choose a password")
			})
		})
	}
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

// TestDone leads to an overview that knows of the new backup and to what was proven,
// opens the folder, and says when it cannot.
func TestDone(t *testing.T) {
	inWindow(t, func(o *Options) { o.OpenFolder = func(string) error { return fault.New(fault.Internal, "open", nil) } }, func(r *rig) {
		r.start()
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) {
			in := inputOf(true)
			in.Local = checks.Local{Exists: true, Finished: today}
			return stateOf(in), nil
		}
		r.end(proven, nil)
		r.sees("Back Up Now", r.text(r.Current().State.Overview.Local.Saved))
		if r.Current().State.Overview.Local.Status != checks.Pass {
			t.Errorf("after a backup this computer is %s", r.Current().State.Overview.Local.Status)
		}
		r.tap("What was proven")
		r.misses("couldn't be opened from here")
		r.tap("Open folder")
		r.sees("couldn't be opened from here")
		r.tap("Done")
		r.sees("Back Up Now", "What was proven")
		if len(r.app.sent) != 1 || !strings.Contains(r.app.sent[0].Title, "is backed up") {
			t.Errorf("the system was asked to show %v", r.app.sent)
		}
	})
}

// TestCloseWhileRunning: the backup runs on without the window, which says so; it is
// there again when it is called, and Quit asks first, stops the run, and waits for it.
func TestCloseWhileRunning(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.runs.deaf = true
		r.start()
		r.event(receiving)
		r.closeAsked()
		r.drain()
		if r.closed || !r.Busy() || !r.hidden {
			t.Fatal("closing the window ends the backup")
		}
		if len(r.app.sent) != 1 || !strings.Contains(r.app.sent[0].Content, "start Lifeboat again") {
			t.Errorf("the system was asked to show %v", r.app.sent)
		}
		more := receiving
		more.Percent = 77.7
		r.event(more)
		r.Reveal()
		r.sees("77 %")
		r.quitAsked()
		r.sees("A backup is running")
		r.key(fyne.KeyEscape)
		r.misses("A backup is running")
		r.quitAsked()
		if focused := r.o.Window.Canvas().Focused(); focused != r.button("Keep backing up") {
			t.Errorf("%v has the keyboard: Enter may stop the backup", focused)
		}
		r.tap("Stop it and quit")
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

// TestQuestionGoesAway when the backup that it is about has ended.
func TestQuestionGoesAway(t *testing.T) {
	for name, ask := range map[string]func(r *rig){"quit": func(r *rig) { r.quitAsked() }, "stop": func(r *rig) { r.tap("Stop …") }} {
		t.Run(name, func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				r.start()
				ask(r)
				if r.sheet == nil {
					t.Fatal("nothing is asked")
				}
				r.end(proven, nil)
				if r.sheet != nil {
					t.Error("the question stays")
				}
				r.sees("What was proven")
				r.closeAsked()
				if !r.closed {
					t.Error("with nothing running the window stays")
				}
			})
		})
	}
}

// TestEndsBehindClosedWindow: the system notifies of the outcome of a backup, and the
// window shows it when it is back.
func TestEndsBehindClosedWindow(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.start()
		r.closeAsked()
		r.end(backup.Result{}, noRoom)
		if n := len(r.app.sent); n != 2 || !strings.Contains(r.app.sent[1].Title, "was not backed up") {
			t.Errorf("the system was asked to show %v", r.app.sent)
		}
		r.Reveal()
		r.sees("Try again", "What to do")
	})
}

// TestStopAsks: nothing that stops the backup has the keyboard, and stopping is asked.
func TestStopAsks(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.start()
		r.event(receiving)
		if f := r.o.Window.Canvas().Focused(); f != nil {
			t.Errorf("%T has the keyboard", f)
		}
		r.tap("Stop …")
		r.sees("Stop the backup?")
		r.misses("Any backup that you made before") // there is none
		if f := r.o.Window.Canvas().Focused(); f != r.button("Keep backing up") {
			t.Errorf("%T has the keyboard: Enter may stop the backup", f)
		}
		r.tap("Keep backing up")
		if !r.Busy() {
			t.Fatal("it was stopped")
		}
		r.tap("Stop …")
		r.tap("Stop it")
		if r.Busy() {
			t.Error("it goes on")
		}
		r.sees("Try again", "Back")
		if len(r.app.sent) != 0 {
			t.Errorf("what was stopped by hand is reported as failed: %v", r.app.sent)
		}
	})
}

// TestKeyboard goes through a first backup without a mouse.
func TestKeyboard(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.backUp = r.runs.backUp
		r.plug(phoneA)
		r.sees("Back Up Now")
		r.o.Window.Canvas().Focus(r.button("Back Up Now"))
		r.key(fyne.KeyReturn)
		r.sees("Choose a password")
		r.key(fyne.KeyEscape)
		if r.Page().Name != state.Overview || r.Job(r.Current()) != nil {
			t.Error("Escape did not leave the form")
		}
		r.o.Window.Canvas().Focus(r.button("Back Up Now"))
		r.key(fyne.KeySpace)
		for range 2 {
			for _, letter := range "correct horse" {
				r.o.Window.Canvas().Focused().TypedRune(letter)
			}
			r.key(fyne.KeyReturn)
		}
		if got := r.ordered(); got != "correct horse" {
			t.Errorf("the job got %q", got)
		}
		r.key(fyne.KeyEscape) // leaves the page, and the backup alone
		r.sees("Show it")
		if !r.Busy() {
			t.Error("Escape stops the backup")
		}
		r.o.Window.Canvas().Focus(r.button("Show it"))
		r.key(fyne.KeyReturn)
		r.o.Window.Canvas().Focus(r.button("Stop …"))
		r.key(fyne.KeyReturn)
		r.o.Window.Canvas().Focus(r.button("Stop it"))
		r.key(fyne.KeyReturn)
		r.sees("Try again")
		r.key(fyne.KeyEscape)
		r.sees("Back Up Now")
	})
}
