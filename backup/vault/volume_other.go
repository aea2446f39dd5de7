//go:build !linux && !darwin && !windows

package vault

// volumeSystem names the file system of a folder, "" if it is not known, and
// says whether it holds no file of 4 GiB.
func volumeSystem(string) (name string, small bool) { return "", false }
