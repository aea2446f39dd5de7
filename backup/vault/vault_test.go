package vault

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/device/fault"
)

// history is a phone over five backups.
func history() (all []files) {
	var f files
	for i, changes := range []files{
		{"a": "a1", "b": "b1", "c": "c1", "d": "d1"},
		{"a": "a2", "e": "e2"},
		{"b": "", "e": "e3 longer"},
		{"f": "f4", "a": "", "c": "c4"},
		{"a": "a5", "b": "b5"},
	} {
		f = f.with(i+1, changes)
		all = append(all, f)
	}
	return all
}

// record makes the backups of a history, the third in full.
func record(t *testing.T, fsys afero.Fs, root string, all []files) {
	t.Helper()
	var before files
	for i, after := range all {
		v := open(t, fsys, root)
		must(t, backUp(v, Plan{Full: i == 2}, i+1, before, after), v.Close())
		before = after
	}
}

// TestVersions: after each of five backups the current one stands in its
// place in Apple's format, and every earlier one can be had as it was.
func TestVersions(t *testing.T) {
	for name, fsys := range systems {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			all := history()
			var before files
			for i, after := range all {
				v := open(t, fsys, root)
				must(t, backUp(v, Plan{Full: i == 2}, i+1, before, after))
				if current, _ := v.Current(); current.Number != i+1 || !current.Proof.Intact() {
					t.Errorf("current: %+v", current)
				}
				must(t, v.Close())
				if d := cmp.Diff(after, treeOf(t, fsys, Dir(root, udid))); d != "" {
					t.Fatalf("backup %d: %s", i+1, d)
				}
				for j := range i + 1 {
					shows(t, fsys, root, j+1, all[j])
				}
				before = after
			}
			versions, err := List(fsys, root, udid)
			must(t, err)
			type counts struct{ Files, Added, Changed, Removed int }
			var got []counts
			var bytes []int64
			for _, v := range versions {
				got = append(got, counts{v.Files, v.Added, v.Changed, v.Removed})
				bytes = append(bytes, v.Bytes)
			}
			want := []counts{{8, 4, 0, 0}, {9, 1, 1, 0}, {8, 4, 0, 0}, {8, 1, 1, 1}, {10, 2, 0, 0}}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("counts: %s", d)
			}
			for i := range all {
				var sum int64
				for _, data := range all[i] {
					sum += int64(len(data))
				}
				if bytes[i] != sum {
					t.Errorf("version %d: %d bytes, not %d", i+1, bytes[i], sum)
				}
			}
			if left := treeOf(t, fsys, filepath.Join(root, hidden, udid, "run")); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

// TestUnchangedIsUntouched: an incremental run does nothing at all to a file
// that stays as it is.
func TestUnchangedIsUntouched(t *testing.T) {
	root := t.TempDir()
	one := files{}.with(1, files{"a": "a1", "b": "b1"})
	two := one.with(2, files{"a": "a2"})
	v := open(t, afero.NewOsFs(), root)
	must(t, backUp(v, Plan{}, 1, nil, one))
	before, err := os.Stat(filepath.Join(root, udid, blob("b")))
	must(t, err, backUp(v, Plan{}, 2, one, two), v.Close())
	after, err := os.Stat(filepath.Join(root, udid, blob("b")))
	must(t, err)
	if !os.SameFile(before, after) || before.ModTime() != after.ModTime() {
		t.Error("the file was rewritten")
	}
}

func TestOwnBytes(t *testing.T) {
	root := t.TempDir()
	all := history()
	record(t, afero.NewOsFs(), root, all)
	versions, err := List(afero.NewOsFs(), root, udid)
	must(t, err)
	own, err := OwnBytes(afero.NewOsFs(), root, udid, versions)
	must(t, err)
	top := func(i int) (sum int64) {
		for _, name := range []string{"Info.plist", "Status.plist", "Manifest.plist", "Manifest.db"} {
			sum += int64(len(all[i][name]))
		}
		return sum
	}
	want := map[int]int64{
		1: top(0) + 2,     // a1; the rest is in version 2 too
		2: top(1) + 2 + 2, // a2 and e2, and of version 1 nothing alone
		3: top(2) + 2 + 2, // the full one shares nothing with 2; a2 and c1 end with it
		4: top(3) + 0,     // all it has goes on
		5: top(4) + 2 + 2, // a5 and b5
	}
	if d := cmp.Diff(want, own); d != "" {
		t.Error(d)
	}
}

// TestPurge removes each version of five, and pairs of them: the others stay as they were.
func TestPurge(t *testing.T) {
	all := history()
	for _, gone := range [][]int{{1}, {2}, {3}, {4}, {1, 2}, {2, 1}, {2, 3}, {3, 2}, {4, 2}, {1, 2, 3, 4}, {4, 3, 2, 1}} {
		root := t.TempDir()
		record(t, afero.NewOsFs(), root, all)
		v := open(t, afero.NewOsFs(), root)
		must(t, v.Trash(epoch, gone...))
		left := map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true}
		for _, number := range gone {
			must(t, v.Purge(number))
			delete(left, number)
			for other := range left {
				shows(t, afero.NewOsFs(), root, other, all[other-1])
			}
		}
		if len(v.Versions()) != len(left) {
			t.Errorf("%v: left %v", gone, v.Versions())
		}
		own, err := v.ownBytes(v.Versions())
		must(t, err, v.Close())
		if len(left) == 1 && own[5] != v.versions[0].Bytes {
			t.Errorf("%v: the last one takes %d of its %d bytes", gone, own[5], v.versions[0].Bytes)
		}
		shows(t, afero.NewOsFs(), root, 5, all[4])
		if d := cmp.Diff(all[4], treeOf(t, afero.NewOsFs(), Dir(root, udid))); d != "" {
			t.Errorf("%v: %s", gone, d)
		}
	}
}

