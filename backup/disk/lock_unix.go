//go:build !windows

package disk

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// OpenShared opens the file of a lock. A link is not followed.
func OpenShared(path string, flag int) (*os.File, error) {
	return os.OpenFile(path, flag|unix.O_NOFOLLOW, 0o600)
}

// TryLock locks an open file until it is closed.
func TryLock(file *os.File) (got bool, err error) {
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
