package vault

import (
	"context"
	"errors"
	"io/fs"
	"path"

	"lifeboat/backup/disk"
)

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
		go func() { done <- disk.SyncVolume(p.disk) }()
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
		if err := disk.SyncTree(ctx, p.fs, dir); err != nil {
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
		if err := disk.SyncVolume(p.disk); !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
	}
	for _, dir := range dirs {
		if err := disk.SyncFolder(p.fs, dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// parent is the folder of a path.
func parent(name string) string { return path.Dir(name) }
