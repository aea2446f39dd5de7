package diagnosis

import (
	"context"
	"time"
)

// Reread reads the fast facts again, as [Session.Attempt] and [Session.Run] do.
func (s *Session) Reread(ctx context.Context) error { return s.reread(ctx) }

// FixEvery sets how often the facts are read again while something is wrong.
func (s *Session) FixEvery(d time.Duration) { s.fixEvery = d }

// Woken reports whether nobody waits for the facts to be read again: the last
// who asked was heard.
func (s *Session) Woken() bool { return len(s.refresh) == 0 }
