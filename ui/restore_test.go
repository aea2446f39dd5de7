package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/restore"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/ui/enginetest"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// plans leads to the page before a restore, of a phone of an iOS, from a backup's row.
func (r *rig) plans(ios string, change func(*restore.Plan)) {
	r.t.Helper()
	r.engine.Plan = enginetest.Planned("Anna's iPhone", ios)
	r.engine.Plan.Backup.DeviceName = "Anna's old iPhone"
	if r.rename != "" {
		r.engine.Plan.Phone.Name = r.rename
	}
	if change != nil {
		change(&r.engine.Plan)
	}
	r.engine.Events, r.engine.Ends = make(chan backup.Event), make(chan enginetest.Ending)
	r.engine.backups.kept = keptHere()
	r.plug(phoneA)
	r.tap("Backups")
	r.press(r.row(5).onto)
}

// restores begins a restore that goes on.
func (r *rig) restores(ios string) {
	r.t.Helper()
	r.plans(ios, nil)
	r.tap("Restore …")
	r.types("Anna's iPhone")
	r.tap("Restore it")
}

// types types into the field of one line that has the keyboard.
func (r *rig) types(text string) {
	r.t.Helper()
	field, ok := r.o.Window.Canvas().Focused().(*widgets.LineBox)
	if !ok {
		r.t.Fatalf("the keyboard is on %T", r.o.Window.Canvas().Focused())
	}
	field.SetText("")
	test.Type(field, text)
	r.drain()
}

// restoreEvent reports progress of a restore and lets it come to the screen.
func (r *rig) restoreEvent(e backup.Event) {
	r.engine.Events <- e
	r.pass(2 * time.Second)
}

// restoreEnds ends a restore.
func (r *rig) restoreEnds(result restore.Result, err error) {
	if result.Plan.Phone.Name == "" {
		result.Plan = r.engine.Plan
	}
	r.engine.Ends <- enginetest.Ending{Result: result, Err: err}
	r.drain()
}

// notRestored is a failure that left the phone in a state.
func notRestored(code fault.Code, left restore.State) error {
	return fault.New(code, "restore", nil).With("Restore", string(left))
}

// TestRestore: from a backup's row over the checks and the typed name to the end; nothing
// that begins or stops it has the keyboard by itself.
func TestRestore(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plans("27.0", nil)
		r.sees("Restore to an iPhone", "The backup of 22 November 2026, 12:00, of Anna's old iPhone", "Anna's iPhone is erased first: everything on it goes",
			"first erases itself completely", "What was looked at", "Find My iPhone is off", "iOS 27.0 on the iPhone takes a backup of iOS 17.5", "Whether a restore from iCloud is under way",
			"Back up first what is on Anna's iPhone now")
		if f := r.o.Window.Canvas().Focused(); f != nil {
			t.Errorf("the keyboard is on %T", f)
		}
		r.tap("Restore …")
		r.sees("Type the name of the iPhone: Anna's iPhone", "is backed up first")
		if b := r.button("Restore it"); !b.Disabled() {
			t.Error("it begins without the name")
		}
		r.types("Bob's iPhone")
		r.key(fyne.KeyReturn)
		if b := r.button("Restore it"); !b.Disabled() || len(r.engine.Orders()) != 0 {
			t.Error("it begins with another name")
		}
		r.types("anna’s iphone")
		r.tap("Restore it")
		if o := r.engine.Orders(); len(o) != 1 || o[0].Name != "anna’s iphone" || o[0].NoBackupFirst {
			t.Fatalf("%+v", o)
		}
		r.sees("Restoring Anna's iPhone", "Looking at the iPhone and the backup", "Nothing on the iPhone has been changed yet", "Back up what is on the iPhone now")
		if f := r.o.Window.Canvas().Focused(); f != nil {
			t.Errorf("while it runs the keyboard is on %T", f)
		}
		r.tap("Stop …")
		r.sees("Stop restoring Anna's iPhone?", "It stays as it is, and so does the backup")
		r.tap("Keep restoring")
		r.restoreEvent(backup.Event{Phase: backup.WaitingPasscode, Percent: -1, Left: -1, Passcode: true})
		r.sees("Enter your passcode on the iPhone", "before it's restored")
		r.restoreEvent(backup.Event{Phase: restore.Sending, Percent: 40, Left: -1, Bytes: 9e9, BytesTotal: 22e9, Rate: 20e6})
		r.sees("Sending the backup to the iPhone", "9.0 GB of 22 GB", "20 MB a second", "40 %", "Leave the iPhone plugged in")
		r.tap("Stop …")
		r.sees("it may greet you like a new one")
		r.tap("Keep restoring")
		r.tap("Overview")
		r.sees("Restoring Anna's iPhone · Sending the backup", "Show it")
		r.quitAsked()
		r.sees("An iPhone is being restored")
		r.tap("Keep restoring")
		r.tap("Show it")
		r.sees("Sending the backup to the iPhone")
		r.restoreEnds(restore.Result{State: restore.Restored, Files: 12341, Bytes: 22e9, Apps: 41, Duration: 40 * time.Minute, First: &backup.Result{Dir: "/home/anna/Lifeboat Backups/" + udidA}}, nil)
		r.sees("Anna's iPhone has everything", "12,341 files (22 GB) were sent", "What happens now", "The iPhone restarts now", "41 apps are downloaded again", "Switch Find My iPhone on again", "/home/anna/Lifeboat Backups/"+udidA)
		if n := len(r.app.sent); n == 0 {
			t.Error("the system told nobody")
		}
		r.tap("OK")
		r.misses("What happens now")
	})
}

