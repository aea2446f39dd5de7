package state

import (
	"runtime"
	"testing"
	"time"

	"lifeboat/backup/keybag"
)

// TestSoak plugs two phones in and out, backs up, stops backups and lets a day go
// by: what is in use afterwards does not grow with any of it.
func TestSoak(t *testing.T) {
	plugs, backups, stops := 500, 50, 50
	if testing.Short() {
		plugs, backups, stops = 60, 10, 10
	}
	inBubble(t, func(r *rig) {
		begin := func() *run {
			r.plug(phoneA, phoneB)
			r.BackUp(r.phone(phoneA), "")
			r.drain()
			if j := r.Job(r.phone(phoneA)); j.Step == Choosing {
				r.ChoosePassword(j, keybag.NewPassword("correct horse"), false, func(err error) { t.Error(err) })
			}
			return r.started()
		}
		leave := func() {
			r.Back()
			r.plug()
			r.pass(4 * time.Second)
		}
		round := func(plugs, backups, stops int) {
			for range plugs {
				r.plug(phoneA, phoneB)
				r.plug(phoneB)
				r.plug()
			}
			for range backups {
				r.end(begin(), nil)
				leave()
			}
			for range stops {
				begin()
				r.StopJob(r.Job(r.phone(phoneA)))
				r.drain()
				leave()
			}
			r.engine.calls, r.view.ended, r.view.problems = nil, nil, nil // the test's own
		}
		measure := func() (goroutines int, memory uint64) {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return runtime.NumGoroutine(), m.HeapAlloc
		}
		round(10, 3, 3)
		goroutines, memory := measure()
		round(plugs, backups, stops)
		r.plug(phoneA, phoneB)
		for range 24 * 4 {
			time.Sleep(15 * time.Minute)
			r.drain()
		}
		r.plug()
		r.pass(4 * time.Second)
		now, used := measure()
		if now > goroutines || used > memory+1<<20 || len(r.Phones) != 0 || len(r.jobs) != 0 {
			t.Errorf("%d goroutines, %d before; %d kB, %d before; %d phones and %d backups left",
				now, goroutines, used>>10, memory>>10, len(r.Phones), len(r.jobs))
		}
		t.Logf("%d plugs, %d backups, %d stops and a day: %d goroutines and %d kB, before %d and %d kB; %d reminders",
			plugs, backups, stops, now, used>>10, goroutines, memory>>10, r.view.reminded)
	})
}
