package diagnosis

import (
	"testing"
	"time"
)

func TestPlugs(t *testing.T) {
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	at := func(d time.Duration) time.Time { return start.Add(d) }
	var p ConnectionTracker
	if _, ok := p.Drops("a", start); ok {
		t.Error("nobody watched, and drops are known")
	}
	want := func(when time.Duration, udid string, drops int) {
		t.Helper()
		if n, ok := p.Drops(udid, at(when)); !ok || n != drops {
			t.Errorf("after %v: %s dropped %d times (%v), want %d", when, udid, n, ok, drops)
		}
	}
	p.Observe([]string{"a", "b"}, at(0))
	want(0, "a", 0)
	p.Observe([]string{"b"}, at(time.Minute))
	p.Observe([]string{"a", "b"}, at(2*time.Minute))
	p.Observe([]string{"b"}, at(3*time.Minute))
	want(3*time.Minute, "a", 2)
	want(3*time.Minute, "b", 0)
	want(11*time.Minute+time.Second, "a", 1) // the first is more than ten minutes ago
	p.Expect("b", at(5*time.Minute))
	p.Observe(nil, at(4*time.Minute))
	want(4*time.Minute, "b", 0) // expected
	p.Observe([]string{"b"}, at(4*time.Minute))
	p.Observe(nil, at(4*time.Minute+30*time.Second))
	want(5*time.Minute, "b", 1) // once only
	for range 100 {
		p.Observe([]string{"c"}, at(6*time.Minute))
		p.Observe(nil, at(6*time.Minute))
	}
	want(6*time.Minute, "c", maxDrops)
}
