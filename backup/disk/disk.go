// Package disk knows what the disks of this computer can do and cannot: the room
// that is left on one (room.go) and what kind it is (volume.go), what its errors
// mean (errors.go), how what was written is made durable (sync.go) and replaced
// in one step (replace.go), how a file is locked (lock_unix.go, lock_windows.go),
// and whether all of that works in a given folder (probe.go). Package rootfs
// below it is a file system that ends at one folder.
//
// It is below all that touches a disk, the checks of this computer too, so that
// no two of them can disagree. Names are those of an afero.Fs, with "/", but
// where a comment says that they are of this computer.
package disk

import (
	"io"
	"io/fs"
	"os"

	"github.com/spf13/afero"
)

// Lstat looks at name without following a link, where fsys can.
func Lstat(fsys afero.Fs, name string) (fs.FileInfo, error) {
	if l, ok := fsys.(afero.Lstater); ok {
		info, _, err := l.LstatIfPossible(name)
		return info, err
	}
	return fsys.Stat(name)
}

// EachName calls visit with each name in a folder, in no order, without holding
// them all. It ends with the first error, which may be that of visit. visit may
// call EachName.
func EachName(fsys afero.Fs, dir string, visit func(name string) error) error {
	file, err := fsys.Open(dir)
	if err != nil {
		return err
	}
	defer file.Close()
	for {
		names, err := file.Readdirnames(512)
		for _, name := range names {
			if err := visit(name); err != nil {
				return err
			}
		}
		if err == io.EOF || err == nil && len(names) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// control calls do with the system's handle of an open file.
func control(file *os.File, do func(handle uintptr) error) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	if controlErr := raw.Control(func(handle uintptr) { err = do(handle) }); controlErr != nil {
		return controlErr
	}
	return err
}
