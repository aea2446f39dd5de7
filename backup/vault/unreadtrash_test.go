package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/device/fault"
)

// breakMeta makes what is written down of a version unreadable.
func breakMeta(t *testing.T, fsys afero.Fs, root string, names ...string) {
	t.Helper()
	for _, name := range names {
		must(t, afero.WriteFile(fsys, join(root, hidden, udid, "versions", name), []byte("{"), 0o600))
	}
}

// TestUnreadIsDeletedByAPerson: no policy deletes a version that cannot be
// read, and a person can: it goes to the trash, comes back, and goes for good;
// what the others need of it is handed on, however far a program came with it.
func TestUnreadIsDeletedByAPerson(t *testing.T) {
	all := history()
	for name, broken := range map[string][]string{
		"meta.json": {"000002/meta.json"}, "its list too": {"000002/meta.json", "000002/changes"},
	} {
		fsys, root := afero.NewOsFs(), t.TempDir()
		record(t, fsys, root, all)
		breakMeta(t, fsys, root, broken...)
		trashed := func() (when bool) {
			t.Helper()
			list, err := List(fsys, root, udid)
			must(t, err)
			if !list[1].Unread || len(list) != 5 {
				t.Fatalf("%s: %+v", name, list)
			}
			return !list[1].Trashed.IsZero()
		}
		v := open(t, fsys, root)
		if gone, _, err := v.Prune(Policy{Daily: 1, Limit: 1, Trash: 1}, epoch.AddDate(9, 0, 0)); err != nil || slices.Contains(gone, 2) {
			t.Fatalf("%s: a policy let %v go, %v", name, gone, err)
		}
		must(t, v.Undelete(1, 3, 4), v.Trash(epoch, 2))
		if !trashed() {
			t.Errorf("%s: it is not in the trash", name)
		}
		must(t, v.Undelete(2))
		if trashed() || !v.Versions()[1].Trashed.IsZero() {
			t.Errorf("%s: it did not come back", name)
		}
		must(t, v.Trash(epoch, 2), v.Close())
		v = open(t, fsys, root) // also to a program that starts again
		if trashed(); v.Versions()[1].Trashed.IsZero() {
			t.Errorf("%s: it did not stay in the trash", name)
		}
		must(t, v.Close())

		died, ops := true, int64(0)
		for ; died; ops++ {
			copied := t.TempDir()
			must(t, os.CopyFS(copied, os.DirFS(root)))
			disk := &dies{Fs: fsys}
			disk.left.Store(1 << 30)
			v := open(t, disk, copied)
			disk.left.Store(ops)
			_, purged, err := v.Prune(Policy{All: 100_000, Trash: 1}, epoch.AddDate(1, 0, 0))
			if died = disk.left.Load() < 0; !died && (err != nil || !slices.Equal(purged, []int{2})) {
				t.Fatalf("%s: removed %v, %v", name, purged, err)
			}
			disk.left.Store(1 << 30)
			must(t, v.Close())
			v = open(t, fsys, copied)
			there := slices.ContainsFunc(v.Versions(), func(version Version) bool { return version.Number == 2 })
			must(t, v.Close())
			if there && !died {
				t.Errorf("%s: it is left", name)
			}
			for _, number := range []int{3, 4, 5} {
				shows(t, fsys, copied, number, all[number-1])
			}
			w, err := OpenView(fsys, copied, udid, 1)
			must(t, err)
			got := treeOf(t, w.FS(), "/")
			must(t, w.Close())
			for file, data := range all[0] {
				if got[file] != data {
					t.Errorf("%s, ended after %d steps: version 1 has lost %s", name, ops, file)
				}
			}
		}
		if ops < 5 {
			t.Errorf("%s: only %d steps were interrupted", name, ops)
		}
	}
}

// dies is a disk that takes so many changes and no more. Folders are removed
// by several at once.
type dies struct {
	afero.Fs
	left atomic.Int64
}

func (d *dies) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	return d.Fs.(afero.Lstater).LstatIfPossible(name)
}

func (d *dies) step() error {
	if d.left.Add(-1) < 0 {
		return errors.New("the program died")
	}
	return nil
}

func (d *dies) Rename(from, to string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.Fs.Rename(from, to)
}

func (d *dies) Remove(name string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.Fs.Remove(name)
}

func (d *dies) RemoveAll(name string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.Fs.RemoveAll(name)
}

func (d *dies) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	if flag&(os.O_WRONLY|os.O_RDWR) != 0 {
		if err := d.step(); err != nil {
			return nil, err
		}
	}
	return d.Fs.OpenFile(name, flag, perm)
}

// TestUnreadThatIsNeeded: a version that cannot be read stays while one after
// it lists only what changed since, and says which; together they can go.
func TestUnreadThatIsNeeded(t *testing.T) {
	all := history()
	for _, tc := range []struct {
		broken []string
		delete []int
		after  int // what needs it; 0 for nothing
	}{
		{[]string{"000001/meta.json"}, []int{1}, 2},
		{[]string{"000001/meta.json"}, []int{1, 2}, 0},
		{[]string{"000001/meta.json", "000002/meta.json"}, []int{1}, 2},
		{[]string{"000001/meta.json", "000002/meta.json"}, []int{2}, 0},
		{[]string{"000001/meta.json", "000002/meta.json"}, []int{2, 1}, 0},
		{[]string{"000002/meta.json", "000003/meta.json"}, []int{2}, 3},
		{[]string{"000003/meta.json"}, []int{3, 4}, 5}, // the newest, which stays
		{[]string{"000004/meta.json"}, []int{4}, 5},
	} {
		at := fmt.Sprintf("%v broken, %v deleted", tc.broken, tc.delete)
		fsys := afero.NewMemMapFs()
		must(t, fsys.MkdirAll("/root", 0o700))
		record(t, fsys, "/root", all)
		breakMeta(t, fsys, "/root", tc.broken...)
		v := open(t, fsys, "/root")
		err := v.Trash(epoch, tc.delete...)
		if tc.after > 0 {
			e := &fault.Error{}
			if !errors.As(err, &e) || e.Code != fault.VersionNeeded || e.Args["After"] != tc.after {
				t.Errorf("%s: %v", at, err)
			}
			for _, version := range v.Versions() {
				if !version.Trashed.IsZero() {
					t.Errorf("%s: version %d is in the trash", at, version.Number)
				}
			}
			must(t, v.Close())
			continue
		}
		must(t, err)
		_, purged, err := v.Prune(Policy{All: 100_000, Trash: 1}, epoch.AddDate(1, 0, 0))
		if err != nil || len(purged) != len(tc.delete) {
			t.Errorf("%s: removed %v, %v", at, purged, err)
		}
		must(t, v.Close())
		for number := range 5 {
			if number++; !slices.Contains(tc.delete, number) && !slices.Contains(tc.broken, fmt.Sprintf("%06d/meta.json", number)) {
				shows(t, fsys, "/root", number, all[number-1])
			}
		}
	}

	// One that it needs came back in the meantime: it stays too.
	fsys := afero.NewMemMapFs()
	must(t, fsys.MkdirAll("/root", 0o700))
	record(t, fsys, "/root", all)
	breakMeta(t, fsys, "/root", "000001/meta.json")
	v := open(t, fsys, "/root")
	must(t, v.Trash(epoch, 1, 2), v.Undelete(2))
	if _, purged, err := v.Prune(Policy{All: 100_000, Trash: 1}, epoch.AddDate(1, 0, 0)); fault.Of(err) != fault.VersionNeeded || len(purged) > 0 {
		t.Errorf("removed %v, %v", purged, err)
	}
	must(t, v.Close())
}
