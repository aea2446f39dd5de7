package state

import (
	"context"
	"time"

	"lifeboat/backup"
	"lifeboat/backup/keybag"
	"lifeboat/backup/restore"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
)

// RestoreStep is how far a restore has come.
type RestoreStep string

const (
	RestoreChoosing RestoreStep = "choosing" // no phone is chosen yet
	RestoreChecking RestoreStep = "checking" // the phone and the backup are looked at
	RestoreReady    RestoreStep = "ready"    // what was found stands there, and nothing was touched
	RestoreRunning  RestoreStep = "running"
	RestoreDone     RestoreStep = "done"
	RestoreFailed   RestoreStep = "failed"
)

// Restore is a backup that is put onto a phone, from the choice of the phone until its
// outcome was read. There is at most one.
type Restore struct {
	Kept    Kept
	Version vault.Version // of another program's backup, number 0
	Step    RestoreStep
	// Phone is the one that is restored, nil in RestoreChoosing. It may be gone
	// meanwhile; Name is what it was called then.
	Phone *Phone
	Name  string
	// Plan is what was found out, CheckErr why that was not possible.
	Plan     restore.Plan
	CheckErr error
	// NoBackupFirst: what is on the phone is not backed up before.
	NoBackupFirst bool

	// Event is the newest of the run.
	Event    backup.Event
	Stopping bool // the person stopped it; it is winding up
	// Asks: the run waits for the password of the phone's own backups.
	Asks bool

	Result restore.Result
	Err    error

	cancel  context.CancelFunc
	answer  chan<- keybag.Password // what the run waits for, while Asks
	wrong   bool                   // a password of the phone's own was tried
	typed   string                 // as the phone's name
	reached float64
	left    steadyLeft
}

// Busy reports whether stopping now would throw work away.
func (r *Restore) Busy() bool { return r != nil && r.Step == RestoreRunning }

// shares are how much of the whole a phase ends at, in percent, with and without a
// backup first. Phases that are waited in have no share of their own.
var shares = map[backup.Phase]struct{ from, to, fromNoFirst, toNoFirst float64 }{
	restore.Proving:   {0, 25, 0, 30},
	restore.BackingUp: {25, 50, 30, 30},
	restore.Sending:   {50, 95, 30, 95},
	backup.Finishing:  {95, 99, 95, 99},
	backup.Done:       {100, 100, 100, 100},
}

// Percent is how much of the whole is done, 0 to 100. It never goes back.
func (r *Restore) Percent() float64 { return r.reached }

// Left is how long the phase still takes; -1 while that cannot be said.
func (r *Restore) Left(now time.Time) time.Duration {
	if e := r.Event; e.Quiet > 0 || e.First != nil && e.First.Quiet > 0 {
		return -1
	}
	return r.left.at(now)
}

func (r *Restore) take(e backup.Event, now time.Time) {
	r.Event = e
	r.left.take(e.Left, e.Phase, now)
	share, counts := shares[e.Phase]
	if !counts {
		return
	}
	from, to := share.from, share.to
	if r.NoBackupFirst {
		from, to = share.fromNoFirst, share.toNoFirst
	}
	r.reached = max(r.reached, from+(to-from)*max(0, e.Percent)/100)
}

// RestoreTo goes to the page that puts a backup onto a phone. While one is being
// restored it is that one's.
func (s *State) RestoreTo(k Kept, v vault.Version) {
	if s.Restore.Busy() {
		s.Show(Page{Name: RestorePage})
		return
	}
	s.dropRestore()
	s.Restore = &Restore{Kept: k, Version: v, Step: RestoreChoosing}
	s.Show(Page{Name: RestorePage})
	if there := s.Restorable(); len(there) == 1 {
		s.RestoreOnto(there[0])
	}
}

// Restorable are the phones that could be restored: those that are there and are not
// being backed up.
func (s *State) Restorable() (all []*Phone) {
	for _, p := range s.Phones {
		if !p.Gone && s.jobs[p.Dev.UDID].Idle() {
			all = append(all, p)
		}
	}
	return all
}

// RestoreOnto chooses the phone, and looks at what a restore would do to it.
func (s *State) RestoreOnto(p *Phone) {
	r := s.Restore
	if r == nil || r.Busy() || r.Step == RestoreDone {
		return
	}
	r.Phone, r.Name = p, p.Summary.Name
	s.CheckRestore()
}

// BackUpFirst chooses whether what is on the phone is backed up before.
func (s *State) BackUpFirst(on bool) {
	if r := s.Restore; r != nil && !r.Busy() && r.NoBackupFirst == on {
		r.NoBackupFirst = !on
		s.CheckRestore()
	}
}

// CheckRestore looks at the phone and the backup once more. Nothing is touched.
func (s *State) CheckRestore() {
	r := s.Restore
	if r == nil || r.Phone == nil || r.Busy() {
		return
	}
	if r.cancel != nil {
		r.cancel()
	}
	if r.Phone.Gone { // it may be another one by now
		if now := s.Find(r.Phone.Dev.UDID); now != nil && !now.Gone {
			r.Phone = now
		}
	}
	ctx, cancel := context.WithCancel(s.ctx)
	r.cancel, r.Step, r.CheckErr, r.Err = cancel, RestoreChecking, nil, nil
	order := r.order()
	s.changed()
	go func() {
		plan, err := s.Engine.CheckRestore(ctx, order)
		s.postFor(ctx, func() {
			r.Step, r.Plan, r.CheckErr = RestoreReady, plan, err
			if err == nil {
				r.Name = plan.Phone.Name
			}
		})
	}()
}

func (r *Restore) order() engine.RestoreOrder {
	return engine.RestoreOrder{Phone: r.Phone.Dev, Kept: r.Kept, Number: r.Version.Number, Name: r.typed, NoBackupFirst: r.NoBackupFirst}
}

