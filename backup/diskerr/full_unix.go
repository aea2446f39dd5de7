//go:build !windows

package diskerr

import "syscall"

var full = []error{syscall.ENOSPC, syscall.EDQUOT}
