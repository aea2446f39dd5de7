package vault

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
	"lifeboat/backup/format"
)

// idOf is the ID of a file of the test phone.
func idOf(name string) catalog.ID {
	id, _ := catalog.ParseID(format.FileID("HomeDomain", name))
	return id
}

// TestRepair damages one file of a history with five versions, and repairs it. In
// that history c and d came with the first version and again with the third,
// which was a full one.
func TestRepair(t *testing.T) {
	roots := map[string]string{}
	for system, fsys := range systems {
		roots[system] = t.TempDir()
		record(t, fsys, roots[system], history())
	}
	data := func(number string) string { return filepath.Join(hidden, udid, "versions", number, dataName) }
	for name, c := range map[string]struct {
		file     string
		dir      string
		of       int // the version that is repaired
		repaired bool
		whole    int // the version that WholeIn names before; 0: none
	}{
		"of an earlier version, for all that share it": {"c", data("000002"), 1, true, 5},
		"of the current version":                       {"d", udid, 5, true, 2},
		"of the current version, for an earlier one":   {"d", udid, 3, true, 2},
		"for the version that lost it last":            {"c", data("000003"), 3, true, 5},
		"nowhere else":                                 {"e", udid, 5, false, 2},
		"nowhere else, under a later content":          {"a", data("000001"), 1, false, 5},
	} {
		for how, spoil := range map[string]func(path string) error{
			"missing": os.Remove,
			"changed": func(path string) error {
				b, err := os.ReadFile(path)
				if err == nil {
					b[0] ^= 1
					err = os.WriteFile(path, b, 0o600)
				}
				return err
			},
			"short":    func(path string) error { return os.Truncate(path, 1) },
			"a folder": func(path string) error { os.Remove(path); return os.MkdirAll(path+"/in", 0o700) },
		} {
			for system, fsys := range systems {
				t.Run(name+", "+how+", "+system, func(t *testing.T) {
					root := roots[system]
					before, path := tree(t, root), filepath.Join(root, c.dir, blob(c.file))
					content, err := os.ReadFile(path)
					must(t, err, spoil(path))
					defer func() { must(t, os.RemoveAll(path), os.WriteFile(path, content, 0o600)) }()
					spoilt := tree(t, root)

					w, err := OpenView(fsys, root, udid, c.of)
					must(t, err)
					whole, err := w.FindIntact(context.Background(), []catalog.ID{idOf(c.file)})
					must(t, err, w.Close())
					if got := whole[idOf(c.file)].Number; got != c.whole {
						t.Errorf("whole in %d, not %d", got, c.whole)
					}

					v := open(t, fsys, root)
					repaired, err := v.Repair(context.Background(), c.of, []catalog.ID{idOf(c.file), idOf("f"), idOf("nothing")})
					must(t, err, v.Close())
					want := before
					if !c.repaired {
						want = spoilt
					}
					if d := cmp.Diff(want, tree(t, root)); d != "" {
						t.Errorf("the folder: %s", d)
					}
					if got := len(repaired) > 0 && repaired[0] == idOf(c.file); got != c.repaired {
						t.Errorf("repaired: %v", repaired)
					}
				})
			}
		}
	}
}

// TestRepairLeavesIntact: a file that is intact is not touched.
func TestRepairLeavesIntact(t *testing.T) {
	root := t.TempDir()
	record(t, afero.NewOsFs(), root, history())
	path := filepath.Join(root, udid, blob("d"))
	before, err := os.Stat(path)
	must(t, err)
	v := open(t, afero.NewOsFs(), root)
	defer v.Close()
	if repaired, err := v.Repair(context.Background(), 5, []catalog.ID{idOf("d")}); len(repaired) != 1 || err != nil {
		t.Error(repaired, err)
	}
	after, err := os.Stat(path)
	must(t, err)
	if !os.SameFile(before, after) || before.ModTime() != after.ModTime() {
		t.Error("a whole file was replaced")
	}
	if _, err := v.Repair(context.Background(), 9, nil); err == nil {
		t.Error("a version that is not there was repaired")
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	must(t, os.Truncate(path, 1))
	if repaired, err := v.Repair(stopped, 5, []catalog.ID{idOf("d")}); len(repaired) > 0 || err == nil {
		t.Error("went on after it was cancelled", repaired, err)
	}
	if left := tree(t, filepath.Join(root, hidden, udid, repairingName)); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestRepairSparesLater: where a content is missing, the later one of the same
// name, which is found in its place, is not replaced.
func TestRepairSparesLater(t *testing.T) {
	root := t.TempDir()
	one := files{}.with(1, files{"a": "a1", "b": "b1"})
	two := one.with(2, files{"a": "a2"})
	three := two.with(3, files{"a": "a1"})
	record(t, afero.NewOsFs(), root, []files{one, two})
	v := open(t, afero.NewOsFs(), root)
	defer v.Close()
	must(t, backUp(v, Plan{}, 3, two, three))
	must(t, os.RemoveAll(filepath.Join(root, hidden, udid, "versions", "000001", dataName, blob("a"))))
	repaired, err := v.Repair(context.Background(), 1, []catalog.ID{idOf("a")})
	must(t, err)
	if len(repaired) != 1 {
		t.Errorf("repaired: %v", repaired)
	}
	for i, want := range []files{one, two, three} {
		shows(t, afero.NewOsFs(), root, i+1, want)
	}
}

// TestRepairAcrossFull: a content ends with a full backup that does not have it,
// and goes back to where it was.
func TestRepairAcrossFull(t *testing.T) {
	root := t.TempDir()
	one := files{}.with(1, files{"a": "a1", "b": "b1"})
	two := one.with(2, files{"b": ""})
	three := two.with(3, files{"b": "b1"})
	v := open(t, afero.NewOsFs(), root)
	defer v.Close()
	must(t, backUp(v, Plan{}, 1, nil, one), backUp(v, Plan{Full: true}, 2, one, two), backUp(v, Plan{}, 3, two, three))
	before := tree(t, root)
	must(t, os.Remove(filepath.Join(root, hidden, udid, "versions", "000001", dataName, blob("b"))))
	_, err := v.Repair(context.Background(), 1, []catalog.ID{idOf("b")})
	must(t, err)
	if d := cmp.Diff(before, tree(t, root)); d != "" {
		t.Error(d)
	}
}
