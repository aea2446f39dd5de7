package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Free returns how many bytes the current user may still write on the volume
// of dir: quotas and blocks kept for the system are not counted as free.
// Where dir does not exist yet, the nearest folder above it that does is
// measured, since dir would be made there. The error is that of the file
// system; a network volume that hangs makes Free hang, so callers that must
// answer in time run it beside themselves.
func Free(dir string) (free uint64, err error) {
	at, err := Existing(dir)
	if err != nil {
		return 0, err
	}
	free, err = available(at)
	if err != nil {
		return 0, fmt.Errorf("measure free space of %s: %w", at, err)
	}
	return free, nil
}

// usualAllocation is the unit of room that most file systems have, in bytes.
const usualAllocation = 4 << 10

// Existing returns dir, made absolute, or the nearest folder above it that
// exists. A link that leads nowhere is an error: what it means to point at
// may be another volume.
func Existing(dir string) (string, error) {
	at, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", dir, err)
	}
	for asked := at; ; {
		_, err := os.Lstat(at)
		if err == nil {
			info, err := os.Stat(at)
			if err == nil && at != asked && !info.IsDir() {
				err = &fs.PathError{Op: "find", Path: asked, Err: syscall.ENOTDIR} // Windows says of it only that it does not exist
			}
			return at, err
		}
		above := filepath.Dir(at)
		if !errors.Is(err, fs.ErrNotExist) || above == at {
			return "", err
		}
		at = above
	}
}
