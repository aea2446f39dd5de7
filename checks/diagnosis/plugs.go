package diagnosis

import (
	"slices"
	"sync"
	"time"

	"lifeboat/device"
)

// dropsFor is how long a phone that left its cable counts as a sign of a bad one.
const dropsFor = 10 * time.Minute

// maxDrops bounds what is remembered of one phone.
const maxDrops = 32

// ConnectionTracker counts how often phones leave their cable. The zero ConnectionTracker has seen
// nothing; it may be used by several goroutines.
type ConnectionTracker struct {
	mu       sync.Mutex
	present  map[string]bool
	drops    map[string][]time.Time
	expected map[string]time.Time
}

// ObserveChange records a change that usbmuxd reported; one that is an error counts for nothing.
func (p *ConnectionTracker) ObserveChange(c device.Change, now time.Time) {
	if c.Err != nil {
		return
	}
	here := make([]string, 0, len(c.Phones))
	for _, phone := range c.Phones {
		here = append(here, phone.UDID)
	}
	p.Observe(here, now)
}

// Observe records which phones are connected now, by UDID.
func (p *ConnectionTracker) Observe(udids []string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drops == nil {
		p.drops = map[string][]time.Time{}
	}
	here := map[string]bool{}
	for _, udid := range udids {
		here[udid] = true
	}
	for udid := range p.present {
		if here[udid] {
			continue
		}
		if now.Before(p.expected[udid]) {
			delete(p.expected, udid)
			continue
		}
		p.drops[udid] = append(p.drops[udid], now)
		if n := len(p.drops[udid]); n > maxDrops {
			p.drops[udid] = p.drops[udid][n-maxDrops:]
		}
	}
	p.present = here
}

// Expect says that the phone will leave on its own until a moment: it was
// restarted, or has just begun to trust this computer.
func (p *ConnectionTracker) Expect(udid string, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.expected == nil {
		p.expected = map[string]time.Time{}
	}
	p.expected[udid] = until
}

// Drops is how often a phone left its cable in the last ten minutes; ok is
// false when nobody watched.
func (p *ConnectionTracker) Drops(udid string, now time.Time) (n int, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drops == nil {
		return 0, false
	}
	p.drops[udid] = slices.DeleteFunc(p.drops[udid], func(at time.Time) bool { return now.Sub(at) > dropsFor })
	return len(p.drops[udid]), true
}
