package vault

import (
	"errors"
	"path/filepath"

	"lifeboat/backup/diskerr"
	"lifeboat/device/fault"
)

// acquire takes the lock of the slot. On a file system that is not this
// computer's own there is nobody to lock out, and the lock is nil.
func (s *Slot) acquire() (*lock, error) {
	if !native(s.fs) {
		return nil, diskerr.Fault("lock the backup's place", s.root, s.fs.MkdirAll(hidden(s.root), 0o700))
	}
	l, err := acquireLock(filepath.Join(hidden(s.root), "lock-"+s.udid))
	var known *fault.Error
	if errors.As(err, &known) && known.Code == fault.DestBusy {
		known.With("Path", filepath.Join(s.root, s.udid))
	}
	return l, err
}
