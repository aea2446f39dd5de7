package state

import (
	"context"
	"time"

	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/ui/engine"
)

// Examination is what is known of a phone's examination, which goes on for as
// long as the phone is there.
type Examination struct {
	// State is the newest, nil before the first. Err is why the examination ended.
	State *diagnosis.State
	Err   error
	// Looking is true from Check again until what was read then is there.
	Looking bool
	// Typed is what was typed for a question and not sent yet.
	Typed map[checks.QuestionID]string
	// Fix is the list of steps that is gone through, nil while it is not shown.
	Fix *Steps

	runs    bool
	end     context.CancelFunc
	asked   time.Time // of the last Check again
	fixOpen bool      // what Engine.FixOpen was last called with
}

// lookMost is how long Check again stays out of use when nothing comes of it.
const lookMost = 5 * time.Second

// diagnose begins to examine a phone, in place of an examination under way.
func (s *State) diagnose(p *Phone) {
	p.endDiagnosis()
	ctx, cancel := context.WithCancel(s.ctx)
	p.begin(cancel, s.Now())
	x, summary, each := s.examinationOf(p), p.Summary, s.statesOf(ctx, p)
	go func() {
		err := s.Engine.Diagnose(ctx, x, summary, each)
		s.postFor(ctx, func() {
			p.endDiagnosis()
			p.Err = err
		})
	}()
}

func (s *State) examinationOf(p *Phone) engine.Examination {
	return engine.Examination{Phone: p.Dev, Destination: s.Settings.Destination(), Password: s.knownPassword(p.Dev.UDID)}
}

// statesOf takes the states of a phone's diagnosis, the newest one where they
// come faster than they can be shown.
func (s *State) statesOf(ctx context.Context, p *Phone) func(diagnosis.State) {
	var news latest[diagnosis.State]
	return func(d diagnosis.State) {
		if news.put(d) {
			s.postFor(ctx, func() {
				if d, fresh := news.take(); fresh {
					p.update(d)
					s.remember(p)
				}
				s.resume(p)
				s.startIfWished(p)
			})
		}
	}
}

// begin notes that a diagnosis runs, which end ends.
func (p *Phone) begin(end context.CancelFunc, now time.Time) {
	p.runs, p.end, p.fixOpen = true, end, false
	p.Looking, p.asked = true, now
}

// update takes a new state.
func (p *Phone) update(d diagnosis.State) {
	p.State, p.Err = &d, nil
	if p.Looking && !d.Phone().GatheredAt.Before(p.asked) {
		p.Looking = false
	}
}

func (p *Phone) endDiagnosis() {
	if p.runs {
		p.end()
	}
	p.runs, p.Looking = false, false
}

// Look is Check again: it has everything read again.
func (s *State) Look(p *Phone) {
	if p.Gone {
		return
	}
	if !p.runs {
		s.diagnose(p)
		s.changed()
		return
	}
	p.Looking, p.asked = true, s.Now()
	asked, dev := p.asked, p.Dev
	s.tell(func() { s.Engine.Look(dev) })
	ctx := s.ctx
	time.AfterFunc(lookMost, func() {
		s.postFor(ctx, func() {
			if p.Looking && p.asked.Equal(asked) {
				p.Looking = false
			}
		})
	})
	s.changed()
}

// Answer gives the engine what the person said; failed is called if it is not
// taken.
func (s *State) Answer(p *Phone, q checks.QuestionID, a checks.Answer, failed func(error)) {
	ctx, dev := s.ctx, p.Dev
	a.At = s.Now()
	go func() {
		if err := s.Engine.Answer(ctx, dev, q, a); err != nil {
			s.postFor(ctx, func() { failed(err) })
		}
	}()
}

// Tick reports to the engine that the person did a step, or did not after all. What
// cannot be remembered is no reason to disturb them.
func (s *State) Tick(p *Phone, fixID string, done bool) {
	if fixID == "" {
		return
	}
	ctx, dev := s.ctx, p.Dev
	s.tell(func() { _ = s.Engine.Tick(ctx, dev, fixID, done) })
}

// Allow chooses which sources in the network may be asked; only a new
// diagnosis asks them as it now may.
func (s *State) Allow(change func(*Settings)) {
	change(s.Settings)
	now := s.Settings.Allowed()
	s.tell(func() { s.Engine.Allow(now) })
	for _, p := range s.Phones {
		s.restartDiagnosis(p)
	}
	s.changed()
}

// restartDiagnosis restarts a phone's diagnosis, unless a backup needs the phone.
func (s *State) restartDiagnosis(p *Phone) {
	if p.runs && s.jobs[p.Dev.UDID].Idle() {
		s.diagnose(p)
	}
}

// updatePolling tells the engine on which phone the person works now.
func (s *State) updatePolling() {
	for _, p := range s.Phones {
		if working := s.working(p); working != p.fixOpen {
			p.fixOpen = working
			dev := p.Dev
			s.tell(func() { s.Engine.FixOpen(dev, working) })
		}
	}
}
