package backup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// long reports whether all is to be tried, and not a sample: see make torture.
var long = os.Getenv("LIFEBOAT_TORTURE") != ""

// drawn gives the random numbers of a test from a seed that is printed;
// LIFEBOAT_SEED=n repeats one.
func drawn(t *testing.T) *rand.Rand {
	t.Helper()
	n, err := strconv.ParseUint(os.Getenv("LIFEBOAT_SEED"), 10, 64)
	if err != nil {
		n = rand.Uint64N(1e9)
	}
	t.Logf("LIFEBOAT_SEED=%d", n)
	return rand.New(rand.NewPCG(n, 11))
}

// goesOn reports whether there is a next step after so many: in the long form up
// to LIFEBOAT_STEPS or all, in the short one at least few, and then as many as
// fit into the time. The race detector, under which all takes many times as
// long, sees a quarter; make test runs the whole sample without it.
func goesOn(done, few, all int, began time.Time, span time.Duration) bool {
	if n, err := strconv.Atoi(os.Getenv("LIFEBOAT_STEPS")); err == nil {
		return done < n
	}
	if long {
		return done < all
	}
	if testing.Short() {
		few, span = few/4, span/4
	}
	return done < few || time.Since(began) < span
}

// mishap is what goes wrong between the phone and this computer at a message.
type mishap struct {
	name  string
	fault string // of the phone, with the number of the message
	want  []fault.Code
	// through: the backup may succeed all the same.
	through bool
	// later is how many messages after the one that is named it strikes.
	later int
}

// mishaps are what may befall a link at any message. An error block takes the
// number of an upload instead.
var mishaps = []mishap{
	{name: "detached", fault: "detach=#%d", want: []fault.Code{fault.PhoneGone}},
	{name: "silent", fault: "hang=#%d", want: []fault.Code{fault.PhoneSilent}},
	{name: "a truncated frame", fault: "truncate=#%d", want: []fault.Code{fault.PhoneGone}},
	{name: "a wrong code", fault: "cancel=#%d", want: []fault.Code{fault.CancelledPhone}, through: true}, // near the end it comes too late
	{name: "a frame of 4 GiB", fault: "oversized=frame@#%d", want: []fault.Code{fault.PhoneNonsense}, later: 1},
	{name: "an error block within a file", fault: "upload-error=%d", through: true},
	{name: "an unknown block within a file", fault: "upload-error=%d:0x42", through: true},
	{name: "104 after error blocks", fault: "upload-errors=%d", want: []fault.Code{fault.HostWrite}},
}

// The kinds of run that a link breaks in.
const (
	firstRun       = "first" // there is no earlier backup
	fullRun        = "full"  // there is one, and it is not built upon
	incrementalRun = "incremental"
)

// TestLink breaks small runs off at every message, in every way. The earlier
// backup stays to the byte, and the next run succeeds.
func TestLink(t *testing.T) {
	random := drawn(t)
	for _, kind := range []string{firstRun, fullRun, incrementalRun} {
		t.Run(kind, func(t *testing.T) { breakLink(t, random, kind) })
	}
}

// breakLink is TestLink for one kind of run.
func breakLink(t *testing.T, random *rand.Rand, kind string) {
	l := newLink(t, kind)
	messages, uploads := l.measure()
	var at []accident
	for _, m := range mishaps {
		moments := messages - 1 - m.later // after the last one there is nothing to break
		if m.want == nil || m.want[0] == fault.HostWrite {
			moments = uploads
		}
		for n := 1; n <= moments; n++ {
			at = append(at, accident{m, n})
		}
	}
	random.Shuffle(len(at), func(i, j int) { at[i], at[j] = at[j], at[i] })
	done, began := 0, time.Now()
	for done < len(at) && goesOn(done, 8, len(at), began, 5*time.Second) {
		l.befalls(at[done])
		if done++; done%250 == 0 {
			t.Logf("%s: %d of %d accidents: %v", kind, done, len(at), l.ended)
		}
	}
	if missed := l.ended["never came to it"]; missed > 2+done/50 {
		t.Errorf("%s: %d of %d accidents never happened", kind, missed, done)
	}
	t.Logf("%s: %d messages, %d uploads; %d of %d accidents: %v", kind, messages, uploads, done, len(at), l.ended)
}

// accident is a mishap at a message.
type accident struct {
	mishap
	at int
}

func (a accident) String() string { return fmt.Sprintf("%s at %d", a.name, a.at) }

