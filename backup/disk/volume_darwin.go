package disk

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// VolumeOf asks the operating system about the volume of dir, an existing
// folder of this computer, and whether macOS calls it local.
func VolumeOf(dir string) (Volume, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return Volume{}, fmt.Errorf("statfs: %w", err)
	}
	system := strings.ToLower(unix.ByteSliceToString(s.Fstypename[:]))
	if system == "msdos" {
		system = "fat"
	}
	return Volume{System: system, Remote: s.Flags&unix.MNT_LOCAL == 0, Size: product(s.Blocks, blockSize(&s))}, nil
}
