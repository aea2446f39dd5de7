package vault

import (
	"fmt"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/heldfs"
	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
)

// TestNothingOpenIsReplaced: on a disk that lets nobody touch the name of what
// is open, a vault does all that it does elsewhere.
func TestNothingOpenIsReplaced(t *testing.T) {
	all := history()
	for _, gone := range [][]int{{1}, {2, 3}, {4, 2}, {4, 3, 2, 1}} {
		disk, root := heldfs.New(afero.NewOsFs()), t.TempDir()
		record(t, disk, root, all)
		v := open(t, disk, root)
		must(t, v.Trash(epoch, gone...))
		for _, number := range gone {
			if err := v.Purge(number); err != nil {
				t.Errorf("%v: %v", gone, err)
			}
		}
		must(t, v.Close())
		shows(t, disk, root, 5, all[4])
	}
}

// The digests of several lists are filled in, the one that is read among them.
func TestFillDigestsOfHeldLists(t *testing.T) {
	disk, root := heldfs.New(afero.NewOsFs()), t.TempDir()
	first := files{}.with(1, files{"a": "a1", "b": "b1"})
	for name, data := range first {
		must(t, write(disk, join(root, udid, name), data))
	}
	v := open(t, disk, root)
	defer v.Close()
	must(t, backUp(v, Plan{}, 2, first, first.with(2, files{"a": "a2"})))
	sorter := catalog.NewSorter(t.TempDir(), 2)
	defer sorter.Close()
	hash := catalog.NewHash()
	fmt.Fprint(hash, "b1")
	must(t, sorter.Add(catalog.Entry{ID: idOf("b"), Size: 2, Digest: catalog.Sum(hash)}))
	for _, want := range []int{1, 0} {
		if n, err := v.FillDigests(2, sorter); n != want || err != nil {
			t.Errorf("%d digests filled in, want %d: %v", n, want, err)
		}
	}
}

// TestOpenAfterAPurgeThatBroke: the program died within a purge, and when it
// starts again some other program has a list open. That does not keep anybody
// from making backups: the version stays in the trash, and goes later.
func TestOpenAfterAPurgeThatBroke(t *testing.T) {
	all := history()
	disk, root := heldfs.New(afero.NewOsFs()), t.TempDir()
	record(t, disk, root, all)
	v := open(t, disk, root)
	must(t, v.Trash(epoch, 1, 4), v.writeJSON(v.own(journalName), journal{Op: opPurge, Number: 4}), v.Close())
	other, err := disk.Open(join(root, v.versionDir(5, changesName)))
	must(t, err)
	v = open(t, disk, root)
	if there, _ := v.exists(v.own(journalName)); there {
		t.Error("the journal is left, so that the next change-over would overwrite it")
	}
	if v.versions[3].Number != 4 || v.versions[3].Trashed.IsZero() || v.versions[3].Proof.Problems == 0 {
		t.Errorf("version 4 is not in the trash, or taken for intact: %+v", v.versions[3])
	}
	// The same while it runs: what follows has a journal of its own.
	if err := v.Purge(4); err == nil {
		t.Error("the list is held, and was replaced all the same")
	}
	if there, _ := v.exists(v.own(journalName)); there {
		t.Error("a journal is left")
	}
	shows(t, disk, root, 5, all[4])
	must(t, v.Close(), other.Close())
	v = open(t, disk, root)
	must(t, v.Purge(4), v.Purge(1), v.Close())
	for _, number := range []int{2, 3, 5} {
		shows(t, disk, root, number, all[number-1])
	}
	if there, err := afero.Exists(disk, join(root, v.versionDir(4))); there || err != nil {
		t.Errorf("version 4 is left: %v", err)
	}
}

// A place that replaces nothing that is open is fit for backups all the same.
func TestProbeOfAHeldDisk(t *testing.T) {
	if _, err := disk.Probe(heldfs.New(afero.NewOsFs()), t.TempDir()); err != nil {
		t.Error(err)
	}
}
