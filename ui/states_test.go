package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lifeboat/backup"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/feeds"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
)

// state is one of a window's: how to get there, and what must be read then.
type state struct {
	name string
	lead func(r *rig)
	sees []string
}

// states leads a window into each of its states and says what must be read there.
var states = []state{
	{"looking", func(r *rig) {}, []string{"Connect your iPhone", "Plug the iPhone"}},
	{"no phone", func(r *rig) { r.plug() }, []string{"Connect your iPhone", "Unlock the iPhone", "tap Trust"}},
	{"usbmuxd missing", func(r *rig) { r.mux(fault.MuxMissing) },
		[]string{"no program for talking to iPhones", "sudo apt install usbmuxd", "continues by itself"}},
	{"usbmuxd stopped", func(r *rig) { r.mux(fault.MuxStopped) }, []string{"it is not running", "systemctl restart usbmuxd"}},
	{"usbmuxd denied", func(r *rig) { r.mux(fault.MuxDenied) }, []string{"isn't allowed to use the program"}},
	{"inspecting", func(r *rig) {
		r.engine.inspect = func(ctx context.Context, _ *device.Phone) (device.Summary, error) {
			<-ctx.Done()
			return device.Summary{}, ctx.Err()
		}
		r.plug(phoneA)
	}, []string{"Looking at iPhone"}},
	{"trust", func(r *rig) { r.untrusted(fault.TrustPending); r.plug(phoneA) }, []string{"Tap Trust on Anna's iPhone", "notices by itself"}},
	{"trust behind a lock", func(r *rig) { r.untrusted(fault.PhoneLocked); r.plug(phoneA) }, []string{"Unlock Anna's iPhone"}},
	{"locked", func(r *rig) { r.inspects(facts.Locked); r.plug(phoneA) }, []string{"Unlock Anna's iPhone", "notices by itself"}},
	{"setup unfinished", func(r *rig) { r.inspects(facts.SetupUnfinished); r.plug(phoneA) },
		[]string{"Anna's iPhone", "Try again", "Details for support"}},
	{"silent", func(r *rig) { r.inspects(facts.Silent); r.plug(phoneA) },
		[]string{"connected, but it didn't answer", "Try again", "Details for support"}},
	{"refused", func(r *rig) {
		r.inspects(facts.Untrusted)
		r.engine.pair = func(context.Context, func(fault.Code)) error {
			return fault.FromLockdown("pair", "UserDeniedPairing")
		}
		r.plug(phoneA)
	}, []string{"Try again", "What to do"}},
	{"checking", func(r *rig) {
		r.engine.diagnose = func(ctx context.Context) error { <-ctx.Done(); return nil }
		r.plug(phoneA)
	}, []string{"Anna's iPhone", "Looking at your iPhone", "Back Up Now"}},
	{"ready", func(r *rig) { r.plug(phoneA) },
		[]string{"Anna's iPhone", "iPhone 14 Pro · iOS 18.7.1", "iCloud Backup is switched off", "Stops the backup", "Problem",
			"Back Up Now", "Backups go to /home/anna/Lifeboat Backups", "No backup of this iPhone here yet", "Change …"}},
	{"ready, opened", func(r *rig) {
		r.plug(phoneA)
		for _, f := range r.folds() {
			f.Toggle()
		}
	}, []string{"Why it matters", "What to do", "Details"}},
	{"facts failed", func(r *rig) {
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) {
			return diagnosis.State{}, fault.New(fault.PhoneSilent, "read the facts", nil)
		}
		r.plug(phoneA)
	}, []string{"connected, but it didn't answer", "Check again"}},
	{"two phones", func(r *rig) { r.plug(phoneA, phoneB) }, []string{"Anna's iPhone"}},
	{"new password", func(r *rig) { r.plug(phoneA); r.tap("Back Up Now") },
		[]string{"Choose a password", "not the iPhone's passcode", "If you forget it", "nobody can open the backup", "sets this password on the iPhone itself", "Keep it in your keyring", "Start the backup"}},
	{"known password", func(r *rig) { r.encrypted(); r.plug(phoneA); r.tap("Back Up Now") },
		[]string{"Enter the password of this iPhone's backups", "need not be the iPhone's passcode or the password of your Apple Account", "Continue"}},
	{"running, nothing known", func(r *rig) { r.start() },
		[]string{"Backing up Anna's iPhone", "Getting ready", "Files", "Time left", "Cancel"}},
	{"passcode", func(r *rig) {
		r.start()
		r.event(backup.Event{Phase: backup.WaitingPasscode, Percent: -1, Left: -1, Passcode: true})
	}, []string{"Enter your passcode on the iPhone", "Waiting for the iPhone's passcode"}},
	{"receiving", func(r *rig) { r.start(); r.event(receiving) },
		[]string{"Copying from the iPhone", "42 %", "5,555 of 12,345 files", "12 GB of 30 GB", "34 MB a second", "About 5 minutes"}},
	{"silence", func(r *rig) {
		r.start()
		e := receiving
		e.Quiet = 3 * time.Minute
		r.event(e)
	}, []string{"has been silent for 3 minutes"}},
	{"stalled", func(r *rig) {
		r.start()
		e := receiving
		e.Quiet, e.Liveness = 7*time.Minute, backup.PhoneStalled
		r.event(e)
	}, []string{"has been silent for 7 minutes, which is unusually long"}},
	{"another program", func(r *rig) {
		r.start()
		r.event(backup.Event{Phase: backup.WaitingProgram, Percent: -1, Left: -1, BlockedBy: "iTunes"})
	}, []string{"Waiting for another program", "most likely iTunes"}},
	{"last session", func(r *rig) {
		r.start()
		r.event(backup.Event{Phase: backup.Settling, Percent: -1, Left: -1})
	}, []string{"The iPhone is closing the last connection", "half a minute"}},
	{"stopping", func(r *rig) { r.runs.deaf = true; r.start(); r.event(receiving); r.tap("Cancel") }, []string{"Stopping"}},
	{"close?", func(r *rig) { r.start(); r.event(receiving); r.closeAsked() },
		[]string{"A backup is running", "Stop it and close", "Keep backing up"}},
	{"done", func(r *rig) { r.start(); r.end(proven, nil) },
		[]string{"Anna's iPhone is backed up", "12,345 files with 23 GB", "Every file was opened with your password", "It took 13 minutes",
			"/home/anna/Lifeboat Backups/" + udidA, "Open folder", "Done"}},
	{"done, files skipped", func(r *rig) {
		r.start()
		result := proven
		result.SkippedCount = 12
		result.Skipped = []string{"CameraRollDomain/Media/DCIM/100APPLE/IMG_0001.HEIC", strings.Repeat("long/", 200)}
		r.end(result, nil)
		for _, f := range r.folds() {
			f.Toggle()
		}
	}, []string{"12 files could not be read by the iPhone itself", "IMG_0001.HEIC", "… and 10 more files"}},
	{"done, files doubtful", func(r *rig) {
		r.start()
		result := proven
		result.Doubtful, result.Version.Number = 2, 2
		result.LastProven = &vault.Version{Number: 1, Date: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
		result.Verified.ProblemCount = 2
		result.Verified.Groups = []verify.GroupCount{{Group: verify.Photos, Count: 2}}
		r.end(result, nil)
	}, []string{"Anna's iPhone is backed up, but 2 files are doubtful", "finished and in place", "Of its 12,345 files, these 2 are missing or didn't open",
		"The last backup without doubtful files is from", "It's kept, untouched", "What to do", "Make another backup soon",
		"/home/anna/Lifeboat Backups/" + udidA, "Open folder", "Done"}},
	{"failed", func(r *rig) {
		r.start()
		r.end(backup.Result{}, noRoom)
		for _, f := range r.folds() {
			f.Toggle()
		}
	}, []string{"too little room", "What to do", "Try again", "Choose another folder", "Back", "Code: host-space",
		"MBErrorDomain 105", "Insufficient free disk space", "Copy details"}},
	{"cancelled", func(r *rig) { r.start(); r.tap("Cancel") }, []string{"Try again", "Back"}},
	{"steps", func(r *rig) { r.plug(phoneA); r.tap(r.allSteps()) },
		[]string{"What to do, step by step", "iCloud Backup is switched off", "1.", "Check again", "Back"}},
	{"switch on?", func(r *rig) { r.plug(phoneA); r.askSwitchOn(r.phones[0], checks.Fix{}) },
		[]string{"Switch iCloud Backup on?", "Cancel"}},
	{"switching on", func(r *rig) {
		r.engine.switchOn = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		r.plug(phoneA)
		r.askSwitchOn(r.phones[0], checks.Fix{})
		r.tap("Switch it on")
	}, []string{"Switching iCloud Backup on", "Cancel"}},
	{"restart refused", func(r *rig) {
		r.engine.restart = func(context.Context) error { return fault.New(fault.ServiceRefused, "restart", nil) }
		r.plug(phoneA)
		r.askRestart(r.phones[0], checks.Fix{})
		r.tap("Restart it")
	}, []string{"What to do", "Try again", "Close"}},
	{"attempt, nothing heard", func(r *rig) { r.watches() }, []string{"Try iCloud now and watch", "not reported yet", "Cancel"}},
	{"attempt, silent", func(r *rig) { r.watches(); r.pass(silence + 2*time.Second) }, []string{"Answer questions instead"}},
	{"attempt under way", func(r *rig) { r.reports(r.watches(), underWay) }, []string{"sending to iCloud", "plugged in"}},
	{"attempt failed", func(r *rig) {
		a := r.watches()
		r.reports(a, quota)
		r.hears(rowsState(rowNaming(quota)))
		r.ends(a, nil)
		r.folds()[0].Toggle()
	}, []string{"The likely cause", "MBErrorDomain 303", "Try and watch again"}},
	{"report", func(r *rig) { r.writes() }, []string{"Report for Apple Support", "Put in as well:", "Copy", "Save as text", "Save as page"}},
	{"forget?", func(r *rig) { r.plug(phoneA); r.askForget(r.phones[0]) }, []string{"Forget what Lifeboat remembers of", "Keep it"}},
	{"settings", func(r *rig) { r.plug(phoneA); r.tap("Settings") },
		[]string{"Backups go to", "Whether Apple has trouble", "Forget Anna's iPhone", "Lifeboat 0.1.0", "Close"}},
}

