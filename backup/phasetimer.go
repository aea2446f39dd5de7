package backup

import "time"

// phaseTimer adds up how long each phase takes. It sees every change of phase,
// one after another.
type phaseTimer struct {
	spent map[Phase]time.Duration
	phase Phase
	since time.Time
}

func (s *phaseTimer) see(phase Phase) {
	if phase == s.phase {
		return
	}
	now := time.Now()
	if s.spent == nil {
		s.spent = map[Phase]time.Duration{}
	}
	if s.phase != "" {
		s.spent[s.phase] += now.Sub(s.since)
	}
	s.phase, s.since = phase, now
}
