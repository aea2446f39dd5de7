package overlay

import (
	"io/fs"
	"os"
	"syscall"

	"github.com/spf13/afero"
)

// Open opens a file or a folder for reading.
func (f *FS) Open(name string) (afero.File, error) { return f.OpenFile(name, os.O_RDONLY, 0) }

func (f *FS) openForReading(name string) (afero.File, error) {
	upper, err := lstat(f.upper, name)
	if err != nil {
		return nil, err
	}
	if upper != nil && !upper.IsDir() {
		return f.upper.Open(name)
	}
	lower, err := f.below(name)
	if err != nil {
		return nil, err
	}
	switch {
	case upper == nil && lower == nil:
		return nil, failed("open", name, syscall.ENOENT)
	case upper == nil && !lower.IsDir():
		file, err := f.lower.Open(name)
		if err != nil {
			return nil, err
		}
		return readOnly{file}, nil
	}
	return f.openFolder(name, upper != nil, lower != nil && lower.IsDir() || name == "" && f.lower != nil)
}

// readOnly is a file of the lower layer.
type readOnly struct{ afero.File }

func (r readOnly) refuse() error { return failed("write", r.Name(), fs.ErrPermission) }

// Write and the others that change a file are refused.
func (r readOnly) Write([]byte) (int, error)          { return 0, r.refuse() }
func (r readOnly) WriteAt([]byte, int64) (int, error) { return 0, r.refuse() }
func (r readOnly) WriteString(string) (int, error)    { return 0, r.refuse() }
func (r readOnly) Truncate(int64) error               { return r.refuse() }

// Stat is LstatIfPossible, but that a link is refused.
func (f *FS) Stat(name string) (fs.FileInfo, error) {
	info, err := f.lstat("stat", name)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return nil, failed("stat", name, syscall.ELOOP)
	}
	return info, err
}

// LstatIfPossible looks at what stands at name, be it a link.
func (f *FS) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	info, err := f.lstat("lstat", name)
	return info, true, err
}

func (f *FS) lstat(op, name string) (fs.FileInfo, error) {
	clean, err := cleaned(op, name)
	if err != nil {
		return nil, err
	}
	info, err := lstat(f.upper, clean)
	if info == nil && err == nil {
		info, err = f.below(clean)
	}
	if info == nil && err == nil {
		err = failed(op, name, syscall.ENOENT)
	}
	if err != nil {
		return nil, err
	}
	return info, nil
}
