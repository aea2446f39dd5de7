// Package rootfs is a file system that ends at one folder.
//
// Everything that a phone or a backup names is reached through it, step by
// step from an open handle of the folder, one name at a time. So nothing
// outside can be named, and no link is ever followed, at whatever place in a
// path somebody planted it: it is refused as syscall.ELOOP. A link can still
// be seen ([FS.LstatIfPossible]), renamed and removed, as what it is.
//
// The handles of the folders in use are kept (see folders.go), so that work
// in the 256 folders of a backup costs one system call an operation. On Linux
// and macOS these are the calls that end in "at" (folder_unix.go), elsewhere
// they are those of os.Root (folder_windows.go).
//
// A folder must not be moved or removed behind the back of an FS that is open:
// it may go on to work in the folder where it is now.
package rootfs

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/afero"
)

// FS is the file system below one folder. Names are relative to it, and
// "/a/b" is "a/b". It may be used by several goroutines at the same time.
type FS struct {
	disk    *os.File
	folders folders
}

var (
	_ afero.Fs      = (*FS)(nil)
	_ afero.Lstater = (*FS)(nil)
)

// maxName bounds a name in bytes.
const maxName = 4096

// Open opens the folder dir, which must exist. dir itself may be a link, since
// the user chose it. The caller must Close the FS.
func Open(dir string) (*FS, error) {
	disk, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	root, err := openRoot(dir)
	if err != nil {
		disk.Close()
		return nil, err
	}
	f := &FS{disk: disk}
	f.folders.open(root)
	return f, nil
}

// Close closes the handles of all folders. Files that are open stay so;
// everything else is os.ErrClosed from now on.
func (f *FS) Close() error {
	f.folders.close()
	return f.disk.Close()
}

// Disk returns the folder itself, open since [Open], for what concerns the
// whole disk: what could not be written since then is reported to it. It is
// closed by Close.
func (f *FS) Disk() *os.File { return f.disk }

// Name says which kind of file system this is.
func (f *FS) Name() string { return "rootfs" }

// split takes a name apart into the folder and the last component. The root
// itself is the component "." in the folder "".
func split(op, name string) (dir, base string, err error) {
	clean, err := cleaned(op, name)
	if err != nil {
		return "", "", err
	}
	if clean == "" {
		return "", ".", nil
	}
	dir, base = parted(clean)
	return dir, base, nil
}

// parted takes a cleaned name apart that is not the root.
func parted(clean string) (dir, base string) {
	slash := strings.LastIndexByte(clean, '/')
	return clean[:max(slash, 0)], clean[slash+1:]
}

// cleaned gives a name with slashes only, none at its ends; the root is "".
// Ways up are refused, also those that would stay within the root: nobody
// here has reason to use one.
func cleaned(op, name string) (string, error) {
	slashed := filepath.ToSlash(name)
	clean := strings.TrimPrefix(path.Clean("/"+slashed), "/")
	switch {
	case len(name) > maxName:
		return "", &fs.PathError{Op: op, Path: strings.ToValidUTF8(name[:64], "") + "…", Err: syscall.ENAMETOOLONG}
	case strings.Contains(slashed, "..") && strings.Contains("/"+slashed+"/", "/../"),
		strings.IndexByte(name, 0) >= 0,
		clean != "" && !filepath.IsLocal(filepath.FromSlash(clean)): // names of devices and drives, on Windows
		return "", &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	return clean, nil
}
