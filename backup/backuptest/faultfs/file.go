package faultfs

import (
	"io/fs"

	"github.com/spf13/afero"
)

// file is an open file of a disk that may fail.
type file struct {
	afero.File
	fs   *FS
	name string
}

// Name returns the name that the file was opened by.
func (f *file) Name() string { return f.name }

// Write writes half of what fails, as a real disk may, unless the drive is gone.
func (f *file) Write(p []byte) (int, error) {
	if err := f.fs.take(Write, "write", f.name, len(p)); err != nil {
		if f.fs.unplugged() {
			return 0, err
		}
		n, _ := f.File.Write(p[:len(p)/2])
		return n, err
	}
	return f.File.Write(p)
}

// WriteString writes a text.
func (f *file) WriteString(s string) (int, error) { return f.Write([]byte(s)) }

func (f *file) WriteAt(p []byte, off int64) (int, error) {
	if err := f.fs.take(Write, "write", f.name, len(p)); err != nil {
		if f.fs.unplugged() {
			return 0, err
		}
		n, _ := f.File.WriteAt(p[:len(p)/2], off)
		return n, err
	}
	return f.File.WriteAt(p, off)
}

func (f *file) Truncate(size int64) error {
	if err := f.fs.take(Write, "truncate", f.name, 0); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

func (f *file) Sync() error {
	if err := f.fs.take(Sync, "sync", f.name, 0); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f *file) Read(p []byte) (int, error) {
	if err := f.fs.take(Read, "read", f.name, 0); err != nil {
		return 0, err
	}
	return f.File.Read(p)
}

func (f *file) ReadAt(p []byte, off int64) (int, error) {
	if err := f.fs.take(Read, "read", f.name, 0); err != nil {
		return 0, err
	}
	return f.File.ReadAt(p, off)
}

func (f *file) Readdir(count int) ([]fs.FileInfo, error) {
	if err := f.fs.take(List, "readdir", f.name, 0); err != nil {
		return nil, err
	}
	return f.File.Readdir(count)
}

func (f *file) Readdirnames(count int) ([]string, error) {
	if err := f.fs.take(List, "readdir", f.name, 0); err != nil {
		return nil, err
	}
	return f.File.Readdirnames(count)
}

func (f *file) Stat() (fs.FileInfo, error) {
	if err := f.fs.take(Stat, "stat", f.name, 0); err != nil {
		return nil, err
	}
	return f.File.Stat()
}

// Close closes the file even when it fails, as real ones do.
func (f *file) Close() error {
	failed := f.fs.take(Close, "close", f.name, 0)
	if err := f.File.Close(); err != nil && failed == nil {
		return err
	}
	return failed
}
