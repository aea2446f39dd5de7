package vault

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/disk"
	"lifeboat/device/fault"
)

// smallDisk is a disk of this computer of a few megabytes, which only root may
// make.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("no small disk can be made here: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// fill leaves not a byte on a disk.
func fill(t *testing.T, dir string) {
	t.Helper()
	file, err := os.Create(filepath.Join(dir, "filler"))
	must(t, err)
	defer file.Close()
	for size := 64 << 10; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = file.Write(make([]byte, size))
		}
		if !disk.Full(err) {
			t.Fatal(err)
		}
	}
	for i := 0; ; i++ {
		err := os.WriteFile(filepath.Join(dir, fmt.Sprint("more", i)), []byte("x"), 0o600)
		if err != nil {
			return
		}
	}
}

// TestPruneOnFullDisk: on a disk without a byte of room, versions can be
// deleted, which is what makes room. The others stay as they were.
func TestPruneOnFullDisk(t *testing.T) {
	root := smallDisk(t, "8m")
	all := history()
	all[0][blob("a")] = strings.Repeat("a", 1<<20)
	record(t, afero.NewOsFs(), root, all)
	fill(t, root)
	v, err := Open(afero.NewOsFs(), root, udid, nil)
	if err != nil {
		t.Fatal(err)
	}
	trashed, purged, err := v.Prune(Policy{Daily: 2, Trash: 0}, epoch.AddDate(1, 0, 0))
	if err != nil || len(trashed) != 3 || len(purged) != 3 {
		t.Errorf("deleted %v, removed %v: %v", trashed, purged, err)
	}
	must(t, v.Close())
	shows(t, afero.NewOsFs(), root, 4, all[3])
	shows(t, afero.NewOsFs(), root, 5, all[4])
	var stat syscall.Statfs_t
	must(t, syscall.Statfs(root, &stat))
	if free := int64(stat.Bavail) * stat.Bsize; free < 1<<20 {
		t.Errorf("%d bytes are free", free)
	}
}

// TestFirstRunOnFullDisk: what has arrived of a first backup when its disk is
// full to the last byte is kept too, and the next run resumes it.
func TestFirstRunOnFullDisk(t *testing.T) {
	root := smallDisk(t, "8m")
	after := history()[0]
	v := open(t, afero.NewOsFs(), root)
	r, err := v.Begin(Plan{Now: epoch})
	must(t, err, upload(r, nil, after))
	fill(t, root)
	if err := r.Keep(t.Context(), fault.New(fault.DestFull, "test", nil), epoch); err != nil {
		t.Errorf("it was not kept: %v", err)
	}
	must(t, v.Close())
	for _, name := range []string{"filler", "more0"} {
		if err := os.Remove(filepath.Join(root, name)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	v = open(t, afero.NewOsFs(), root)
	defer v.Close()
	r, err = v.Begin(Plan{Now: epoch})
	must(t, err)
	defer r.Discard()
	if got, err := afero.ReadFile(r.FS(), r.Dir()+"/Snapshot/"+blob("a")); !r.Resumed() || string(got) != "a1" {
		t.Errorf("resumed %v, %q, %v", r.Resumed(), got, err)
	}
}

// TestLockOnFullDisk: where nothing can be written, a lock keeps others off all
// the same.
func TestLockOnFullDisk(t *testing.T) {
	root := smallDisk(t, "1m")
	fill(t, root)
	must(t, os.Remove(filepath.Join(root, "more0"))) // room for the name, not for more
	path := filepath.Join(root, "lock")
	file, err := os.Create(path)
	must(t, err)
	if _, err := io.WriteString(file, "x"); err == nil {
		must(t, os.WriteFile(filepath.Join(root, "again"), make([]byte, 4096), 0o600))
	}
	must(t, file.Close(), os.Truncate(path, 0))
	fill(t, root)
	l, err := acquireLock(path)
	must(t, err)
	if other, err := acquireLock(path); err == nil {
		other.release()
		t.Error("two hold it")
	}
	must(t, l.check(), l.release())
}

// TestLayOutNeedsRoom: that a copy does not fit is said before any of it is
// made, and leaves nothing behind.
func TestLayOutNeedsRoom(t *testing.T) {
	root, small := t.TempDir(), smallDisk(t, "1m")
	all := history()
	all[4][blob("a")] = strings.Repeat("a", 2<<20)
	record(t, afero.NewOsFs(), root, all)
	w, err := OpenView(afero.NewOsFs(), root, udid, 5)
	must(t, err)
	defer w.Close()
	_, err = w.LayOut(t.Context(), afero.NewOsFs(), small, func(int64) { t.Error("it was begun") })
	if fault.Of(err) != fault.DestFull || fault.As(err).Args["Need"] == nil {
		t.Errorf("%v", err)
	}
	if left, _ := os.ReadDir(small); len(left) > 0 {
		t.Errorf("there is %s", left[0].Name())
	}
}
