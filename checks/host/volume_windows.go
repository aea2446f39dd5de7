package host

import (
	"fmt"
	"strings"

	"golang.org/x/sys/windows"
)

// volumeOf names the file system of dir, and whether its drive is a network
// drive. A drive letter or a share stands for the whole volume.
func volumeOf(dir string) (name string, remote bool, err error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return "", false, err
	}
	root := make([]uint16, windows.MAX_LONG_PATH)
	if err := windows.GetVolumePathName(path, &root[0], uint32(len(root))); err != nil {
		return "", false, fmt.Errorf("find volume: %w", err)
	}
	system := make([]uint16, windows.MAX_PATH+1)
	if err := windows.GetVolumeInformation(&root[0], nil, 0, nil, nil, nil, &system[0], uint32(len(system))); err != nil {
		return "", false, fmt.Errorf("ask volume: %w", err)
	}
	return strings.ToLower(windows.UTF16ToString(system)), windows.GetDriveType(&root[0]) == windows.DRIVE_REMOTE, nil
}
