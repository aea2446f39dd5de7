package state

import (
	"testing"
	"time"

	"lifeboat/backup"
	"lifeboat/backup/keybag"
	"lifeboat/backup/restore"
	"lifeboat/backup/vault"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/ui/enginetest"
)

const anna = "Anna's iPhone"

var keptA = Kept{Root: home, UDID: udidA, Encrypted: true, Versions: []vault.Version{{Number: 5}}}

// readyToRestore is a restore of which nothing is in the way.
func (r *rig) readyToRestore() {
	r.t.Helper()
	r.engine.restores.Plan = enginetest.Planned(anna, "18.7.1")
	r.engine.restores.Events, r.engine.restores.Ends = make(chan backup.Event), make(chan enginetest.Ending)
	r.plug(phoneA)
	r.RestoreTo(keptA, keptA.Versions[0])
	r.drain()
	if r.Page().Name != RestorePage || r.Restore.Step != RestoreReady || !r.CanRestore() || r.Busy() {
		r.t.Fatalf("%+v on %s", r.Restore, r.Page().Name)
	}
}

// TestRestore: nothing is touched before the person said so; what runs tells how far it
// is, never goes back, survives that its page is left, and keeps the phone to itself.
func TestRestore(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.passwords[udidA] = typed("of this session")
		r.readyToRestore()
		if len(r.engine.restores.Orders()) != 0 {
			t.Fatal("it has begun by itself")
		}
		r.StartRestore(anna, keybag.Password{})
		r.drain()
		o := r.engine.restores.Orders()[0]
		if o.Name != anna || o.NoBackupFirst || o.Number != 5 || o.Kept.UDID != udidA || o.Password.Reveal() != "of this session" || o.FirstPassword.Reveal() != "of this session" {
			t.Errorf("%+v", o)
		}
		r.StartRestore(anna, keybag.Password{})
		r.RestoreTo(keptA, vault.Version{Number: 1})
		r.RestoreOnto(r.phone(phoneA))
		r.CheckRestore()
		r.BackUpFirst(false)
		r.BackUp(r.phone(phoneA), "")
		r.drain()
		if !r.Busy() || len(r.engine.restores.Orders()) != 1 || r.Job(r.phone(phoneA)) != nil || r.Restore.Version.Number != 5 || r.Restore.NoBackupFirst {
			t.Errorf("while it runs something else begins: %+v", r.Restore)
		}
		last := 0.0
		for _, e := range []backup.Event{
			{Phase: restore.Proving, Percent: -1, Left: -1}, {Phase: restore.Proving, Percent: 90, Left: -1},
			{Phase: restore.BackingUp, Percent: 50, Left: -1, First: &backup.Event{Percent: 50}}, {Phase: backup.WaitingPasscode, Percent: -1, Left: -1, Passcode: true},
			{Phase: restore.Sending, Percent: 1, Left: -1}, {Phase: restore.Sending, Percent: 50, Left: 10 * time.Minute}, {Phase: restore.Sending, Percent: -1, Left: -1}, {Phase: backup.Finishing, Percent: -1, Left: -1},
		} {
			r.engine.restores.Events <- e
			r.pass(2 * eventsEvery)
			if got := r.Restore.Percent(); got < last || got >= 100 || r.Restore.Event.Phase != e.Phase {
				t.Errorf("in %s from %v to %v", e.Phase, last, got)
			}
			last = r.Restore.Percent()
		}
		if last < 95 {
			t.Errorf("at the end it is at %v", last)
		}
		r.Tab(Overview)
		r.plug()
		if r.Restore == nil || !r.Busy() {
			t.Fatal("it ended when its page was left")
		}
		r.engine.restores.Ends <- enginetest.Ending{Result: restore.Result{State: restore.Restored}}
		r.drain()
		if r.at(RestorePage); r.Restore.Step != RestoreDone || r.view.restored != 1 || r.Busy() {
			t.Errorf("%+v", r.Restore)
		}
		r.Tab(Overview)
		if r.Restore != nil {
			t.Error("it is not forgotten")
		}
	})
}

