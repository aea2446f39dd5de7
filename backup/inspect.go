package backup

import (
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/diskerr"
	"lifeboat/backup/format"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
)

// Existing is a backup that stands on a disk, as its own plists tell it;
// nothing of it was proven.
type Existing struct {
	Dir                                     string
	UDID                                    string
	Date                                    time.Time // UTC, of the phone; zero if unknown
	Encrypted                               bool
	Finished                                bool
	DeviceName, ProductType, ProductVersion string
}

// Inspect looks at the backup of a phone below root; none is [fault.NotABackup].
func Inspect(fsys afero.Fs, root, udid string) (Existing, error) {
	dir := vault.Dir(root, udid)
	status, err := format.ReadStatus(fsys, dir)
	if err != nil {
		return Existing{}, unreadable(dir, err)
	}
	e := Existing{Dir: dir, UDID: udid, Date: status.Date, Finished: status.Finished()}
	manifest, err := format.ReadManifest(fsys, dir)
	if errors.Is(err, fs.ErrNotExist) && !e.Finished {
		return e, nil
	}
	if err != nil {
		return Existing{}, unreadable(dir, err)
	}
	e.Encrypted, e.DeviceName = manifest.Encrypted, manifest.DeviceName
	e.ProductType, e.ProductVersion = manifest.ProductType, manifest.ProductVersion
	return e, nil
}

// Standing says whether a finished backup of the phone stands below root, and
// of when it is. One that cannot be read is none.
func Standing(fsys afero.Fs, root, udid string) (date time.Time, stands bool) {
	existing, err := Inspect(fsys, root, udid)
	if err != nil || !existing.Finished {
		return time.Time{}, false
	}
	return existing.Date, true
}

func unreadable(dir string, err error) error {
	const op = "look at the backup"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.NotABackup, op, err).With("Path", dir)
	case errors.Is(err, format.ErrContent):
		return fault.New(fault.BackupDamaged, op, err).With("Path", dir)
	}
	return diskerr.Fault(op, dir, err)
}

// Locate finds backups: dir itself if it is one, else those that stand right
// below it, by name. None is [fault.NotABackup].
func Locate(fsys afero.Fs, dir string) ([]string, error) {
	if looksLikeBackup(fsys, dir) {
		return []string{dir}, nil
	}
	entries, err := afero.ReadDir(fsys, dir)
	if err != nil {
		return nil, unreadable(dir, err)
	}
	var all []string
	for _, entry := range entries {
		if path := filepath.Join(dir, entry.Name()); entry.IsDir() && looksLikeBackup(fsys, path) {
			all = append(all, path)
		}
	}
	if len(all) == 0 {
		return nil, fault.New(fault.NotABackup, "look for backups", nil).With("Path", dir)
	}
	return all, nil
}

// looksLikeBackup goes by the phone's own files; Info.plist alone is only
// the beginning of one.
func looksLikeBackup(fsys afero.Fs, dir string) bool {
	for _, name := range []string{format.StatusName, format.ManifestName, format.ManifestDBName} {
		if ok, _ := afero.Exists(fsys, filepath.Join(dir, name)); ok {
			return true
		}
	}
	return false
}
