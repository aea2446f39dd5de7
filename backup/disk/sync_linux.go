package disk

import (
	"os"

	"github.com/spf13/afero"
	"golang.org/x/sys/unix"
)

// SyncVolume writes the whole file system through in one call. It also reports
// what could not be written since disk was opened.
func SyncVolume(disk *os.File) error {
	return control(disk, func(fd uintptr) error { return unix.Syncfs(int(fd)) })
}

// SyncFile hands what was written to file to the disk.
func SyncFile(file afero.File) error { return file.Sync() }

func flushDrive(afero.Fs, string) error { return nil }
