package disk

import (
	"fmt"
	"strings"

	"golang.org/x/sys/windows"
)

// VolumeOf asks Windows about the volume of dir, an existing folder of this
// computer: that of a drive letter, of a share, or one mounted in a folder that
// may lie as deep as dir.
func VolumeOf(dir string) (Volume, error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return Volume{}, err
	}
	root := make([]uint16, windows.MAX_LONG_PATH)
	if err := windows.GetVolumePathName(path, &root[0], uint32(len(root))); err != nil {
		return Volume{}, fmt.Errorf("find volume: %w", err)
	}
	system := make([]uint16, windows.MAX_PATH+1)
	if err := windows.GetVolumeInformation(&root[0], nil, 0, nil, nil, nil, &system[0], uint32(len(system))); err != nil {
		return Volume{}, fmt.Errorf("ask volume: %w", err)
	}
	var mine, size uint64 // of a share that tells no size it stays 0
	_ = windows.GetDiskFreeSpaceEx(path, &mine, &size, nil)
	return Volume{System: strings.ToLower(windows.UTF16ToString(system)), Remote: windows.GetDriveType(&root[0]) == windows.DRIVE_REMOTE, Size: size}, nil
}