func TestTrash(t *testing.T) {
	root := t.TempDir()
	record(t, afero.NewOsFs(), root, history())
	v := open(t, afero.NewOsFs(), root)
	defer v.Close()
	if err := v.Trash(epoch, 5); fault.Of(err) != fault.LastVerified {
		t.Errorf("the current one: %v", err)
	}
	m := v.versions[4].meta
	m.Proof.Problems = 3 // the current one turns out damaged
	must(t, v.writeMeta(m), v.Trash(epoch, 1, 2))
	if err := v.Trash(epoch, 3, 4); fault.Of(err) != fault.LastVerified {
		t.Errorf("all that are intact: %v", err)
	}
	if err := v.Purge(3); fault.Of(err) != fault.VersionUnknown {
		t.Errorf("removed what is not in the trash: %v", err)
	}
	must(t, v.Undelete(1))
	for _, version := range v.Versions() {
		if trashed := !version.Trashed.IsZero(); trashed != (version.Number == 2) {
			t.Errorf("version %d in the trash: %v", version.Number, trashed)
		}
	}
}

func TestLayOut(t *testing.T) {
	root, to := t.TempDir(), t.TempDir()
	all := history()
	record(t, afero.NewOsFs(), root, all)
	for number := 1; number <= 5; number++ {
		w, err := OpenView(afero.NewOsFs(), root, udid, number)
		must(t, err)
		copied, err := w.LayOut(context.Background(), afero.NewOsFs(), to, nil)
		must(t, err, w.Close())
		dir := copied.Dir
		if !copied.Ready() || copied.Files != len(all[number-1]) {
			t.Errorf("version %d: %+v", number, copied)
		}
		if d := cmp.Diff(all[number-1], treeOf(t, afero.NewOsFs(), dir)); d != "" {
			t.Errorf("version %d: %s", number, d)
		}
		if number == 1 {
			w, err := OpenView(afero.NewOsFs(), root, udid, 2)
			must(t, err)
			if _, err := w.LayOut(context.Background(), afero.NewOsFs(), to, nil); fault.Of(err) != fault.LayOutTaken {
				t.Errorf("onto another: %v", err)
			}
			must(t, w.Close())
		}
		must(t, os.RemoveAll(dir))
	}
	w, err := OpenView(afero.NewOsFs(), root, udid, 1)
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := w.LayOut(ctx, afero.NewOsFs(), to, nil); fault.Of(err) != fault.Cancelled {
		t.Errorf("cancelled: %v", err)
	}
	must(t, w.Close())
	if left := treeOf(t, afero.NewOsFs(), to); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if _, err := OpenView(afero.NewOsFs(), root, udid, 9); fault.Of(err) != fault.VersionUnknown {
		t.Errorf("no such version: %v", err)
	}
}

