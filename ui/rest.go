package ui

import "time"

// settled is how long nothing has to change before the window counts as at rest.
const settled = 5 * time.Second

// rest calls after once, each time that nothing has changed for so long as
// settled: what drawing and asking left behind is given back then. After is
// called on a goroutine of its own. A nil rest does nothing.
type rest struct{ timer *time.Timer }

func newRest(after func()) *rest {
	if after == nil {
		return nil
	}
	return &rest{timer: time.AfterFunc(settled, after)}
}

// changed begins to wait anew.
func (r *rest) changed() {
	if r != nil {
		r.timer.Reset(settled)
	}
}

// stop ends it.
func (r *rest) stop() {
	if r != nil {
		r.timer.Stop()
	}
}
