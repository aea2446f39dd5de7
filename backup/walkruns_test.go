package backup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/faultfs"
	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/content"
)

// This file holds the steps of a walk that run a backup, or break one.

// job backs up with the password of the day.
func (w *walk) job() *Job {
	j := w.rig.job()
	j.Password = keybag.NewPassword(w.password)
	j.AskAgain = func(context.Context) (keybag.Password, error) { return keybag.NewPassword(w.password), nil }
	j.Full = w.random.IntN(8) == 0
	return j
}

// backUp makes a backup, which must succeed. A damaged one may keep a new one
// from being built upon it, but not a full one.
func (w *walk) backUp() string {
	w.mayCome = true
	j := w.job()
	hurt := w.hurt()
	result, err := j.Run(context.Background(), nil)
	how := "incremental"
	if err != nil && hurt && !j.Full {
		w.t.Logf("step %d: on a damaged backup: %v", w.done, err)
		how = "full, after " + string(fault.Of(err))
		j.Full = true
		result, err = j.Run(context.Background(), nil)
	} else if j.Full {
		how = "full"
	}
	if err != nil {
		w.t.Fatalf("step %d: %v\nthe last steps: %s", w.done, err, strings.Join(w.trail[max(0, w.done-25):], "\n"))
	}
	w.fresh = j.Full
	if got, want := result.Files, countFiles(w.t, w.sim); !w.sim.Agent().LastRun().Resumed && got != want {
		w.t.Fatalf("step %d: the backup has %d files, the phone %d", w.done, got, want)
	}
	if result.Resumed {
		how += ", resumed"
	}
	if hurt {
		how += ", on a damaged one"
	}
	return how
}

func (w *walk) backUpFully() string {
	w.mayCome, w.fresh = true, true
	j := w.job()
	j.Full = true
	if _, err := j.Run(context.Background(), nil); err != nil {
		w.t.Fatalf("step %d: %v\nthe last steps: %s", w.done, err, strings.Join(w.trail[max(0, w.done-25):], "\n"))
	}
	return "whole"
}

// hurt reports whether the current version was damaged by the walk.
func (w *walk) hurt() bool {
	current := w.newest()
	return current > 0 && (w.blind[current] || w.damaged(current) > 0)
}

func (w *walk) newest() (number int) {
	for n := range w.versions {
		number = max(number, n)
	}
	return number
}

func (w *walk) use() string {
	err := w.sim.Edit(content.Edits{Changed: w.random.IntN(4), Added: w.random.IntN(3), Removed: w.random.IntN(3)})
	if err != nil {
		w.t.Fatal(err)
	}
	return "changed"
}

// fails runs a job that should come to nothing, and says how it ended.
func (w *walk) fails(j *Job, ctx context.Context, report func(Event)) string {
	w.mayCome, w.fresh = true, j.Full
	_, err := j.Run(ctx, report)
	if err == nil {
		return "whole all the same"
	}
	w.fresh = false
	known := fault.As(err)
	if !errors.As(err, new(*fault.Error)) || known.Code == fault.Internal {
		w.t.Fatalf("step %d: %v", w.done, err)
	}
	// Only one that died or was interrupted while it was put in place may come.
	w.mayCome = known.Code == fault.PlacePending || j.Fs.Name() != afero.NewOsFs().Name()
	return string(known.Code)
}

func (w *walk) cancel() string {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	left := w.random.IntN(12)
	return w.fails(w.job(), ctx, func(Event) {
		if left--; left < 0 {
			cancel()
		}
	})
}

// repair puts the phone right, and plugs it in again.
func (w *walk) repair() {
	w.sim.SetFault("none")
	w.server.Attach(w.sim)
	w.find()
}

func (w *walk) breakLink() string {
	m := mishaps[w.random.IntN(5)]
	at := 1 + w.random.IntN(1000)
	text := fmt.Sprintf(m.fault, at)
	if w.random.IntN(2) == 0 {
		text = strings.Replace(text, fmt.Sprintf("#%d", at), fmt.Sprint(0.001+0.99*w.random.Float64()), 1)
	}
	if err := w.sim.SetFault(text); err != nil {
		w.t.Fatal(err)
	}
	defer w.repair()
	j := w.job()
	if slices.Contains(m.want, fault.PhoneSilent) {
		j.Timeouts.Silence = 300 * time.Millisecond
	}
	return m.name + ": " + w.fails(j, context.Background(), nil)
}

func (w *walk) refuse() string {
	at := []string{"start", "end"}[w.random.IntN(2)]
	code := []int{1, 22, 100, 103, 104, 105, 202, 205, 207, 208, 777}[w.random.IntN(11)]
	if err := w.sim.SetFault(fmt.Sprintf("error-at-%s=%d", at, code)); err != nil {
		w.t.Fatal(err)
	}
	defer w.repair()
	return w.fails(w.job(), context.Background(), nil)
}

// dying is a disk on which no operation is done from the n-th on, as if the
// program had been killed before it.
func dying(n int) *faultfs.FS {
	return faultfs.New(afero.NewOsFs(), faultfs.Plan{N: n, Gone: true, Err: syscall.EIO})
}

func (w *walk) kill() string {
	j := w.job()
	n := 1 + w.random.IntN(w.operations)
	if w.random.IntN(2) == 0 { // more of those about the change-over
		n = w.operations*4/5 + w.random.IntN(w.operations/5+1)
	}
	w.killed = true
	fs := dying(n)
	j.Fs = fs
	ended := w.fails(j, context.Background(), nil)
	if fs.Failures() == 0 {
		w.operations = fs.Count(faultfs.Any)
		return "too late"
	}
	w.operations += w.operations / 20 // until it is too late again
	return "dead: " + ended
}
