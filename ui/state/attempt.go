package state

import (
	"context"
	"time"

	"lifeboat/checks/devicelog"
	"lifeboat/device"
)

// Attempt is one try of the phone's to back up to iCloud, watched from the
// click on its button until the person leaves the page.
type Attempt struct {
	Phone *Phone
	Fix   string // the step of a repair that this is, "" for none
	Began time.Time
	Clock time.Time // of the clock on the page
	Got   devicelog.Attempt
	Over  bool
	Err   error // why nothing more is heard

	cancel context.CancelFunc
}

const (
	// clockEvery is how often the clock on the page moves.
	clockEvery = time.Second
	// Silence is how long a phone may report nothing before the questions
	// are offered instead.
	Silence = 90 * time.Second
)

// Watch opens the page and begins to listen.
func (s *State) Watch(p *Phone, fixID string) {
	if s.Attempt != nil || p.State == nil || p.Gone || s.occupied(p.Dev.UDID) {
		return
	}
	s.listen(&Attempt{Phone: p, Fix: fixID})
	s.Show(Page{Name: AttemptPage})
}

// listen has the engine listen for an attempt.
func (s *State) listen(a *Attempt) {
	ctx, cancel := context.WithCancel(s.ctx)
	a.cancel, a.Began, a.Clock = cancel, s.Now(), s.Now()
	s.Attempt = a
	dev := a.Phone.Dev
	var news latest[devicelog.Attempt]
	go s.runClock(ctx, a)
	go func() {
		err := s.Engine.Attempt(ctx, dev, func(got devicelog.Attempt) {
			if news.put(got) {
				s.postFor(ctx, func() { a.Got, _ = news.take() })
			}
		})
		s.postFor(ctx, func() {
			cancel()
			if got, more := news.take(); more {
				a.Got = got
			}
			a.Over, a.Err, a.Clock = true, err, s.Now()
			if a.Got.Outcome != devicelog.Open {
				s.Tick(a.Phone, a.Fix, true)
			}
		})
	}()
}

// runClock moves the clock on the page until the attempt has ended.
func (s *State) runClock(ctx context.Context, a *Attempt) {
	ticker := time.NewTicker(clockEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		s.Post(func() {
			if ctx.Err() == nil {
				a.Clock = s.Now()
				s.View.Progress()
			}
		})
	}
}

// Silent reports whether the phone reports nothing about its backups.
func (a *Attempt) Silent() bool { return !a.Got.Heard && a.Clock.Sub(a.Began) >= Silence }

// endAttempt gives up watching.
func (s *State) endAttempt() {
	if s.Attempt != nil {
		s.Attempt.cancel()
		s.Attempt = nil
	}
}

// again is the phone of the attempt as it is there now, which may have been
// unplugged since; nil if it cannot be watched.
func (s *State) again() *Phone {
	p := s.Find(s.Attempt.Phone.Dev.UDID)
	if p == nil || p.Gone || p.Stage != device.Ready || p.State == nil {
		return nil
	}
	return p
}

// CanWatchAgain reports whether WatchAgain would watch.
func (s *State) CanWatchAgain() bool { return s.again() != nil }

// WatchAgain watches once more, if the phone is there.
func (s *State) WatchAgain() {
	old, p := s.Attempt, s.again()
	if p == nil {
		return
	}
	old.cancel()
	s.listen(&Attempt{Phone: p, Fix: old.Fix})
	s.changed()
}
