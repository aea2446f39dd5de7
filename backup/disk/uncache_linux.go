package disk

import "golang.org/x/sys/unix"

// Uncache asks the system to forget what it holds of a file in memory, so that it
// is read from the disk. It is a wish: what was not written through yet stays.
func Uncache(file any) {
	if f, ok := file.(interface{ Fd() uintptr }); ok {
		_ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
	}
}
