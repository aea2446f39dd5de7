// Package wait holds the pauses of the simulated phone.
package wait

import (
	"context"
	"time"
)

// For pauses for d, or until ctx ends, whose error it then returns. It returns
// nil at once where there is nothing to wait for.
func For(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
