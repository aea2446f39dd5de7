package state

import (
	"context"
	"slices"
	"strings"

	"lifeboat/checks"
	"lifeboat/device"
)

// Steps is the list of steps that a person goes through. Its order is that
// of the moment when it was opened: a step that is done stays where it is,
// and a new one comes last.
type Steps struct {
	All []checks.Fix
	// Skipped are those that the person wants to do later, by their ids.
	Skipped map[string]bool
}

// StepState is how far a step has come.
type StepState string

const (
	StepOpen   StepState = "open"
	StepSeen   StepState = "seen"   // Lifeboat sees that it has worked
	StepSaid   StepState = "said"   // the person says that it is done
	StepNeeded StepState = "needed" // no longer: the diagnosis has no use for it any more
)

// ShowFix opens the list of steps.
func (s *State) ShowFix(p *Phone) {
	if p.State == nil {
		return
	}
	p.Fix = &Steps{All: slices.Clone(p.State.Next), Skipped: map[string]bool{}}
	s.Show(Page{Name: FixPage})
}

// Update brings the steps up to date.
func (g *Steps) Update(next []checks.Fix) {
	for _, f := range next {
		i := slices.IndexFunc(g.All, func(old checks.Fix) bool { return old.ID == f.ID })
		if i < 0 {
			g.All = append(g.All, f)
		} else {
			g.All[i] = f
		}
	}
}

// Skip puts a step off, or takes it up again.
func (s *State) Skip(p *Phone, fixID string, skip bool) {
	if p.Fix != nil {
		p.Fix.Skipped[fixID] = skip
		s.changed()
	}
}

// Step is the number of the step to do now, from 0 on; -1 if none is left.
func (p *Phone) Step() int {
	open := func(f checks.Fix) bool { return p.StepState(f) == StepOpen }
	i := slices.IndexFunc(p.Fix.All, func(f checks.Fix) bool { return open(f) && !p.Fix.Skipped[f.ID] })
	if i < 0 {
		i = slices.IndexFunc(p.Fix.All, open)
	}
	return i
}

// CheckOf is the id of the check that a step is about.
func CheckOf(f checks.Fix) string {
	id, _, _ := strings.Cut(f.ID, "/")
	return id
}

// StepState says how far a step of the phone's has come.
func (p *Phone) StepState(f checks.Fix) StepState {
	needed := slices.ContainsFunc(p.State.Next, func(n checks.Fix) bool { return n.ID == f.ID })
	r, known := p.State.Result(CheckOf(f))
	_, said := p.State.Tried[f.ID]
	switch {
	case known && !needed && r.Status == checks.Pass:
		return StepSeen
	case said:
		return StepSaid
	case !needed:
		return StepNeeded
	}
	return StepOpen
}

// Deed is something that is done to a phone, or to what is remembered of it.
type Deed string

const (
	SwitchOn Deed = "switch-on"
	Restart  Deed = "restart"
	Forget   Deed = "forget"
	// ChangePassword is done by [State.ChangePassword].
	ChangePassword Deed = "change-password"
)

// Do does a deed that the person has agreed to; fixID is the step of a repair
// that it is, "" for none.
func (s *State) Do(p *Phone, what Deed, fixID string) {
	run := map[Deed]func(context.Context, *device.Phone) error{
		SwitchOn: func(ctx context.Context, dev *device.Phone) error { return s.Engine.SwitchCloud(ctx, dev, true, nil) },
		Restart:  s.Engine.Restart,
		Forget:   s.Engine.ForgetHistory,
	}[what]
	if s.occupied(p.Dev.UDID) && what != Forget {
		return // not while a backup runs
	}
	ctx, cancel := context.WithCancel(s.ctx)
	closeSheet := s.View.Waiting(what, cancel)
	dev := p.Dev
	go func() {
		err := run(ctx, dev)
		s.postFor(s.ctx, func() {
			defer cancel()
			if err == nil {
				s.Tick(p, fixID, true)
				if what == Forget {
					s.restartDiagnosis(p) // so that nothing forgotten is still shown
				} else {
					p.Looking, p.asked = p.runs, s.Now()
				}
			}
			switch {
			case !closeSheet(): // closed meanwhile
			case err != nil:
				s.View.Problem(err, func() { s.Do(p, what, fixID) })
			default:
				s.View.Succeeded(what)
			}
		})
	}()
}
