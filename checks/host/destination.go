package host

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"lifeboat/checks"
)

// kindOf says what stands at path, and in which folder its drive can be asked:
// path itself, or the folder around it when path has yet to be made.
func kindOf(path string) (kind checks.DestinationKind, dir string, err error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return checks.DestinationFolder, path, nil
	case err == nil:
		return checks.DestinationFile, "", nil
	case errors.Is(err, syscall.ENOTDIR):
		return checks.DestinationMissing, "", nil // below a file
	case !errors.Is(err, fs.ErrNotExist):
		return "", "", err
	}
	if _, err := os.Lstat(path); err == nil {
		return checks.DestinationMissing, "", nil // a link that leads nowhere, such as to a drive that is gone
	}
	around := filepath.Dir(path)
	info, err = os.Stat(around)
	switch {
	case err == nil && info.IsDir():
		return checks.DestinationNew, around, nil
	case err == nil, errors.Is(err, fs.ErrNotExist):
		return checks.DestinationMissing, "", nil
	}
	return "", "", err
}

// probe proves that dir takes a file: it makes one, writes it through to the
// drive and renames it, as a backup will, and takes it away again.
func probe(dir string) (err error) {
	f, err := os.CreateTemp(dir, ".lifeboat-probe-*")
	if err != nil {
		return err
	}
	name := f.Name()
	defer func() {
		if gone := os.Remove(name); err == nil {
			err = gone
		}
	}()
	if _, err := f.WriteString("Lifeboat looks whether it may write here.\n"); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Sync(); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("close probe: %w", err)
	}
	renamed := name + "-renamed"
	if err := os.Rename(name, renamed); err != nil {
		return err
	}
	name = renamed
	return nil
}
