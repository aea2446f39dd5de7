// Package links makes symbolic links for tests, where that can be done.
//
// Windows asks for a right or for developer mode (CreateSymbolicLink,
// ERROR_PRIVILEGE_NOT_HELD), and CreateSymbolicLink of Wine 10 says that it
// succeeded and makes nothing.
package links

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"syscall"
	"testing"
)

// Make makes a link. Where none can be made, the test is skipped.
func Make(t testing.TB, target, link string) {
	t.Helper()
	if !Made(t, target, link) {
		t.Skip("no links can be made here")
	}
}

// Made makes a link, and reports whether it is there: for tests that are about
// more than that.
func Made(t testing.TB, target, link string) bool {
	t.Helper()
	const privilegeNotHeld = syscall.Errno(1314)
	err := os.Symlink(target, link)
	if err == nil {
		_, err = os.Lstat(link)
	}
	if runtime.GOOS == "windows" && (errors.Is(err, privilegeNotHeld) || errors.Is(err, fs.ErrNotExist)) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	return true
}
