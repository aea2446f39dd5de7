// Package vault decides where backups live and keeps the promises about them.
//
// The backup of a phone stands at Root/<UDID>, in Apple's own layout. A new
// one grows apart from it:
//
//	Root/.lifeboat/staging-<UDID>/<UDID>/…   what arrives
//	Root/.lifeboat/previous-<UDID>           the earlier backup, for the moment between two renames
//	Root/.lifeboat/lock-<UDID>               held while a run is under way
//
// The promises: the earlier backup is not touched until the new one has been
// made durable and proven; it is then replaced in one step; and whenever the
// program or the computer dies, a whole backup stands at Root/<UDID> again
// after the next [Open].
package vault

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/afero"

	"lifeboat/backup/diskerr"
	"lifeboat/device/fault"
)

// Slot is the place of one phone's backup, held by one run.
type Slot struct {
	fs         afero.Fs
	root, udid string
	lock       *lock
	disk       *os.File // open since before the first write, see Sync; nil if not a real disk
}

// Dir returns where the backup of a phone stands below root.
func Dir(root, udid string) string { return filepath.Join(root, udid) }

// hidden is the folder of everything that is no backup (yet).
func hidden(root string) string { return filepath.Join(root, ".lifeboat") }

// Open takes the place of a phone's backup for one run: it locks it, puts
// right what an interrupted run left, and clears the staging folder. Another
// run under way is [fault.DestBusy]. The caller must Close the slot.
func Open(fsys afero.Fs, root, udid string) (*Slot, error) {
	if !validUDID(udid) {
		return nil, fault.New(fault.Internal, "open the backup's place", fmt.Errorf("%q is no UDID", udid))
	}
	s := &Slot{fs: fsys, root: root, udid: udid}
	var err error
	if s.lock, err = s.acquire(); err != nil {
		return nil, err
	}
	if err := s.prepare(); err != nil {
		s.Close()
		return nil, diskerr.Fault("prepare the backup's place", root, err)
	}
	return s, nil
}

// validUDID says whether udid can be a file name everywhere. Real ones are
// 40 hexadecimal digits, or 8 and 16 with a dash.
func validUDID(udid string) bool {
	const allowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-"
	return udid != "" && len(udid) <= 64 && strings.Trim(udid, allowed) == ""
}

// Staging returns the folder that the phone's paths are relative to.
func (s *Slot) Staging() string { return filepath.Join(hidden(s.root), "staging-"+s.udid) }

// Incoming returns the folder in which the new backup grows.
func (s *Slot) Incoming() string { return filepath.Join(s.Staging(), s.udid) }

// Final returns where the backup stands.
func (s *Slot) Final() string { return Dir(s.root, s.udid) }

func (s *Slot) previous() string { return filepath.Join(hidden(s.root), "previous-"+s.udid) }

func (s *Slot) prepare() error {
	if native(s.fs) {
		disk, err := os.Open(s.root)
		if err != nil {
			return err
		}
		s.disk = disk
	}
	if info, err := s.fs.Stat(s.Final()); err == nil && !info.IsDir() {
		return fault.New(fault.DestNotFolder, "look at the earlier backup", nil).With("Path", s.Final())
	}
	if err := s.recover(); err != nil {
		return err
	}
	if err := removeTree(s.fs, s.Staging()); err != nil {
		return err
	}
	return s.fs.MkdirAll(s.Incoming(), 0o700)
}

// recover puts right what an interrupted [Slot.Promote] left. If nothing
// stands at the backup's place, it died between its two renames, and the
// earlier backup goes back; otherwise the new one is in place already.
func (s *Slot) recover() error {
	if there, err := exists(s.fs, s.previous()); !there {
		return err
	}
	there, err := exists(s.fs, s.Final())
	if err != nil {
		return err
	}
	if there {
		return removeTree(s.fs, s.previous())
	}
	if err := s.fs.Rename(s.previous(), s.Final()); err != nil {
		return err
	}
	return errors.Join(syncDir(s.fs, s.root), syncDir(s.fs, hidden(s.root)))
}

// Discard removes the staging folder. The earlier backup is not touched.
func (s *Slot) Discard() error {
	return diskerr.Fault("clear the staging folder", s.Staging(), removeTree(s.fs, s.Staging()))
}

// Close gives the place free. Without a Discard, the next Open clears the
// staging folder.
func (s *Slot) Close() error {
	var err error
	if s.disk != nil {
		err = s.disk.Close()
	}
	err = errors.Join(err, s.lock.release())
	// The folder goes when nothing is left in it, so that a run that came to
	// nothing leaves nothing.
	if empty(s.fs, hidden(s.root)) {
		s.fs.Remove(hidden(s.root))
	}
	return err
}

func exists(fsys afero.Fs, path string) (bool, error) {
	_, err := fsys.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func empty(fsys afero.Fs, path string) bool {
	dir, err := fsys.Open(path)
	if err != nil {
		return false
	}
	defer dir.Close()
	_, err = dir.Readdirnames(1)
	return err == io.EOF
}

// native says whether fsys is this computer's own file system, so that its
// system calls may be used beside it.
func native(fsys afero.Fs) bool {
	_, ok := fsys.(*afero.OsFs)
	return ok
}
