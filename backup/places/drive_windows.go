package places

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// driveOf returns the drive of a folder, such as "E:" or "\\nas\share", "" if
// it is that of the user's home folder.
func driveOf(dir string) string {
	drive := filepath.VolumeName(dir)
	if home, err := os.UserHomeDir(); err == nil && strings.EqualFold(filepath.VolumeName(home), drive) {
		return ""
	}
	return drive
}

// mounted says whether a drive is there.
func mounted(drive string) bool {
	_, err := os.Stat(drive + `\`)
	return err == nil
}

// labelOf is what people call a drive: its label, if it has one.
func labelOf(drive string) string {
	root, err := windows.UTF16PtrFromString(drive + `\`)
	if err != nil || drive == "" {
		return ""
	}
	var label [windows.MAX_PATH + 1]uint16
	if err := windows.GetVolumeInformation(root, &label[0], uint32(len(label)), nil, nil, nil, nil, 0); err != nil {
		return ""
	}
	return windows.UTF16ToString(label[:])
}
