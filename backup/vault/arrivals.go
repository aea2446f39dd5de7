package vault

import (
	"context"
	"errors"
	"sync"

	"lifeboat/backup/catalog"
	"lifeboat/backup/extsort"
)

const (
	// After so many files, or so many bytes, what has arrived is made durable
	// and recorded while more arrives: after a power cut the next run goes on
	// from there.
	checkpointFiles = 32 << 10
	checkpointBytes = 1 << 30
)

// arrivals records size and digest of each content file of a run, as it comes.
// A file is recorded only after it has been made durable, so that whatever is
// recorded can be trusted after any accident.
type arrivals struct {
	place    *place
	segments *catalog.Segments
	ctx      context.Context // of a checkpoint that runs beside
	stop     context.CancelFunc

	mu      sync.Mutex
	pending []catalog.Entry
	fresh   int64 // bytes in pending
	total   int64
	err     error // of a checkpoint that ran beside
	running chan struct{}
}

func openArrivals(p *place, dir string, resume bool) (*arrivals, error) {
	a := &arrivals{place: p}
	a.ctx, a.stop = context.WithCancel(context.Background())
	var err error
	if resume {
		a.segments, _, err = catalog.OpenSegments(p.fs, dir)
	} else {
		a.segments, err = catalog.NewSegments(p.fs, dir)
	}
	if err != nil {
		a.stop()
		return nil, err
	}
	return a, a.tally()
}

// tally adds up what is recorded: a file that came twice counts once.
func (a *arrivals) tally() error {
	a.total = 0
	s, err := a.segments.Stream()
	if err != nil {
		return err
	}
	for e, err := range extsort.All(s) {
		if err != nil {
			return err
		}
		a.total += max(e.Size, 0)
	}
	return nil
}

// stored takes note of a file.
func (a *arrivals) stored(e catalog.Entry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pending = append(a.pending, e)
	a.fresh += e.Size
	a.total += e.Size
	if a.running == nil && (len(a.pending) >= checkpointFiles || a.fresh >= checkpointBytes) {
		batch := a.take()
		done := make(chan struct{})
		a.running = done
		go func() {
			err := a.record(a.ctx, batch)
			a.mu.Lock()
			defer a.mu.Unlock()
			a.err = errors.Join(a.err, err)
			if err != nil {
				a.putBack(batch)
			}
			a.running = nil
			close(done)
		}()
	}
}

func (a *arrivals) take() []catalog.Entry {
	batch := a.pending
	a.pending, a.fresh = nil, 0
	return batch
}

// putBack returns what could not be recorded, for the next attempt. The caller
// holds mu.
func (a *arrivals) putBack(batch []catalog.Entry) {
	a.pending = append(batch, a.pending...) // of a file that came twice, the newer entry is the later one
	for _, e := range batch {
		a.fresh += e.Size
	}
}

func (a *arrivals) bytes() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.total
}

// record writes everything through to the disk and then a segment.
func (a *arrivals) record(ctx context.Context, batch []catalog.Entry) error {
	if err := a.place.sync(ctx, a.place.own("run", treeName)); err != nil {
		return err
	}
	a.segments.Add(batch...)
	return a.segments.Flush()
}

// wait lets a checkpoint end that runs beside.
func (a *arrivals) wait() error {
	for {
		a.mu.Lock()
		running, err := a.running, a.err
		a.mu.Unlock()
		if running == nil {
			return err
		}
		<-running
	}
}

// checkpoint makes everything that has arrived durable and records it.
func (a *arrivals) checkpoint(ctx context.Context) error {
	defer context.AfterFunc(ctx, a.stop)()
	if err := a.wait(); err != nil {
		return err
	}
	a.mu.Lock()
	batch := a.take()
	a.mu.Unlock()
	if len(batch) == 0 {
		return a.place.sync(ctx, a.place.own("run", treeName))
	}
	err := a.record(ctx, batch)
	if err != nil { // such as a cancelled run, which is kept after this
		a.mu.Lock()
		a.putBack(batch)
		a.mu.Unlock()
	}
	return err
}

// close waits for nothing that takes long: a checkpoint that runs beside is
// given up.
func (a *arrivals) close() error {
	a.stop()
	if err := a.wait(); err != nil && !errors.Is(err, context.Canceled) {
		return errors.Join(err, a.segments.Close())
	}
	return a.segments.Close()
}