// link is a rig whose runs are interrupted.
type link struct {
	*rig
	kind  string
	ended map[string]int
}

func newLink(t *testing.T, kind string) *link {
	r := newRig(t, func(c *phonesim.Config) { c.Content = content.Generate(6, 30, 200<<10) })
	l := &link{rig: r, kind: kind, ended: map[string]int{}}
	l.mustRun(l.job())
	return l
}

// measure counts the messages of a run without an accident, and its uploads.
func (l *link) measure() (messages, uploads int) {
	l.t.Helper()
	l.use()
	l.clear()
	j := l.job()
	j.Full = l.kind == fullRun
	v := l.mustRun(j).Version
	l.only()
	return l.sim.Agent().Messages(), v.Added + v.Changed
}

// use is somebody using the phone for a while.
func (l *link) use() {
	l.t.Helper()
	if err := l.sim.Edit(content.Edits{Changed: 3, Added: 2, Removed: 2}); err != nil {
		l.t.Fatal(err)
	}
}

// clear removes all backups where the first one is to come.
func (l *link) clear() {
	l.t.Helper()
	if l.kind != firstRun {
		return
	}
	entries, err := os.ReadDir(l.root)
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(l.root, e.Name())))
	}
	if err != nil {
		l.t.Fatal(err)
	}
}

// only removes all versions but the current one.
func (l *link) only() {
	l.t.Helper()
	v, err := vault.Open(afero.NewOsFs(), l.root, l.cfg.UDID, nil)
	if err != nil {
		l.t.Fatal(err)
	}
	defer v.Close()
	for _, version := range v.Versions() {
		if version.Current {
			continue
		}
		if err := errors.Join(v.Trash(time.Now(), version.Number), v.Purge(version.Number)); err != nil {
			l.t.Fatal(err)
		}
	}
}

// befalls lets an accident happen in a run, and makes the one after it.
func (l *link) befalls(a accident) {
	l.t.Helper()
	l.use()
	l.clear()
	before := l.kept()
	if err := errors.Join(l.sim.SetFault("none"), l.sim.SetFault(fmt.Sprintf(a.fault, a.at))); err != nil {
		l.t.Fatal(err)
	}
	j := l.job()
	j.Full = l.kind == fullRun
	if slices.Contains(a.want, fault.PhoneSilent) {
		j.Timeouts.Silence = 300 * time.Millisecond
	}
	_, err := j.Run(context.Background(), nil)
	l.ended[cmp.Or(string(fault.Of(err)), "whole")]++
	kept := err != nil && fault.As(err).Args["Kept"] == true
	switch {
	case err == nil && !a.through && l.sim.Agent().Messages() <= a.at+a.later:
		// The phone was used since its messages were counted, and has fewer now.
		l.ended["never came to it"]++
	case err == nil && !a.through:
		l.t.Errorf("%v: nothing happened", a)
	case err != nil && !errors.As(err, new(*fault.Error)):
		l.t.Errorf("%v: %v has no code", a, err)
	case err != nil && !slices.Contains(a.want, fault.Of(err)):
		l.t.Errorf("%v: %v", a, err)
	}
	if err != nil && l.kind == firstRun {
		if _, statErr := os.Lstat(vault.Dir(l.root, l.cfg.UDID)); !errors.Is(statErr, fs.ErrNotExist) {
			l.t.Errorf("%v: half a backup is in the place of a complete one: %v", a, statErr)
		}
	} else if err != nil {
		if d := gocmp.Diff(before, l.kept()); d != "" {
			l.t.Errorf("%v: the earlier backup changed: %s", a, d)
		}
	}
	l.sim.SetFault("none")
	l.server.Attach(l.sim)
	l.find()
	result, err := l.job().Run(context.Background(), nil)
	if err != nil {
		l.t.Fatalf("%v: the next run: %v", a, err)
	}
	if result.Resumed {
		l.ended["resumed"]++
	}
	if kept && l.kind != fullRun && !result.Resumed {
		l.t.Errorf("%v: what had arrived was kept, and the next run started over", a)
	}
	if got, want := result.Files, countFiles(l.t, l.sim); got != want && !result.Resumed {
		l.t.Errorf("%v: the next backup has %d files, the phone %d", a, got, want)
	}
	l.prove(result.Version.Number, secret)
	l.only()
}

// countFiles counts the regular files on a phone.
func countFiles(t *testing.T, sim *phonesim.Phone) (n int) {
	t.Helper()
	err := sim.Content().Walk(func(f content.File) error {
		if f.Kind == content.Regular {
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
