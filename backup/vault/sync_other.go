//go:build !linux && !darwin

package vault

import (
	"errors"
	"os"

	"github.com/spf13/afero"
)

func syncDisk(*os.File) error { return errors.ErrUnsupported }

func syncFile(file afero.File) error { return file.Sync() }

func flushDrive(afero.Fs, string) error { return nil }
