//go:build !windows

package diskerr

import "syscall"

// sharing: nobody here is kept off a file by another program's handle.
func sharing(error) bool { return false }

var full = []error{syscall.ENOSPC, syscall.EDQUOT}
