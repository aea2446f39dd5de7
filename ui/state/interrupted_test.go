package state

import (
	"testing"
	"time"

	"lifeboat/backup"
	"lifeboat/checks"
	"lifeboat/device/fault"
)

// someDay is a day that nothing depends on.
var someDay = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

func hours(n float64) time.Duration { return time.Duration(n * float64(time.Hour)) }

// received is an event of a run to which something came.
func received(percent float64) backup.Event {
	return backup.Event{Phase: backup.Receiving, Percent: percent, Left: time.Minute, Bytes: 12e9, BytesTotal: 30e9}
}

// replug plugs phone A in once more, as another device.
func (r *rig) replug() {
	r.t.Helper()
	r.plug()
	back := *phoneA
	back.DeviceID += 7
	r.plug(&back)
}

// TestUnplugged: the backup waits for its phone, goes on by itself with the same
// password when it is back, and does not go back.
func TestUnplugged(t *testing.T) {
	inBubble(t, func(r *rig) {
		run := r.first()
		r.event(run, received(42.9))
		r.plug()
		r.in(phoneA, Running) // it may not need its phone any more
		r.at(JobPage)
		r.end(run, errGone)
		j := r.in(phoneA, Interrupted)
		r.at(JobPage)
		if p := j.Progress(r.Now()); p.Percent != 42.9 || p.Left != -1 || p.Early {
			t.Errorf("while it waits it is at %+v", p)
		}
		if !r.Busy() || len(r.view.ended) != 0 {
			t.Error("what waits counts as ended")
		}
		r.pass(time.Hour)
		r.in(phoneA, Interrupted)
		r.quiet()
		r.encrypted() // as the first run made it
		back := *phoneA
		back.DeviceID = 99
		r.plug(&back)
		r.in(phoneA, Running)
		run = r.started()
		r.quiet()
		if o := run.order; o.Password.Reveal() != "correct horse" || o.Phone.DeviceID != 99 {
			t.Errorf("it goes on with %q on device %d", o.Password.Reveal(), o.Phone.DeviceID)
		}
		for _, e := range []backup.Event{
			{Phase: backup.Preparing, Percent: -1, Left: -1}, {Phase: backup.WaitingPasscode, Percent: -1, Left: -1, Passcode: true}, received(3), received(41),
		} {
			r.event(run, e)
			if p := r.in(phoneA, Running).Progress(r.Now()); p.Percent != 42.9 {
				t.Errorf("%s at %v %%: shown is %v", e.Phase, e.Percent, p.Percent)
			}
		}
		if j.Passcode != 1 || j.Passcodes != 1 {
			t.Errorf("the phone that has its password by now asks %d of %d", j.Passcode, j.Passcodes)
		}
		r.event(run, received(55))
		if p := j.Progress(r.Now()); p.Percent != 55 {
			t.Errorf("it stays at %v", p.Percent)
		}
		r.end(run, nil)
		r.in(phoneA, Done)
		r.at(Overview)
	})
}

// TestBrokenLink: a run that ends before its phone is reported as gone does not use
// up its tries on a phone that is not there.
func TestBrokenLink(t *testing.T) {
	inBubble(t, func(r *rig) {
		run := r.first()
		r.event(run, received(10))
		r.end(run, errGone)
		r.in(phoneA, Interrupted)
		r.quiet()
		r.plug()
		r.quiet()
		r.plug(phoneA)
		r.in(phoneA, Running)
		r.started()
	})
	inBubble(t, func(r *rig) { // and one whose phone never went goes on as soon as that answers
		run := r.first()
		r.event(run, received(10))
		r.end(run, errGone)
		r.quiet()
		if len(r.engine.noted("look")) == 0 {
			t.Fatal("nobody looks whether the phone answers")
		}
		r.pass(time.Second)
		r.hears(phoneA, func(*checks.Input) {})
		r.in(phoneA, Running)
		r.started()
	})
}

