package content

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/device/fault"
)

// looking is a kind that is summed up by a function.
func looking(id kind.ID, look func(context.Context) error) kind.Kind {
	return kind.Kind{ID: id, Things: func(ctx context.Context, _ *source.Backup, _ func(kind.Thing) error) ([]kind.Note, error) {
		return nil, look(ctx)
	}}
}

// TestLookBeside: a kind that takes long holds up no other, and the results come in
// the order of kinds all the same.
func TestLookBeside(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	last := make(chan struct{})
	kinds := []kind.Kind{
		looking("photos", func(ctx context.Context) error {
			select {
			case <-last:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}),
		looking("messages", func(context.Context) error { return nil }),
		looking("notes", func(context.Context) error { return nil }),
		looking("calls", func(context.Context) error { close(last); return nil }),
	}
	var order []kind.ID
	all, err := Look(ctx, &source.Backup{}, kinds, func(s kind.Summary) { order = append(order, s.Kind) })
	if err != nil || len(all) != len(kinds) {
		t.Fatalf("%d kinds: %v", len(all), err)
	}
	if want := []kind.ID{"photos", "messages", "notes", "calls"}; !slices.Equal(order, want) {
		t.Errorf("they came as %v", order)
	}
}

// TestLookCancelled: what is under way has ended before Look returns, as the backup may
// be closed then.
func TestLookCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var under atomic.Int32
		slow := func(ctx context.Context) error {
			under.Add(1)
			defer under.Add(-1)
			<-ctx.Done()
			time.Sleep(time.Second) // it tidies up, by a clock that does not tick
			return ctx.Err()
		}
		kinds := []kind.Kind{
			looking("photos", func(context.Context) error { cancel(); return nil }),
			looking("messages", slow), looking("notes", slow), looking("calls", slow), looking("files", slow),
		}
		if _, err := Look(ctx, &source.Backup{}, kinds, nil); fault.Of(err) != fault.Cancelled {
			t.Errorf("cancelled: %v", err)
		}
		if n := under.Load(); n != 0 {
			t.Errorf("%d kinds are still read", n)
		}
	})
}
