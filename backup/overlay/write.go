package overlay

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/spf13/afero"
)

const writing = os.O_WRONLY | os.O_RDWR | os.O_CREATE | os.O_TRUNC | os.O_APPEND

// Create makes a file, or empties the one that is there.
func (f *FS) Create(name string) (afero.File, error) {
	return f.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
}

// OpenFile opens with the flags of package os. To write into the middle of a
// file of the lower layer, it is copied up if it is small, and refused with
// errors.ErrUnsupported if it is not.
func (f *FS) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	clean, err := cleaned("open", name)
	if err != nil {
		return nil, err
	}
	if flag&writing == 0 {
		return f.openForReading(clean)
	}
	f.change.Lock()
	defer f.change.Unlock()
	return f.openForWriting(clean, flag, perm)
}

func (f *FS) openForWriting(name string, flag int, perm fs.FileMode) (afero.File, error) {
	const exclusive = os.O_CREATE | os.O_EXCL
	lower, err := f.below(name)
	if err != nil {
		return nil, err
	}
	if flag&exclusive == exclusive {
		if lower != nil {
			return nil, failed("open", name, syscall.EEXIST)
		}
		return f.create(name, flag, perm)
	}
	upper, err := lstat(f.upper, name)
	switch {
	case err != nil:
		return nil, err
	case upper != nil && flag&os.O_TRUNC == 0:
		return f.upper.OpenFile(name, flag, perm)
	case upper != nil:
		return f.create(name, flag, perm)
	case lower == nil && flag&os.O_CREATE == 0:
		return nil, failed("open", name, syscall.ENOENT)
	case lower == nil:
		return f.create(name, flag, perm)
	case lower.IsDir():
		return nil, failed("open", name, syscall.EISDIR)
	case !lower.Mode().IsRegular():
		return nil, failed("open", name, syscall.ELOOP)
	case flag&os.O_TRUNC != 0:
		return f.create(name, flag|os.O_CREATE, perm)
	}
	if err := f.copyUp(name, name, lower); err != nil {
		return nil, err
	}
	return f.upper.OpenFile(name, flag, perm)
}

// create opens a file of the upper layer that is empty.
func (f *FS) create(name string, flag int, perm fs.FileMode) (afero.File, error) {
	var file afero.File
	err := f.withFolder(name, func() (err error) {
		file, err = f.upper.OpenFile(name, flag, perm)
		return err
	})
	if err != nil {
		return nil, err
	}
	return f.hashed(name, file), nil
}

// withFolder does something in the upper layer that needs the folder of name,
// which is made there if it only shows from below.
func (f *FS) withFolder(name string, do func() error) error {
	err := do()
	if !errors.Is(err, fs.ErrNotExist) || f.lower == nil {
		return err
	}
	if err := f.folderUp(parent(name)); err != nil {
		return err
	}
	return do()
}

// folderUp makes a folder in the upper layer that shows from below.
func (f *FS) folderUp(name string) error {
	upper, lower, err := f.both(name)
	switch {
	case err != nil:
		return err
	case upper != nil && upper.IsDir():
		return nil
	case upper == nil && lower == nil:
		return failed("mkdir", name, syscall.ENOENT)
	case upper != nil || !lower.IsDir():
		return failed("mkdir", name, syscall.ENOTDIR)
	}
	if err := f.folderUp(parent(name)); err != nil {
		return err
	}
	return f.upper.Mkdir(name, 0o700)
}

// Mkdir makes a folder.
func (f *FS) Mkdir(name string, perm fs.FileMode) error {
	return f.changing("mkdir", name, func(clean string) error { return f.mkdir(clean, perm) })
}

func (f *FS) mkdir(name string, perm fs.FileMode) error {
	lower, err := f.below(name)
	if err != nil {
		return err
	}
	if lower != nil || name == "" {
		return failed("mkdir", name, syscall.EEXIST)
	}
	return f.withFolder(name, func() error { return f.upper.Mkdir(name, perm) })
}

// MkdirAll makes a folder and those it lies in, as far as they are missing.
func (f *FS) MkdirAll(name string, perm fs.FileMode) error {
	return f.changing("mkdir", name, func(clean string) error {
		if clean == "" {
			return nil
		}
		for i := 1; i <= len(clean); i++ {
			if i < len(clean) && clean[i] != '/' {
				continue
			}
			if err := f.mkdir(clean[:i], perm); err != nil && !errors.Is(err, fs.ErrExist) {
				return err
			}
		}
		info, err := f.lstat("mkdir", clean)
		switch {
		case err != nil:
			return err
		case info.Mode()&fs.ModeSymlink != 0:
			return failed("mkdir", name, syscall.ELOOP)
		case !info.IsDir():
			return failed("mkdir", name, syscall.ENOTDIR)
		}
		return nil
	})
}

// Chmod, Chtimes and Chown are not supported: what a backup is made of has the
// rights, the times and the owner with which it was written.
func (f *FS) Chmod(name string, _ fs.FileMode) error {
	return failed("chmod", name, errors.ErrUnsupported)
}

// Chtimes is as Chmod.
func (f *FS) Chtimes(name string, _, _ time.Time) error {
	return failed("chtimes", name, errors.ErrUnsupported)
}

// Chown is as Chmod.
func (f *FS) Chown(name string, _, _ int) error { return failed("chown", name, errors.ErrUnsupported) }
