package disk

import (
	"errors"
	"os"

	"github.com/spf13/afero"
	"golang.org/x/sys/unix"
)

// SyncVolume is errors.ErrUnsupported here: use [SyncTree].
func SyncVolume(*os.File) error { return errors.ErrUnsupported }

// SyncFile hands a file to the drive. Go's own Sync would empty the drive's
// cache each time, which takes minutes over many files; flushDrive does it
// once at the end.
func SyncFile(file afero.File) error {
	if f, ok := file.(*os.File); ok {
		return unix.Fsync(int(f.Fd()))
	}
	return file.Sync()
}

// flushDrive empties the drive's cache (os.File.Sync is F_FULLFSYNC here).
func flushDrive(fsys afero.Fs, dir string) error {
	file, err := fsys.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