var (
	receiving = backup.Event{Phase: backup.Receiving, Percent: 42.9, Bytes: 12e9, BytesTotal: 30e9,
		Files: 5555, FilesTotal: 12345, Rate: 34e6, Left: 320 * time.Second}
	proven = backup.Result{Dir: "/home/anna/Lifeboat Backups/" + udidA, Files: 12345, Bytes: 23e9, Duration: 754 * time.Second,
		Encrypted: true, Verified: verify.Report{Files: 12345, Bytes: 23e9, Encrypted: true}}
	noRoom = &fault.Error{Code: fault.HostSpace, Op: "back up", Domain: "MBErrorDomain", Number: 105,
		Text: "Insufficient free disk space on drive to back up"}
)

// TestStates reads every state, and sees that none lacks a word.
func TestStates(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	for _, s := range states {
		t.Run(s.name, func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				s.lead(r)
				r.sees(s.sees...)
				r.misses("[ui.", "[problem.", "[check.", "[units.", "Demonstration")
				if len(r.keyboardStops()) == 0 {
					t.Error("the keyboard reaches nothing")
				}
			})
		})
	}
}

// TestSmallWindow sees that no state needs more than the smallest window,
// even with texts of unreasonable length, that none stand on one another, and
// that a demonstration is marked as one in all of them.
func TestSmallWindow(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	long := strings.Repeat("Ännchen von Tharau's very own ", 20)
	unreasonable := func(o *Options) {
		o.Demo = true
		o.Settings = NewSettings(nil, "/home/anna/"+strings.Repeat("Backups of the family/", 20), feeds.Allowed{})
	}
	for _, s := range states {
		t.Run(s.name, func(t *testing.T) {
			inWindow(t, unreasonable, func(r *rig) {
				r.engine.inspect = func(context.Context, *device.Phone) (device.Summary, error) {
					return device.Summary{Name: long, ProductType: long, Version: "18.7.1", Readiness: facts.Ready}, nil
				}
				r.engine.check = func(*device.Phone, string) (diagnosis.State, error) {
					in := inputOf(false)
					in.Phone.ProductType = facts.Of(long)
					return stateOf(in), nil
				}
				r.rename = long
				s.lead(r)
				r.settle(minWidth, minHeight)
				r.sees("Demonstration with a simulated iPhone")
				if got, want := r.Options.Window.Content().MinSize(), fyne.NewSize(minWidth, minHeight); got != want {
					t.Errorf("needs %v, want %v", got, want)
				}
				if top := r.Options.Window.Canvas().Overlays().Top(); top != nil {
					if m := top.MinSize(); m.Width > minWidth || m.Height > minHeight {
						t.Errorf("the sheet needs %v", m)
					}
				}
				r.overlaps()
			})
		})
	}
}

