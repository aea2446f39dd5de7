package backupd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const snapshotName = "snapshot.json"

// snapshot is a backup that was begun and has not come to its end: what the
// phone keeps to resume it (device/PROTOCOL.md#resuming). Its folder holds a
// spool of what was uploaded.
type snapshot struct {
	UUID string
	Date time.Time
	// Base is the UUID of the backup that it adds to, "" for a full one.
	Base string
	// Keybag is as in memory.
	Keybag []byte
	// Moving says that files may have left the folder Snapshot.
	Moving bool

	uploaded *spool
}

func (e *Engine) snapshotDir() string { return filepath.Join(e.cfg.StateDir, "snapshot") }

// loadSnapshot returns the unfinished backup, nil where there is none.
func (e *Engine) loadSnapshot() (*snapshot, error) {
	s := &snapshot{}
	err := readJSON(filepath.Join(e.snapshotDir(), snapshotName), s)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	s.uploaded, err = openSpool(e.snapshotDir())
	return s, err
}

// dropSnapshot forgets the unfinished backup.
func (e *Engine) dropSnapshot() error {
	if err := os.RemoveAll(e.snapshotDir()); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	return nil
}

func (e *Engine) saveSnapshot(s *snapshot) error {
	if err := writeJSON(filepath.Join(e.snapshotDir(), snapshotName), s); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	return nil
}

// beginSnapshot is the step that makes this backup one that can be gone on
// with.
func (j *job) beginSnapshot(context.Context) error {
	if j.snapshot != nil { // goes on
		j.uuid, j.date = j.snapshot.UUID, j.snapshot.Date
		return nil
	}
	if err := j.engine.dropSnapshot(); err != nil {
		return err
	}
	uploaded, err := newSpool(j.engine.snapshotDir())
	if err != nil {
		return err
	}
	j.snapshot = &snapshot{UUID: j.uuid, Date: j.date, Keybag: j.state.fingerprint(), uploaded: uploaded}
	if j.plan.base != nil {
		j.snapshot.Base = j.plan.base.UUID
	}
	return j.engine.saveSnapshot(j.snapshot)
}

// beginMoving is the step after which files may be at either place.
func (j *job) beginMoving(context.Context) error {
	j.snapshot.Moving = true
	return j.engine.saveSnapshot(j.snapshot)
}

// keepSnapshot writes what was uploaded, however the backup ended.
func (j *job) keepSnapshot() error {
	if j.snapshot == nil {
		return nil
	}
	return j.snapshot.uploaded.keep()
}

// endSnapshot is the step after the last: there is nothing to resume.
func (j *job) endSnapshot(context.Context) error {
	j.snapshot = nil
	return j.engine.dropSnapshot()
}
