package vault

import "golang.org/x/sys/unix"

// Free returns the bytes that this account can still write on the disk that
// dir is on, links followed. Space that macOS could make free is not counted.
func Free(dir string) (uint64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return st.Bavail * uint64(st.Bsize), nil
}
