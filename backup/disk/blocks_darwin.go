package disk

import "golang.org/x/sys/unix"

// blockSize is the unit of f_bavail, which macOS calls the fundamental block size.
func blockSize(s *unix.Statfs_t) uint64 { return uint64(s.Bsize) }
