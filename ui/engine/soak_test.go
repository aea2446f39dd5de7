package engine

import (
	"context"
	"os"
	"runtime"
	"testing"
	"time"

	"lifeboat/checks/diagnosis"
	"lifeboat/checks/feeds"
	"lifeboat/device"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// TestSoak plugs two phones in and out, over real connections: each time both are
// followed until they are ready and diagnosed, or until the cable is pulled. What is
// held afterwards is what was held after the first ten.
func TestSoak(t *testing.T) {
	plugs := 20
	if os.Getenv("LIFEBOAT_SOAK") != "" {
		plugs = 500
	}
	server, err := phonesim.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	var sims []*phonesim.Phone
	for i := range 2 {
		cfg := phonesim.DefaultConfig()
		cfg.UDID = cfg.UDID[:len(cfg.UDID)-1] + string(rune('A'+i))
		cfg.Content = content.Generate(5, 5, 1000)
		sim, err := phonesim.NewPhone(cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer sim.Close()
		sims = append(sims, sim)
	}
	mux, err := device.NewMux(server.Address(), nil)
	if err != nil {
		t.Fatal(err)
	}
	mux.CountFor, mux.ExtraFor = 0, 0
	e := &Engine{Mux: mux}
	e.Allow(feeds.Allowed{})

	ctx, stop := context.WithCancel(t.Context())
	phones := make(chan []*device.Phone, 100)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		e.Watch(ctx, func(c device.Change) { phones <- c.Phones })
	}()
	until := func(n int) []*device.Phone {
		t.Helper()
		for {
			select {
			case now := <-phones:
				if len(now) == n {
					return now
				}
			case <-time.After(time.Minute):
				t.Fatalf("there are no %d phones", n)
			}
		}
	}
	plug := func(i int) {
		for _, sim := range sims {
			server.Attach(sim)
		}
		plugged, gone := context.WithCancel(ctx)
		ready := make(chan struct{}, len(sims))
		following := make(chan error, len(sims))
		for _, p := range until(len(sims)) {
			go func() {
				told := false
				following <- e.Follow(plugged, Examination{Phone: p}, func(c device.Connection) {
					if c.Stage == device.Ready && !told {
						told = true
						ready <- struct{}{}
					}
				}, func(diagnosis.State) {})
			}()
		}
		if i%2 == 0 { // every other time before either is ready
			for range sims {
				<-ready
			}
		}
		for _, sim := range sims {
			server.Detach(sim)
		}
		until(0)
		gone()
		for range sims {
			<-following
		}
	}
	type holdings struct{ goroutines, files, connections int }
	held := func() (now holdings) {
		for range 100 {
			before := now
			entries, _ := os.ReadDir("/proc/self/fd")
			if now = (holdings{runtime.NumGoroutine(), len(entries), server.Open()}); now == before {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		return now
	}
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for i := range 10 {
		plug(i)
	}
	before, memory := held(), heap()
	for i := range plugs {
		plug(i)
	}
	now, used := held(), heap()
	if now.goroutines > before.goroutines || now.files > before.files || now.connections > before.connections || used > memory+4<<20 {
		t.Errorf("held %+v and %d kB, before %+v and %d kB", now, used>>10, before, memory>>10)
	}
	t.Logf("%d plugs of two phones: %+v and %d kB, before %+v and %d kB", plugs, now, used>>10, before, memory>>10)
	stop()
	<-watched
	e.Wait(time.Minute)
}
