//go:build linux || darwin

package rootfs

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/spf13/afero"
	"golang.org/x/sys/unix"
)

// folder is an open folder. Its methods take names of what lies directly in it.
type folder struct{ file *os.File }

func openRoot(dir string) (folder, error) {
	fd, err := again(func() (int, error) {
		return unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	})
	if err != nil {
		return folder{}, named("open", dir, err)
	}
	return folder{os.NewFile(uintptr(fd), dir)}, nil
}

func (d folder) fd() int { return int(d.file.Fd()) }

func (d folder) close() { d.file.Close() }

// openat never follows a link.
func (d folder) openat(base string, flag int, perm fs.FileMode) (int, error) {
	return again(func() (int, error) {
		return unix.Openat(d.fd(), base, flag|unix.O_NOFOLLOW|unix.O_CLOEXEC, uint32(perm.Perm()))
	})
}

// again repeats a call that a signal interrupted, as package os does.
func again(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if err != unix.EINTR {
			return n, err
		}
	}
}

func (d folder) child(base string) (folder, error) {
	fd, err := d.openat(base, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err == unix.ENOTDIR {
		if info, err := d.lstat(base); err == nil && isLink(info) {
			return folder{}, syscall.ELOOP
		}
	}
	if err != nil {
		return folder{}, err
	}
	return folder{os.NewFile(uintptr(fd), base)}, nil
}

// create opens a file, with the flags of package os.
func (d folder) create(base, name string, flag int, perm fs.FileMode) (afero.File, error) {
	fd, err := d.openat(base, flag, perm)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}

// list opens a folder in this one for reading. "." is this one.
func (d folder) list(base, name string) (afero.File, error) {
	fd, err := d.openat(base, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	return listing{os.NewFile(uintptr(fd), name)}, nil
}

func (d folder) mkdir(base string, perm fs.FileMode) error {
	_, err := again(func() (int, error) { return 0, unix.Mkdirat(d.fd(), base, uint32(perm.Perm())) })
	return err
}

func (d folder) lstat(base string) (fs.FileInfo, error) { return statat(d.fd(), base) }

func statat(fd int, base string) (fs.FileInfo, error) {
	info := &info{name: base}
	_, err := again(func() (int, error) { return 0, unix.Fstatat(fd, base, &info.stat, unix.AT_SYMLINK_NOFOLLOW) })
	if err != nil {
		return nil, err
	}
	return info, nil
}

func (d folder) remove(base string) error {
	unlink := func(flags int) error {
		_, err := again(func() (int, error) { return 0, unix.Unlinkat(d.fd(), base, flags) })
		return err
	}
	err := unlink(0)
	if err != unix.EISDIR && err != unix.EPERM { // what Linux and macOS say to a folder
		return err
	}
	if asFolder := unlink(unix.AT_REMOVEDIR); asFolder != unix.ENOTDIR {
		return asFolder
	}
	return err
}

func (d folder) rename(base string, to folder, newBase string) error {
	_, err := again(func() (int, error) { return 0, unix.Renameat(d.fd(), base, to.fd(), newBase) })
	return err
}

func (d folder) chmod(base string, mode fs.FileMode) error {
	fd, err := d.openat(base, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.Fchmod(fd, uint32(mode.Perm()))
}

func (d folder) chtimes(base string, atime, mtime time.Time) error {
	times := []unix.Timespec{unix.NsecToTimespec(atime.UnixNano()), unix.NsecToTimespec(mtime.UnixNano())}
	return unix.UtimesNanoAt(d.fd(), base, times, unix.AT_SYMLINK_NOFOLLOW)
}

// listing is a folder that is read. It looks at its entries through the
// handle, since their names are no paths of this computer.
type listing struct{ *os.File }

// Readdir returns n entries, or all if n is not positive, as os.File does.
func (l listing) Readdir(n int) ([]fs.FileInfo, error) {
	for {
		names, err := l.File.Readdirnames(n)
		infos := make([]fs.FileInfo, 0, len(names))
		for _, name := range names {
			info, err := statat(int(l.File.Fd()), name)
			if errors.Is(err, fs.ErrNotExist) {
				continue // removed since
			}
			if err != nil {
				return infos, named("lstat", name, err)
			}
			infos = append(infos, info)
		}
		if len(infos) > 0 || n <= 0 || err != nil {
			return infos, err
		}
	}
}

// ReadFrom is not that of os.File: nothing is written to a folder.
func (l listing) ReadFrom(io.Reader) (int64, error) { return 0, syscall.EISDIR }