// TestGivesUp: a cable that drops the phone again and again without anything having
// come is reported as the failure that it is; one that lets something through is not.
func TestGivesUp(t *testing.T) {
	inBubble(t, func(r *rig) {
		run := r.first()
		for n := range 3 * mostIdle {
			r.event(run, received(float64(n)))
			r.end(run, errGone)
			r.in(phoneA, Interrupted)
			r.replug()
			run = r.started()
		}
		for range mostIdle - 1 {
			r.end(run, errGone)
			r.in(phoneA, Interrupted)
			r.replug()
			run = r.started()
		}
		r.plug()
		r.end(run, errGone)
		j := r.in(phoneA, Failed)
		r.at(JobPage)
		if fault.Of(j.Err) != fault.PhoneGone || len(r.view.ended) != 1 {
			t.Errorf("given up with %v, told %d times", j.Err, len(r.view.ended))
		}
		if r.Present(j) {
			t.Error("a phone that is not there can be backed up")
		}
		r.plug(phoneA)
		if !r.Present(j) {
			t.Error("a phone that is there cannot be backed up")
		}
		r.Back()
		r.at(Overview)
	})
}

// TestOtherErrors end the run: only a phone that is gone is waited for.
func TestOtherErrors(t *testing.T) {
	for _, code := range []fault.Code{fault.DestFull, fault.PhoneSilent, fault.PasswordWrong, fault.Cancelled} {
		inBubble(t, func(r *rig) {
			run := r.first()
			r.event(run, received(10))
			r.end(run, fault.New(code, "back up", nil))
			r.in(phoneA, Failed)
			r.replug()
			r.quiet()
		})
	}
}

// TestStopWhileWaiting: what waits for its phone is stopped at once, and its phone
// goes when that was read.
func TestStopWhileWaiting(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.end(r.first(), errGone)
		r.plug()
		j := r.in(phoneA, Interrupted)
		r.StopJob(j)
		if fault.Of(r.in(phoneA, Failed).Err) != fault.Cancelled {
			t.Errorf("it ended with %v", j.Err)
		}
		r.at(JobPage)
		r.Back()
		r.at(Overview)
		if r.Current() != nil {
			t.Error("a phone that is gone is still shown")
		}
		r.plug(phoneA)
		r.quiet()
	})
}

// TestWaitsBesideOthers: other pages and phones can be used meanwhile, and the way
// back leads to the backup that waits.
func TestWaitsBesideOthers(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.end(r.first(), errGone)
		r.plug(phoneB)
		r.Tab(BackupsPage)
		r.at(BackupsPage)
		r.Tab(Overview)
		r.at(JobPage) // a phone that is not there has no overview
		r.Choose(r.phone(phoneB))
		r.at(Overview)
		r.in(phoneA, Interrupted)
		r.plug(phoneA, phoneB)
		r.started()
		r.at(Overview)
	})
}

// TestDoneWithoutPhone: a phone that was unplugged while its backup was checked stays
// until the outcome was read.
func TestDoneWithoutPhone(t *testing.T) {
	for _, elsewhere := range []bool{false, true} {
		inBubble(t, func(r *rig) {
			run := r.first()
			r.event(run, backup.Event{Phase: backup.Verifying, Percent: 90, Left: -1})
			r.plug()
			if elsewhere {
				r.Tab(BackupsPage)
			}
			r.end(run, nil)
			r.in(phoneA, Done)
			if elsewhere {
				r.at(BackupsPage)
				r.Tab(Overview)
			}
			r.at(JobPage)
			r.Back()
			r.at(Overview)
			if r.Current() != nil {
				t.Error("a phone that is gone is still shown")
			}
		})
	}
}

// TestFormGoesWithPhone: a form is left when its phone is unplugged; what the keyring
// says too late begins nothing.
func TestFormGoesWithPhone(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.plug(phoneA)
		r.BackUp(r.phone(phoneA), "")
		r.drain()
		r.in(phoneA, Choosing)
		r.plug()
		r.at(Overview)
		if r.Current() != nil {
			t.Error("the phone is still shown")
		}
	})
	inBubble(t, func(r *rig) {
		r.encrypted()
		r.engine.keyringWaits = make(chan struct{})
		r.plug(phoneA)
		r.BackUp(r.phone(phoneA), "")
		r.drain()
		r.in(phoneA, Running)
		r.plug()
		r.engine.keyringWaits <- struct{}{} // it has no password
		r.drain()
		r.LeaveForm(r.in(phoneA, Asking))
		if r.Current() != nil {
			t.Error("the phone of a form that was left is still shown")
		}
	})
}

// TestLockedWhenBack: a phone that comes back locked is waited for.
func TestLockedWhenBack(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.end(r.first(), errGone)
		r.engine.blocked = make(chan struct{})
		r.replug()
		r.in(phoneA, Interrupted)
		r.quiet()
		close(r.engine.blocked)
		r.drain()
		r.in(phoneA, Running)
		r.started()
	})
}
