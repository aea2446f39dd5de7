package library

import (
	"errors"
	"io/fs"
	"path/filepath"

	"lifeboat/backup/disk"
	"lifeboat/backup/disk/rootfs"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
)

// TakeOut opens a folder of this computer for what is taken out of a backup, as a file
// system that ends there; the caller must Close it. The last folder of the path is
// made. One within a backup is refused (fault.DestInBackup), as nothing may be written
// there.
func (l *Library) TakeOut(dir string) (*rootfs.FS, error) {
	const op = "open the folder for the export"
	if err := vault.OutsideBackups(l.Files(), dir); err != nil {
		return nil, err
	}
	if err := l.away(filepath.Dir(dir)); err != nil {
		return nil, err
	}
	if err := l.Files().Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, disk.Fault(op, dir, err)
	}
	real, err := filepath.EvalSymlinks(dir)
	if err == nil && real != dir {
		err = vault.OutsideBackups(l.Files(), real)
	}
	if fault.Of(err) == fault.DestInBackup {
		return nil, err
	}
	folder, err := rootfs.Open(dir)
	if err != nil {
		return nil, disk.Fault(op, dir, err)
	}
	return folder, nil
}
