package conversation

import (
	"context"
	"sync"
	"time"
)

// Sessions remembers on which phones a session was interrupted, so that the next
// one is not begun at once: a phone that still tidies up after the last
// session lets a new one hang. A program keeps one for all its runs; the zero
// value is ready, and nil never waits.
type Sessions struct {
	mu   sync.Mutex
	lost map[string]time.Time // by UDID
}

// broken notes that a session ended without a goodbye.
func (s *Sessions) broken(udid string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lost == nil {
		s.lost = map[string]time.Time{}
	}
	s.lost[udid] = time.Now()
}

// waitCooldown waits until a phone has had pause since its last session was interrupted;
// waiting is called first if there is anything to wait for.
func (s *Sessions) waitCooldown(ctx context.Context, udid string, pause time.Duration, waiting func()) error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	lost, known := s.lost[udid]
	delete(s.lost, udid)
	s.mu.Unlock()
	left := pause - time.Since(lost)
	if !known || left <= 0 {
		return nil
	}
	waiting()
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		s.mu.Lock()
		defer s.mu.Unlock()
		s.lost[udid] = lost
		return context.Cause(ctx)
	}
}
