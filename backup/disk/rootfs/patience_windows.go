package rootfs

import (
	"errors"
	"syscall"
	"time"

	"golang.org/x/sys/windows"
)

// How often a name is tried to be touched that some program holds.
const (
	holdTries = 12
	holdPause = time.Millisecond // doubled up to holdMost
	holdMost  = 50 * time.Millisecond
)

// patiently does something to a name, again if some program holds it just
// then: virus scanners and search indexes open every file that is new, for
// some milliseconds, and Windows refuses to rename or remove it meanwhile. The
// go command does the same (cmd/internal/robustio). It takes no longer than
// half a second, since a name can be refused for good by the same number.
func patiently(do func() error) error {
	pause := holdPause
	for try := 1; ; try++ {
		err := do()
		held := errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
		if !held || try == holdTries {
			return posix(err)
		}
		time.Sleep(pause)
		pause = min(2*pause, holdMost)
	}
}

// posix gives an error the number that it has elsewhere, where Go does not:
// of ERROR_DIR_NOT_EMPTY it knows only that something is there.
func posix(err error) error {
	if err == error(windows.ERROR_DIR_NOT_EMPTY) {
		return syscall.ENOTEMPTY
	}
	return err
}
