package diagnosis

import (
	"context"
	"slices"
	"sync"
	"time"

	"lifeboat/checks"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/services/notify"
)

// Look has everything read again.
func (s *Session) Look() { poke(s.look) }

// FixOpen reports whether the user works on a step now: then the facts are read
// every few seconds.
func (s *Session) FixOpen(open bool) {
	s.mu.Lock()
	s.fixOpen = open
	s.mu.Unlock()
	if open {
		poke(s.refresh)
	}
}

// poke wakes whoever waits, once.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Hold keeps the diagnosis from reading anything unasked while on is set, such
// as during a backup. When that ends, it reads the facts again.
func (s *Session) Hold(on bool) {
	s.mu.Lock()
	s.held, s.changed = on, true
	s.mu.Unlock()
	if !on {
		poke(s.refresh)
	}
}

// newLocal looks for the backup on this computer if it may have changed.
func (s *Session) newLocal(ctx context.Context) (found checks.Local, looked bool) {
	s.mu.Lock()
	changed := s.changed
	s.changed = false
	s.mu.Unlock()
	if !changed {
		return found, false
	}
	return s.local(ctx)
}

func (s *Session) isHeld() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held
}

// pause is how long until the facts are read again unasked.
func (s *Session) pause() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fixOpen || slices.ContainsFunc(s.state.Results, repairable) {
		return s.fixEvery
	}
	return idleEvery
}

// repairable reports whether something is in iCloud's way that the user may be
// repairing right now, and that the fast facts would show.
func repairable(r checks.Result) bool {
	return r.About != checks.ThisComputer && (r.Status == checks.Fail || r.Status == checks.Warn) &&
		slices.ContainsFunc(r.Fix, func(f checks.Fix) bool { return f.Seen && f.Effort < checks.Update })
}

// follow reads the facts again when the phone reports a change, when somebody
// asks for it, and when time has gone by. It ends with ctx or with the phone.
func (s *Session) follow(ctx context.Context, workers *sync.WaitGroup) error {
	timer := time.NewTimer(s.pause())
	defer timer.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-s.look:
			err = s.examine(ctx, device.Summary{}, workers)
		case <-s.refresh:
			if !s.isHeld() {
				err = s.reread(ctx)
			}
		case <-timer.C:
			if !s.isHeld() {
				err = s.reread(ctx)
			}
		}
		switch code := fault.Of(err); {
		case ctx.Err() != nil:
			return nil
		case code == fault.PhoneGone:
			return err
		case err != nil:
			s.Log.Info("facts not read again", "error", err)
		}
		timer.Reset(s.pause())
	}
}

// reread reads the fast facts again.
func (s *Session) reread(ctx context.Context) error {
	done, err := s.takeTurn(ctx)
	if err != nil {
		return err
	}
	defer done()
	phone, err := s.Phone.Facts(ctx, device.Summary{})
	if err != nil {
		return err
	}
	local, looked := s.newLocal(ctx)
	s.change(func(in *checks.Input) {
		phone.Deep = in.Phone.Deep // which was not read again
		in.Phone = phone
		if looked {
			in.Local = local
		}
	})
	return nil
}

// listen waits for the phone to say that something about backups changed. A
// diagnosis works without.
func (s *Session) listen(ctx context.Context) {
	notices, err := s.Phone.Notifications(ctx, notify.BackupDomain)
	if err != nil {
		s.Log.Info("no notifications from the phone", "error", err)
		return
	}
	defer notices.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case _, open := <-notices.C:
			if !open {
				return
			}
			poke(s.refresh)
		}
	}
}

// lastCloud is the date of the last iCloud backup as far as it is known.
func lastCloud(p facts.Phone) time.Time {
	at, _ := p.LastCloudBackup.Known()
	return at
}

// Refresh has the fast facts read again, soon.
func (s *Session) Refresh() { poke(s.refresh) }
