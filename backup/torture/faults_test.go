package torture

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"

	"lifeboat/backup/backuptest/faultfs"
	"lifeboat/backup/backuptest/powerfs"
	"lifeboat/device/fault"
)

// failure is a way in which a disk fails, and what users see of it.
type failure struct {
	name string
	plan faultfs.Plan
	code fault.Code
}

var failures = []failure{
	{"full, once", faultfs.Plan{Err: syscall.ENOSPC}, fault.DestFull},
	{"full", faultfs.Plan{Err: syscall.ENOSPC, Lasting: true}, fault.DestFull},
	{"an I/O error, once", faultfs.Plan{Err: syscall.EIO}, fault.DestFailed},
	{"I/O errors", faultfs.Plan{Err: syscall.EIO, Lasting: true}, fault.DestFailed},
	{"pulled out", faultfs.Plan{Err: faultfs.Gone, Gone: true}, fault.DestFailed},
}

// fits reports whether an operation can fail in that way at all: what writes
// nothing finds no disk full.
func (f failure) fits(kind faultfs.Kind) bool {
	switch kind {
	case faultfs.Open, faultfs.Read, faultfs.List, faultfs.Stat, faultfs.Remove:
		return f.code != fault.DestFull
	}
	return true
}

// most is how many operations of a kind fail in the long form: all of those
// that change something, and a sample of those that only look.
func (f failure) most(kind faultfs.Kind) int {
	switch kind {
	case faultfs.Write, faultfs.Rename, faultfs.Sync, faultfs.Mkdir, faultfs.Create, faultfs.Remove:
		return 1 << 20
	}
	return 50
}

// known are codes that may be reported whatever the error was: the new backup
// counts, and only its place is missing; what was read back is not what was
// written.
var known = []fault.Code{fault.PlacePending, fault.BackupDamaged}

// TestFaults lets each operation of each chapter fail, in each way. The
// chapter ends well, or with an error that says what it was; after the next
// start the old versions or the new ones are there, all of them intact, the new
// ones if success was said; and the next run succeeds.
func TestFaults(t *testing.T) {
	beside(t)
	random := rand.New(rand.NewPCG(seed(t), 1))
	reported := map[string]int{}
	for round := range rounds(0.2) {
		some := disks[:2]
		if span > 0 {
			some = disks[round%len(disks):][:1]
		}
		for _, d := range some {
			tell(t, d, func(b *book, s scene) {
				counter := faultfs.New(d.mount(s.fs.Killed(0)), faultfs.Plan{})
				if err := s.do(counter, s.phones[0].twin(t), func() {}); err != nil {
					t.Fatalf("%s: %v", s.name, err)
				}
				for _, kind := range faultfs.Kinds() {
					for _, f := range failures {
						if !f.fits(kind) {
							continue
						}
						for _, n := range turns(random, counter.Count(kind), f.most(kind)) {
							plan := f.plan
							plan.Kind, plan.N = kind, n
							code, err := s.fails(t, b, random, plan, f.code)
							if err != nil {
								t.Errorf("%s, %s: %s at %s %d of %d: %v", d.name, s.name, f.name, kind, n, counter.Count(kind), err)
							}
							reported[fmt.Sprintf("%s: %s", f.name, code)]++
						}
					}
				}
			})
		}
	}
	for _, what := range slices.Sorted(maps.Keys(reported)) {
		t.Logf("%5d × %s", reported[what], what)
	}
}

// fails lives through a chapter on a disk with a plan.
func (s scene) fails(t *testing.T, b *book, random *rand.Rand, plan faultfs.Plan, want fault.Code) (code fault.Code, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	b.made = s.brings
	defer func() { b.made = 0 }()
	img := s.fs.Killed(0)
	p := s.phones[0].twin(t)
	sick := faultfs.New(s.disk.mount(img), plan)
	err = s.do(sick, p, func() {})
	code = fault.Of(err)
	allowed := [][]int{s.after}
	switch {
	case err == nil, code == fault.PlacePending:
	case proper(err) != nil:
		return code, proper(err)
	case code != want && !slices.Contains(known, code):
		return code, fmt.Errorf("reported as %s: %w", code, err)
	default:
		allowed = append(allowed, s.before)
	}
	if err := reopen(s.disk.mount(img)); err != nil {
		return code, fmt.Errorf("after %v: the next start: %w", err, err)
	}
	if holds := b.holds(s.disk.mount(img), allowed...); holds != nil {
		return code, fmt.Errorf("after %v: %w", err, holds)
	}
	if long || random.IntN(4) == 0 {
		if err := follow(s.disk.mount(img), b, p); err != nil {
			return code, fmt.Errorf("after %v: the next run: %w", code, err)
		}
	}
	return code, nil
}

// TestRecoveryFails lets operations of a recovery fail. That is reported, or does
// no harm, and the next start puts everything right.
func TestRecoveryFails(t *testing.T) {
	beside(t)
	random := rand.New(rand.NewPCG(seed(t), 2))
	tries := 0
	d := disks[1]
	for range rounds(0.08) {
		tell(t, d, func(b *book, s scene) {
			for _, k := range moments(random, s.fs.Len(), s.said) {
				counter := faultfs.New(d.mount(s.fs.Killed(k)), faultfs.Plan{})
				if err := reopen(counter); err != nil {
					t.Fatal(err)
				}
				most := counter.Count(faultfs.Any)
				for range pick(8, 3, 1) {
					img := s.fs.Killed(k)
					f := failures[random.IntN(len(failures))]
					plan := f.plan
					plan.N = 1 + random.IntN(most)
					first := reopen(faultfs.New(d.mount(img), plan))
					err := proper(first)
					if err == nil {
						err = reopen(d.mount(img))
					}
					if err == nil {
						allowed := [][]int{s.after}
						if k < s.said {
							allowed = append(allowed, s.before)
						}
						err = b.holds(d.mount(img), allowed...)
					}
					if err != nil {
						t.Errorf("%s: killed at %d of %d, then %s at operation %d of %d of the recovery (%v): %v", s.name, k, s.fs.Len(), f.name, plan.N, most, first, err)
					}
					tries++
				}
			}
		})
	}
	t.Logf("%d recoveries", tries)
}

// TestKilledThenPowerCut kills the program in a change-over, starts it again,
// and cuts the power when that has put things right: it has also made durable
// what the dead program had done.
func TestKilledThenPowerCut(t *testing.T) {
	beside(t)
	random := rand.New(rand.NewPCG(seed(t), 3))
	tries := 0
	for range rounds(0.1) {
		for _, d := range disks {
			tell(t, d, func(b *book, s scene) {
				step := pick(1, 9, 40)
				for k := s.decided() + random.IntN(step); k <= s.said; k += step {
					img := s.fs.Killed(k)
					if err := reopen(d.mount(img)); err != nil {
						t.Fatal(err)
					}
					for cut, how := range img.PowerCut(img.Len(), uint64(k), 2) {
						tries++
						err := reopen(d.mount(cut))
						if err == nil {
							err = b.holds(d.mount(cut), s.before, s.after)
						}
						if err != nil {
							t.Errorf("%s, %s: killed after operation %d of %d, %s; recovered; power cut, %s: %v", d.name, s.name, k, s.fs.Len(), s.fs.Log()[max(k, 1)-1], how, err)
						}
					}
				}
			})
		}
	}
	t.Logf("%d times", tries)
}

// decided is the operation with which the journal was written, 0 if none was.
func (s scene) decided() int {
	for k, op := range s.fs.Log() {
		if op.Kind == powerfs.Rename && strings.HasSuffix(op.To, "/journal.json") {
			return k
		}
	}
	return 0
}