// CanRestore reports whether nothing is known to stand in the way.
func (s *State) CanRestore() bool {
	r := s.Restore
	return r != nil && r.Step == RestoreReady && r.CheckErr == nil && len(r.Plan.Refusals) == 0 && !r.Phone.Gone && s.jobs[r.Phone.Dev.UDID].Idle()
}

// StartRestore restores the phone. name is what the person typed as its name, password
// opens the backup; where it is empty, that of this session or the keyring is taken,
// and the person is asked only if none opens it.
func (s *State) StartRestore(name string, password keybag.Password) {
	if !s.CanRestore() || s.quitting {
		return
	}
	r := s.Restore
	ctx, cancel := context.WithCancel(s.ctx)
	r.typed, r.cancel, r.Step, r.Stopping, r.Err, r.reached, r.left = name, cancel, RestoreRunning, false, nil, 0, steadyLeft{}
	r.Event = backup.Event{Phase: restore.Checking, Percent: -1, Left: -1}
	if password.Empty() {
		password = s.knownPassword(r.Kept.UDID)
	}
	order, own := r.order(), s.knownPassword(r.Phone.Dev.UDID)
	order.Number = r.Plan.Backup.Version.Number // whatever is backed up meanwhile
	order.AskAgain = func(ctx context.Context) (keybag.Password, error) { return s.askOwn(ctx, r) }
	encrypted, unset := r.Plan.Backup.Encrypted, r.Plan.PasswordUnset()
	s.changed()
	put, end := relay(s, func(e backup.Event) {
		r.take(e, s.Now())
		s.View.Progress()
	})
	go func() {
		if encrypted && password.Empty() {
			password, _ = s.Engine.Password(ctx, order.Kept.UDID) // without, the person is asked
		}
		order.Password = password
		if own.Empty() && !unset && !order.NoBackupFirst {
			own, _ = s.Engine.Password(ctx, order.Phone.UDID)
		}
		// Most people have one password. Of a phone that has none yet nobody remembers
		// one, and that of the backup is what the page has said.
		if (own.Empty() || unset) && !password.Empty() {
			own = copyOf(password)
		}
		if unset && !encrypted {
			own = keybag.Password{}
		}
		order.FirstPassword = own
		var last backup.Event
		result, err := s.Engine.Restore(ctx, order, func(e backup.Event) {
			if e.Phase != last.Phase || e.Passcode != last.Passcode {
				s.Post(func() { r.take(e, s.Now()); s.changed() })
			} else {
				put(e)
			}
			last = e
		})
		end()
		cancel()
		s.Post(func() { s.endRestore(r, result, err, password) })
	}()
}

// endRestore takes the outcome.
func (s *State) endRestore(r *Restore, result restore.Result, err error, password keybag.Password) {
	r.Result, r.Err, r.Asks, r.answer = result, err, false, nil
	r.Step = RestoreFailed
	if err == nil {
		r.Step = RestoreDone
		if !password.Empty() {
			s.passwords[r.Kept.UDID] = copyOf(password)
		}
	}
	if s.quitting {
		s.quitIfIdle()
		return
	}
	if s.ctx.Err() != nil {
		return
	}
	switch code := fault.Of(err); {
	case result.State != restore.Untouched:
	case code == fault.PasswordNeeded, code == fault.PasswordWrong, code == fault.PasswordOlder:
		r.Step, r.Err = RestoreReady, nil
		s.changed()
		delete(s.passwords, r.Kept.UDID)
		s.View.AskPassword(r.Version, code != fault.PasswordNeeded, func(typed keybag.Password) {
			if s.Restore == r {
				s.StartRestore(r.typed, typed)
			}
		})
		return
	case code == fault.Cancelled: // as if it had never begun
		r.Step, r.Err = RestoreReady, nil
		s.changed()
		return
	}
	if s.Page().Name != RestorePage {
		s.Show(Page{Name: RestorePage})
	}
	s.View.RestoreEnded(r)
	s.changed()
}

// askOwn asks for the password of the phone's own backups while the run waits.
func (s *State) askOwn(ctx context.Context, r *Restore) (keybag.Password, error) {
	return s.await(ctx, func(answer chan<- keybag.Password) {
		delete(s.passwords, r.Phone.Dev.UDID)
		r.answer, r.Asks = answer, true
		s.changed()
		s.AskOwnPassword()
	})
}

// AskOwnPassword asks for what the run waits for, also again if that was put aside.
func (s *State) AskOwnPassword() {
	r := s.Restore
	if r == nil || !r.Asks {
		return
	}
	answer := r.answer
	s.View.AskPhonePassword(r.Name, r.wrong, func(typed keybag.Password) {
		if r.answer != answer {
			return
		}
		r.answer, r.Asks, r.wrong = nil, false, true
		answer <- typed
		s.changed()
	})
}

// StopRestore gives the restore up; it ends within a second or so.
func (s *State) StopRestore() {
	if r := s.Restore; r.Busy() && !r.Stopping {
		r.Stopping = true
		r.cancel()
		s.changed()
	}
}

// dropRestore forgets a restore that does not run.
func (s *State) dropRestore() {
	if r := s.Restore; r != nil && !r.Busy() {
		if r.cancel != nil {
			r.cancel()
		}
		s.Restore = nil
	}
}

// occupied reports whether a phone is being backed up or restored.
func (s *State) occupied(udid string) bool {
	return s.jobs[udid].Busy() || s.Restore.Busy() && s.Restore.Phone.Dev.UDID == udid
}

// of reports whether it is a phone's, before its outcome was read.
func (r *Restore) of(p *Phone) bool {
	return r != nil && r.Phone != nil && r.Phone.Dev.UDID == p.Dev.UDID
}
