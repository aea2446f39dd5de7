package ui

import (
	"context"
	"slices"
	"time"

	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/device/facts"
	"lifeboat/ui/engine"
)

// examination is what the window knows of a phone's examination, which goes on
// for as long as the phone is there.
type examination struct {
	runs  bool
	end   context.CancelFunc
	state *diagnosis.State // the newest, nil before the first
	err   error            // why the examination ended
	// looking is true from Check again until what was read then is there.
	looking bool
	asked   time.Time // of the last Check again

	// arranged counts how often the rows of the checklist were put into their
	// groups; due says with which state that is to happen next. In between
	// no row moves, whatever becomes of it.
	arranged int
	due      func(diagnosis.State) bool
	anchor   string // id of the row that is to stay where it is on the screen

	opened  map[string]bool              // rows of the checklist, by check
	typed   map[checks.QuestionID]string // what was typed and not sent yet
	guided  *guided                      // the list of steps, nil while it is not shown
	fixOpen bool                         // what [Engine.FixOpen] was last called with
}

func newExamination() examination {
	return examination{opened: map[string]bool{}, typed: map[checks.QuestionID]string{}}
}

// lookMost is how long Check again stays out of use when nothing comes of it.
const lookMost = 5 * time.Second

// diagnose begins to examine a phone, in place of an examination under way.
func (w *Window) diagnose(p *phone) {
	p.endDiagnosis()
	ctx, cancel := context.WithCancel(w.ctx)
	p.begin(cancel, w.Now())
	x, summary, each := w.examinationOf(p), p.summary, w.statesOf(ctx, p)
	go func() {
		err := w.Engine.Diagnose(ctx, x, summary, each)
		w.postFor(ctx, func() {
			p.endDiagnosis()
			p.err = err
		})
	}()
}

func (w *Window) examinationOf(p *phone) engine.Examination {
	return engine.Examination{Phone: p.dev, Destination: w.Settings.Destination()}
}

// statesOf shows the states of a phone's diagnosis, the newest one where they
// come faster than they can be shown.
func (w *Window) statesOf(ctx context.Context, p *phone) func(diagnosis.State) {
	var news latest[diagnosis.State]
	return func(s diagnosis.State) {
		if news.put(s) {
			w.postFor(ctx, func() { p.update(news.take()) })
		}
	}
}

// begin notes that a diagnosis runs, which end ends.
func (p *phone) begin(end context.CancelFunc, now time.Time) {
	p.runs, p.end, p.fixOpen = true, end, false
	p.lookedAt(now)
}

// update shows a new state.
func (p *phone) update(s diagnosis.State, news bool) {
	if !news {
		return
	}
	p.state, p.err = &s, nil
	if p.looking && p.readSince(s) {
		p.looking = false
	}
	if p.due != nil && p.due(s) {
		p.arrange()
	}
}

// readSince reports whether a state was read after the last Check again.
func (p *phone) readSince(s diagnosis.State) bool { return !s.Phone().GatheredAt.Before(p.asked) }

// arrange puts the rows into their groups now.
func (p *phone) arrange() { p.arranged, p.due = p.arranged+1, nil }

// lookedAt has the rows put into their groups as soon as what is read from
// now on is there.
func (p *phone) lookedAt(now time.Time) {
	p.looking, p.asked, p.due, p.anchor = true, now, p.readSince, ""
}

// taught has the rows put into their groups now, and once more when the
// phone's own record of its iCloud backups has been read out of a new backup,
// which takes seconds.
func (p *phone) taught() {
	asked := p.due
	p.arrange()
	if p.state != nil && p.state.Input.Record.State != facts.Read {
		p.due = func(s diagnosis.State) bool {
			return s.Input.Record.State == facts.Read || asked != nil && asked(s)
		}
	}
}

func (p *phone) endDiagnosis() {
	if p.runs {
		p.end()
	}
	p.runs, p.looking = false, false
}

// look is Check again: it has everything read again.
func (w *Window) look(p *phone) {
	if !p.runs {
		w.diagnose(p)
		return
	}
	p.lookedAt(w.Now())
	asked, dev := p.asked, p.dev
	w.tell(func() { w.Engine.Look(dev) })
	ctx := w.ctx
	time.AfterFunc(lookMost, func() {
		w.postFor(ctx, func() {
			if p.looking && p.asked.Equal(asked) {
				p.looking = false
			}
		})
	})
}

// answer gives the engine what the user said; failed is called if it is not taken.
func (w *Window) answer(p *phone, check string, q checks.QuestionID, a checks.Answer, failed func(error)) {
	ctx, dev := w.ctx, p.dev
	p.due, p.anchor = func(s diagnosis.State) bool {
		got, ok := s.Input.Answers[q]
		return ok && got.Choice == a.Choice && got.Text == a.Text
	}, check
	go func() {
		if err := w.Engine.Answer(ctx, dev, q, a); err != nil {
			w.postFor(ctx, func() { p.due = nil; failed(err) })
		}
	}()
}

// tick reports to the engine that the user did a step, or did not after all. What
// cannot be remembered is no reason to disturb the user.
func (w *Window) tick(p *phone, fixID string, done bool) {
	if fixID == "" {
		return
	}
	ctx, dev := w.ctx, p.dev
	w.tell(func() { _ = w.Engine.Tick(ctx, dev, fixID, done) })
}

// updatePolling reports to the engine on which phone the user works now.
func (w *Window) updatePolling() {
	for _, p := range w.phones {
		working := p.runs && p == w.current() && w.flow == nil && w.attempt == nil && w.report == nil && p.working()
		if working != p.fixOpen {
			p.fixOpen = working
			dev := p.dev
			w.tell(func() { w.Engine.FixOpen(dev, working) })
		}
	}
}

// working reports whether steps of a repair are open before the user.
func (p *phone) working() bool {
	if p.guided != nil {
		return true
	}
	return p.state != nil && slices.ContainsFunc(p.state.Results, func(r checks.Result) bool {
		return p.opened[r.ID] && r.Group() != checks.Fine && len(r.Fix) > 0
	})
}
