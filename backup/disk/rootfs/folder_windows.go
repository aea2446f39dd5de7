package rootfs

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/spf13/afero"
)

// folder is an open folder. Its methods take names of what lies directly in
// it. os.Root follows links as long as they stay within it; these are refused
// by looking first, so what a race could reach is within the folder still.
type folder struct {
	root *os.Root
	// top is the root of the whole file system, and path the way from there,
	// for renames from one folder to another.
	top  *os.Root
	path string
}

func openRoot(dir string) (folder, error) {
	root, err := os.OpenRoot(dir)
	return folder{root: root, top: root}, err
}

func (d folder) close() { d.root.Close() }

func (d folder) child(base string) (folder, error) {
	info, err := d.lstat(base)
	if err != nil {
		return folder{}, err
	}
	if isLink(info) {
		return folder{}, syscall.ELOOP
	}
	if !info.IsDir() {
		return folder{}, syscall.ENOTDIR
	}
	root, err := d.root.OpenRoot(base)
	if err != nil {
		return folder{}, bare(err)
	}
	return folder{root: root, top: d.top, path: join(d.path, base)}, nil
}

// create opens a file, with the flags of package os.
func (d folder) create(base, _ string, flag int, perm fs.FileMode) (afero.File, error) {
	file, err := d.root.OpenFile(base, flag, perm.Perm())
	if err != nil {
		return nil, bare(err)
	}
	return file, nil
}

// list opens a folder in this one for reading. "." is this one.
func (d folder) list(base, _ string) (afero.File, error) {
	file, err := d.root.Open(base)
	if err != nil {
		return nil, bare(err)
	}
	return listing{file}, nil
}

// listing is an open folder, which cannot be read as files are. Windows has no
// number for that.
type listing struct{ *os.File }

func (l listing) Read([]byte) (int, error) { return 0, named("read", l.Name(), syscall.EISDIR) }

func (l listing) ReadAt([]byte, int64) (int, error) {
	return 0, named("read", l.Name(), syscall.EISDIR)
}

func (d folder) mkdir(base string, perm fs.FileMode) error {
	return bare(d.root.Mkdir(base, perm.Perm()))
}

func (d folder) lstat(base string) (fs.FileInfo, error) {
	if base == "." {
		return d.itself()
	}
	info, err := d.root.Lstat(base)
	if err != nil {
		return nil, bare(err)
	}
	return info, nil
}

// itself is the folder that is open. By its name it would be what the user
// chose, which may be a junction or a volume mounted in a folder.
func (d folder) itself() (fs.FileInfo, error) {
	file, err := d.root.Open(".")
	if err != nil {
		return nil, bare(err)
	}
	info, err := file.Stat()
	return info, errors.Join(bare(err), file.Close())
}

func (d folder) remove(base string) error {
	err := bare(d.root.Remove(base))
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// A folder is mostly refused since something is in it.
	if info, lstatErr := d.lstat(base); lstatErr != nil || info.IsDir() {
		return posix(err)
	}
	return patiently(func() error { return bare(d.root.Remove(base)) })
}

func (d folder) rename(base string, to folder, newBase string) error {
	return patiently(func() error {
		if d.path == to.path {
			return bare(d.root.Rename(base, newBase))
		}
		return bare(d.top.Rename(join(d.path, base), join(to.path, newBase)))
	})
}

func (d folder) chmod(base string, mode fs.FileMode) error {
	return bare(d.root.Chmod(base, mode.Perm()))
}

func (d folder) chtimes(base string, atime, mtime time.Time) error {
	return bare(d.root.Chtimes(base, atime, mtime))
}

// join is the opposite of split.
func join(dir, base string) string {
	if dir == "" {
		return base
	}
	return dir + "/" + base
}
