package conversation

import (
	"sync"
	"time"
)

// pulse is when the phone was last heard, by this computer's monotonic clock:
// setting the clock on the wall makes nobody silent. The zero pulse does not
// listen.
type pulse struct {
	mu   sync.Mutex
	last time.Time // zero: not listening
}

// start begins to listen.
func (p *pulse) start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = time.Now()
}

// stop ends listening; a beat that comes late does not begin it again.
func (p *pulse) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = time.Time{}
}

// beat notes that the phone was heard.
func (p *pulse) beat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.last.IsZero() {
		p.last = time.Now()
	}
}

// quiet is how long the phone has not been heard; not ok if nobody listens.
func (p *pulse) quiet(now time.Time) (_ time.Duration, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Sub(p.last), !p.last.IsZero()
}
