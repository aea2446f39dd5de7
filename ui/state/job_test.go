package state

import (
	"testing"

	"lifeboat/backup"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/checks"
	"lifeboat/checks/feeds"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
)

func typed(password string) keybag.Password { return keybag.NewPassword(password) }

// TestEnterTwice: whoever presses Enter twice on a form for a password begins
// one backup, whether the password is kept or not, chosen or known.
func TestEnterTwice(t *testing.T) {
	for _, c := range []struct {
		name            string
		encrypted, keep bool
	}{{"chosen", false, false}, {"chosen and kept", false, true}, {"known", true, false}, {"known and kept", true, true}} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, func(r *rig) {
				if c.encrypted {
					r.encrypted()
				}
				r.plug(phoneA)
				r.BackUp(r.phone(phoneA), "")
				r.BackUp(r.phone(phoneA), "") // a double click is one, too
				r.drain()
				j := r.Job(r.phone(phoneA))
				for range 2 {
					if c.encrypted {
						r.GivePassword(j, typed("correct horse"), c.keep)
					} else {
						r.ChoosePassword(j, typed("correct horse"), c.keep, func(err error) { t.Error(err) })
					}
				}
				got := r.started()
				r.quiet()
				if got.order.Password.Reveal() != "correct horse" || got.order.Root != home {
					t.Errorf("the order is %+v", got.order)
				}
				r.BackUp(r.phone(phoneA), "")
				r.quiet()
			})
		})
	}
}

// TestPasscodes counts how often the phone asks: a first backup sets the password
// and then begins.
func TestPasscodes(t *testing.T) {
	asks, goesOn := backup.Event{Phase: backup.WaitingPasscode, Percent: -1, Left: -1, Passcode: true}, backup.Event{Phase: backup.Encrypting, Percent: -1, Left: -1}
	inBubble(t, func(r *rig) {
		run := r.first()
		j := r.in(phoneA, Running)
		for i, want := range [][2]int{{1, 2}, {2, 2}, {3, 3}} {
			r.event(run, asks)
			r.event(run, asks) // the same one still
			if got := [2]int{j.Passcode, j.Passcodes}; got != want {
				t.Errorf("at the question %d it is %d of %d, want %d of %d", i+1, got[0], got[1], want[0], want[1])
			}
			r.event(run, goesOn)
		}
	})
	inBubble(t, func(r *rig) {
		r.encrypted()
		r.plug(phoneA)
		r.BackUp(r.phone(phoneA), "")
		r.drain()
		r.GivePassword(r.in(phoneA, Asking), typed("known"), false)
		r.event(r.started(), asks)
		if j := r.in(phoneA, Running); j.Passcode != 1 || j.Passcodes != 1 {
			t.Errorf("a later backup asks %d of %d, want 1 of 1", j.Passcode, j.Passcodes)
		}
	})
}

// TestPasswordOfSession: a password that has proven right is not asked for again
// in this session, one that has not is not believed.
func TestPasswordOfSession(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.encrypted()
		r.plug(phoneA)
		r.BackUp(r.phone(phoneA), "")
		r.drain()
		r.GivePassword(r.in(phoneA, Asking), typed("right"), false)
		r.end(r.started(), fault.New(fault.DestFull, "write", nil))
		r.Again(r.in(phoneA, Failed), false)
		r.drain()
		r.GivePassword(r.in(phoneA, Asking), typed("right"), false) // a backup that failed proves nothing
		r.end(r.started(), nil)
		r.in(phoneA, Done)
		asked := len(r.engine.noted("password"))
		r.BackUp(r.phone(phoneA), "")
		got := r.started()
		if got.order.Password.Reveal() != "right" {
			t.Errorf("the second backup got %q", got.order.Password.Reveal())
		}
		if n := len(r.engine.noted("password")); n != asked {
			t.Error("the keyring was asked although the password is known")
		}
		if len(r.engine.keyring) != 0 {
			t.Error("the password is in the keyring, where nobody wished it")
		}
		// Meanwhile it was changed elsewhere.
		r.end(got, errAskAgain)
		if j := r.in(phoneA, Asking); j.Note != WrongStored {
			t.Errorf("the note is %q, want %q", j.Note, WrongStored)
		}
		r.GivePassword(r.Job(r.phone(phoneA)), typed("typo"), true)
		r.end(got, errAskAgain)
		if j := r.in(phoneA, Asking); j.Note != WrongTyped {
			t.Errorf("the note is %q, want %q", j.Note, WrongTyped)
		}
		r.GivePassword(r.Job(r.phone(phoneA)), typed("new"), false)
		r.end(got, nil)
		r.in(phoneA, Done)
		if len(r.engine.keyring) != 0 {
			t.Errorf("a wrong password was kept: %q", r.engine.keyring)
		}
		r.BackUp(r.phone(phoneA), "")
		if got := r.started().order.Password.Reveal(); got != "new" {
			t.Errorf("the next backup got %q", got)
		}
	})
}

