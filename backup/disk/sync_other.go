//go:build !linux && !darwin

package disk

import (
	"errors"
	"os"

	"github.com/spf13/afero"
)

// SyncVolume is errors.ErrUnsupported here: use [SyncTree].
func SyncVolume(*os.File) error { return errors.ErrUnsupported }

// SyncFile hands what was written to file to the disk.
func SyncFile(file afero.File) error { return file.Sync() }

func flushDrive(afero.Fs, string) error { return nil }
