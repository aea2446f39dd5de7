// Package host gathers what the checks need to know about this computer: the
// place where a backup would go. It only looks; what it means is for package
// checks to say.
package host

import (
	"context"
	"path/filepath"
	"runtime"
	"time"

	"lifeboat/backup/disk"
	"lifeboat/checks"
	"lifeboat/device/facts"
)

// patience is how long a drive may take to answer before it counts as not
// read. A network share that is gone can hang a program for minutes.
const patience = 5 * time.Second

// Gather looks at the folder dest and the drive below it. It ends with ctx or
// after a few seconds, whichever is sooner; what a drive did not answer until
// then is not read. A question that hangs is left behind in a goroutine of
// its own, since no operating system lets go of it.
func Gather(ctx context.Context, dest string) checks.Host {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return thisComputer.gather(ctx, dest)
}

// questions are what can be asked of a drive; a test asks others.
type questions struct {
	kind   func(path string) (checks.DestinationKind, string, error)
	free   func(dir string) (uint64, error)
	volume func(dir string) (disk.Volume, error)
	write  func(dir string) error
	itunes func() facts.Datum[string]
}

var thisComputer = questions{kind: kindOf, free: disk.Free, volume: disk.VolumeOf, write: probe, itunes: iTunes}

// place is what stands at a path, and the folder where it can be measured.
type place struct {
	kind  checks.DestinationKind
	dir   string
	cloud string
}

func (q questions) gather(ctx context.Context, dest string) checks.Host {
	h := checks.Host{OS: runtime.GOOS, ITunes: q.itunes()}
	if dest == "" {
		return h
	}
	path, err := filepath.Abs(dest)
	if err != nil {
		path = dest
	}
	h.Destination = path

	at := ask(func() facts.Datum[place] {
		kind, dir, err := q.kind(path)
		found := place{kind: kind, dir: dir}
		if dir != "" {
			if found.cloud = CloudFolder(path); found.cloud == "" {
				found.cloud = CloudFolder(dir)
			}
		}
		return datumOf(found, err)
	})(ctx)
	h.Kind = facts.Datum[checks.DestinationKind]{Value: at.Value.kind, State: at.State, Reason: at.Reason}
	h.Cloud = at.Value.cloud
	if at.State != facts.Read {
		h.FreeBytes.Reason, h.FileSystem.Reason = at.Reason, at.Reason
		h.Remote.Reason, h.Writable.Reason = at.Reason, at.Reason
		if at.Reason == denied {
			h.Writable = facts.Datum[bool]{State: facts.Read, Reason: denied}
		}
		return h
	}
	if at.Value.dir == "" {
		return h // a file, or nothing at all: there is no drive to ask
	}

	free := ask(func() facts.Datum[int64] { return measured(q.free(at.Value.dir)) })
	volume := ask(func() facts.Datum[disk.Volume] { return datumOf(q.volume(at.Value.dir)) })
	writable := ask(func() facts.Datum[bool] { return proven(q.write(at.Value.dir)) })
	h.FreeBytes = free(ctx)
	d := volume(ctx)
	h.FileSystem = facts.Datum[string]{Value: d.Value.System, State: d.State, Reason: d.Reason}
	h.Remote = facts.Datum[bool]{Value: d.Value.Remote, State: d.State, Reason: d.Reason}
	if h.TotalBytes.Reason = d.Reason; d.Value.Size > 0 {
		h.TotalBytes = measured(d.Value.Size, nil)
	}
	h.Writable = writable(ctx)
	return h
}

// ask starts a question that may hang, and returns how to wait for its answer.
func ask[T any](question func() facts.Datum[T]) func(context.Context) facts.Datum[T] {
	answer := make(chan facts.Datum[T], 1) // one place, so that a late answer ends its goroutine
	go func() { answer <- question() }()
	return func(ctx context.Context) facts.Datum[T] {
		select {
		case d := <-answer:
			return d
		case <-ctx.Done():
			return facts.Datum[T]{Reason: "timed-out"}
		}
	}
}
