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
	drive := plainVolume(dir)
	if home, err := os.UserHomeDir(); err == nil && strings.EqualFold(plainVolume(home), drive) {
		return ""
	}
	return drive
}

// plainVolume is the volume that a path names, without the marks by which
// Windows is asked to take a path as it stands: \\?\E: is E:, and
// \\?\UNC\nas\share is \\nas\share.
func plainVolume(path string) string {
	for _, mark := range []string{`\\?\`, `\\.\`} {
		if below, ok := strings.CutPrefix(path, mark); ok {
			path = below
			if share, ok := strings.CutPrefix(below, `UNC\`); ok {
				path = `\\` + share
			} else if filepath.VolumeName(below) == "" {
				return filepath.VolumeName(mark + below) // a volume without a letter
			}
			break
		}
	}
	return filepath.VolumeName(path)
}

// mounted reports whether a drive is there.
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

// serialOf is the number that a drive's file system got when it was made: it
// stays when the drive gets another letter. A share's says nothing of the kind.
func serialOf(drive string) (number uint32, ok bool) {
	root, err := windows.UTF16PtrFromString(drive + `\`)
	if err != nil || drive == "" || windows.GetDriveType(root) == windows.DRIVE_REMOTE {
		return 0, false
	}
	if err := windows.GetVolumeInformation(root, nil, 0, &number, nil, nil, nil, 0); err != nil {
		return 0, false
	}
	return number, number != 0
}

// letters are the drives that have one, such as "E:".
func letters() (all []string) {
	there, err := windows.GetLogicalDrives()
	if err != nil {
		return nil
	}
	for i := range 26 {
		if there&(1<<i) != 0 {
			all = append(all, string(rune('A'+i))+":")
		}
	}
	return all
}
