package vault

import (
	"errors"

	"golang.org/x/sys/unix"
)

// exchange swaps two folders in one step. File systems that cannot (FAT,
// network shares) give errors.ErrUnsupported.
func exchange(a, b string) error {
	err := unix.RenamexNp(a, b, unix.RENAME_SWAP)
	if err == unix.EINVAL || err == unix.ENOTSUP || err == unix.ENOSYS {
		return errors.ErrUnsupported
	}
	return err
}
