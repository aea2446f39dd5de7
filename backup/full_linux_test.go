package backup

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestResumedAfterRealFullDisk is the same on a disk of this computer, which
// only root may make.
func TestResumedAfterRealFullDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	r := fullRig(t)
	if err := syscall.Mount("tmpfs", r.root, "tmpfs", 0, "size=32m"); err != nil {
		t.Skipf("no small disk can be made here: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(r.root, syscall.MNT_DETACH) })
	// All but so much is taken by something else, which goes afterwards.
	other := filepath.Join(r.root, "film.mov")
	if err := os.WriteFile(other, make([]byte, 26<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	r.resumesAfterFull(func(j *Job) {
		j.FreeSpace = func(string) (uint64, error) { return 1 << 40, nil } // before the other took it
	}, func() {
		if err := os.Remove(other); err != nil {
			t.Fatal(err)
		}
	})
}