// TestRestoreWithoutBackup: who does not want what is on the phone says so in so many
// words, and types its name.
func TestRestoreWithoutBackup(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plans("18.7.1", nil)
		r.sees("What is on Anna's iPhone is replaced")
		r.misses("is erased first")
		r.tick("Back up first what is on Anna's iPhone now")
		r.sees("Without a backup, nobody can bring back", "I want what is on Anna's iPhone now to be lost for good")
		if b := r.button("Restore …"); !b.Disabled() {
			t.Error("it begins although nobody said that it may be lost")
		}
		r.tick("I want what is on Anna's iPhone now to be lost for good.")
		r.tap("Restore …")
		r.sees("is not backed up: it is lost for good")
		r.types("Anna's iPhone")
		r.tap("Restore it")
		if o := r.engine.Orders(); len(o) != 1 || !o[0].NoBackupFirst {
			t.Errorf("%+v", o)
		}
		r.misses("Back up what is on the iPhone now")
	})
}

// tick presses a box.
func (r *rig) tick(text string) {
	r.t.Helper()
	var found *widgets.TickBox
	visible(r.o.Window.Content(), fyne.Position{}, nil, func(o object) {
		if b, ok := o.CanvasObject.(*widgets.TickBox); ok && b.Text == text {
			found = b
		}
	})
	if found == nil {
		r.t.Fatalf("there is no box %q", text)
	}
	found.SetChecked(!found.Checked)
	r.drain()
}

// TestRestoreChecks: each check says in words whether it passes, and what to do.
func TestRestoreChecks(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plans("16.1", refusals)
		r.sees("Find My iPhone is switched on. Switch it off", "comes from a newer iOS (17.5) than the one on this iPhone (16.1)", "It isn't known whether the iPhone has room", "The iPhone's battery is at 31 %", "looked after by a company or school (Acme)",
			"The backup is of another device", "The backup isn't encrypted")
		r.misses("Find My iPhone is off.", "The backup fits on the iPhone", "The battery is charged enough", "No company or school decides")
		if b := r.button("Restore …"); !b.Disabled() {
			t.Error("what is refused can be begun")
		}
		before := r.engine.Checks()
		r.engine.Plan = enginetest.Planned("Anna's iPhone", "18.7.1")
		r.tap("Check again")
		r.sees("Find My iPhone is off.")
		if b := r.button("Restore …"); b.Disabled() || r.engine.Checks() != before+1 {
			t.Errorf("looked %d times", r.engine.Checks()-before)
		}
		r.plug()
		r.sees("Anna's iPhone isn't connected any more", "Connect the iPhone that is to get everything")
		r.plug(phoneA, phoneB)
		r.sees("Onto Anna's iPhone")
	})
}

// refusals are a plan in which much stands in the way.
func refusals(p *restore.Plan) {
	p.Refusals = []*fault.Error{fault.New(fault.FindMyOn, "restore", nil).With("Restore", string(restore.Untouched)),
		fault.New(fault.BackupVersion, "restore", nil).With("BackupIOS", "17.5").With("PhoneIOS", "16.1").With("Restore", string(restore.Untouched))}
	p.Backup.Encrypted = false
	p.Notices = []restore.Notice{{ID: restore.Replaces}, {ID: restore.OtherPhone, Args: words.Args{"Backup": "Anna's old iPhone", "Phone": "Anna's iPhone"}}, {ID: restore.Unencrypted},
		{ID: restore.Managed, Args: words.Args{"Organization": "Acme"}}, {ID: restore.RoomUnread}, {ID: restore.ChargeLow, Args: words.Args{"Level": 31}}, {ID: restore.OnlyPhone}}
}

