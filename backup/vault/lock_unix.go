//go:build !windows

package vault

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// openShared opens the file of a lock. A link is not followed.
func openShared(path string, flag int) (*os.File, error) {
	return os.OpenFile(path, flag|unix.O_NOFOLLOW, 0o600)
}

// leaving says whether a lock's file could not be opened since it is just
// being removed. Here nothing can be opened that is.
func leaving(error) bool { return false }

// tryFlock locks an open file until it is closed.
func tryFlock(file *os.File) (got bool, err error) {
	raw, err := file.SyscallConn()
	if err != nil {
		return false, err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) {
		for {
			failed = unix.Flock(int(fd), unix.LOCK_EX|unix.LOCK_NB)
			if failed != unix.EINTR {
				return
			}
		}
	}); err != nil {
		return false, err
	}
	switch failed {
	case nil:
		return true, nil
	case unix.EWOULDBLOCK:
		return false, nil
	case unix.ENOLCK, unix.EINVAL, unix.ENOSYS, unix.EOPNOTSUPP:
		return false, fmt.Errorf("%w: %w", errors.ErrUnsupported, failed)
	}
	return false, failed
}

// processLives says whether a process of this computer runs.
func processLives(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