// TestOrder: what the person chose in the settings reaches the job.
func TestOrder(t *testing.T) {
	inBubble(t, func(r *rig) {
		first := r.first()
		if o := first.order; o.Policy != vault.DefaultPolicy || o.Level != (verify.Level{}) || o.Full {
			t.Errorf("without a choice the order is %+v", o)
		}
		r.end(first, fault.New(fault.BackupDamaged, "read", nil))
		want := vault.Policy{All: 3, Limit: 500e9, Trash: 7}
		r.Settings.SetPolicy(want)
		r.Settings.SetReadAll(true)
		r.Settings.Override("/media/anna/Drive")
		r.encrypted()
		r.hears(phoneA, r.engine.change)
		r.engine.keyring[udidA] = "kept"
		r.Again(r.in(phoneA, Failed), true)
		o := r.started().order
		if o.Policy != want || o.Level != (verify.Level{Depth: verify.Full}) || !o.Full || o.Root != "/media/anna/Drive" || o.Password.Reveal() != "kept" {
			t.Errorf("the order is %+v", o)
		}
	})
}

// TestKeptOnlyWhenProven: a password for a phone that has one reaches the keyring when
// it has opened a backup; a new one before the phone gets it.
func TestKeptOnlyWhenProven(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.encrypted()
		r.plug(phoneA)
		r.BackUp(r.phone(phoneA), "")
		r.drain()
		r.GivePassword(r.in(phoneA, Asking), typed("right"), true)
		run := r.started()
		if len(r.engine.keyring) != 0 {
			t.Error("kept before it was proven")
		}
		r.engine.keyringErr = errKeyring
		r.end(run, nil)
		if j := r.in(phoneA, Done); fault.Of(j.KeepErr) != fault.KeyringFailed {
			t.Errorf("that the keyring failed is reported as %v", j.KeepErr)
		}
	})
	inBubble(t, func(r *rig) {
		r.engine.keyringErr = errKeyring
		r.plug(phoneA)
		r.BackUp(r.phone(phoneA), "")
		r.drain()
		var told error
		r.ChoosePassword(r.in(phoneA, Choosing), typed("new"), true, func(err error) { told = err })
		r.quiet()
		if r.in(phoneA, Choosing); fault.Of(told) != fault.KeyringFailed {
			t.Errorf("that the keyring failed is reported as %v", told)
		}
		r.ChoosePassword(r.in(phoneA, Choosing), typed("new"), false, nil)
		r.started()
	})
}

// TestFormStaysWhileKept: while the keyring takes its time with a new password,
// the form stays, whatever else is heard of the phone, and can be left.
func TestFormStaysWhileKept(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.engine.keyringWaits = make(chan struct{})
		r.plug(phoneA)
		r.BackUp(r.phone(phoneA), "")
		r.drain()
		j := r.in(phoneA, Choosing)
		for range 2 {
			r.ChoosePassword(j, typed("new"), true, nil)
		}
		r.hears(phoneA, func(*checks.Input) {})
		r.in(phoneA, Choosing)
		r.at(JobPage)
		r.engine.keyringWaits <- struct{}{}
		r.drain()
		r.in(phoneA, Running)
		r.started()
		r.quiet()
	})
	inBubble(t, func(r *rig) {
		r.engine.keyringWaits = make(chan struct{})
		r.plug(phoneA)
		r.BackUp(r.phone(phoneA), "")
		r.drain()
		r.ChoosePassword(r.in(phoneA, Choosing), typed("new"), true, nil)
		r.Back()
		r.at(Overview)
		r.engine.keyringWaits <- struct{}{}
		r.quiet()
		if r.Job(r.phone(phoneA)) != nil {
			t.Error("a backup whose form was left goes on")
		}
	})
}

// TestForms: a form that is left is as if nothing had begun; within a run it stops
// the run.
func TestForms(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.plug(phoneA)
		r.BackUp(r.phone(phoneA), "")
		r.drain()
		r.at(JobPage)
		r.LeaveForm(r.in(phoneA, Choosing))
		r.at(Overview)
		if r.Job(r.phone(phoneA)) != nil || r.Busy() {
			t.Error("the form was left, and the backup is still there")
		}
		r.encrypted()
		r.hears(phoneA, r.engine.change)
		r.engine.keyring[udidA] = "stale"
		r.BackUp(r.phone(phoneA), "")
		run := r.started()
		r.end(run, errAskAgain)
		j := r.in(phoneA, Asking)
		if !r.Busy() {
			t.Error("a run that asks again is no work")
		}
		r.LeaveForm(j)
		r.drain()
		if j := r.in(phoneA, Failed); fault.Of(j.Err) != fault.Cancelled {
			t.Errorf("the run ended with %v", j.Err)
		}
	})
}

