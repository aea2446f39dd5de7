package diagnosis_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"testing"

	"lifeboat/checks/diagnosis"
	"lifeboat/checks/feeds"
	"lifeboat/device"
	"lifeboat/device/fault"
)

// TestGoneBeforeTheNetwork: a phone that is gone ends its diagnosis at once,
// and whatever waits for the network with it.
func TestGoneBeforeTheNetwork(t *testing.T) {
	r := newRig(t, "")
	var mu sync.Mutex
	var ends []error
	// net/http lets a dial live on whose request was given up, and may begin it
	// late: it ends at once then.
	over := make(chan struct{})
	defer close(over)
	client := &feeds.Client{Allowed: feeds.Allowed{Versions: true, Status: true, Paths: true}, Wire: feeds.Wire{
		Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			select {
			case <-ctx.Done():
			case <-over:
				return nil, net.ErrClosed
			}
			mu.Lock()
			defer mu.Unlock()
			ends = append(ends, ctx.Err())
			return nil, ctx.Err()
		},
	}}
	r.server.Detach(r.sim)
	s := diagnosis.New(diagnosis.Options{Phone: r.phone, Feeds: client})
	for name, run := range map[string]func() error{
		"once": func() error { _, err := s.Once(t.Context(), device.Summary{}); return err },
		"run":  func() error { return s.Run(t.Context(), device.Summary{}, func(diagnosis.State) {}) },
	} {
		if err := run(); fault.Of(err) != fault.PhoneGone {
			t.Errorf("%s: %v", name, err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for _, end := range ends {
		if !errors.Is(end, context.Canceled) {
			t.Errorf("the network was waited for: %v", end)
		}
	}
}

// TestOneReadsAtATime: an attempt that ends and a notification of the phone
// read one after the other, so that what is read later is newer.
func TestOneReadsAtATime(t *testing.T) {
	r := newRig(t, "", "latency=10ms")
	s := diagnosis.New(diagnosis.Options{Phone: r.phone, Quick: true})
	if _, err := s.Once(t.Context(), device.Summary{}); err != nil {
		t.Fatal(err)
	}
	before := len(r.sim.Asked())
	const readers = 3
	var all sync.WaitGroup
	for range readers {
		all.Go(func() {
			if err := s.Reread(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	asked := r.sim.Asked()[before:]
	one := len(asked) / readers
	want := slices.Sorted(slices.Values(asked[:one]))
	for i := range readers {
		if got := slices.Sorted(slices.Values(asked[i*one : (i+1)*one])); !slices.Equal(got, want) {
			t.Fatalf("reader %d asked %q, the first %q", i, got, want)
		}
	}
}

// TestTurnEndsWithItsContext: whoever waits for another's reading can be cancelled.
func TestTurnEndsWithItsContext(t *testing.T) {
	r := newRig(t, "")
	s := diagnosis.New(diagnosis.Options{Phone: r.phone})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Reread(ctx); fault.Of(err) != fault.Cancelled {
		t.Errorf("%v", err)
	}
}
