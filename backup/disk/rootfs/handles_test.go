//go:build linux || darwin

package rootfs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// handles counts the open files of this process.
func handles(t *testing.T) int {
	t.Helper()
	names, err := os.ReadDir("/dev/fd")
	must(t, err)
	return len(names)
}

// TestHandlesAreBounded works in more folders than are kept, twice.
func TestHandlesAreBounded(t *testing.T) {
	before := handles(t)
	fsys, _ := open(t)
	for round := range 2 {
		for n := range 2 * maxFolders {
			dir := fmt.Sprintf("a/%02x/%d", n%256, n)
			must(t, fsys.MkdirAll(dir, 0o700))
			write(t, fsys, fmt.Sprintf("%s/%d", dir, round), "")
		}
		if got := handles(t) - before; got > maxFolders+2 || got < maxFolders/2 {
			t.Errorf("%d handles, with %d folders to keep", got, maxFolders)
		}
	}
	must(t, fsys.RemoveAll("a"))
	if got := handles(t) - before; got > 2 {
		t.Errorf("%d handles of folders that are gone", got)
	}
	must(t, fsys.MkdirAll("a/b", 0o700), fsys.Close())
	if got := handles(t) - before; got != 0 {
		t.Errorf("%d handles are left", got)
	}
}

// TestOneCallEach counts what is opened: a folder in use never is again.
func TestOneCallEach(t *testing.T) {
	fsys, _ := open(t)
	must(t, fsys.MkdirAll("a/b/xx", 0o700))
	write(t, fsys, "a/b/xx/1", "")
	kept := fsys.folders.kept["a/b/xx"]
	for n := range 100 {
		name := fmt.Sprintf("a/b/xx/file%d", n)
		write(t, fsys, name, "")
		must(t, fsys.Rename(name, name+"x"), fsys.Remove(name+"x"))
	}
	if kept == nil || fsys.folders.kept["a/b/xx"] != kept {
		t.Error("work on files costs the handle of their folder")
	}
}

// TestHandlesInUse drops a folder while somebody works in it: the handle works
// to the end, and is closed then.
func TestHandlesInUse(t *testing.T) {
	fsys, _ := open(t)
	must(t, fsys.MkdirAll("a/b", 0o700))
	h, err := fsys.folders.get("a/b")
	must(t, err)
	fsys.folders.drop("a")
	if _, err := h.lstat("."); err != nil {
		t.Errorf("closed in use: %v", err)
	}
	fsys.folders.put(h)
	if _, err := h.lstat("."); !errors.Is(err, syscall.EBADF) {
		t.Errorf("not closed after use: %v", err)
	}
}

// TestNamesThatChangeMeanwhile renames a folder while another goroutine has
// just opened it: that handle must not be kept under the old name.
func TestNamesThatChangeMeanwhile(t *testing.T) {
	fsys, _ := open(t)
	must(t, fsys.MkdirAll("a/b", 0o700))
	fsys.folders.drop("a")
	opened := false
	fsys.folders.opened = func() {
		if !opened {
			opened = true
			fsys.folders.drop("a")
		}
	}
	h, err := fsys.folders.get("a")
	must(t, err)
	fsys.folders.put(h)
	if !opened || fsys.folders.kept["a"] != nil {
		t.Error("a handle from before the change is kept")
	}
}

// TestPipesDoNotBlock opens what would wait for somebody at its other end.
func TestPipesDoNotBlock(t *testing.T) {
	fsys, dir := open(t)
	must(t, unix.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	for _, op := range []string{"open", "create"} {
		if err := operations[op](fsys, "pipe"); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%s: %v", op, err)
		}
	}
	must(t, fsys.Remove("pipe"))
}
