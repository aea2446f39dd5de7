package vault

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/heldfs"
	"lifeboat/backup/backuptest/powerfs"
	"lifeboat/device/fault"
)

// moveAll copies a phone's backups, and puts the source into the trash.
func moveAll(t *testing.T, fsys afero.Fs, root, dest string) error {
	t.Helper()
	if _, err := transferOf(fsys, root, dest, 0).Run(t.Context(), nil); err != nil {
		return err
	}
	v, err := Open(fsys, root, udid, nil)
	if err != nil {
		return err
	}
	defer v.Close()
	return v.MoveAway(dest, epoch)
}

// TestMoved: what was moved is away from here and can be taken back, unless the
// phone has backups here again; removed, nothing is left of it.
func TestMoved(t *testing.T) {
	for name, fsys := range systems {
		root, dest, all := t.TempDir(), t.TempDir(), history()
		record(t, fsys, root, all)
		before := tree(t, root)
		must(t, moveAll(t, fsys, root, dest))
		if there := Phones(fsys, root); len(there) > 0 {
			t.Errorf("%s: %v", name, there)
		}
		if list, err := List(fsys, root, udid); err != nil || len(list) > 0 {
			t.Errorf("%s: %+v, %v", name, list, err)
		}
		arrivedAll(t, fsys, dest, all)
		moved, err := MovedAway(fsys, root)
		if err != nil || len(moved) != 1 || moved[0].UDID != udid || moved[0].To != dest || !moved[0].Date.Equal(epoch) {
			t.Fatalf("%s: %+v, %v", name, moved, err)
		}
		must(t, TakeBack(fsys, root, moved[0]))
		if d := cmp.Diff(before, tree(t, root)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if again := TakeBack(fsys, root, moved[0]); fault.Of(again) != fault.NothingToUndelete {
			t.Errorf("%s: %v", name, again)
		}

		// Moved once more, and a new backup made here.
		v := open(t, fsys, root)
		must(t, v.MoveAway(dest, epoch), v.Close())
		v = open(t, fsys, root)
		must(t, backUp(v, Plan{}, 9, nil, all[0]), v.Close())
		moved, err = MovedAway(fsys, root)
		if must(t, err); fault.Of(TakeBack(fsys, root, moved[0])) != fault.LayOutTaken {
			t.Errorf("%s: it was taken back over another", name)
		}
		must(t, RemoveMoved(fsys, root, moved[0]))
		shows(t, fsys, root, 1, all[0])
		if moved, err := MovedAway(fsys, root); err != nil || len(moved) > 0 {
			t.Errorf("%s: %+v, %v", name, moved, err)
		}
	}
}

// TestMovedCrash kills the program, and cuts the power, while a phone's backups are
// put into the trash and taken back: all of them can be had, here or there.
func TestMovedCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	all := history()[:3]
	for _, names := range powerfs.Here() {
		disk := powerfs.New(names)
		mount := func(fs *powerfs.FS) afero.Fs { return plain{heldfs.New(fs)} }
		must(t, disk.MkdirAll("/from", 0o700))
		record(t, mount(disk), "/from", all)
		disk.Forget()
		v := open(t, mount(disk), "/from")
		must(t, v.MoveAway("/to", epoch), v.Close())
		moved, err := MovedAway(mount(disk), "/from")
		must(t, err, TakeBack(mount(disk), "/from", moved[0]))
		check := func(img *powerfs.FS, how string) {
			t.Helper()
			fsys := mount(img)
			moved, err := MovedAway(fsys, "/from")
			if err != nil || len(moved) > 1 {
				t.Fatalf("%s: %+v, %v", how, moved, err)
			}
			if len(moved) == 1 {
				if err := TakeBack(fsys, "/from", moved[0]); err != nil {
					t.Fatalf("%s: %v", how, err)
				}
			}
			arrivedAll(t, fsys, "/from", all)
			if t.Failed() {
				t.Fatal(how)
			}
		}
		for k := 0; k <= disk.Len(); k++ {
			check(disk.Killed(k), fmt.Sprintf("names %v: killed at %d", names, k))
			for img, how := range disk.PowerCut(k, 1, 4) {
				check(img, fmt.Sprintf("names %v: power cut at %d: %s", names, k, how))
			}
		}
	}
}