// TestResume: a run that was interrupted resumes what had arrived, whether
// it ended in order or died.
func TestResume(t *testing.T) {
	for name, fsys := range systems {
		for _, died := range []bool{false, true} {
			root := t.TempDir()
			one := files{}.with(1, files{"a": "a1", "b": "b1"})
			two := one.with(2, files{"a": "a2", "c": "c2"})
			v := open(t, fsys, root)
			must(t, backUp(v, Plan{}, 1, nil, one))
			r, err := v.Begin(Plan{Now: epoch})
			must(t, err, upload(r, one, two))
			if died {
				must(t, r.arrived.checkpoint(context.Background()))
				// One more comes, of which nobody took note.
				must(t, write(r.upper, "/"+udid+"/Snapshot/"+blob("half"), "half"), r.closeFiles())
			} else {
				must(t, r.Keep(context.Background(), fault.New(fault.PhoneGone, "test", nil), epoch))
			}
			must(t, v.Close())
			if d := cmp.Diff(one, treeOf(t, fsys, Dir(root, udid))); d != "" {
				t.Errorf("%s: the current version: %s", name, d)
			}
			v = open(t, fsys, root)
			r, err = v.Begin(Plan{Now: epoch})
			must(t, err)
			if !r.Resumed() {
				t.Fatalf("%s: not resumed", name)
			}
			for _, file := range []string{"a", "c", "half"} {
				there, err := afero.Exists(r.FS(), r.Dir()+"/Snapshot/"+blob(file))
				if must(t, err); there != (file != "half") {
					t.Errorf("%s: %s is there: %v", name, file, there)
				}
			}
			must(t, upload(r, one, two), placeAll(r, one, two), r.Seal(context.Background(), epoch))
			_, err = r.Commit(full(2))
			must(t, err, v.Close())
			shows(t, fsys, root, 1, one)
			shows(t, fsys, root, 2, two)
		}
	}
}

// TestNotResumed: what does not fit the phone any more is not resumed.
func TestNotResumed(t *testing.T) {
	for name, plan := range map[string]Plan{
		"other iOS":     {Build: "2", Now: epoch},
		"encrypted now": {Build: "1", Encrypted: true, Now: epoch},
		"long ago":      {Build: "1", Now: epoch.AddDate(0, 3, 0)},
		"from scratch":  {Build: "1", Full: true, Fresh: true, Now: epoch},
	} {
		root := t.TempDir()
		one := files{}.with(1, files{"a": "a1"})
		v := open(t, afero.NewOsFs(), root)
		r, err := v.Begin(Plan{Build: "1", Now: epoch})
		must(t, err, upload(r, nil, one), r.Keep(context.Background(), errors.New("broken"), epoch))
		r, err = v.Begin(plan)
		must(t, err)
		if there, _ := afero.Exists(r.FS(), r.Dir()+"/Snapshot/"+blob("a")); r.Resumed() || there {
			t.Errorf("%s: resumed", name)
		}
		must(t, r.Discard(), v.Close())
		left := treeOf(t, afero.NewOsFs(), root)
		if plan.Fresh { // it did not replace the run that could still be resumed
			v = open(t, afero.NewOsFs(), root)
			r, err = v.Begin(Plan{Build: "1", Now: epoch})
			must(t, err)
			if there, _ := afero.Exists(r.FS(), r.Dir()+"/Snapshot/"+blob("a")); !r.Resumed() || !there {
				t.Errorf("%s: what was kept is gone", name)
			}
			must(t, r.Discard(), v.Close())
			left = treeOf(t, afero.NewOsFs(), root)
		}
		if len(left) > 0 {
			t.Errorf("%s: left %v", name, left)
		}
	}
}

// TestNotResumedUponDamage: a power cut can leave the list of removed files
// without its beginning, and then nobody knows what was removed.
func TestNotResumedUponDamage(t *testing.T) {
	for name, fsys := range systems {
		root := t.TempDir()
		one := files{}.with(1, files{"a": "a1", "b": "b1"})
		two := one.with(2, files{"a": "a2"})
		v := open(t, fsys, root)
		must(t, backUp(v, Plan{}, 1, nil, one))
		r, err := v.Begin(Plan{Now: epoch})
		must(t, err, upload(r, one, two), r.Keep(context.Background(), errors.New("broken"), epoch))
		gone, err := os.OpenFile(filepath.Join(root, hidden, udid, "run", goneName), os.O_RDWR, 0)
		must(t, err)
		_, err = gone.WriteAt(make([]byte, 8), 0)
		must(t, err, gone.Close(), v.Close())
		v = open(t, fsys, root)
		r, err = v.Begin(Plan{Now: epoch})
		if must(t, err); r.Resumed() {
			t.Errorf("%s: resumed", name)
		}
		must(t, r.Discard(), backUp(v, Plan{}, 2, one, two), v.Close())
		shows(t, fsys, root, 1, one)
		shows(t, fsys, root, 2, two)
	}
}

