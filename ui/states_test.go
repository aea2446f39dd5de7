package ui

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lifeboat/backup"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/checks"
	"lifeboat/checks/devicelog"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/feeds"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// windowState is one of a window's: how to get there, and what must be read then.
type windowState struct {
	name string
	lead func(r *rig)
	sees []string
}

// states leads a window into each of its states and says what must be read there.
// Other files add theirs.
var states = []windowState{
	{"looking", func(r *rig) {}, []string{"Connect your iPhone", "Plug the iPhone"}},
	{"no phone", func(r *rig) { r.plug() }, []string{"Connect your iPhone", "Unlock the iPhone", "tap Trust", "plugged in", "Nothing happens?",
		"Show the backups made before", "No iPhone connected"}},
	{"usbmuxd missing", func(r *rig) { r.mux(fault.MuxMissing) },
		[]string{"no program for talking to iPhones", "sudo apt install usbmuxd", "Copy command", "Try again", "continues by itself"}},
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
	{"silent", func(r *rig) { r.inspects(facts.Silent); r.plug(phoneA); r.openAll() },
		[]string{"connected, but it didn't answer", "Try again", "Record for a bug report"}},
	{"refused", func(r *rig) {
		r.inspects(facts.Untrusted)
		r.engine.pair = func(context.Context, func(fault.Code)) error {
			return fault.FromLockdown("pair", "UserDeniedPairing")
		}
		r.plug(phoneA)
	}, []string{"Try again", "What to do"}},
	{"overview, checking", func(r *rig) {
		r.engine.diagnose = func(ctx context.Context) error { <-ctx.Done(); return nil }
		r.plug(phoneA)
	}, []string{"Anna's iPhone", "Looking …", "Back Up Now"}},
	{"overview, unsafe", func(r *rig) { r.finds(savedAgo(25 * 24 * time.Hour)) }, []string{"Anna's iPhone", "iPhone 14 Pro · iOS 18.7.1 · 81 %",
		"Overview", "Backups", "iCloud", "This computer", "Never saved here", "240 GB free", "Back Up Now", "Try iCloud now and watch", "To Lifeboat Backups", "Change folder", "Report for Apple Support"}},
	{"overview, saved today", func(r *rig) { r.finds(cloudSaved(today)) }, []string{"iCloud", "This computer", "Back Up Now"}},
	{"overview, saved 8 days ago", func(r *rig) { r.finds(cloudSaved(today.AddDate(0, 0, -8))) }, []string{"iCloud", "Back Up Now"}},
	{"overview, safe here", func(r *rig) {
		in := inputOf(true)
		in.Local = checks.Local{Exists: true, Finished: today, Proven: true}
		r.finds(in)
	}, []string{"iCloud", "This computer", "Back Up Now"}},
	{"overview, folder full", func(r *rig) {
		in := inputOf(false)
		in.Host.FreeBytes = facts.Of(int64(1e9))
		r.finds(in)
	}, []string{"The drive for backups may be too small"}},
	{"overview, phone full", func(r *rig) {
		in := inputOf(true)
		in.Phone.DataAvailable, in.Phone.Version = facts.Of(int64(1e8)), facts.Of("12.4")
		r.finds(in)
	}, []string{"iCloud", "Back Up Now"}},
	{"overview, facts failed", func(r *rig) {
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) {
			return diagnosis.State{}, fault.New(fault.PhoneSilent, "read the facts", nil)
		}
		r.plug(phoneA)
	}, []string{"The iPhone doesn't answer", "Try again"}},
	{"overview, two phones", func(r *rig) { r.plug(phoneA, phoneB) }, []string{"Anna's iPhone"}},
	{"overview while it runs", func(r *rig) { r.start(); r.event(receiving); r.Back(); r.drain() },
		[]string{"Copying from the iPhone", "12 GB of 30 GB", "Show it"}},
	{"overview after a failure", func(r *rig) { r.start(); r.end(backup.Result{}, noRoom); r.Back(); r.drain() },
		[]string{"The last try failed", "too little room", "Back Up Now"}},
	{"check", func(r *rig) {
		r.plug(phoneA)
		r.goes(state.Page{Name: state.CheckPage, Check: "icloud-backup-switch"})
		r.openAll()
	},
		[]string{"iCloud Backup is switched off", "Why it matters", "What to do"}},
	{"check, asking", func(r *rig) { r.plug(phoneA); r.page.(*overview).list.walkThrough(); r.drain() }, []string{"Next question"}},
	{"steps", func(r *rig) { r.plug(phoneA); r.ShowFix(r.Current()); r.drain() }, []string{"Step 1 of", "Later"}},
	{"steps, one later", func(r *rig) {
		r.plug(phoneA)
		r.ShowFix(r.Current())
		r.Skip(r.Current(), r.Current().Fix.All[0].ID, true)
		r.drain()
	}, []string{"Step 2 of"}},
	{"new password", func(r *rig) { r.plug(phoneA); r.tap("Back Up Now") }, []string{"Choose a password", "not the iPhone's passcode",
		"If you forget it", "nobody can open the backup", "sets this password on the iPhone itself", "Keep it in your keyring", "Start the backup"}},
	{"passwords differ", func(r *rig) {
		r.plug(phoneA)
		r.tap("Back Up Now")
		r.fill("correct horse", "another")
		r.tap("Start the backup")
	}, []string{"The two passwords don't match"}},
	{"password, not kept", func(r *rig) {
		r.engine.keyringErr = errKeyring
		r.plug(phoneA)
		r.tap("Back Up Now")
		r.fill("correct horse", "correct horse")
		r.tap("Start the backup")
	}, []string{"The password couldn't be kept in your keyring", "Start the backup"}},
	{"password, keyring asks", func(r *rig) {
		r.engine.keyringWaits = true
		r.plug(phoneA)
		r.tap("Back Up Now")
		r.fill("correct horse", "correct horse")
		r.tap("Start the backup")
	}, []string{"Waiting for your keyring", "Start the backup"}},
	{"known password", func(r *rig) { r.encrypted(); r.plug(phoneA); r.tap("Back Up Now") }, []string{
		"Enter the password of this iPhone's backups", "need not be the iPhone's passcode or the password of your Apple Account", "Continue"}},
	{"running, nothing known", func(r *rig) { r.start() },
		[]string{"Backing up Anna's iPhone", "Getting ready", "Enter the passcode when the iPhone asks", "Copy from the iPhone", "Stop …"}},
	{"passcode", func(r *rig) {
		r.start()
		r.event(backup.Event{Phase: backup.WaitingPasscode, Percent: -1, Left: -1, Passcode: true})
	}, []string{"Enter your passcode on the iPhone", "Waiting for the iPhone's passcode"}},
	{"receiving", func(r *rig) { r.start(); r.event(receiving) },
		[]string{"Copying from the iPhone", "42 %", "12 GB of 30 GB", "34 MB a second", "Closing this window doesn't stop"}},
	{"silence", func(r *rig) { r.start(); r.event(quietFor(3*time.Minute, "")) }, []string{"has been silent for 3 minutes"}},
	{"stalled", func(r *rig) { r.start(); r.event(quietFor(7*time.Minute, backup.PhoneStalled)) },
		[]string{"has been silent for 7 minutes, which is unusually long"}},
	{"another program", func(r *rig) {
		r.start()
		r.event(backup.Event{Phase: backup.WaitingProgram, Percent: -1, Left: -1, BlockedBy: "iTunes"})
	}, []string{"Waiting for another program", "most likely iTunes"}},
	{"last session", func(r *rig) { r.start(); r.event(backup.Event{Phase: backup.Settling, Percent: -1, Left: -1}) },
		[]string{"The iPhone is closing the last connection", "half a minute"}},
	{"unplugged", func(r *rig) {
		r.start()
		r.event(receiving)
		r.plug()
		r.end(backup.Result{}, fault.New(fault.PhoneGone, "back up", nil))
	}, []string{"The iPhone is not connected", "Plug the iPhone in again", "What has arrived so far is kept"}},
	{"stopping", func(r *rig) {
		r.runs.deaf = true
		r.start()
		r.event(receiving)
		r.StopJob(r.Running()[0])
		r.drain()
	}, []string{"Stopping"}},
	{"stop?", func(r *rig) { r.start(); r.event(receiving); r.tap("Stop …") }, []string{"Stop the backup?", "Keep backing up", "Stop it"}},
	{"quit?", func(r *rig) { r.start(); r.event(receiving); r.quitAsked(); r.drain() },
		[]string{"A backup is running", "Stop it and quit", "Keep backing up"}},
	{"settings while it runs", func(r *rig) { r.start(); r.event(receiving); r.goes(state.Page{Name: state.SettingsPage}) },
		[]string{"Backing up Anna's iPhone", "Show it"}},
	{"overview after a backup", func(r *rig) { r.start(); r.end(proven, nil) }, []string{"What was proven", "Back Up Now"}},
	{"done", func(r *rig) { r.proves(proven) }, []string{"Anna's iPhone is backed up", "12,345 files with 23 GB",
		"Every file was opened with your password", "It took 13 minutes", "/home/anna/Lifeboat Backups/" + udidA, "Open folder", "Done"}},
	{"done, files skipped", func(r *rig) {
		result := proven
		result.SkippedCount = 12
		result.Skipped = []string{"CameraRollDomain/Media/DCIM/100APPLE/IMG_0001.HEIC", strings.Repeat("long/", 200)}
		r.proves(result)
		r.openAll()
	}, []string{"12 files could not be read by the iPhone itself", "IMG_0001.HEIC", "… and 10 more files"}},
	{"done, files doubtful", func(r *rig) {
		result := proven
		result.Doubtful, result.Version.Number = 2, 2
		result.LastProven = &vault.Version{Number: 1, Date: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
		result.Verified.ProblemCount = 2
		result.Verified.Groups = []verify.GroupCount{{Group: verify.Photos, Count: 2}}
		r.proves(result)
	}, []string{"Anna's iPhone is backed up, but 2 files are doubtful", "finished and in place", "Of its 12,345 files, these 2 are missing or didn't open",
		"The last backup without doubtful files is from", "It's kept, untouched", "What to do", "Make another backup soon",
		"/home/anna/Lifeboat Backups/" + udidA, "Open folder", "Done"}},
	{"failed", func(r *rig) { r.start(); r.end(backup.Result{}, noRoom); r.openAll() }, []string{"too little room", "What to do", "Try again",
		"Choose another folder", "Back", "Code: host-space", "MBErrorDomain 105", "Insufficient free disk space", "Copy details"}},
	{"stopped", func(r *rig) { r.start(); r.StopJob(r.Running()[0]); r.drain() }, []string{"Try again", "Back"}},
	{"switch on?", func(r *rig) { r.plug(phoneA); r.ask(r.Current(), state.SwitchOn, "") }, []string{"Switch iCloud Backup on?", "Cancel"}},
	{"switching on", func(r *rig) {
		r.engine.switchOn = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		r.plug(phoneA)
		r.Do(r.Current(), state.SwitchOn, "")
		r.drain()
	}, []string{"Switching iCloud Backup on", "Cancel"}},
	{"restart refused", func(r *rig) {
		r.engine.restart = func(context.Context) error { return fault.New(fault.ServiceRefused, "restart", nil) }
		r.plug(phoneA)
		r.Do(r.Current(), state.Restart, "")
		r.drain()
	}, []string{"What to do", "Try again", "Close"}},
	{"forget?", func(r *rig) { r.plug(phoneA); r.ask(r.Current(), state.Forget, "") }, []string{"Forget what Lifeboat remembers of", "Keep it"}},
	{"attempt, nothing heard", func(r *rig) { r.tries(devicelog.Attempt{}, false) }, []string{"Try iCloud now and watch", "not reported yet", "Cancel"}},
	{"attempt, silent", func(r *rig) { r.tries(devicelog.Attempt{}, false); r.pass(state.Silence + 2*time.Second) }, []string{"Answer questions instead"}},
	{"attempt under way", func(r *rig) {
		r.tries(devicelog.Attempt{Heard: true, Began: today, Phase: "upload", Conditions: devicelog.Conditions{OnPower: facts.Of(true), OnWiFi: facts.Of(false)},
			Phases: []devicelog.Phase{{Name: "scan", Took: 3118 * time.Millisecond}, {Name: "odd", Took: time.Second}}}, false)
	}, []string{"sending to iCloud", "plugged in"}},
	{"attempt failed", func(r *rig) {
		r.tries(devicelog.Attempt{Heard: true, Began: today, Ended: today, Outcome: devicelog.Failed, Cause: "icloud-backup-switch",
			Codes: []devicelog.Code{{Domain: "MBErrorDomain", Number: 303}}}, true)
		r.openAll()
	}, []string{"The likely cause", "MBErrorDomain 303", "Try and watch again"}},
	{"attempt succeeded", func(r *rig) {
		r.tries(devicelog.Attempt{Heard: true, Began: today, Ended: today, Outcome: devicelog.Succeeded}, true)
	}, []string{"The iCloud backup was completed"}},
	{"report", func(r *rig) { r.plug(phoneA); r.tap("Report for Apple Support") },
		[]string{"Report for Apple Support", "Put in as well:", "Copy", "Save as text", "Save as page"}},
	{"settings", func(r *rig) { r.plug(phoneA); r.tap("Settings"); r.openAll() },
		[]string{"Backups go to", "Whether Apple has trouble", "Forget Anna's iPhone", "Lifeboat 0.1.0", "Reminders", "Appearance"}},
	{"settings, no phone", func(r *rig) { r.plug(); r.tap("Settings") }, []string{"Backups go to", "About Lifeboat"}},
	{"change password?", func(r *rig) { r.plug(phoneA); r.askChange(r.Current()); r.drain() }, []string{"Change it", "Cancel"}},
	{"more of a backup", func(r *rig) { r.openBackups(); r.press(r.row(5).more.Button) }, []string{"Prove that it restores", "Delete"}},
	{"recovery sheet?", func(r *rig) { r.plug(phoneA); r.askSheet(r.Current()); r.drain() }, []string{"A sheet of paper", "Cancel"}},
}

