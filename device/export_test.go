package device

import "time"

// Hurry makes the facts that take long end after d at the latest.
func (m *Mux) Hurry(d time.Duration) { m.deep, m.CountFor = deepLimits{d, d, d, d}, d }
