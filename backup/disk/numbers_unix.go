//go:build !windows

package disk

import "syscall"

// sharing: nobody here is kept off a file by another program's handle.
func sharing(error) bool { return false }

var full = []error{syscall.ENOSPC, syscall.EDQUOT}
