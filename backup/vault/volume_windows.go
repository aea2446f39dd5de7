package vault

import (
	"strings"

	"golang.org/x/sys/windows"
)

// volumeSystem names the file system of a folder, "" if it is not known, and
// says whether it holds no file of 4 GiB.
func volumeSystem(dir string) (name string, small bool) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return "", false
	}
	// A volume may be mounted in a folder that lies as deep as dir.
	volume := make([]uint16, windows.MAX_LONG_PATH)
	var system [windows.MAX_PATH + 1]uint16
	if err := windows.GetVolumePathName(path, &volume[0], uint32(len(volume))); err != nil {
		return "", false
	}
	if err := windows.GetVolumeInformation(&volume[0], nil, 0, nil, nil, nil, &system[0], uint32(len(system))); err != nil {
		return "", false
	}
	name = windows.UTF16ToString(system[:])
	return name, strings.EqualFold(name, "FAT") || strings.EqualFold(name, "FAT32")
}
