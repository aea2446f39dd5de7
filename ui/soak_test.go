package ui

import (
	"context"
	"runtime"
	"testing"
	"time"

	"lifeboat/backup"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
	"lifeboat/ui/state"
)

// TestSoak lives through a year of use with two phones: they are plugged in and
// out, backed up, stopped, and a day goes by with reminders. No goroutine, phone,
// backup or sheet may be left behind. Memory is measured below the window, since
// Fyne's driver for tests keeps what it has drawn.
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	const plugs, backups, stops = 500, 50, 50
	inWindow(t, nil, func(r *rig) {
		outcome := error(nil)
		r.engine.backUp = func(ctx context.Context, _ engine.Order, report func(backup.Event)) (backup.Result, error) {
			report(backup.Event{Phase: backup.Receiving, Percent: 40, Bytes: 1e9})
			if outcome != nil {
				return backup.Result{}, outcome
			}
			if r.runs.deaf {
				<-ctx.Done()
				return backup.Result{}, fault.New(fault.Cancelled, "back up", ctx.Err())
			}
			return proven, nil
		}
		once := func() {
			r.plug(phoneA, phoneB)
			r.plug(phoneB)
			r.plug()
		}
		back := func(stop bool) {
			r.plug(phoneA)
			r.runs.deaf = stop
			p := r.Find(udidA)
			r.BackUp(p, "")
			r.drain()
			for _, s := range r.secrets() {
				s.SetText("correct horse")
			}
			if j := r.Job(p); j != nil && j.Step == state.Choosing {
				r.tap("Start the backup")
			}
			if stop {
				r.StopJob(r.Job(p))
			}
			r.drain()
			r.pass(3 * time.Second)
			r.Tab(state.Overview)
			r.runs.deaf = false
			r.plug()
			r.Back()
			r.drain()
		}
		// The first of each makes what stays for good.
		once()
		back(false)
		back(true)
		r.pass(6 * time.Second)
		goroutines := runtime.NumGoroutine()
		for range plugs {
			once()
		}
		for range backups {
			back(false)
		}
		for range stops {
			back(true)
		}
		r.plug(phoneA)
		for range 24 * 4 {
			time.Sleep(15 * time.Minute)
			r.drain()
		}
		r.plug()
		r.pass(6 * time.Second)
		if got := runtime.NumGoroutine(); got > goroutines+2 {
			t.Errorf("%d goroutines, %d before", got, goroutines)
		}
		if len(r.Phones) != 0 || len(r.Running()) != 0 || r.sheet != nil {
			t.Errorf("%d phones and %d backups are left", len(r.Phones), len(r.Running()))
		}
		t.Logf("%d plugs, %d backups, %d stops and a day: %d goroutines, %d before; %d notifications",
			plugs, backups, stops, runtime.NumGoroutine(), goroutines, len(r.app.sent))
	})
}
