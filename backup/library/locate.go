package library

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/disk"
	"lifeboat/backup/format"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/device/phoneid"
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

// Standing reports whether a complete backup of the phone stands below root, of
// when it is, and whether it was proven intact and nobody has changed it since.
// It only looks: nothing is written, nothing locked, and what an interrupted
// program left to be done stays so. Then the version that is being put in its
// place counts, and is not called proven before it stands there. One that cannot
// be read is none.
func (l *Library) Standing(root, udid string) (date time.Time, stands, proven bool) {
	existing, err := Inspect(l.Files(), root, udid)
	seen, seenErr := vault.Look(l.Files(), root, udid)
	switch coming := seen.Coming; {
	case seenErr == nil && coming.Number > 0:
		return coming.Date, !coming.Unfinished, false
	case err != nil || !existing.Finished:
		return time.Time{}, false, false
	}
	for _, v := range slices.Backward(seen.Versions) {
		if v.Trashed.IsZero() {
			proven = v.Proof.Intact() && !v.Altered && !v.Unfinished
			break
		}
	}
	return existing.Date, true, proven && seenErr == nil && !seen.Pending
}

// Rehearsed is when a restore of any version of the phone below root was rehearsed
// last and passed; zero if none was, or if it cannot be read. It only looks, as
// Standing does.
func (l *Library) Rehearsed(root, udid string) (last time.Time) {
	seen, err := vault.Look(l.Files(), root, udid)
	if err != nil {
		return time.Time{}
	}
	for _, v := range seen.Versions {
		if v.Trashed.IsZero() && v.Rehearsed.Passed() && v.Rehearsed.Date.After(last) {
			last = v.Rehearsed.Date
		}
	}
	return last
}

func unreadable(dir string, err error) error {
	const op = "look at the backup"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.NotABackup, op, err).With("Path", dir)
	case errors.Is(err, format.ErrContent):
		return fault.New(fault.BackupDamaged, op, err).With("Path", dir)
	}
	return disk.Reading(op, dir, err)
}

// Locate finds backups: dir itself if it is one, else those that stand right
// below it, by name. Those count too of which only earlier versions are left,
// or whose current one an interrupted program had just put aside. None is
// [fault.NotABackup]; what may not be read is not none.
func Locate(fsys afero.Fs, dir string) ([]string, error) {
	const op = "look for backups"
	is, err := looksLikeBackup(fsys, dir)
	mine := func(udid string) bool { return phoneid.Same(udid, filepath.Base(dir)) }
	if is || slices.ContainsFunc(vault.Phones(fsys, filepath.Dir(dir)), mine) {
		return []string{dir}, nil
	}
	if err != nil {
		return nil, disk.Reading(op, dir, err)
	}
	entries, err := afero.ReadDir(fsys, dir)
	if disk.Misplaced(err) {
		return nil, fault.New(fault.DestNotFolder, op, err).With("Path", dir)
	}
	if err != nil {
		return nil, unreadable(dir, err)
	}
	var all []string
	var refused error
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		is, err := looksLikeBackup(fsys, path)
		if is {
			all = append(all, path)
		} else if err != nil && refused == nil {
			refused = disk.Reading(op, path, err)
		}
	}
	for _, udid := range vault.Phones(fsys, dir) {
		all = append(all, filepath.Join(dir, udid))
	}
	slices.Sort(all)
	all = slices.Compact(all)
	switch {
	case len(all) > 0:
		return all, nil
	case refused != nil:
		return nil, refused
	}
	return nil, fault.New(fault.NotABackup, op, nil).With("Path", dir)
}

// looksLikeBackup goes by the phone's own files; Info.plist alone is only
// the beginning of one.
func looksLikeBackup(fsys afero.Fs, dir string) (bool, error) {
	for _, name := range []string{format.StatusName, format.ManifestName, format.ManifestDBName, format.OlderName} {
		switch _, err := fsys.Stat(filepath.Join(dir, name)); {
		case err == nil:
			return true, nil
		case !errors.Is(err, fs.ErrNotExist) && !disk.Misplaced(err):
			return false, err
		}
	}
	return false, nil
}
