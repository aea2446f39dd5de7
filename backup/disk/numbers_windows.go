package disk

import (
	"errors"
	"syscall"

	"golang.org/x/sys/windows"
)

// sharing reports whether another program's handle keeps us off a file.
func sharing(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}

var full = []error{
	syscall.ENOSPC, windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_DISK_QUOTA_EXCEEDED,
}