// TestEveryNoticeIsShown: what the plan says is shown somewhere, once.
func TestEveryNoticeIsShown(t *testing.T) {
	for _, id := range []restore.NoticeID{restore.OtherPhone, restore.OtherKind, restore.Unencrypted, restore.NoApps, restore.Managed, restore.VersionUnread,
		restore.FindMyUnread, restore.RoomUnread, restore.RoomTight, restore.ChargeLow, restore.ChargeUnread, restore.OnlyPhone} {
		inWindow(t, nil, func(r *rig) {
			n := restore.Notice{ID: id, Args: words.Args{"Backup": "A", "Phone": "B", "From": "iPad", "To": "iPhone", "Need": words.Bytes(3), "Have": words.Bytes(2), "Level": 30}}
			r.plans("18.7.1", func(p *restore.Plan) { p.Notices = []restore.Notice{{ID: restore.Replaces}, n} })
			r.sees(r.text(n.Words()))
		})
	}
}

// TestRestoreFails: whatever happens, the page says what became of the phone and what
// to do, and what was backed up before is named.
func TestRestoreFails(t *testing.T) {
	for left, sees := range map[restore.State]string{
		restore.Untouched: "Nothing on the iPhone was changed", restore.FirstFailed: "that didn't finish", restore.Partial: "it most likely still has what was on it before",
		restore.Erased: "it may greet you like a new one now", restore.Sent: "leave it plugged in for half an hour",
	} {
		inWindow(t, nil, func(r *rig) {
			r.restores("18.7.1")
			r.plug()
			r.restoreEnds(restore.Result{State: left}, notRestored(fault.PhoneGone, left))
			r.sees("Anna's iPhone was not restored", sees, "What to do")
			r.plug(phoneA)
			r.tap("Try again")
			r.sees("What was looked at")
		})
	}
}

// TestRestoreOwnPassword: the phone's own password is asked for, and asked for again
// after it was put aside.
func TestRestoreOwnPassword(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.AskOwn, r.engine.Secret = "own", "right"
		r.restores("18.7.1")
		r.sees("Password of the backup of 22 November 2026")
		r.fill("right")
		r.tap("Continue")
		r.sees("Password of the backups of Anna's iPhone")
		r.tap("Cancel")
		r.tap("Enter the password …")
		r.fill("own")
		r.tap("Continue")
		r.misses("Password of the backups of")
		r.restoreEvent(backup.Event{Phase: restore.Sending, Percent: 1, Left: -1})
		r.sees("Sending the backup")
	})
}

// TestRestoreForeign: a backup of another program is restored likewise.
func TestRestoreForeign(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.Plan = enginetest.Planned("Anna's iPhone", "18.7.1")
		r.engine.backups.kept = []state.Kept{}
		r.engine.backups.foreign = []library.Foreign{{Existing: library.Existing{UDID: udidB, Finished: true, Date: today}, Root: "/foreign", Folder: udidB}}
		r.plug(phoneA)
		r.tap("Backups")
		r.tap("Restore to an iPhone …")
		r.sees("The backup of 23 November 2026", "What was looked at")
	})
}

// TestLostRestores: who has a phone at the cable is led to its restore; Finder and its
// like stay another way.
func TestLostRestores(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.Plan = enginetest.Planned("Anna's iPhone", "18.7.1")
		r.engine.backups.kept = keptHere()
		r.plug()
		r.tap("My iPhone is lost or broken")
		r.tap("Yes, a new, repaired or other one")
		r.tap("Yes")
		r.sees("If you plug that iPhone into this computer", "Restore …")
		r.plug(phoneA)
		r.sees("With Apple's program …")
		r.misses("If you plug that iPhone")
		r.tap("Restore to an iPhone …")
		r.sees("The backup of 23 November 2026, 12:00", "What was looked at")
	})
}

// unset is a phone that has no backup password yet.
func unset(p *restore.Plan) { p.Facts.WillEncrypt = facts.Gone[bool]() }

