package torture

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/powerfs"
)

// tried counts accidents.
type tried struct{ kills, cuts, twice, runs int }

// TestCrash kills the program, and cuts the power, before each operation of
// each chapter on each kind of disk. After the next start the old versions or
// the new ones are there, all of them intact; the new ones once success was said.
func TestCrash(t *testing.T) {
	beside(t)
	number := seed(t)
	for _, d := range disks {
		t.Run(d.name, func(t *testing.T) {
			beside(t)
			random := rand.New(rand.NewPCG(number, 0))
			var sum tried
			for round := range rounds(0.6 / float64(len(disks))) {
				tell(t, d, func(b *book, s scene) {
					start := time.Now()
					var n tried
					for _, k := range moments(random, s.fs.Len(), s.said) {
						n.kills++
						s.accident(t, b, random, k, "killed", s.fs.Killed(k), &n)
						for img, how := range s.fs.PowerCut(k, number+uint64(round), pick(12, 6, 2)) {
							n.cuts++
							s.accident(t, b, random, k, "power cut, "+how, img, &n)
						}
					}
					if span == 0 {
						t.Logf("%s: %d operations, %+v in %v", s.name, s.fs.Len(), n, time.Since(start).Round(time.Millisecond))
					}
					sum.kills, sum.cuts, sum.twice, sum.runs = sum.kills+n.kills, sum.cuts+n.cuts, sum.twice+n.twice, sum.runs+n.runs
				})
			}
			t.Logf("%+v", sum)
		})
	}
}

// accident checks what is left, and sometimes lets another accident happen to
// the recovery, or another run follow.
func (s scene) accident(t *testing.T, b *book, random *rand.Rand, k int, how string, img *powerfs.FS, n *tried) {
	t.Helper()
	allowed := [][]int{s.after}
	if k < s.said {
		allowed = append(allowed, s.before)
	}
	fail := func(what string, err error) {
		t.Helper()
		var at string
		if k > 0 {
			at = s.fs.Log()[k-1].String()
		}
		t.Errorf("%s: %s after operation %d of %d, %s: %s: %v", s.name, how, k, s.fs.Len(), at, what, err)
	}
	began := img.Len()
	if err := reopen(s.disk.mount(img)); err != nil {
		fail("recovery", err)
		return
	}
	if err := b.holds(s.disk.mount(img), allowed...); err != nil {
		fail("after recovery", err)
		return
	}
	if s.keeps && !s.came(img) {
		if err := holdsKept(s.disk.mount(img.Killed(img.Len())), s.kept); err != nil {
			fail("what was kept", err)
			return
		}
	}
	// A recovery that had something to do has more than these.
	often := 40
	if img.Len()-began > 8 {
		often = 4
	}
	if ops := img.Len() - began; random.IntN(often) == 0 {
		n.twice++
		at := began + random.IntN(ops+1)
		again, what := img.Killed(at), "killed again"
		if random.IntN(2) == 0 {
			for again, what = range img.PowerCut(at, random.Uint64(), 1+random.IntN(8)) {
			}
		}
		if err := errors.Join(reopen(s.disk.mount(again)), b.holds(s.disk.mount(again), allowed...)); err != nil {
			fail(fmt.Sprintf("in recovery, after its operation %d of %d: %s", at-began, ops, what), err)
			return
		}
	}
	if random.IntN(60) == 0 {
		n.runs++
		if err := follow(s.disk.mount(img), b, s.phones[random.IntN(2)].twin(t)); err != nil {
			fail("the next run", err)
		}
	}
}

// came reports whether the version that the chapter brings is there.
func (s scene) came(img *powerfs.FS) bool {
	numbers, err := list(s.disk.mount(img))
	return err == nil && slices.Contains(numbers, s.brings)
}

// follow lets a run follow: it succeeds, shows what is on the phone, and
// leaves the versions alone that are there.
func follow(fsys afero.Fs, b *book, p *phone) error {
	before, err := list(fsys)
	if err != nil {
		return err
	}
	if err := backUp(fsys, p, false, func() {}); err != nil {
		return err
	}
	numbers, err := list(fsys)
	if err != nil {
		return err
	}
	if len(numbers) != len(before)+1 {
		return fmt.Errorf("versions %v after %v", numbers, before)
	}
	fresh := numbers[len(numbers)-1]
	report, err := inspect(fsys, fresh, secret)
	if err != nil {
		return fmt.Errorf("version %d: %w: %v", fresh, err, report.Problems)
	}
	if report.Files != p.files() {
		return fmt.Errorf("version %d has %d files, the phone %d", fresh, report.Files, p.files())
	}
	for _, number := range before {
		got, err := view(fsys, number)
		if err != nil {
			return fmt.Errorf("version %d: %w", number, err)
		}
		if d := b.differs(number, got); d != "" {
			return fmt.Errorf("version %d: %s", number, d)
		}
	}
	return nil
}