func TestStuck(t *testing.T) {
	root := t.TempDir()
	v := open(t, afero.NewOsFs(), root)
	one := files{}.with(1, files{"a": "a1"})
	for attempt, want := range []bool{false, true, true} {
		r, err := v.Begin(Plan{Now: epoch})
		must(t, err, upload(r, nil, one), r.Keep(context.Background(), fault.New(fault.PhoneGone, "test", nil), epoch))
		if r.Stuck() != want {
			t.Errorf("attempt %d: stuck %v", attempt+1, r.Stuck())
		}
	}
	r, err := v.Begin(Plan{Now: epoch})
	must(t, err, r.Keep(context.Background(), fault.New(fault.Cancelled, "test", nil), epoch))
	if r.Stuck() {
		t.Error("another end is no point to be stuck at")
	}
	must(t, v.Close())
}

// TestAdopt adopts a backup of another program, and notices when one has
// written into ours.
func TestAdopt(t *testing.T) {
	root := t.TempDir()
	one := files{}.with(1, files{"a": "a1", "b": "b1"})
	for name, data := range one {
		must(t, write(afero.NewOsFs(), filepath.Join(root, udid, name), data))
	}
	versions, err := List(afero.NewOsFs(), root, udid)
	if must(t, err); len(versions) != 1 || !versions[0].Current || versions[0].Unfinished || !versions[0].Date.Equal(epoch) {
		t.Fatalf("listed %+v", versions)
	}
	shows(t, afero.NewOsFs(), root, 1, one)
	two := one.with(2, files{"a": "a2"})
	v := open(t, afero.NewOsFs(), root)
	must(t, backUp(v, Plan{}, 2, one, two), v.Close())
	shows(t, afero.NewOsFs(), root, 1, one)
	shows(t, afero.NewOsFs(), root, 2, two)

	// Another program backs up into the same folder.
	three := two.with(3, files{"b": "b3 longer", "c": "c3"})
	for name, data := range three {
		if two[name] != data {
			must(t, write(afero.NewOsFs(), filepath.Join(root, udid, name), data))
		}
	}
	four := three.with(4, files{"c": "c4"})
	v = open(t, afero.NewOsFs(), root)
	must(t, backUp(v, Plan{}, 4, three, four))
	if n := len(v.Versions()); n != 4 {
		t.Errorf("%d versions", n)
	}
	must(t, v.Close())
	shows(t, afero.NewOsFs(), root, 3, three)
	shows(t, afero.NewOsFs(), root, 4, four)
}

// TestTornIsKept: what another program left half-way is never built upon, nor lost.
func TestTornIsKept(t *testing.T) {
	root := t.TempDir()
	torn := files{}.with(1, files{"a": "a1"})
	torn["Status.plist"] = status("uploading", "1")
	for name, data := range torn {
		must(t, write(afero.NewOsFs(), filepath.Join(root, udid, name), data))
	}
	two := files{}.with(2, files{"b": "b2"})
	v := open(t, afero.NewOsFs(), root)
	must(t, backUp(v, Plan{}, 2, torn, two))
	if versions := v.Versions(); !versions[0].Unfinished || versions[1].Unfinished {
		t.Errorf("%+v", versions)
	}
	must(t, v.Close())
	shows(t, afero.NewOsFs(), root, 1, torn)
	if d := cmp.Diff(two, treeOf(t, afero.NewOsFs(), Dir(root, udid))); d != "" {
		t.Error(d)
	}
}

func TestOpenRefuses(t *testing.T) {
	root := t.TempDir()
	for _, bad := range []string{"", "..", "a/b", `a\b`, "a\x00", "C:"} {
		if _, err := Open(afero.NewOsFs(), root, bad, nil); fault.Of(err) != fault.Internal {
			t.Errorf("%q: %v", bad, err)
		}
	}
	must(t, os.WriteFile(Dir(root, udid), []byte("a file of the user's"), 0o600))
	if _, err := Open(afero.NewOsFs(), root, udid, nil); fault.Of(err) != fault.DestNotFolder {
		t.Errorf("a file in the way: %v", err)
	}
	if d := cmp.Diff(files{udid: "a file of the user's"}, treeOf(t, afero.NewOsFs(), root)); d != "" {
		t.Error(d)
	}
	newer := t.TempDir()
	must(t, write(afero.NewOsFs(), filepath.Join(newer, hidden, udid, "vault.json"), string(seal([]byte(`{"format": 3}`)))))
	if _, err := Open(afero.NewOsFs(), newer, udid, nil); fault.Of(err) != fault.VaultNewer {
		t.Errorf("of a program to come: %v", err)
	}
}
