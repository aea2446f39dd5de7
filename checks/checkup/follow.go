package checkup

import (
	"context"
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

// FixOpen says whether the user works on a step now: then the facts are read
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

// pause is how long until the facts are read again by themselves.
func (s *Session) pause() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fixOpen {
		return fixEvery
	}
	return idleEvery
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
			err = s.reread(ctx)
		case <-timer.C:
			err = s.reread(ctx)
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
	phone, err := s.Phone.Refresh(ctx, s.State().Input.Phone)
	if err != nil {
		return err
	}
	s.change(func(in *checks.Input) {
		phone.Deep = in.Phone.Deep // it may have arrived meanwhile
		in.Phone = phone
		if s.Local != nil {
			in.Local = s.Local()
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
