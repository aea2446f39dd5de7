package services

import (
	"sync"
	"time"
)

// Values of an AFC lock request; 4 in addition asks not to wait. This phone
// never makes a computer wait: it answers a lock that is taken at once.
const (
	lockShared    = 1
	lockExclusive = 2
	lockNoWait    = 4
	lockRelease   = 8
)

// lockTable is the phone's advisory locks: a name and who holds it.
type lockTable struct {
	mu   sync.Mutex
	held map[string]map[*afcHandle]bool // holder -> exclusive

	// A test's other computer, which holds every lock for a while from the
	// first try on.
	busyFor time.Duration
	busyEnd time.Time
	now     func() time.Time
}

func newLockTable(busyFor time.Duration, now func() time.Time) *lockTable {
	return &lockTable{held: map[string]map[*afcHandle]bool{}, busyFor: busyFor, now: now}
}

// take locks name for holder, or changes the lock it has. It reports false
// when another holds it.
func (t *lockTable) take(name string, holder *afcHandle, exclusive bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.busyFor > 0 && t.busyEnd.IsZero() {
		t.busyEnd = t.now().Add(t.busyFor)
	}
	if t.now().Before(t.busyEnd) {
		return false
	}
	for other, otherExclusive := range t.held[name] {
		if other != holder && (exclusive || otherExclusive) {
			return false
		}
	}
	if t.held[name] == nil {
		t.held[name] = map[*afcHandle]bool{}
	}
	t.held[name][holder] = exclusive
	return true
}

func (t *lockTable) release(name string, holder *afcHandle) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.held[name], holder)
	if len(t.held[name]) == 0 {
		delete(t.held, name)
	}
}
