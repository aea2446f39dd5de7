package backup

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/vault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// steps are what a walk does, each as often as its weight says.
var steps = []struct {
	name   string
	weight int
	take   func(*walk) (ended string)
}{
	{"back up", 20, (*walk).backUp},
	{"back up fully", 4, (*walk).backUpFully},
	{"use the phone", 12, (*walk).use},
	{"cancel", 6, (*walk).cancel},
	{"break the link", 14, (*walk).breakLink},
	{"the phone refuses", 6, (*walk).refuse},
	{"kill", 14, (*walk).kill},
	{"rot", 5, (*walk).rot},
	{"verify", 8, (*walk).verify},
	{"delete", 6, (*walk).delete},
	{"undelete", 3, (*walk).undelete},
	{"purge", 6, (*walk).purge},
	{"kill a purge", 3, (*walk).killPurge},
	{"another password", 2, (*walk).changePassword},
	{"restart the phone", 3, (*walk).restart},
}

// TestWalk goes at random through all that may befall backups, and looks after
// each step whether the promises of the vault hold.
//
// LIFEBOAT_SEED=n repeats a walk, LIFEBOAT_STEPS=n sets its length.
func TestWalk(t *testing.T) {
	w := newWalk(t, drawn(t))
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("versions without a list: %v; the last steps:\n%s", w.blind, strings.Join(w.trail[max(0, len(w.trail)-60):], "\n"))
		}
	})
	began := time.Now()
	for w.done = 0; goesOn(w.done, 40, 10_000, began, 20*time.Second); w.done++ {
		name, take := w.draw()
		w.trail = append(w.trail, name)
		ended := take(w)
		w.ended[name+": "+ended]++
		w.trail[w.done] += ": " + ended
		if err := w.promises(name); err != nil {
			t.Fatalf("after step %d, %q: %v", w.done, name, err)
		}
		if long && w.done%500 == 499 {
			t.Logf("%d steps, %v", w.done+1, time.Since(began).Round(time.Second))
		}
	}
	t.Logf("%d steps, %d versions, %d damaged bytes:", w.done, w.made, w.damages)
	for _, what := range slices.Sorted(maps.Keys(w.ended)) {
		t.Logf("%5d %s", w.ended[what], what)
	}
}

// walk is a rig that much happens to.
type walk struct {
	*rig
	*book
	random   *rand.Rand
	outside  map[string]string
	password string
	passages int // passwords so far
	// operations are about those that a run asks of the disk.
	operations int

	// What the step that was taken may have done.
	mayCome bool // a version
	fresh   bool // which builds upon nothing
	mayGo   int  // this version
	killed  bool

	done, made, damages int
	trail               []string
	ended               map[string]int
}

func newWalk(t *testing.T, random *rand.Rand) *walk {
	r := newRig(t, func(c *phonesim.Config) { c.Content = content.Generate(6, 30, 100<<10) })
	outer := r.root
	r.root = filepath.Join(outer, "backups")
	if err := errors.Join(os.Mkdir(r.root, 0o700), os.WriteFile(filepath.Join(outer, "outside"), []byte("outside"), 0o600)); err != nil {
		t.Fatal(err)
	}
	w := &walk{rig: r, book: newBook(r.root, r.cfg.UDID), random: random, password: secret, operations: 3000, ended: map[string]int{}}
	w.outside = w.beside()
	return w
}

// beside lists what lies beside the folder of the backups.
func (w *walk) beside() map[string]string {
	all := tree(w.t, filepath.Dir(w.rig.root))
	maps.DeleteFunc(all, func(name, _ string) bool { return strings.HasPrefix(name, "backups"+string(filepath.Separator)) })
	return all
}

// draw chooses a step.
func (w *walk) draw() (string, func(*walk) string) {
	w.mayCome, w.fresh, w.mayGo, w.killed = false, false, 0, false
	if len(w.versions) > 12 { // so that a walk does not grow slower and slower
		return "make room", (*walk).makeRoom
	}
	sum := 0
	for _, s := range steps {
		sum += s.weight
	}
	n := w.random.IntN(sum)
	for _, s := range steps {
		if n -= s.weight; n < 0 {
			return s.name, s.take
		}
	}
	panic("no step")
}

// promises holds against the disk what the vault promises.
func (w *walk) promises(step string) error {
	fsys := afero.NewOsFs()
	v, err := vault.Open(fsys, w.rig.root, w.cfg.UDID, nil)
	if err != nil {
		return fmt.Errorf("the place cannot be taken: %w", err)
	}
	listed := v.Versions()
	if err := v.Close(); err != nil {
		return err
	}
	there := map[int]bool{}
	current := 0
	for _, version := range listed {
		there[version.Number] = true
		if version.Current {
			current = version.Number
		}
		if _, known := w.versions[version.Number]; known {
			continue
		}
		if !w.mayCome {
			return fmt.Errorf("version %d came from nowhere", version.Number)
		}
		// A run that was resumed is read in full, and comes even if that finds
		// files doubtful that it took over.
		intact := version.Proof.Level == "full" && version.Proof.Problems == 0
		if err := w.learn(version.Number, w.password, w.fresh || intact); err != nil {
			return err
		}
		w.made++
	}
	for number := range w.versions {
		if there[number] {
			continue
		}
		if number != w.mayGo {
			return fmt.Errorf("version %d is gone", number)
		}
		delete(w.versions, number)
		delete(w.blind, number)
	}
	if len(w.versions) > 0 {
		if err := errors.Join(w.check(current), w.inPlace(current)); err != nil {
			return err
		}
	}
	if w.done%8 == 0 || w.mayGo > 0 || strings.HasPrefix(step, "kill") {
		for number := range w.versions {
			if err := w.check(number); err != nil {
				return err
			}
		}
	}
	return w.tidy()
}

// tidy reports whether there is anything where nothing should be.
func (w *walk) tidy() error {
	if !maps.Equal(w.outside, w.beside()) {
		return errors.New("something outside of the folder changed")
	}
	entries, err := os.ReadDir(w.rig.root)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".lifeboat-probe-") && w.killed {
			os.RemoveAll(filepath.Join(w.rig.root, e.Name())) // an hour later a probe would
			continue
		}
		if e.Name() != w.cfg.UDID && e.Name() != ".lifeboat" {
			err = errors.Join(err, fmt.Errorf("%s lies in the folder", e.Name()))
		}
	}
	for _, name := range []string{"journal.json", "removing/*", "mending", "taking-in"} {
		left, _ := filepath.Glob(filepath.Join(w.rig.root, ".lifeboat", w.cfg.UDID, name))
		if len(left) > 0 {
			err = errors.Join(err, fmt.Errorf("%s was left", left))
		}
	}
	return err
}
