package vault

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"runtime"
	"syscall"

	"github.com/spf13/afero"

	"lifeboat/backup/diskerr"
)

// trouble gives an error of the disk its code.
func (p *place) trouble(op string, err error) error { return diskerr.Fault(op, p.root, err) }

// sync makes everything below the folders durable. A write that the system
// accepted but could not bring to the disk shows here.
func (p *place) sync(ctx context.Context, dirs ...string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if p.all != nil {
		if err := p.all.SyncAll(); !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
	}
	if p.disk != nil {
		done := make(chan error, 1)
		go func() { done <- syncDisk(p.disk) }()
		select {
		case err := <-done:
			if !errors.Is(err, errors.ErrUnsupported) {
				return err
			}
		case <-ctx.Done():
			return ctx.Err() // the system goes on alone; nothing waits for it
		}
	}
	for _, dir := range dirs {
		if err := syncTree(ctx, p.fs, dir); err != nil {
			return err
		}
	}
	return nil
}

// syncDirs makes the names in folders durable.
func (p *place) syncDirs(dirs ...string) error {
	if p.all != nil {
		if err := p.all.SyncAll(); !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
	}
	if p.disk != nil && len(dirs) > 16 {
		if err := syncDisk(p.disk); !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
	}
	for _, dir := range dirs {
		if err := syncDir(p.fs, dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// syncTree is for systems without a call for a whole disk: one file after
// another.
func syncTree(ctx context.Context, fsys afero.Fs, dir string) error {
	err := afero.Walk(fsys, dir, func(path string, info fs.FileInfo, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case info.IsDir():
			return syncDir(fsys, path)
		case !info.Mode().IsRegular():
			return nil
		}
		// Windows writes through only what is open for writing.
		file, err := fsys.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		return errors.Join(syncFile(file), file.Close())
	})
	if err != nil {
		return err
	}
	return flushDrive(fsys, dir)
}

// syncDir makes the names in a folder durable, where that can be asked for.
//
// On Windows nothing is asked for. FlushFileBuffers wants a handle with
// GENERIC_WRITE, which package os does not open folders with; its documentation
// speaks of files and volumes, that of NtFlushBuffersFileEx below it of folders
// too, without saying what is written then. What is built upon instead is how
// NTFS works, and promised by nobody: it logs renames and removals in their
// order, and to flush a file (the next journal or meta.json) it writes that log
// up to the file's own entries. So after a power cut the last ones may be
// missing, but none is there without those before it, which is all that the
// change-over needs, once its journal has its name for good (syncName). exFAT
// and FAT promise nothing of names anywhere (see the package comment).
func syncDir(fsys afero.Fs, dir string) error {
	if err := syncFolder(fsys, dir); !cannot(err) {
		return err
	}
	return nil
}

// syncName makes the name that a file has just got by a rename durable: by its
// folder, and where that cannot be asked for by the file itself, for which the
// disk writes its log up to the rename.
func syncName(fsys afero.Fs, name string) error {
	if err := syncFolder(fsys, path.Dir(name)); !cannot(err) {
		return err
	}
	file, err := fsys.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(syncFile(file), file.Close())
}

func syncFolder(fsys afero.Fs, dir string) error {
	if runtime.GOOS == "windows" {
		return errors.ErrUnsupported
	}
	file, err := fsys.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(syncFile(file), file.Close())
}

// cannot says whether a folder could not be synced because this disk syncs
// none: Windows, and some network shares.
func cannot(err error) bool {
	return errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported)
}

// parent is the folder of a path.
func parent(name string) string { return path.Dir(name) }
