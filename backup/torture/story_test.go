package torture

import (
	"slices"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/powerfs"
	"lifeboat/backup/vault"
	"lifeboat/device/phonesim/backupd"
)

// chapter is one thing that a program does with a vault.
type chapter struct {
	name string
	// prepare comes before, and may be nil.
	prepare func(t testing.TB, fsys afero.Fs, p *phone)
	do      func(fsys afero.Fs, p *phone, said func()) error
	// brings is the version that is added, 0 if none; takes are those that go.
	brings int
	takes  []int
	// keeps: what had arrived of an interrupted run is never lost on the way.
	keeps bool
}

func run(full bool) func(afero.Fs, *phone, func()) error {
	return func(fsys afero.Fs, p *phone, said func()) error { return backUp(fsys, p, full, said) }
}

func edited(t testing.TB, _ afero.Fs, p *phone) { p.edit(t) }

// broken has the phone leave in the middle of a run, when something to keep has
// arrived.
func broken(t testing.TB, fsys afero.Fs, p *phone) {
	p.edit(t)
	for at := 0.6; at < 1; at += 0.05 {
		p.agent.SetFaults(backupd.Faults{DetachAt: at})
		if err := backUp(fsys, p, false, func() {}); err == nil {
			t.Fatal("the run was not interrupted")
		}
		if there, err := kept(fsys); err != nil {
			t.Fatal(err)
		} else if len(there[0]) > 0 {
			break
		}
	}
	p.agent.SetFaults(backupd.Faults{})
}

func trash(numbers ...int) func(testing.TB, afero.Fs, *phone) {
	return func(t testing.TB, fsys afero.Fs, _ *phone) {
		v, err := vault.Open(fsys, root, udid, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		if err := v.Trash(epoch, numbers...); err != nil {
			t.Fatal(err)
		}
	}
}

func purge(numbers ...int) func(afero.Fs, *phone, func()) error {
	return func(fsys afero.Fs, _ *phone, said func()) error {
		v, err := vault.Open(fsys, root, udid, nil)
		if err != nil {
			return err
		}
		defer v.Close()
		for _, number := range numbers {
			if err := v.Purge(number); err != nil {
				return err
			}
		}
		said()
		return nil
	}
}

// story is a vault's life, in the order of the table: each chapter begins
// with what the one before has left.
var story = []chapter{
	{name: "the first backup", do: run(false), brings: 1},
	{name: "an incremental one", prepare: edited, do: run(false), brings: 2},
	{name: "a second one", prepare: edited, do: run(false), brings: 3},
	{name: "a full one", prepare: edited, do: run(true), brings: 4},
	{name: "one upon the full one", prepare: edited, do: run(false), brings: 5},
	{name: "one that resumes an interrupted one", prepare: broken, do: run(false), brings: 6},
	{name: "one that begins anew beside a broken one", prepare: broken, do: run(true), brings: 7, keeps: true},
	{name: "nothing has changed", do: run(false), brings: 8},
	{name: "a version is removed", prepare: trash(2), do: purge(2), takes: []int{2}},
	{name: "and the first, and the one at the full one", prepare: trash(1, 3), do: purge(3), takes: []int{3}},
	{name: "and one upon the full one", prepare: trash(5), do: purge(5), takes: []int{5}},
}

// scene is a chapter that was recorded.
type scene struct {
	chapter
	disk          diskModel
	fs            *powerfs.FS
	said          int // how many operations there were when success was said
	before, after []int
	phones        [2]*phone // in the state before and after
	kept          map[string]int64
}

// tell lives through the story on a disk, and calls visit for each chapter.
func tell(t testing.TB, d diskModel, visit func(*book, scene)) {
	t.Helper()
	if !slices.Contains(powerfs.Here(), d.names) {
		t.Skip("no disk of this system is like that")
	}
	fs := d.format()
	p := newPhone(t, 30, 200<<10)
	b := newBook()
	var versions []int
	for _, c := range story {
		if c.prepare != nil {
			c.prepare(t, d.mount(fs), p)
		}
		fs.SyncAll()
		fs.Forget()
		s := scene{chapter: c, disk: d, fs: fs, before: versions}
		s.phones[0] = p.twin(t)
		if c.keeps {
			there, err := kept(d.mount(fs))
			if err != nil || len(there[0]) == 0 {
				t.Fatalf("%s: %d files are kept: %v", c.name, len(there[0]), err)
			}
			s.kept = there[0]
			fs.Forget()
		}
		if err := c.do(d.mount(fs), p, func() { s.said = fs.Len() }); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		s.phones[1] = p.twin(t)
		versions = slices.DeleteFunc(slices.Clone(versions), func(n int) bool { return slices.Contains(c.takes, n) })
		if c.brings > 0 {
			versions = append(versions, c.brings)
			b.learn(t, d.mount(fs), p.files())
		}
		s.after = versions
		if err := b.holds(d.mount(fs), versions); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		visit(b, s)
	}
}