// allSteps is the button that opens the list of steps.
func (r *rig) allSteps() string { return r.screen.(*readyScreen).next.all.Text }

// mux tells the window that usbmuxd cannot be asked.
func (r *rig) mux(code fault.Code) {
	r.engine.changes <- device.Change{Err: fault.New(code, "reach usbmuxd", nil)}
	r.drain()
}

// inspects makes every phone look as it says.
func (r *rig) inspects(readiness facts.Readiness) {
	r.engine.inspect = func(context.Context, *device.Phone) (device.Summary, error) {
		s := summaryOf(readiness)
		if r.rename != "" {
			s.Name = r.rename
		}
		return s, nil
	}
}

// untrusted makes phones wait for trust, for ever.
func (r *rig) untrusted(waiting fault.Code) {
	r.inspects(facts.Untrusted)
	r.engine.pair = func(ctx context.Context, tell func(fault.Code)) error {
		tell(waiting)
		<-ctx.Done()
		return ctx.Err()
	}
}

// encrypted makes phones encrypt their backups already.
func (r *rig) encrypted() {
	r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { return stateOf(inputOf(true)), nil }
}

// start begins a first backup, which goes on until the test ends it.
func (r *rig) start() {
	r.t.Helper()
	r.engine.backUp = r.runs.backUp
	r.plug(phoneA)
	r.tap("Back Up Now")
	for _, s := range r.secrets() {
		test.Type(s, "correct horse")
	}
	r.tap("Start the backup")
}

// event reports progress and lets it come to the screen.
func (r *rig) event(e backup.Event) {
	r.runs.events <- e
	r.pass(2 * eventsEvery)
}

// end ends the backup.
func (r *rig) end(result backup.Result, err error) {
	r.runs.ends <- ending{result, err}
	r.drain()
}

type ending struct {
	result backup.Result
	err    error
}

// runs is a scripted job.
type runs struct {
	orders []engine.Order
	events chan backup.Event
	ends   chan ending
	deaf   bool // it does not hear a cancellation, until the window closes
}

func (s *runs) backUp(ctx context.Context, o engine.Order, report func(backup.Event)) (backup.Result, error) {
	s.orders = append(s.orders, o)
	for {
		cancelled := ctx.Done()
		if s.deaf {
			cancelled = nil
		}
		select {
		case e := <-s.events:
			report(e)
		case end := <-s.ends:
			return end.result, end.err
		case <-cancelled:
			return backup.Result{}, fault.New(fault.Cancelled, "back up", context.Cause(ctx))
		}
	}
}
