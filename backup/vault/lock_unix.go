//go:build !windows

package vault

import (
	"errors"
	"syscall"
)

// leaving reports whether a lock's file could not be opened since it is just
// being removed. Here nothing can be opened that is.
func leaving(error) bool { return false }

// processLives reports whether a process of this computer runs.
func processLives(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
