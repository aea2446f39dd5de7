package disk

import "golang.org/x/sys/windows"

// available asks Windows for what the caller may use, which a quota can make
// smaller than what is free on the disk.
func available(dir string) (uint64, error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var mine, size, free uint64
	if err := windows.GetDiskFreeSpaceEx(path, &mine, &size, &free); err != nil {
		return 0, err
	}
	return mine, nil
}
