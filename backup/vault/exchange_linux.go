package vault

import (
	"errors"

	"golang.org/x/sys/unix"
)

// exchange swaps two folders in one step. File systems that cannot (older
// network shares, FUSE) give errors.ErrUnsupported.
func exchange(a, b string) error {
	err := unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
	if err == unix.EINVAL || err == unix.ENOSYS || err == unix.ENOTTY {
		return errors.ErrUnsupported
	}
	return err
}
