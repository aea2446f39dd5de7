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
	err = control(file, func(fd uintptr) error {
		for {
			if err := unix.Flock(int(fd), unix.LOCK_EX|unix.LOCK_NB); err != unix.EINTR {
				return err
			}
		}
	})
	switch err {
	case nil:
		return true, nil
	case unix.EWOULDBLOCK:
		return false, nil
	case unix.ENOLCK, unix.EINVAL, unix.ENOSYS, unix.EOPNOTSUPP:
		return false, fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
	}
	return false, err
}
