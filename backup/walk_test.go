package backup

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/faultfs"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
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
	began := time.Now()
	for w.done = 0; goesOn(w.done, 40, 10_000, began, 20*time.Second); w.done++ {
		name, take := w.draw()
		w.trail = append(w.trail, name)
		ended := take(w)
		w.ended[name+": "+ended]++
		w.trail[w.done] += ": " + ended
		if err := w.promises(name); err != nil {
			t.Fatalf("after step %d, %q: %v\nthe last steps: %s", w.done, name, err, strings.Join(w.trail[max(0, w.done-25):], "\n"))
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
		if err := w.learn(version.Number, w.password, w.fresh || version.Proof.Level == "full"); err != nil {
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

// tidy says whether there is anything where nothing should be.
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
	if got, want := result.Files, countFiles(w.t, w.sim); !result.Resumed && got != want {
		w.t.Fatalf("step %d: the backup has %d files, the phone %d", w.done, got, want)
	}
	if result.Resumed {
		how += ", gone on with"
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

// hurt says whether the current version was damaged by the walk.
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

// mend puts the phone right, and plugs it in again.
func (w *walk) mend() {
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
	defer w.mend()
	j := w.job()
	if slices.Contains(m.want, fault.PhoneSilent) {
		j.Patience.Silence = 300 * time.Millisecond
	}
	return m.name + ": " + w.fails(j, context.Background(), nil)
}

func (w *walk) refuse() string {
	at := []string{"start", "end"}[w.random.IntN(2)]
	code := []int{1, 22, 100, 103, 104, 105, 202, 205, 207, 208, 777}[w.random.IntN(11)]
	if err := w.sim.SetFault(fmt.Sprintf("error-at-%s=%d", at, code)); err != nil {
		w.t.Fatal(err)
	}
	defer w.mend()
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

func (w *walk) rot() string {
	files, err := w.files()
	if err != nil {
		w.t.Fatal(err)
	}
	if len(files) == 0 {
		return "nothing there"
	}
	// Lists are few among contents.
	kind := []string{"content", "Manifest.db", "changes"}[min(w.random.IntN(5), 4)/2]
	chosen := slices.DeleteFunc(files, func(path string) bool {
		name := filepath.Base(path)
		return name != kind && (kind != "content" || len(name) != 40)
	})
	path := chosen[w.random.IntN(len(chosen))]
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return "empty"
	}
	if err := w.book.rot(path, w.random.Float64()); err != nil {
		w.t.Fatal(err)
	}
	w.damages++
	return kind
}

// verify proves a version as a user does: it finds what the walk has damaged,
// or mends it.
func (w *walk) verify() string {
	number := w.any(func(vault.Version) bool { return true })
	if number == 0 {
		return "nothing there"
	}
	before := w.damaged(number)
	c := &Recheck{Fs: afero.NewOsFs(), Root: w.rig.root, UDID: w.cfg.UDID, Version: number, Program: "walk"}
	if w.random.IntN(2) == 0 {
		c.Password = keybag.NewPassword(w.versions[number].password)
	}
	if w.random.IntN(4) == 0 {
		c.Level = verify.Level{Depth: verify.Quick}
	}
	_, findings, err := c.Run(context.Background(), nil)
	quick := c.Level.Depth == verify.Quick
	switch code := fault.Of(err); {
	case err != nil && before == 0 && !w.blind[number]:
		w.t.Fatalf("step %d: version %d is whole, and the proof says %v", w.done, number, err)
	case err != nil && code != fault.BackupDamaged && code != fault.VersionDamaged && code != fault.PasswordWrong:
		w.t.Fatalf("step %d: version %d: %v", w.done, number, err)
	case err == nil && !quick && w.damaged(number) > 0:
		w.t.Fatalf("step %d: version %d is damaged, and the proof does not see it", w.done, number)
	case err != nil:
		return "damaged: " + string(code)
	case findings.MendedCount > 0:
		return "mended"
	case before > 0:
		return "quick, not seen"
	}
	return "whole"
}

// any draws one of the versions that fit; 0 is none.
func (w *walk) any(fits func(vault.Version) bool) int {
	list, err := vault.List(afero.NewOsFs(), w.rig.root, w.cfg.UDID)
	if err != nil {
		w.t.Fatal(err)
	}
	list = slices.DeleteFunc(list, func(v vault.Version) bool { return !fits(v) })
	if len(list) == 0 {
		return 0
	}
	return list[w.random.IntN(len(list))].Number
}

// with opens the vault and does something in it.
func (w *walk) with(fsys afero.Fs, do func(*vault.Vault) error) error {
	v, err := vault.Open(fsys, w.rig.root, w.cfg.UDID, nil)
	if err != nil {
		return err
	}
	return errors.Join(do(v), v.Close())
}

func (w *walk) delete() string {
	number := w.any(func(v vault.Version) bool { return v.Trashed.IsZero() })
	if number == 0 {
		return "nothing there"
	}
	err := w.with(afero.NewOsFs(), func(v *vault.Vault) error { return v.Trash(time.Now(), number) })
	if err != nil && fault.Of(err) != fault.LastVerified || err == nil && number == w.newest() {
		w.t.Fatalf("step %d: delete version %d: %v", w.done, number, err)
	}
	if err != nil {
		return "refused"
	}
	return "in the trash"
}

// deleted draws a version that is in the trash.
func (w *walk) deleted() int { return w.any(func(v vault.Version) bool { return !v.Trashed.IsZero() }) }

func (w *walk) undelete() string {
	number := w.deleted()
	if number == 0 {
		return "nothing there"
	}
	if err := w.with(afero.NewOsFs(), func(v *vault.Vault) error { return v.Undelete(number) }); err != nil {
		w.t.Fatalf("step %d: %v", w.done, err)
	}
	return "back"
}

func (w *walk) purge() string {
	if w.mayGo = w.deleted(); w.mayGo == 0 {
		return "nothing there"
	}
	err := w.with(afero.NewOsFs(), func(v *vault.Vault) error { return v.Purge(w.mayGo) })
	switch {
	case err == nil:
		return "gone"
	case fault.Of(err) == fault.VersionDamaged && len(w.blind) > 0:
		return "refused, for a list is damaged"
	}
	w.t.Fatalf("step %d: purge version %d: %v", w.done, w.mayGo, err)
	return ""
}

func (w *walk) killPurge() string {
	if w.mayGo = w.deleted(); w.mayGo == 0 {
		return "nothing there"
	}
	fs := dying(1 + w.random.IntN(600))
	err := w.with(fs, func(v *vault.Vault) error { return v.Purge(w.mayGo) })
	switch {
	case fs.Failures() > 0:
		return "dead"
	case err == nil:
		return "too late"
	case fault.Of(err) == fault.VersionDamaged && len(w.blind) > 0:
		return "refused, for a list is damaged"
	}
	w.t.Fatalf("step %d: purge version %d: %v", w.done, w.mayGo, err)
	return ""
}

// makeRoom begins again on another disk.
func (w *walk) makeRoom() string {
	entries, err := os.ReadDir(w.rig.root)
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(w.rig.root, e.Name())))
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.book = newBook(w.rig.root, w.cfg.UDID)
	return "another disk"
}

func (w *walk) changePassword() string {
	w.passages++
	next := fmt.Sprintf("password %d", w.passages)
	on, err := WillEncrypt(context.Background(), w.phone)
	if err == nil && on {
		err = (&EncryptionChange{Phone: w.phone}).Run(context.Background(), keybag.NewPassword(w.password), keybag.NewPassword(next))
	}
	if err != nil {
		w.t.Fatalf("step %d: %v", w.done, err)
	}
	w.password = next
	return "changed"
}

func (w *walk) restart() string {
	w.sim.Restart()
	w.mend()
	return "started"
}
