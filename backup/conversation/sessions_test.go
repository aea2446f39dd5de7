package conversation

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestSessionsRest: after an interrupted session, the next waits for the
// rest of the pause, once, and for that phone only.
func TestSessionsRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const pause = 30 * time.Second
		var s Sessions
		took := func(ctx context.Context, udid string) (time.Duration, int, error) {
			began, reported := time.Now(), 0
			err := s.waitCooldown(ctx, udid, pause, func() { reported++ })
			return time.Since(began), reported, err
		}
		check := func(name, udid string, want time.Duration) {
			t.Helper()
			got, reported, err := took(t.Context(), udid)
			if err != nil || got != want || (reported == 1) != (want > 0) {
				t.Errorf("%s: %v, reported %d times, %v", name, got, reported, err)
			}
		}
		check("before", "a", 0)
		s.broken("a")
		time.Sleep(10 * time.Second)
		check("another phone", "b", 0)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if got, _, err := took(ctx, "a"); got != 5*time.Second || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cancelled: %v, %v", got, err)
		}
		check("the rest", "a", 15*time.Second)
		check("again", "a", 0)
		s.broken("a")
		time.Sleep(time.Minute)
		check("later", "a", 0)
		if err := (*Sessions)(nil).waitCooldown(t.Context(), "a", pause, nil); err != nil {
			t.Error(err)
		}
	})
}
