//go:build linux || darwin

package disk

import (
	"errors"
	"math"
	"math/bits"

	"golang.org/x/sys/unix"
)

// available asks statfs and counts in the file system's own blocks.
func available(dir string) (uint64, error) {
	var s unix.Statfs_t
	for {
		err := unix.Statfs(dir, &s)
		if err == nil {
			break
		}
		if !errors.Is(err, unix.EINTR) {
			return 0, err
		}
	}
	return product(s.Bavail, blockSize(&s)), nil
}

// product multiplies without wrapping round: some network file systems
// report a number of blocks that means "unlimited".
func product(blocks, size uint64) uint64 {
	high, low := bits.Mul64(blocks, size)
	if high != 0 {
		return math.MaxUint64
	}
	return low
}
