package vault

import "golang.org/x/sys/unix"

// Free returns the bytes that this account can still write on the disk that
// dir is on, links followed.
func Free(dir string) (uint64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	unit := st.Frsize // f_bsize is a size for reading, and larger on some disks
	if unit <= 0 {
		unit = st.Bsize
	}
	return st.Bavail * uint64(unit), nil
}