// TestRestoreSetsPassword: of a phone without a backup password the page says what the
// backup that is made first does to it; the choice to make it is in sight at once.
func TestRestoreSetsPassword(t *testing.T) {
	const sets, plain = "Anna's iPhone has no backup password yet. This first backup sets one: the password of the backup that you restore", "Anna's iPhone has no backup password, and neither has the backup that you restore"
	for name, c := range map[string]struct {
		change func(*restore.Plan)
		sees   string
	}{
		"not known":        {func(p *restore.Plan) {}, ""},
		"has one":          {func(p *restore.Plan) { p.Facts.WillEncrypt = facts.Of(true) }, ""},
		"has none":         {unset, sets},
		"has it no longer": {func(p *restore.Plan) { p.Facts.WillEncrypt = facts.Of(false) }, sets},
		"neither does":     {func(p *restore.Plan) { unset(p); p.Backup.Encrypted = false }, plain},
	} {
		t.Run(name, func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				r.plans("18.7.1", c.change)
				for _, text := range []string{sets, plain} {
					if text == c.sees {
						r.sees(text)
					} else {
						r.misses(text)
					}
				}
				r.settle(width, height)
				for _, o := range r.placed() {
					if tick, is := o.CanvasObject.(*widgets.TickBox); is {
						if end := o.at.Y + tick.Size().Height; end > height-60 { // the buttons below
							t.Errorf("%q ends at %v", tick.Text, end)
						}
					}
				}
				r.BackUpFirst(false)
				r.drain()
				r.misses(sets, plain)
			})
		})
	}
}

func init() {
	states = append(states,
		windowState{"restore, sets a password", func(r *rig) { r.plans("27.0", unset) }, []string{"This first backup sets one"}},
		windowState{"restore, no phone", func(r *rig) { r.openBackups(); r.press(r.row(5).onto) }, []string{"Connect the iPhone that is to get everything"}},
		windowState{"restore, erases", func(r *rig) { r.plans("27.0", nil) }, []string{"is erased first", "What was looked at"}},
		windowState{"restore, refused", func(r *rig) { r.plans("16.1", refusals) }, []string{"What was looked at"}},
		windowState{"restore, nothing first", func(r *rig) { r.plans("18.7.1", nil); r.BackUpFirst(false); r.drain() }, []string{"to be lost for good"}},
		windowState{"restore, name", func(r *rig) { r.plans("18.7.1", nil); r.tap("Restore …") }, []string{"Type the name of the iPhone", "Restore it"}},
		windowState{"restore, not looked at", func(r *rig) {
			r.engine.CheckErr = fault.New(fault.PhoneSilent, "look", nil)
			r.plans("18.7.1", nil)
		}, []string{"connected, but it didn't answer"}},
		windowState{"restoring", func(r *rig) {
			r.plans("18.7.1", nil)
			r.StartRestore(r.engine.Plan.Phone.Name, keybag.NewPassword("right"))
			r.drain()
			r.restoreEvent(backup.Event{Phase: restore.Sending, Percent: 40, Left: -1, Bytes: 9e9, BytesTotal: 22e9, Rate: 20e6})
		}, []string{"Sending the backup to the iPhone", "Stop …"}},
		windowState{"restoring, passcode", func(r *rig) {
			r.plans("18.7.1", nil)
			r.StartRestore(r.engine.Plan.Phone.Name, keybag.NewPassword("right"))
			r.drain()
			r.restoreEvent(backup.Event{Phase: backup.WaitingPasscode, Percent: -1, Left: -1, Passcode: true})
		}, []string{"Enter your passcode on the iPhone"}},
		windowState{"restoring, finishing", func(r *rig) {
			r.plans("18.7.1", nil)
			r.StartRestore(r.engine.Plan.Phone.Name, keybag.NewPassword("right"))
			r.drain()
			r.restoreEvent(backup.Event{Phase: backup.Finishing, Percent: -1, Left: -1, Quiet: 7 * time.Minute})
		}, []string{"putting it in place"}},
		windowState{"restored", func(r *rig) {
			r.plans("18.7.1", nil)
			r.StartRestore(r.engine.Plan.Phone.Name, keybag.NewPassword("right"))
			r.drain()
			r.restoreEnds(restore.Result{State: restore.Restored, Files: 12341, Bytes: 22e9, Apps: 41, Duration: 40 * time.Minute, First: &backup.Result{Dir: "/home/anna/Lifeboat Backups/" + udidA}}, nil)
		}, []string{"What happens now"}},
		windowState{"not restored", func(r *rig) {
			r.plans("27.0", nil)
			r.StartRestore(r.engine.Plan.Phone.Name, keybag.NewPassword("right"))
			r.drain()
			r.restoreEnds(restore.Result{State: restore.Erased}, notRestored(fault.PhoneGone, restore.Erased))
		}, []string{"was not restored", "it may greet you like a new one now"}},
	)
}
