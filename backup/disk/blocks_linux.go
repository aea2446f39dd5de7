package disk

import "golang.org/x/sys/unix"

// blockSize is the unit of f_bavail. Old kernels leave f_frsize at zero,
// and then f_bsize is the unit.
func blockSize(s *unix.Statfs_t) uint64 {
	if s.Frsize > 0 {
		return uint64(s.Frsize)
	}
	return uint64(s.Bsize)
}
