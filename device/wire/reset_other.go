//go:build !windows

package wire

import (
	"errors"
	"syscall"
)

// reset reports whether err is what this system calls a connection that broke.
func reset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNABORTED)
}
