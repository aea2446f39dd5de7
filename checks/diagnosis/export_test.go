package diagnosis

import "context"

// Reread reads the fast facts again, as [Session.Attempt] and [Session.Run] do.
func (s *Session) Reread(ctx context.Context) error { return s.reread(ctx) }