// TestRestorePasswords: the backup's is asked for where none opens it, before anything
// is touched; the phone's own where its backups have another one.
func TestRestorePasswords(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.readyToRestore()
		s := &r.engine.restores
		s.Secret, s.AskOwn = "right", "own"
		r.StartRestore(anna, keybag.Password{})
		r.drain()
		if r.view.asked != 1 || r.view.wrong || r.Restore.Step != RestoreReady || r.view.restored != 0 {
			t.Fatalf("asked %d times, %+v", r.view.asked, r.Restore)
		}
		r.view.then(typed("typo"))
		r.drain()
		if r.view.asked != 2 || !r.view.wrong {
			t.Fatalf("after a typo asked %d times", r.view.asked)
		}
		r.view.then(typed("right"))
		r.drain()
		if r.view.askedOwn != 1 || r.view.wrongOwn || !r.Restore.Asks || !r.Busy() {
			t.Fatalf("the phone's own is asked for %d times", r.view.askedOwn)
		}
		r.AskOwnPassword() // it was put aside
		r.view.thenOwn(typed("typo"))
		r.drain()
		if r.view.askedOwn != 3 || !r.view.wrongOwn {
			t.Fatalf("after a typo the phone's own is asked for %d times", r.view.askedOwn)
		}
		r.view.thenOwn(typed("own"))
		r.view.thenOwn(typed("twice"))
		r.drain()
		if r.Restore.Asks || !r.Busy() {
			t.Errorf("%+v", r.Restore)
		}
		s.Ends <- enginetest.Ending{Result: restore.Result{State: restore.Restored}}
		r.drain()
		if r.Restore.Step != RestoreDone || r.passwords[udidA].Reveal() != "right" {
			t.Errorf("%+v", r.Restore)
		}
	})
}

// TestOwnPasswordTwice: a question that was answered takes no second answer, also when
// the run asks again meanwhile: that answer would be lost, and the run would wait for
// ever for one that nobody is asked for.
func TestOwnPasswordTwice(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.passwords[udidA] = typed("right")
		r.readyToRestore()
		s := &r.engine.restores
		s.AskOwn = "own"
		r.StartRestore(anna, keybag.Password{})
		r.drain()
		first := r.view.thenOwn
		first(typed("typo"))
		r.drain()
		first(typed("own"))
		r.drain()
		if r.view.askedOwn != 2 || !r.Restore.Asks || !r.Busy() {
			t.Fatalf("asked %d times, it asks: %v", r.view.askedOwn, r.Restore.Asks)
		}
		r.view.thenOwn(typed("own"))
		r.drain()
		if r.Restore.Asks {
			t.Error("the answer to the second question is not taken")
		}
		s.Ends <- enginetest.Ending{Result: restore.Result{State: restore.Restored}}
		r.drain()
		first(typed("late"))
		r.drain()
		if r.Restore.Step != RestoreDone || r.Restore.Asks {
			t.Errorf("%+v", r.Restore)
		}
	})
}

// TestFirstPasswordUnset: of a phone that has no backup password the first backup gets
// that of the backup that is restored, or none, whatever is remembered of the phone.
func TestFirstPasswordUnset(t *testing.T) {
	for _, c := range []struct {
		encrypted bool
		encrypts  facts.Datum[bool]
		want      string
	}{{true, facts.Of(false), "of the backup"}, {true, facts.Gone[bool](), "of the backup"}, {false, facts.Gone[bool](), ""},
		{true, facts.Of(true), "of the phone"}, {false, facts.Of(true), "of the phone"}, {true, facts.Datum[bool]{}, "of the phone"}} {
		inBubble(t, func(r *rig) {
			other := keptA
			other.UDID = "another phone's"
			r.passwords[udidA], r.passwords[other.UDID] = typed("of the phone"), typed("of the backup")
			r.readyToRestore()
			r.engine.restores.Plan.Backup.Encrypted = c.encrypted
			r.engine.restores.Plan.Facts.WillEncrypt = c.encrypts
			r.RestoreTo(other, other.Versions[0])
			r.drain()
			r.StartRestore(anna, keybag.Password{})
			r.drain()
			if o := r.engine.restores.Orders(); len(o) != 1 || o[0].FirstPassword.Reveal() != c.want {
				t.Errorf("%+v: %+v", c, o)
			}
			r.engine.restores.Ends <- enginetest.Ending{Result: restore.Result{State: restore.Restored}}
			r.drain()
		})
	}
}

