package vault

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"runtime"
	"syscall"

	"github.com/spf13/afero"

	"lifeboat/backup/diskerr"
	"lifeboat/device/fault"
)

// Sync makes everything in the staging folder durable. A write that the
// system accepted but could not bring to the disk shows here.
func (s *Slot) Sync(ctx context.Context) error {
	err := s.sync(ctx)
	if ctx.Err() != nil {
		return fault.New(fault.Cancelled, "write through to the disk", ctx.Err())
	}
	return diskerr.Fault("write through to the disk", s.Staging(), err)
}

func (s *Slot) sync(ctx context.Context) error {
	if s.disk != nil {
		done := make(chan error, 1)
		go func() { done <- syncDisk(s.disk) }()
		select {
		case err := <-done:
			if !errors.Is(err, errors.ErrUnsupported) {
				return err
			}
		case <-ctx.Done():
			return ctx.Err() // the system goes on alone; nothing waits for it
		}
	}
	return syncTree(ctx, s.fs, s.Staging())
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
func syncDir(fsys afero.Fs, dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	file, err := fsys.Open(dir)
	if err != nil {
		return err
	}
	err = syncFile(file)
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil // some network shares cannot
	}
	return errors.Join(err, file.Close())
}