// TestBadDestination is reported before a password is asked for.
func TestBadDestination(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.engine.destinationErr = fault.New(fault.DestFull, "look at the destination", nil)
		r.plug(phoneA)
		r.BackUp(r.phone(phoneA), "")
		r.drain()
		r.at(JobPage)
		j := r.in(phoneA, Failed)
		r.engine.destinationErr = nil
		r.Again(j, false)
		r.drain()
		r.in(phoneA, Choosing)
	})
}

// TestEnded: a backup that has worked ticks its step, has the phone looked at,
// tells the window, and leads to the overview; one that failed stays to be read.
func TestEnded(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.engine.kept = []Kept{{UDID: udidA, Versions: []vault.Version{{Number: 4, Current: true}, {Number: 3}, {Number: 2, Unfinished: true}, {Number: 1, Trashed: someDay}}},
			{UDID: udidB, Versions: make([]vault.Version, 9)}}
		r.plug(phoneA)
		r.BackUp(r.phone(phoneA), "power/backup")
		r.drain()
		r.ChoosePassword(r.in(phoneA, Choosing), typed("new"), false, nil)
		run := r.started()
		r.at(JobPage)
		r.end(run, nil)
		r.at(Overview)
		j := r.in(phoneA, Done)
		if j.Earlier != 1 {
			t.Errorf("%d earlier backups are kept, want 1", j.Earlier)
		}
		if got := r.engine.noted("tick"); len(got) != 1 || got[0] != "tick power/backup true" {
			t.Errorf("ticked %q", got)
		}
		if len(r.engine.noted("look")) != 1 || len(r.view.ended) != 1 {
			t.Errorf("looked %d times, told the window of %d ends", len(r.engine.noted("look")), len(r.view.ended))
		}
		r.Show(Page{Name: JobPage})
		r.at(JobPage) // what was proven can be read
		r.Back()
		r.at(Overview)
		if r.Job(r.phone(phoneA)) != j {
			t.Error("what was proven can be read only once")
		}
	})
	inBubble(t, func(r *rig) {
		r.end(r.first(), fault.New(fault.HostSpace, "back up", nil))
		r.at(JobPage)
		r.in(phoneA, Failed)
		if len(r.view.ended) != 1 || len(r.engine.noted("tick")) != 0 {
			t.Error("a failure is not told, or ticks a step")
		}
		r.Back()
		r.at(Overview)
		if j := r.Job(r.phone(phoneA)); j == nil || fault.Of(j.Err) != fault.HostSpace {
			t.Error("nobody knows any more that the last try failed")
		}
		r.plug()
		if r.Find(udidA) != nil {
			t.Error("a phone is listed for a failure that was read")
		}
	})
}

// TestStopped: stopping ends the run, once, and without a word of another phone.
func TestStopped(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.engine.deaf = true
		run := r.first()
		j := r.in(phoneA, Running)
		r.StopJob(j)
		r.StopJob(j)
		if !j.Stopping || !r.Busy() {
			t.Error("a run that winds up is not work any more")
		}
		r.end(run, fault.New(fault.Cancelled, "back up", nil))
		if fault.Of(r.in(phoneA, Failed).Err) != fault.Cancelled || r.Busy() {
			t.Error("a stopped run goes on")
		}
	})
}

// TestTwoPhones are backed up at once, and each has its own outcome.
func TestTwoPhones(t *testing.T) {
	inBubble(t, func(r *rig) {
		runA := r.first()
		r.plug(phoneA, phoneB)
		r.Choose(r.phone(phoneB))
		r.at(Overview)
		r.BackUp(r.phone(phoneB), "")
		r.drain()
		r.at(JobPage)
		r.ChoosePassword(r.in(phoneB, Choosing), typed("other"), false, nil)
		runB := r.started()
		if len(r.Running()) != 2 {
			t.Fatalf("%d backups run", len(r.Running()))
		}
		r.event(runA, backup.Event{Phase: backup.Receiving, Percent: 10, Left: -1, Bytes: 1})
		r.event(runB, backup.Event{Phase: backup.Receiving, Percent: 70, Left: -1, Bytes: 1})
		if a, b := r.in(phoneA, Running).Event.Percent, r.in(phoneB, Running).Event.Percent; a != 10 || b != 70 {
			t.Errorf("the phones are at %v and %v", a, b)
		}
		r.end(runA, fault.New(fault.DestFailed, "write", nil))
		r.at(JobPage)
		r.in(phoneB, Running)
		r.in(phoneA, Failed)
		r.end(runB, nil)
		r.in(phoneB, Done)
		r.at(Overview)
		r.Choose(r.phone(phoneA))
		r.Show(Page{Name: JobPage})
		r.at(JobPage)
		if len(r.view.ended) != 2 {
			t.Errorf("%d ends were told, want 2", len(r.view.ended))
		}
	})
}

