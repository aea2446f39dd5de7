package ui

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestRest: memory is given back once things have settled, and not while they change.
func TestRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		r := newRest(func() { calls++ })
		pass := func(d time.Duration, want int) {
			t.Helper()
			time.Sleep(d)
			synctest.Wait()
			if calls != want {
				t.Fatalf("called %d times, not %d", calls, want)
			}
		}
		for range 10 { // a backup runs
			pass(settled-time.Second, 0)
			r.changed()
		}
		pass(settled, 1)
		pass(time.Hour, 1)
		r.changed()
		pass(settled, 2)
		r.changed()
		r.stop()
		pass(time.Hour, 2)
	})
	var none *rest
	none.changed()
	none.stop()
}