// goes leads to a page.
func (r *rig) goes(p state.Page) {
	r.Show(p)
	r.drain()
}

// proves ends a backup and opens what was proven of it.
func (r *rig) proves(result backup.Result) {
	r.t.Helper()
	r.start()
	r.end(result, nil)
	r.tap("What was proven")
}

// finds plugs a phone in of which this is found.
func (r *rig) finds(in checks.Input) {
	r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { return stateOf(in), nil }
	r.plug(phoneA)
}

// cloudSaved is a phone that iCloud saved then, without a backup here.
func cloudSaved(at time.Time) checks.Input {
	in := inputOf(true)
	in.Phone.CloudBackupEnabled, in.Phone.LastCloudBackup = facts.Of(true), facts.Of(at)
	return in
}

// quietFor is a backup of which nothing was heard for a while.
func quietFor(d time.Duration, l backup.Liveness) backup.Event {
	e := receiving
	e.Quiet, e.Liveness, e.Rate, e.Left = d, l, 0, -1
	return e
}

// tries watches a try of the phone's of which this is heard; over is whether it ends then.
func (r *rig) tries(got devicelog.Attempt, over bool) {
	r.t.Helper()
	r.engine.attempt = func(ctx context.Context, each func(devicelog.Attempt)) error {
		each(got)
		if !over {
			<-ctx.Done()
		}
		return ctx.Err()
	}
	r.plug(phoneA)
	r.Watch(r.Current(), "")
	r.drain()
}

