package disk

import "golang.org/x/sys/unix"

// Uncache has a file read past the system's memory, so that it comes from the disk.
// It is a wish.
func Uncache(file any) {
	if f, ok := file.(interface{ Fd() uintptr }); ok {
		_, _ = unix.FcntlInt(f.Fd(), unix.F_NOCACHE, 1)
	}
}
