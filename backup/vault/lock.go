package vault

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"

	"github.com/gofrs/flock"

	"lifeboat/backup/diskerr"
	"lifeboat/device/fault"
)

// lock keeps two runs, of one program or two, off the same backup. The
// system drops it when the program dies.
type lock struct{ file *flock.Flock }

// acquire takes the lock of the slot. On a file system that is not this
// computer's own there is nobody to lock out, and the lock is nil; so it is
// on disks that know no locks, as some network shares.
func (s *Slot) acquire() (*lock, error) {
	const op = "lock the backup's place"
	path := filepath.Join(hidden(s.root), "lock-"+s.udid)
	for {
		if err := s.fs.MkdirAll(hidden(s.root), 0o700); err != nil {
			return nil, diskerr.Fault(op, s.root, err)
		}
		if !native(s.fs) {
			return nil, nil
		}
		file := flock.New(path)
		got, err := file.TryLock()
		switch {
		case errors.Is(err, os.ErrNotExist):
			continue // the run before has just removed the folder
		case errors.Is(err, errors.ErrUnsupported):
			return nil, nil
		case err != nil:
			return nil, diskerr.Fault(op, path, err)
		case !got:
			return nil, fault.New(fault.DestBusy, op, nil).With("Path", filepath.Join(s.root, s.udid))
		}
		if sameFile(file, path) {
			return &lock{file}, nil
		}
		file.Unlock() // the run before removed it between our open and our lock
	}
}

func sameFile(file *flock.Flock, path string) bool {
	held, err1 := file.Stat()
	there, err2 := os.Stat(path)
	return err1 == nil && err2 == nil && os.SameFile(held, there)
}

// release removes the lock file and gives the lock free, in the order that
// the system allows.
func (l *lock) release() error {
	if l == nil {
		return nil
	}
	if runtime.GOOS == "windows" {
		err := l.file.Unlock()
		os.Remove(l.file.Path())
		return err
	}
	os.Remove(l.file.Path())
	return l.file.Unlock()
}