// works reports whether something is under way that Cancel stops without asking.
func (r *rig) works() bool {
	return r.sheet != nil && r.sheet.closed != nil || r.Backups != nil && r.Backups.Task != nil ||
		r.Inside != nil && (r.Inside.Working() || r.Inside.Export != nil) || r.Attempt != nil
}

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
				r.misses("[ui.", "[problem.", "[check.", "[overview.", "[units.", "Demonstration")
				if at, is := r.o.Window.Canvas().Focused().(*widgets.Action); is && r.works() && at.Text == "Cancel" {
					t.Error("the keyboard is on what stops the work")
				}
				if len(r.keyboardStops()) == 0 {
					t.Error("the keyboard reaches nothing")
				}
			})
		})
	}
}

// TestStandstill: while nothing comes there is no speed, and nobody knows how long
// the rest takes.
func TestStandstill(t *testing.T) {
	names := []string{"silence", "stalled", "unplugged", "stopping"}
	for _, s := range states {
		if !slices.Contains(names, s.name) {
			continue
		}
		names = slices.DeleteFunc(names, func(name string) bool { return name == s.name })
		t.Run(s.name, func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				s.lead(r)
				r.misses("a second", " left")
				r.goes(state.Page{Name: state.Overview})
				r.misses("a second", " left")
			})
		})
	}
	if len(names) > 0 {
		t.Errorf("there are no states %q", names)
	}
}

