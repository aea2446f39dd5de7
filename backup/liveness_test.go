package backup

import (
	"context"
	"strings"
	"testing"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/conversation"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/backupd"
	"lifeboat/device/phonesim/content"
)

// TestDetachEndsAtOnce: a phone that is pulled out ends the run within a
// second, and what is advised depends on where that was.
func TestDetachEndsAtOnce(t *testing.T) {
	r := newRig(t, func(c *phonesim.Config) { c.Content = content.Generate(4, 60, 12<<20) })
	r.mustRun(r.job())
	r.few = false // their messages are most of the time near the end
	for name, c := range map[string]struct {
		at   float64
		says string
	}{
		"in the middle": {0.5, "A cable that has worked for a while is rarely the reason"},
		"near the end":  {0.97, "Most of the work is done"},
	} {
		cfg := r.cfg
		cfg.Faults.Backup.DetachAt = c.at
		r.start(cfg)
		j := r.job()
		j.Full = true
		_, err := j.Run(context.Background(), nil)
		next := words.English().Problem(string(fault.Of(err)), "linux", fault.As(err).Args).Next
		if fault.Of(err) != fault.PhoneGone || !strings.Contains(next, c.says) {
			t.Errorf("%s: %v: %q", name, err, next)
		}
	}
	cfg := r.cfg
	cfg.Faults.Silent = []string{"com.apple.mobilebackup2"}
	r.start(cfg)
	var at time.Time
	_, err := r.job().Run(context.Background(), func(e Event) {
		// What the runs above left is compared first.
		if (e.Phase == WaitingPhone || e.Phase == Comparing) && at.IsZero() {
			at = time.Now()
			r.server.Detach(r.sim)
		}
	})
	if took := time.Since(at); took > atOnce {
		t.Errorf("before the first byte: it took %v", took)
	}
	next := words.English().Problem(string(fault.Of(err)), "linux", fault.As(err).Args).Next
	if fault.Of(err) != fault.PhoneGone || !strings.Contains(next, "another cable") {
		t.Errorf("before the first byte: %v: %q", err, next)
	}
}

// TestSettling: after a session was interrupted, the next run of this program says
// that it waits; after one that was ended in order, it does not.
func TestSettling(t *testing.T) {
	r := newRig(t, nil)
	var sessions conversation.Sessions
	// run reports whether the phone was left alone first, and ends the run then,
	// so that the pause may be longer than a busy computer takes.
	run := func(pause time.Duration) (waited bool, err error) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		j := r.job()
		j.Sessions, j.Timeouts.Settle = &sessions, pause
		_, err = j.Run(ctx, func(e Event) {
			if e.Phase == Settling {
				waited = true
				cancel()
			}
		})
		return waited, err
	}
	const long = 10 * time.Minute
	if waited, err := run(long); waited || err != nil {
		t.Errorf("the first: %v, %v", waited, err)
	}
	cfg := r.cfg
	cfg.Faults.Backup.DetachAt = 0.5
	r.start(cfg)
	if _, err := run(long); fault.Of(err) != fault.PhoneGone {
		t.Fatal(err)
	}
	r.start(r.cfg)
	for range 2 { // one that was cancelled while it waited leaves the pause as it was
		if waited, err := run(long); !waited || fault.Of(err) != fault.Cancelled {
			t.Errorf("after a lost link: %v, %v", waited, err)
		}
	}
	if waited, err := run(time.Nanosecond); waited || err != nil {
		t.Errorf("after the pause: %v, %v", waited, err)
	}
	if waited, err := run(long); waited || err != nil {
		t.Errorf("after one that was ended in order: %v, %v", waited, err)
	}
}

// TestCancelLeavesThePhoneFree: after Cancel here, in any phase, the next run
// starts at once, without waiting for the phone to settle.
func TestCancelLeavesThePhoneFree(t *testing.T) {
	r := newRig(t, func(c *phonesim.Config) {
		c.Passcode = backupd.Passcode{Set: true, Wait: 50 * time.Millisecond}
		c.Content = content.Generate(4, 60, 12<<20)
	})
	var sessions conversation.Sessions
	r.mustRun(r.job())
	for _, phase := range []Phase{WaitingPhone, WaitingPasscode, Receiving} {
		ctx, cancel := context.WithCancel(context.Background())
		j := r.job()
		j.Sessions, j.Full = &sessions, true
		var at time.Time
		_, err := j.Run(ctx, func(e Event) {
			if e.Phase == phase && at.IsZero() {
				at = time.Now()
				cancel()
			}
		})
		cancel()
		if took := time.Since(at); fault.Of(err) != fault.Cancelled || took > atOnce {
			t.Errorf("%s: %v after %v", phase, err, took)
		}
		j = r.job()
		j.Sessions = &sessions
		var reported events
		if _, err := j.Run(context.Background(), reported.add); err != nil {
			t.Errorf("after %s: %v", phase, err)
		}
		for _, p := range reported.phases() {
			if p == Settling {
				t.Errorf("after %s: the phone was left wedged", phase)
			}
		}
	}
}

// TestBlockerIsNamed: while another program holds the phone, who may that be is
// reported, and again when it does not let go.
func TestBlockerIsNamed(t *testing.T) {
	r := newRig(t, func(c *phonesim.Config) { c.Faults.SyncLockBusy = time.Hour })
	j := r.job()
	j.Timeouts.SyncLock = 300 * time.Millisecond
	j.Busy = func() []string { return []string{"3uTools", "iTunes"} }
	var reported events
	_, err := j.Run(context.Background(), reported.add)
	if fault.Of(err) != fault.SyncLockBusy || fault.As(err).Args["Program"] != "3uTools, iTunes" {
		t.Errorf("%v", err)
	}
	named := false
	for _, e := range reported.all {
		named = named || e.Phase == WaitingProgram && e.BlockedBy == "3uTools, iTunes"
		if e.BlockedBy != "" && e.Phase != WaitingProgram {
			t.Errorf("%+v", e)
		}
	}
	if !named {
		t.Errorf("not reported: %v", reported.phases())
	}
}
