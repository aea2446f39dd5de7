package vault

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/spf13/afero"

	"lifeboat/backup/diskerr"
	"lifeboat/device/fault"
)

// probeSize is how much the probe writes, in bytes: a block of most disks.
const probeSize = 4096

// Preflight finds out whether backups can be kept in root, before a phone is
// asked for anything: it must be there, be a folder, and take a file that is
// written through to the disk. The probe is removed again. Errors are
// *fault.Error with one of the destination codes.
func Preflight(fsys afero.Fs, root string) error {
	const op = "look at the destination"
	info, err := fsys.Stat(root)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return fault.New(fault.DestMissing, op, err).With("Path", root)
	case err != nil:
		return diskerr.Fault(op, root, err)
	case !info.IsDir():
		return fault.New(fault.DestNotFolder, op, nil).With("Path", root)
	}
	return diskerr.Fault("write to the destination", root, probe(fsys, root))
}

func probe(fsys afero.Fs, root string) (err error) {
	name := filepath.Join(root, ".lifeboat-probe-"+rand.Text())
	file, err := fsys.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(make([]byte, probeSize))
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close(), fsys.Remove(name))
}
