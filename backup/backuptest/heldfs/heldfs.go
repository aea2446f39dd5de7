// Package heldfs is a disk that lets nobody touch the name of what is open: a
// file is not replaced, moved or removed, and neither is a folder that is open
// or has something open in it. That is how Windows treats what a program opened
// without FILE_SHARE_DELETE, and exFAT, network shares and Wine treat the rest:
// a rename with POSIX semantics is for NTFS alone. It wraps any file system
// and is for tests.
package heldfs

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/spf13/afero"
)

// Refused is the error of a name that may not be touched: of Windows it is
// "access denied".
const Refused = syscall.EACCES

// FS is a file system with that rule. It is an afero.Lstater, and has SyncAll;
// if the one that it wraps has not, SyncAll is errors.ErrUnsupported.
type FS struct {
	afero.Fs

	mu   sync.Mutex
	open map[string]int
}

var _ afero.Lstater = (*FS)(nil)

// New wraps a file system.
func New(inner afero.Fs) *FS { return &FS{Fs: inner, open: map[string]int{}} }

// Unwrap returns the file system without the rule.
func (f *FS) Unwrap() afero.Fs { return f.Fs }

func clean(name string) string { return path.Clean("/" + filepath.ToSlash(name)) }

// held reports whether something is open at a name, or below it.
func (f *FS) held(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for other := range f.open {
		if other == clean(name) || strings.HasPrefix(other, clean(name)+"/") {
			return true
		}
	}
	return false
}

// Open opens a file or folder for reading.
func (f *FS) Open(name string) (afero.File, error) { return f.OpenFile(name, os.O_RDONLY, 0) }

// Create opens a file for reading and writing, empty.
func (f *FS) Create(name string) (afero.File, error) {
	return f.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
}

// OpenFile opens a file.
func (f *FS) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	opened, err := f.Fs.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open[clean(name)]++
	return &file{File: opened, fs: f, name: clean(name)}, nil
}

// Rename gives a file or folder another name.
func (f *FS) Rename(from, to string) error {
	if f.held(from) || f.held(to) {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: Refused}
	}
	return f.Fs.Rename(from, to)
}

// Remove removes a file or an empty folder.
func (f *FS) Remove(name string) error {
	if f.held(name) {
		return &os.PathError{Op: "remove", Path: name, Err: Refused}
	}
	return f.Fs.Remove(name)
}

// RemoveAll removes a file or a folder with all in it.
func (f *FS) RemoveAll(name string) error {
	if f.held(name) {
		return &os.PathError{Op: "removeall", Path: name, Err: Refused}
	}
	return f.Fs.RemoveAll(name)
}

// LstatIfPossible describes a file without following it, if the file system
// that is wrapped can.
func (f *FS) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	if l, ok := f.Fs.(afero.Lstater); ok {
		return l.LstatIfPossible(name)
	}
	info, err := f.Stat(name)
	return info, false, err
}

// SyncAll makes everything durable, if the file system that is wrapped can.
func (f *FS) SyncAll() error {
	if all, ok := f.Fs.(interface{ SyncAll() error }); ok {
		return all.SyncAll()
	}
	return errors.ErrUnsupported
}

// file is a file or folder that holds its name until it is closed.
type file struct {
	afero.File
	fs     *FS
	name   string
	closed sync.Once
}

// Close closes it and lets its name go.
func (f *file) Close() error {
	f.closed.Do(func() {
		f.fs.mu.Lock()
		defer f.fs.mu.Unlock()
		if f.fs.open[f.name]--; f.fs.open[f.name] == 0 {
			delete(f.fs.open, f.name)
		}
	})
	return f.File.Close()
}
