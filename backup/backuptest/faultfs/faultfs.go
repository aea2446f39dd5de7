// Package faultfs is a disk that fails on demand: the n-th write,
// rename or other operation, once or from then on, with a given error, or as
// a drive that is pulled out. It wraps any file system and is for tests.
//
// A first run without a plan counts the operations; a test then sweeps the
// n of [Plan] from 1 to [FS.Count].
package faultfs

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/afero"
)

// Kind is a kind of operation.
type Kind int

// The kinds of operations.
const (
	Any    Kind = iota
	Open        // of what is there, for reading or writing
	Create      // opening with O_CREATE, whether it is there or not
	Mkdir       // MkdirAll is one
	Write       // and Truncate
	Sync        // of a file, a folder, or everything
	Rename
	Remove // RemoveAll is one
	Read
	List // Readdir
	Stat
	Close
	kinds
)

var kindNames = [kinds]string{"any", "open", "create", "mkdir", "write", "sync", "rename", "remove", "read", "list", "stat", "close"}

func (k Kind) String() string { return kindNames[k] }

// Kinds are all kinds but Any.
func Kinds() []Kind {
	var all []Kind
	for k := Open; k < kinds; k++ {
		all = append(all, k)
	}
	return all
}

// Plan is what fails. The zero Plan fails nothing.
type Plan struct {
	// Kind and N name the operation: the N-th of its kind, from 1. With an N
	// of 0 none fails.
	Kind Kind
	N    int
	// Room, if it is not nil, is how many bytes can be written altogether; the
	// write that goes beyond fails, and all after it.
	Room *int64
	// Err is the error, ENOSPC if it is nil. It comes as *os.PathError or
	// *os.LinkError, as from a real disk.
	Err error
	// Lasting lets all later operations of the kind fail, too.
	Lasting bool
	// Gone lets all later operations of any kind fail: the drive is unplugged.
	Gone bool
	// Except are files that the plan does not count and does not fail.
	Except func(name string) bool
}

// Gone is the error of a drive that was unplugged.
const Gone = syscall.ENODEV

// FS is a file system with a Plan. It is an afero.Lstater, and has SyncAll;
// if the one that it wraps has not, SyncAll is errors.ErrUnsupported.
type FS struct {
	inner afero.Fs
	plan  Plan

	mu       sync.Mutex
	count    [kinds]int
	bytes    int64
	failures int
	gone     bool
}

var (
	_ afero.Fs      = (*FS)(nil)
	_ afero.Lstater = (*FS)(nil)
)

// New wraps a file system.
func New(inner afero.Fs, plan Plan) *FS {
	if plan.Err == nil {
		plan.Err = syscall.ENOSPC
		if plan.Gone {
			plan.Err = Gone
		}
	}
	return &FS{inner: inner, plan: plan}
}

// Count returns how many operations of a kind there were, failed ones included.
func (f *FS) Count(k Kind) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count[k]
}

// Bytes returns how many bytes were to be written.
func (f *FS) Bytes() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.bytes
}

// Failures returns how many operations have failed by the plan.
func (f *FS) Failures() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failures
}

// take counts an operation and reports whether it fails, and by that whether
// the drive is gone.
func (f *FS) take(k Kind, op, name string, bytes int) error {
	if f.plan.Except != nil && f.plan.Except(name) {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count[Any]++
	f.count[k]++
	f.bytes += int64(bytes)
	if !f.gone && !f.due(k) {
		return nil
	}
	f.failures++
	f.gone = f.plan.Gone
	return &os.PathError{Op: op, Path: name, Err: f.plan.Err}
}

// due reports whether the operation that was counted last is one to fail.
func (f *FS) due(k Kind) bool {
	if f.plan.Room != nil && k == Write {
		return f.bytes > *f.plan.Room
	}
	if f.plan.N == 0 || f.plan.Kind != Any && f.plan.Kind != k {
		return false
	}
	n := f.count[f.plan.Kind]
	return n == f.plan.N || n > f.plan.N && f.plan.Lasting
}

// unplugged reports whether the drive is gone.
func (f *FS) unplugged() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.gone
}

// Name names the file system.
func (f *FS) Name() string { return "faultfs on " + f.inner.Name() }

// Create opens a file for reading and writing, empty.
func (f *FS) Create(name string) (afero.File, error) {
	return f.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
}

// Open opens a file or folder for reading.
func (f *FS) Open(name string) (afero.File, error) { return f.OpenFile(name, os.O_RDONLY, 0) }

// OpenFile opens a file.
func (f *FS) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	kind := Open
	if flag&os.O_CREATE != 0 {
		kind = Create
	}
	if err := f.take(kind, "open", name, 0); err != nil {
		return nil, err
	}
	opened, err := f.inner.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return &file{opened, f, name}, nil
}

// Mkdir makes a folder.
func (f *FS) Mkdir(name string, perm fs.FileMode) error {
	if err := f.take(Mkdir, "mkdir", name, 0); err != nil {
		return err
	}
	return f.inner.Mkdir(name, perm)
}

// MkdirAll makes a folder and those above it.
func (f *FS) MkdirAll(name string, perm fs.FileMode) error {
	if err := f.take(Mkdir, "mkdir", name, 0); err != nil {
		return err
	}
	return f.inner.MkdirAll(name, perm)
}

// Rename gives a file or folder another name.
func (f *FS) Rename(from, to string) error {
	if err := f.take(Rename, "rename", from, 0); err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: f.plan.Err}
	}
	return f.inner.Rename(from, to)
}

// Remove removes a file or an empty folder.
func (f *FS) Remove(name string) error {
	if err := f.take(Remove, "remove", name, 0); err != nil {
		return err
	}
	return f.inner.Remove(name)
}

// RemoveAll removes a file or a folder with all in it.
func (f *FS) RemoveAll(name string) error {
	if err := f.take(Remove, "removeall", name, 0); err != nil {
		return err
	}
	return f.inner.RemoveAll(name)
}

// Stat describes a file or folder.
func (f *FS) Stat(name string) (fs.FileInfo, error) {
	if err := f.take(Stat, "stat", name, 0); err != nil {
		return nil, err
	}
	return f.inner.Stat(name)
}

// LstatIfPossible describes a file without following it, if the file system
// that is wrapped can.
func (f *FS) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	if err := f.take(Stat, "lstat", name, 0); err != nil {
		return nil, true, err
	}
	if l, ok := f.inner.(afero.Lstater); ok {
		return l.LstatIfPossible(name)
	}
	info, err := f.inner.Stat(name)
	return info, false, err
}

// SyncAll makes everything durable, if the file system that is wrapped can.
func (f *FS) SyncAll() error {
	all, ok := f.inner.(interface{ SyncAll() error })
	if !ok {
		return errors.ErrUnsupported
	}
	if err := f.take(Sync, "sync", "/", 0); err != nil {
		return err
	}
	return all.SyncAll()
}

// Chmod changes the access rights.
func (f *FS) Chmod(name string, mode fs.FileMode) error {
	if err := f.take(Stat, "chmod", name, 0); err != nil {
		return err
	}
	return f.inner.Chmod(name, mode)
}

// Chown changes the owner.
func (f *FS) Chown(name string, uid, gid int) error {
	if err := f.take(Stat, "chown", name, 0); err != nil {
		return err
	}
	return f.inner.Chown(name, uid, gid)
}

// Chtimes changes the dates.
func (f *FS) Chtimes(name string, read, written time.Time) error {
	if err := f.take(Stat, "chtimes", name, 0); err != nil {
		return err
	}
	return f.inner.Chtimes(name, read, written)
}
