package ui

import (
	"slices"
	"strings"

	"lifeboat/checks"
)

// guided is the list of steps that the user goes through. Its order is that
// of the moment when it was opened: a step that is done stays where it is,
// and a new one comes last.
type guided struct{ steps []checks.Fix }

// progress is how far a step has come.
type progress string

const (
	stepOpen   progress = "open"
	stepSeen   progress = "seen"   // Lifeboat sees that it has worked
	stepSaid   progress = "said"   // the user says that it is done
	stepNeeded progress = "needed" // no longer: the diagnosis has no use for it any more
)

// guide opens the list of steps.
func (w *Window) guide(p *phone) {
	if p.state == nil {
		return
	}
	p.guided = &guided{steps: slices.Clone(p.state.Next)}
	w.refresh()
}

// leaveGuide goes back to the checklist.
func (w *Window) leaveGuide(p *phone) {
	p.guided = nil
	w.refresh()
}

// take brings the steps up to date.
func (g *guided) take(next []checks.Fix) {
	for _, f := range next {
		i := slices.IndexFunc(g.steps, func(old checks.Fix) bool { return old.ID == f.ID })
		if i < 0 {
			g.steps = append(g.steps, f)
		} else {
			g.steps[i] = f
		}
	}
}

// progress says how far a step of the phone's has come.
func (p *phone) progress(f checks.Fix) progress {
	needed := slices.ContainsFunc(p.state.Next, func(n checks.Fix) bool { return n.ID == f.ID })
	check, _, _ := strings.Cut(f.ID, "/")
	r, known := p.state.Result(check)
	_, said := p.state.Tried[f.ID]
	switch {
	case known && !needed && r.Status == checks.Pass:
		return stepSeen
	case said:
		return stepSaid
	case !needed:
		return stepNeeded
	}
	return stepOpen
}