// TestRestoreRefused: what stands in the way is found before, and nothing begins; it is
// looked at again when the person has done something about it, and when they choose to
// do without a backup first.
func TestRestoreRefused(t *testing.T) {
	inBubble(t, func(r *rig) {
		s := &r.engine.restores
		s.Plan = enginetest.Planned(anna, "18.7.1")
		s.Plan.Refusals = []*fault.Error{fault.New(fault.FindMyOn, "restore", nil)}
		r.plug(phoneA, phoneB)
		r.RestoreTo(keptA, keptA.Versions[0])
		r.drain()
		if r.Restore.Step != RestoreChoosing || s.Checks() != 0 || len(r.Restorable()) != 2 {
			t.Fatalf("with two phones one is chosen: %+v", r.Restore)
		}
		r.RestoreOnto(r.phone(phoneB))
		r.drain()
		r.StartRestore(anna, keybag.Password{})
		r.drain()
		if r.CanRestore() || len(s.Orders()) != 0 {
			t.Error("what is refused begins")
		}
		s.Plan = enginetest.Planned(anna, "18.7.1")
		r.CheckRestore()
		r.BackUpFirst(false)
		r.drain()
		if !r.CanRestore() || !r.Restore.NoBackupFirst || s.Checks() != 3 {
			t.Errorf("%+v, looked %d times", r.Restore, s.Checks())
		}
		r.plug(phoneA)
		if r.CanRestore() {
			t.Error("a phone that is gone can be restored")
		}
		r.RestoreOnto(r.phone(phoneA))
		r.drain()
		s.CheckErr = fault.New(fault.PhoneSilent, "look", nil)
		r.CheckRestore()
		r.drain()
		if r.CanRestore() || fault.Of(r.Restore.CheckErr) != fault.PhoneSilent {
			t.Errorf("%+v", r.Restore)
		}
	})
}

// TestRestoreStopped: stopped before anything was touched it is as if it had not begun,
// later the outcome says what became of the phone; and quitting waits for it.
func TestRestoreStopped(t *testing.T) {
	for state, step := range map[restore.State]RestoreStep{restore.Untouched: RestoreReady, restore.Partial: RestoreFailed, restore.Erased: RestoreFailed} {
		inBubble(t, func(r *rig) {
			r.readyToRestore()
			r.engine.restores.Stopped = state
			r.StartRestore(anna, keybag.Password{})
			r.drain()
			r.StopRestore()
			if !r.Restore.Stopping {
				t.Error("it does not stop")
			}
			r.drain()
			if r.Restore.Step != step || r.Restore.Result.State != state {
				t.Errorf("%s: %+v", state, r.Restore)
			}
			r.CheckRestore()
			r.drain()
			if !r.CanRestore() || r.Restore.Err != nil {
				t.Errorf("%s: it cannot be tried again: %+v", state, r.Restore)
			}
			r.StartRestore(anna, keybag.Password{})
			r.drain()
			r.Quit()
			r.drain()
			if r.view.closed != 1 || r.Restore.Busy() {
				t.Errorf("%s: quit closed the window %d times", state, r.view.closed)
			}
		})
	}
}

// TestRestoreGone: a phone that comes out while nothing was touched is waited for.
func TestRestoreGone(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.readyToRestore()
		r.StartRestore(anna, keybag.Password{})
		r.drain()
		r.plug()
		r.engine.restores.Ends <- enginetest.Ending{Result: restore.Result{State: restore.Partial}, Err: fault.New(fault.PhoneGone, "restore", nil)}
		r.drain()
		r.at(RestorePage)
		if r.Restore.Step != RestoreFailed || fault.Of(r.Restore.Err) != fault.PhoneGone {
			t.Fatalf("%+v", r.Restore)
		}
		r.plug(&device.Phone{UDID: udidA, Connection: "USB", DeviceID: 7})
		r.CheckRestore()
		r.drain()
		if !r.CanRestore() || r.Restore.Phone != r.phone(phoneA) {
			t.Errorf("plugged in again: %+v", r.Restore)
		}
	})
}