// TestQuitWaits: what runs winds up before the window closes, and it closes once.
func TestQuitWaits(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.engine.deaf = true
		runA := r.first()
		r.plug(phoneA, phoneB)
		r.BackUp(r.phone(phoneB), "")
		r.drain()
		r.ChoosePassword(r.in(phoneB, Choosing), typed("other"), false, nil)
		runB := r.started()
		r.Recording.On = true
		r.Quit()
		r.drain()
		if r.view.closed != 0 {
			t.Fatal("the window closed before the runs had ended")
		}
		r.BackUp(r.phone(phoneA), "")
		r.end(runA, fault.New(fault.Cancelled, "back up", nil))
		if r.view.closed != 0 {
			t.Fatal("the window closed before the second run had ended")
		}
		r.end(runB, nil)
		if r.view.closed != 1 {
			t.Errorf("the window closed %d times, want once", r.view.closed)
		}
		if got := r.engine.noted("record"); len(got) != 1 || got[0] != "record false" {
			t.Errorf("the recording was ended by %q", got)
		}
	})
	inBubble(t, func(r *rig) { // also when all that there is waits for its phone
		r.end(r.first(), errGone)
		r.plug()
		r.in(phoneA, Interrupted)
		r.Quit()
		r.drain()
		if r.view.closed != 1 {
			t.Errorf("the window closed %d times, want once", r.view.closed)
		}
	})
	inBubble(t, func(r *rig) {
		r.Quit()
		if r.view.closed != 1 {
			t.Error("with nothing running the window stays")
		}
	})
}

// TestStartOnPlug: a backup starts by itself if that was chosen, once, and only
// where nothing has to be asked.
func TestStartOnPlug(t *testing.T) {
	for _, c := range []struct {
		name              string
		wished, encrypted bool
		hours             float64 // since the last backup here, 0 for none
		keyring           string
		starts            bool
	}{
		{"old and known", true, true, 25, "kept", true},
		{"not wished", false, true, 25, "kept", false},
		{"young", true, true, 23, "kept", false},
		{"never here", true, true, 0, "kept", false},
		{"password unknown", true, true, 25, "", false},
		{"no password yet", true, false, 25, "kept", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, func(r *rig) {
				r.Settings.SetStartOnPlug(c.wished)
				r.engine.change = func(in *checks.Input) {
					in.Phone.WillEncrypt = facts.Of(c.encrypted)
					if c.hours > 0 {
						in.Local = checks.Local{Exists: true, Finished: in.Now.Add(-hours(c.hours))}
					}
				}
				if c.keyring != "" {
					r.engine.keyring[udidA] = c.keyring
				}
				r.plug(phoneA)
				r.at(Overview) // nobody is led away
				if !c.starts {
					r.quiet()
					if j := r.Job(r.phone(phoneA)); j != nil {
						t.Errorf("there is a backup that is %q", j.Step)
					}
					return
				}
				run := r.started()
				if got := run.order.Password.Reveal(); got != c.keyring {
					t.Errorf("it got %q", got)
				}
				r.end(run, fault.New(fault.CancelledPhone, "back up", nil))
				r.at(Overview)
				r.hears(phoneA, r.engine.change)
				r.quiet() // not again because it failed
				r.plug()
				r.plug(phoneA)
				r.hears(phoneA, r.engine.change)
				r.started()
			})
		})
	}
}

// TestAllow: what was switched off in the network is not asked from then on.
func TestAllow(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.plug(phoneA)
		before := len(r.engine.noted("diagnose"))
		r.Allow(func(s *Settings) { s.SetAllowed(feeds.Allowed{}) })
		r.drain()
		calls := r.engine.noted("allow")
		if len(calls) != 2 || calls[0] == calls[1] {
			t.Errorf("allowed %q", calls)
		}
		if n := len(r.engine.noted("diagnose")); n != before+1 {
			t.Error("the diagnosis goes on as it was allowed before")
		}
	})
}
