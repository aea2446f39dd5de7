package state

import (
	"context"
	"slices"
	"time"

	"lifeboat/checks"
	"lifeboat/device"
	"lifeboat/ui/engine"
)

// Phone is one phone as the window knows it.
type Phone struct {
	Dev     *device.Phone
	Summary device.Summary
	// Stage is how far it has come; at Ready its checks are known or coming.
	Stage device.Stage
	// Obstacle is what the person has to do while pairing or blocked.
	Obstacle error
	// Gone is set while it is unplugged and still listed: it was trusted a moment
	// ago, or its backup waits for it.
	Gone bool

	Examination

	tried   bool               // it was decided, since it was plugged in, whether a backup starts by itself
	trusted time.Time          // when it began to trust this computer
	cancel  context.CancelFunc // ends what is done for it in the background
}

// maybeBack is how long a phone that was just trusted may be away.
const maybeBack = 3 * time.Second

// watch hands every change of the phones to the window's goroutine.
func (s *State) watch(ctx context.Context) {
	s.Engine.Watch(ctx, func(c device.Change) {
		s.Post(func() {
			if ctx.Err() == nil {
				s.phonesChanged(c)
			}
		})
	})
}

// phonesChanged takes a new list of phones.
func (s *State) phonesChanged(c device.Change) {
	s.Looked, s.Mux = true, c.Err
	for _, p := range slices.Clone(s.Phones) {
		if !slices.ContainsFunc(c.Phones, func(d *device.Phone) bool { return d.UDID == p.Dev.UDID }) {
			s.lost(p)
		}
	}
	for _, d := range c.Phones {
		p := s.Find(d.UDID)
		switch {
		case p == nil:
			p = &Phone{Dev: d, Examination: Examination{Typed: map[checks.QuestionID]string{}}}
			s.Phones = append(s.Phones, p)
			s.follow(p)
		case p.Dev.DeviceID != d.DeviceID || p.Gone:
			p.Dev, p.Gone, p.tried = d, false, false
			s.follow(p)
		}
	}
	s.changed()
}

// lost takes note that a phone was unplugged.
func (s *State) lost(p *Phone) {
	if p.Gone {
		return
	}
	p.cancel()
	p.endDiagnosis()
	p.Gone = true
	if s.Mux == nil && s.Now().Sub(p.trusted) < engine.TrustTakes {
		ctx := s.ctx
		time.AfterFunc(maybeBack, func() {
			s.postFor(ctx, func() { s.forgetIfGone(p) })
		})
		return
	}
	s.forgetIfGone(p)
}

// forgetIfGone takes a phone off the list that is unplugged, unless its backup
// waits for it or its outcome was not read yet.
func (s *State) forgetIfGone(p *Phone) {
	j := s.jobs[p.Dev.UDID]
	if !p.Gone || j != nil && j.outlivesPhone() {
		return
	}
	delete(s.jobs, p.Dev.UDID)
	s.Phones = slices.DeleteFunc(s.Phones, func(q *Phone) bool { return q == p })
}

// Find is the phone with a UDID, nil if it is not listed.
func (s *State) Find(udid string) *Phone {
	i := slices.IndexFunc(s.Phones, func(p *Phone) bool { return p.Dev.UDID == udid })
	if i < 0 {
		return nil
	}
	return s.Phones[i]
}

// Current is the phone that is shown: the chosen one if it is there, else
// the one that has been there longest; nil if there is none.
func (s *State) Current() *Phone {
	if p := s.Find(s.Settings.Phone()); p != nil {
		return p
	}
	if len(s.Phones) == 0 {
		return nil
	}
	return s.Phones[0]
}

// Choose shows another phone.
func (s *State) Choose(p *Phone) {
	if p == s.Current() {
		return
	}
	if n := s.Page().Name; n != BackupsPage && n != SettingsPage {
		s.leave(s.Page(), Page{Name: Overview})
		s.page, s.back = Page{Name: Overview}, nil
	}
	s.Settings.SetPhone(p.Dev.UDID)
	s.changed()
}

// follow leads a phone, in the background, from being plugged in to its checks.
func (s *State) follow(p *Phone) {
	if p.cancel != nil {
		p.cancel()
	}
	p.endDiagnosis()
	ctx, cancel := context.WithCancel(s.ctx)
	p.cancel = cancel
	if p.Stage != device.Ready {
		p.Stage, p.Obstacle = device.Attached, nil
	}
	x, each := s.examinationOf(p), s.statesOf(ctx, p)
	go func() {
		err := s.Engine.Follow(ctx, x, func(c device.Connection) {
			s.postFor(ctx, func() { s.connected(p, c, x.Destination, cancel) })
		}, each)
		s.postFor(ctx, func() {
			if !p.runs {
				p.block(err)
				return
			}
			p.endDiagnosis()
			p.Err = err
		})
	}()
}

// connected takes how far a phone has come. A diagnosis of it for a destination
// begins when it is ready, which end ends.
func (s *State) connected(p *Phone, c device.Connection, destination string, end context.CancelFunc) {
	if c.Summary.Name != "" || c.Err == nil {
		p.Summary = c.Summary
	}
	switch c.Stage {
	case device.Pairing:
		p.Stage, p.Obstacle = device.Pairing, c.Err
	case device.Trusted:
		p.trusted = s.Now()
	case device.Blocked:
		p.block(c.Err)
	case device.Ready:
		p.Stage, p.Obstacle = device.Ready, nil
		if p.begin(end, s.Now()); destination != s.Settings.Destination() {
			s.diagnose(p) // another was chosen meanwhile
		}
		s.resume(p)
	}
}

// block records what stands between the phone and its use. Checks that are
// known already stay: the first of them is about a locked phone.
func (p *Phone) block(err error) {
	if p.State == nil {
		p.Stage, p.Obstacle = device.Blocked, err
	}
}

// TryAgain starts over with a phone that could not be connected.
func (s *State) TryAgain(p *Phone) {
	s.follow(p)
	s.changed()
}

// SetDestination takes another folder for backups and looks at it.
func (s *State) SetDestination(dir string) {
	s.Settings.SetDestination(dir)
	for _, p := range s.Phones {
		if p.Stage == device.Ready && !p.Gone {
			s.diagnose(p)
		}
	}
	if s.Backups != nil {
		s.ReloadBackups()
	}
	s.changed()
}

// working reports whether a person works on a phone's steps now.
func (s *State) working(p *Phone) bool {
	if !p.runs || p != s.Current() || p.State == nil {
		return false
	}
	switch page := s.Page(); page.Name {
	case FixPage:
		return true
	case CheckPage:
		r, ok := p.State.Result(page.Check)
		return ok && r.Group() != checks.Fine && len(r.Fix) > 0
	}
	return false
}
