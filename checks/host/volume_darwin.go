package host

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// volumeOf names the file system of dir, and whether macOS calls it local.
func volumeOf(dir string) (name string, remote bool, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return "", false, fmt.Errorf("statfs: %w", err)
	}
	return strings.ToLower(unix.ByteSliceToString(s.Fstypename[:])), s.Flags&unix.MNT_LOCAL == 0, nil
}
