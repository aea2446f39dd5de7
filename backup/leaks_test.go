package backup

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// holdings is what a process has taken and not given back.
type holdings struct {
	goroutines, files, connections int
	heap                           uint64
}

// holdings waits until nothing more is given back.
func (r *rig) holdings() (now holdings) {
	for range 100 {
		before := now
		now = holdings{runtime.NumGoroutine(), openFiles(), r.server.Open(), 0}
		if before == now {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	now.heap = m.HeapAlloc
	return now
}

// openFiles counts the file descriptors, where the system tells.
func openFiles() int {
	entries, _ := os.ReadDir("/proc/self/fd")
	return len(entries)
}

// TestNothingLeaks makes many backups in one process, of a phone that changes;
// some are cancelled, some lose the cable, some are proven again. Afterwards no
// goroutine, file or session with the phone is left, and memory is level.
// It makes 200 with LIFEBOAT_TORTURE=1, and 20 otherwise.
func TestNothingLeaks(t *testing.T) {
	runs := 20
	if testing.Short() {
		runs = 10 // as many times as slow, and it looks for races, not for leaks
	}
	if os.Getenv("LIFEBOAT_TORTURE") != "" {
		runs = 200
	}
	r := newRig(t, func(c *phonesim.Config) {
		c.Content = content.Generate(5, 30, 256<<10)
		c.ReplugAfter = time.Millisecond
	})
	day := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	counts := map[fault.Code]int{}
	one := func(i int) {
		if err := r.sim.Edit(content.Edits{Changed: 2}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var report func(Event)
		broken, cut := i%10 == 3, i%10 == 7
		switch {
		case broken:
			report = func(e Event) {
				if e.Phase == Receiving || e.Phase == Finishing {
					cancel()
				}
			}
		case cut:
			if err := r.sim.SetFault("detach=0.5"); err != nil {
				t.Fatal(err)
			}
		}
		j := r.job()
		j.Now = func() time.Time { return day.AddDate(0, 0, i) }
		j.Policy = vault.Policy{Daily: 3, Trash: 1}
		_, err := j.Run(ctx, report)
		switch code := fault.Of(err); {
		case err != nil:
			counts[code]++
			if !(broken && code == fault.Cancelled || cut && code == fault.PhoneGone) {
				t.Fatalf("run %d: %v", i, err)
			}
		case broken || cut:
			t.Fatalf("run %d was not interrupted", i)
		}
		if cut {
			if err := r.sim.SetFault("none"); err != nil {
				t.Fatal(err)
			}
			r.comesBack()
		}
		if i%10 == 9 {
			r.rechecked(r.recheck(0, secret), "")
		}
	}
	for i := range 12 { // caches and pools fill
		one(i)
	}
	runtime.GC()
	before := r.holdings()
	for i := range runs {
		if i == runs-10 {
			// The collector closes files that were forgotten: not in these runs.
			defer debug.SetGCPercent(debug.SetGCPercent(-1))
		}
		one(12 + i)
	}
	after := r.holdings()
	t.Logf("%d runs, of which interrupted: %v; before %+v, after %+v", runs, counts, before, after)
	if counts[fault.Cancelled] < runs/10 || counts[fault.PhoneGone] < runs/10 {
		t.Errorf("interrupted: %v", counts)
	}
	if after.goroutines > before.goroutines || after.files > before.files || after.connections > before.connections {
		t.Errorf("left behind: %+v, after %+v before", after, before)
	}
	if grown := int64(after.heap) - int64(before.heap); grown > 4<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
}

// comesBack waits until the phone is plugged in again.
func (r *rig) comesBack() {
	r.t.Helper()
	for range 500 {
		phone, err := r.mux.Find(context.Background(), r.cfg.UDID)
		if err == nil {
			r.phone = phone
			return
		}
		if code := fault.Of(err); code != fault.PhoneNotFound {
			r.t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.t.Fatal("the phone did not come back")
}
