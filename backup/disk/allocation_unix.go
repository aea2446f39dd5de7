//go:build linux || darwin

package disk

import "golang.org/x/sys/unix"

// Allocation is the unit in which the volume of dir gives room to files, in bytes;
// a usual one if it does not say.
func Allocation(dir string) int64 {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return usualAllocation
	}
	// Network file systems say how much they like to send at once.
	if unit := int64(blockSize(&s)); unit >= 512 && unit <= 1<<20 {
		return unit
	}
	return usualAllocation
}
