package vault

import (
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/device/fault"
)

// noRoom is a disk that has no room for a list as long as a folder is there.
type noRoom struct {
	afero.Fs
	while string
}

func (n noRoom) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	if there, _ := afero.Exists(n.Fs, n.while); there && flag&os.O_CREATE != 0 && strings.HasSuffix(name, changesName+".new") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.ENOSPC}
	}
	return n.Fs.OpenFile(name, flag, perm)
}

// TestPurgeMakesRoomFirst: the list of the version after may be long, so the
// contents go before it is written.
func TestPurgeMakesRoomFirst(t *testing.T) {
	fsys := afero.NewMemMapFs()
	must(t, fsys.MkdirAll("/root", 0o700))
	all := history()
	record(t, fsys, "/root", all)
	for _, number := range []int{1, 4} {
		p := &place{udid: udid}
		full := noRoom{fsys, "/root/" + p.versionDir(number, dataName)}
		v := open(t, full, "/root")
		must(t, v.Trash(epoch, number), v.Purge(number), v.Close())
	}
	for _, number := range []int{2, 3, 5} {
		shows(t, fsys, "/root", number, all[number-1])
	}
}

// TestFailedOpenChangesNothing: a vault of a format to come is refused each
// time, and stays as it is.
func TestFailedOpenChangesNothing(t *testing.T) {
	fsys := afero.NewMemMapFs()
	must(t, write(fsys, "/root/"+join(hidden, udid, "vault.json"), string(seal([]byte(`{"format": 3}`)))))
	before := treeOf(t, fsys, "/root")
	for range 3 {
		if _, err := Open(fsys, "/root", udid, nil); fault.Of(err) != fault.VaultNewer {
			t.Errorf("%v", err)
		}
		if d := cmp.Diff(before, treeOf(t, fsys, "/root")); d != "" {
			t.Fatal(d)
		}
	}
}
