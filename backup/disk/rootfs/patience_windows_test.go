package rootfs

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/windows"
)

// TestNamesHeldForAMoment: what a virus scanner does with a new file costs a
// moment, and no backup.
func TestNamesHeldForAMoment(t *testing.T) {
	fsys, dir := open(t)
	write(t, fsys, "new", "new")
	write(t, fsys, "old", "old")
	scanner, err := os.Open(filepath.Join(dir, "old")) // package os shares no removal
	must(t, err)
	time.AfterFunc(20*time.Millisecond, func() { scanner.Close() })
	must(t, fsys.Rename("new", "old"))
	wantContent(t, filepath.Join(dir, "old"), "new")

	scanner, err = os.Open(filepath.Join(dir, "old"))
	must(t, err)
	defer scanner.Close()
	if err := fsys.Remove("old"); !errors.Is(err, windows.ERROR_SHARING_VIOLATION) && !errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		t.Errorf("held for good: %v", err)
	}
}