// TestFocusInSight: in the smallest window too, a page that appears shows what has the
// keyboard.
func TestFocusInSight(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	for _, s := range states {
		t.Run(s.name, func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				r.settle(minWidth, minHeight)
				s.lead(r)
				o, is := r.o.Window.Canvas().Focused().(fyne.CanvasObject)
				if !is || r.o.Window.Canvas().Overlays().Top() != nil {
					return
				}
				scroll, around := widgets.PageScroll(r.o.Window.Content(), o)
				if scroll == nil || around {
					return
				}
				at := fyne.CurrentApp().Driver().AbsolutePositionForObject
				top, end := at(o).Y-at(scroll).Y, at(o).Y+o.Size().Height-at(scroll).Y
				if end <= 0 || top >= scroll.Size().Height {
					t.Errorf("%T is at %.0f to %.0f of %.0f", o, top, end, scroll.Size().Height)
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
		o.Settings = state.NewSettings(nil, "/home/anna/"+strings.Repeat("Backups of the family/", 20), feeds.Allowed{})
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
				if got, want := r.o.Window.Content().MinSize(), fyne.NewSize(minWidth, minHeight); got != want {
					t.Errorf("needs %v, want %v", got, want)
				}
				if top := r.o.Window.Canvas().Overlays().Top(); top != nil {
					if m := top.MinSize(); m.Width > minWidth || m.Height > minHeight {
						t.Errorf("the sheet needs %v", m)
					}
				}
				r.overlaps()
			})
		})
	}
}
