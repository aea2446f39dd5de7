package rootfs

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/afero"
)

// Open opens a file or folder for reading. A folder can be listed and synced.
func (f *FS) Open(name string) (afero.File, error) { return f.OpenFile(name, os.O_RDONLY, 0) }

// Create makes a file, or empties the one that is there.
func (f *FS) Create(name string) (afero.File, error) {
	return f.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
}

// OpenFile opens with the flags of package os. What is neither a file nor a
// folder is refused with syscall.EINVAL: it could block forever, or be a
// device.
func (f *FS) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	var file afero.File
	err := f.in("open", name, func(h *held, base string) (err error) {
		if flag&(os.O_CREATE|os.O_EXCL) == os.O_CREATE|os.O_EXCL {
			file, err = h.create(base, name, flag, perm) // never opens what is there already
			return err
		}
		info, err := h.lstat(base)
		switch {
		case errors.Is(err, fs.ErrNotExist) && flag&os.O_CREATE != 0:
		case err != nil:
			return err
		case isLink(info):
			return syscall.ELOOP
		case info.IsDir():
			if flag&(os.O_WRONLY|os.O_RDWR|os.O_CREATE|os.O_TRUNC) != 0 {
				return syscall.EISDIR
			}
			file, err = h.list(base, name)
			return err
		case !info.Mode().IsRegular():
			return syscall.EINVAL
		}
		file, err = h.create(base, name, flag, perm)
		return err
	})
	if err != nil {
		return nil, err
	}
	return file, nil
}

// isLink reports whether something leads elsewhere. On Windows, junctions are of
// irregular mode.
func isLink(info fs.FileInfo) bool { return info.Mode()&(fs.ModeSymlink|fs.ModeIrregular) != 0 }

// Mkdir makes a folder.
func (f *FS) Mkdir(name string, perm fs.FileMode) error {
	return f.in("mkdir", name, func(h *held, base string) error {
		if base == "." {
			return syscall.EEXIST
		}
		return h.mkdir(base, perm)
	})
}

// MkdirAll makes a folder and those it lies in, as far as they are missing.
func (f *FS) MkdirAll(name string, perm fs.FileMode) error {
	clean, err := cleaned("mkdir", name)
	if err != nil {
		return err
	}
	err = f.isFolder(clean)
	if !errors.Is(err, fs.ErrNotExist) {
		return named("mkdir", name, err)
	}
	for i := 0; i <= len(clean); i++ {
		if i < len(clean) && clean[i] != '/' {
			continue
		}
		if err := f.Mkdir(clean[:i], perm); err != nil && !errors.Is(err, fs.ErrExist) {
			return named("mkdir", name, err)
		}
	}
	return named("mkdir", name, f.isFolder(clean))
}

func (f *FS) isFolder(clean string) error {
	h, err := f.folders.get(clean)
	if err == nil {
		f.folders.put(h)
	}
	return err
}

// Remove removes a file, an empty folder, or a link (not what it leads to).
func (f *FS) Remove(name string) error {
	clean, err := cleaned("remove", name)
	if err != nil {
		return err
	}
	f.folders.drop(clean) // Windows removes no folder that is open
	defer f.folders.drop(clean)
	return f.in("remove", name, func(h *held, base string) error {
		if base == "." {
			return fs.ErrInvalid
		}
		return h.remove(base)
	})
}

// Rename moves from to to. A file there is replaced; a folder must be empty.
func (f *FS) Rename(from, to string) error {
	failed := func(err error) error {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: bare(err)}
	}
	old, err := cleaned("rename", from)
	if err != nil {
		return err
	}
	new, err := cleaned("rename", to)
	if err != nil {
		return err
	}
	if old == "" || new == "" || strings.HasPrefix(new, old+"/") {
		return failed(fs.ErrInvalid)
	}
	f.folders.drop(old, new) // Windows moves no folder that is open
	defer f.folders.drop(old, new)
	if err := f.rename(old, new); err != nil {
		return failed(err)
	}
	return nil
}

// rename works on cleaned names.
func (f *FS) rename(old, new string) error {
	oldDir, oldBase := parted(old)
	newDir, newBase := parted(new)
	from, err := f.folders.get(oldDir)
	if err != nil {
		return err
	}
	defer f.folders.put(from)
	to, err := f.folders.get(newDir)
	if err != nil {
		return err
	}
	defer f.folders.put(to)
	return from.rename(oldBase, to.folder, newBase)
}

// Stat is LstatIfPossible, but that a link is refused.
func (f *FS) Stat(name string) (fs.FileInfo, error) {
	info, err := f.lstat("stat", name)
	if err == nil && isLink(info) {
		return nil, named("stat", name, syscall.ELOOP)
	}
	return info, err
}

// LstatIfPossible looks at what stands at name, be it a link. It is possible.
func (f *FS) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	info, err := f.lstat("lstat", name)
	return info, true, err
}

func (f *FS) lstat(op, name string) (info fs.FileInfo, err error) {
	err = f.in(op, name, func(h *held, base string) error {
		info, err = h.lstat(base)
		return err
	})
	return info, err
}

// Chmod changes the permissions of a file or folder.
func (f *FS) Chmod(name string, mode fs.FileMode) error {
	return f.in("chmod", name, func(h *held, base string) error {
		if err := refuseLink(h, base); err != nil {
			return err
		}
		return h.chmod(base, mode)
	})
}

// Chtimes changes the times of a file or folder.
func (f *FS) Chtimes(name string, atime, mtime time.Time) error {
	return f.in("chtimes", name, func(h *held, base string) error {
		if err := refuseLink(h, base); err != nil {
			return err
		}
		return h.chtimes(base, atime, mtime)
	})
}

func refuseLink(h *held, base string) error {
	info, err := h.lstat(base)
	if err == nil && isLink(info) {
		return syscall.ELOOP
	}
	return err
}

// Chown is not supported: nothing here has another owner.
func (f *FS) Chown(name string, _, _ int) error { return named("chown", name, errors.ErrUnsupported) }
