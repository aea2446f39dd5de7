package disk

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"runtime"
	"syscall"

	"github.com/spf13/afero"
)

// SyncTree makes everything below dir durable, one file after another; it is for
// systems without a call for a whole disk ([SyncVolume]). It ends with ctx.
func SyncTree(ctx context.Context, fsys afero.Fs, dir string) error {
	err := afero.Walk(fsys, dir, func(path string, info fs.FileInfo, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case info.IsDir():
			return SyncFolder(fsys, path)
		case !info.Mode().IsRegular():
			return nil
		}
		// Windows writes through only what is open for writing.
		return syncOpened(fsys.OpenFile(path, os.O_RDWR, 0))
	})
	if err != nil {
		return err
	}
	return flushDrive(fsys, dir)
}

// SyncFolder makes the names in a folder durable, where that can be asked for;
// where it cannot, that is no error.
//
// On Windows nothing is asked for. FlushFileBuffers wants a handle with
// GENERIC_WRITE, which package os does not open folders with; its documentation
// speaks of files and volumes, that of NtFlushBuffersFileEx below it of folders
// too, without saying what is written then. What is relied on instead is how
// NTFS works, and promised by nobody: it logs renames and removals in their
// order, and to flush a file (the next journal or meta.json) it writes that log
// up to the file's own entries. So after a power cut the last ones may be
// missing, but none is there without those before it, which is all that the
// change-over of a vault needs, once its journal has its name for good
// ([SyncName]). exFAT and FAT promise nothing of names anywhere.
func SyncFolder(fsys afero.Fs, dir string) error {
	if err := syncFolder(fsys, dir); !cannot(err) {
		return err
	}
	return nil
}

// SyncName makes the name that a file has just got by a rename durable: by its
// folder, and where that cannot be asked for by the file itself, for which the
// disk writes its log up to the rename.
func SyncName(fsys afero.Fs, name string) error {
	if err := syncFolder(fsys, path.Dir(name)); !cannot(err) {
		return err
	}
	return syncOpened(fsys.OpenFile(name, os.O_RDWR, 0))
}

// syncOpened hands a file or folder that was just opened to the disk, and closes it.
func syncOpened(file afero.File, err error) error {
	if err != nil {
		return err
	}
	return errors.Join(SyncFile(file), file.Close())
}

func syncFolder(fsys afero.Fs, dir string) error {
	if runtime.GOOS == "windows" {
		return errors.ErrUnsupported
	}
	return syncOpened(fsys.Open(dir))
}

// cannot reports whether a folder could not be synced because this disk syncs
// none: Windows, and some network shares.
func cannot(err error) bool {
	return errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported)
}
