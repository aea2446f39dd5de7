package vault

import (
	"github.com/spf13/afero"

	"lifeboat/backup/disk"
)

// Preflight finds out whether backups can be kept in root, before a phone is
// asked for anything: [disk.Probe], and whether root lies outside of every backup.
// A link into a backup is looked at as what it leads to.
func Preflight(fsys afero.Fs, root string) error {
	if err := OutsideBackups(fsys, root); err != nil {
		return err // before anything is tried out in there
	}
	place, err := disk.Probe(fsys, root)
	if err == nil && place != root {
		err = OutsideBackups(fsys, place)
	}
	return err
}
