//go:build linux || darwin

package host

import (
	"errors"

	"golang.org/x/sys/unix"
)

// isFull says whether err means that a drive or a quota is used up.
func isFull(err error) bool { return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) }
