package disk

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/afero"
)

// Replace writes a file in one step: afterwards, and after a crash at any
// moment, name holds what it held before, or data. It is first written at
// fresh, in the same folder; what lies there is removed. Whoever is alone with
// the folder gives one name each time, which a crash leaves at most once;
// others give [Fresh].
func Replace(fsys afero.Fs, name, fresh string, data []byte) error {
	if err := fsys.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := fsys.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync() // on macOS also out of the drive's cache
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = fsys.Rename(fresh, name)
	}
	if err != nil {
		_ = fsys.Remove(fresh)
		return err
	}
	return SyncName(fsys, name)
}

// Fresh is a name beside name that nobody else has.
func Fresh(name string) string { return name + "." + rand.Text() + ".new" }
