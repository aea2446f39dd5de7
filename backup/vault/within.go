package vault

import (
	"path/filepath"
	"regexp"

	"github.com/spf13/afero"

	"lifeboat/backup/disk"
	"lifeboat/backup/format"
	"lifeboat/device/fault"
)

// udidShape are the names that phones' folders have: 40 hexadecimal digits, or
// 24 with a dash behind the eighth, which some programs leave out. A time
// stamp follows where a backup was put aside.
var udidShape = regexp.MustCompile(`^([0-9a-fA-F]{40}|[0-9a-fA-F]{8}-?[0-9a-fA-F]{16})(-[0-9-]+)?$`)

// OutsideBackups refuses a place for what we write that is itself a phone's backup,
// or lies within one, as DIR/<UDID> does when DIR is meant.
func OutsideBackups(fsys afero.Fs, root string) error {
	suggested := ""
	for dir := filepath.Clean(root); ; {
		above := filepath.Dir(dir)
		base := filepath.Base(dir)
		if base == hidden || udidShape.MatchString(base) || isBackup(fsys, dir) {
			suggested = above
		}
		if above == dir {
			break
		}
		dir = above
	}
	if suggested == "" {
		return nil
	}
	return fault.New(fault.DestInBackup, "look at the destination", nil).With("Path", root).With("Above", suggested)
}

// isBackup reports whether the plists that every backup has stand in dir.
func isBackup(fsys afero.Fs, dir string) bool {
	for _, name := range []string{format.StatusName, format.ManifestName} {
		if info, err := disk.Lstat(fsys, filepath.Join(dir, name)); err != nil || !info.Mode().IsRegular() {
			return false
		}
	}
	return true
}
