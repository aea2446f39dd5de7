package powerfs

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/afero"
)

var (
	_ afero.Fs      = (*FS)(nil)
	_ afero.Lstater = (*FS)(nil)
)

// Name names the file system.
func (f *FS) Name() string { return "powerfs" }

// SyncAll makes everything durable.
func (f *FS) SyncAll() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.record(Op{Kind: SyncAll})
	return nil
}

// clean is the one form of a path: "/a/b".
func clean(name string) string {
	name = filepath.ToSlash(name)
	if !strings.HasPrefix(name, "/") || strings.HasSuffix(name, "/") || strings.Contains(name, "//") || strings.Contains(name+"/", "/./") || strings.Contains(name+"/", "/../") {
		return path.Clean("/" + name)
	}
	return name // most are, and there are many
}

// find returns what is at a path.
func (f *FS) find(name string) (*node, error) {
	n := f.live.nodes[rootNumber]
	for part := range strings.SplitSeq(strings.Trim(clean(name), "/"), "/") {
		if part == "" {
			break
		}
		if !n.dir {
			return nil, syscall.ENOTDIR
		}
		if n = f.live.nodes[n.children[part]]; n == nil {
			return nil, syscall.ENOENT
		}
	}
	return n, nil
}

// place returns the folder of a path, the name in it, and what is there, if
// anything is.
func (f *FS) place(name string) (dir *node, base string, there *node, err error) {
	name = clean(name)
	if name == "/" {
		return nil, "", nil, syscall.EBUSY
	}
	if dir, err = f.find(path.Dir(name)); err != nil {
		return nil, "", nil, err
	}
	if !dir.dir {
		return nil, "", nil, syscall.ENOTDIR
	}
	base = path.Base(name)
	return dir, base, f.live.nodes[dir.children[base]], nil
}

func failed(op, name string, err error) error {
	if err == nil {
		return nil
	}
	return &os.PathError{Op: op, Path: name, Err: err}
}

// make makes a file or a folder.
func (f *FS) make(kind Kind, name string, perm fs.FileMode) error {
	dir, base, there, err := f.place(name)
	switch {
	case clean(name) == "/" || there != nil:
		return syscall.EEXIST
	case err != nil:
		return err
	}
	f.record(Op{Kind: kind, Path: clean(name), id: f.next, dir: dir.id, name: base, stamp: stamp{mode: perm.Perm()}})
	f.next++
	return nil
}

// Mkdir makes a folder.
func (f *FS) Mkdir(name string, perm fs.FileMode) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return failed("mkdir", name, f.make(Mkdir, name, perm))
}

// MkdirAll makes a folder and those above it.
func (f *FS) MkdirAll(name string, perm fs.FileMode) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return failed("mkdir", name, f.mkdirAll(clean(name), perm))
}

func (f *FS) mkdirAll(name string, perm fs.FileMode) error {
	n, err := f.find(name)
	switch {
	case err == nil && !n.dir:
		return syscall.ENOTDIR
	case err == nil:
		return nil
	case !errors.Is(err, syscall.ENOENT):
		return err
	}
	if err := f.mkdirAll(path.Dir(name), perm); err != nil {
		return err
	}
	return f.make(Mkdir, name, perm)
}

// Create opens a file for reading and writing, empty.
func (f *FS) Create(name string) (afero.File, error) {
	return f.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
}

// Open opens a file or folder for reading.
func (f *FS) Open(name string) (afero.File, error) { return f.OpenFile(name, os.O_RDONLY, 0) }

// OpenFile opens a file as os.OpenFile does, or a folder for reading.
func (f *FS) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.openNode(name, flag, perm)
	if err != nil {
		return nil, failed("open", name, err)
	}
	f.open[n.id]++
	return &file{fs: f, id: n.id, name: name, path: clean(name), flag: flag, folder: n.dir}, nil
}

func (f *FS) openNode(name string, flag int, perm fs.FileMode) (*node, error) {
	n, err := f.find(name)
	switch {
	case err == nil && flag&(os.O_CREATE|os.O_EXCL) == os.O_CREATE|os.O_EXCL:
		return nil, syscall.EEXIST
	case err == nil && n.dir && (writes(flag) || flag&(os.O_CREATE|os.O_TRUNC) != 0):
		return nil, syscall.EISDIR
	case errors.Is(err, syscall.ENOENT) && flag&os.O_CREATE != 0:
		if err := f.make(Create, name, perm); err != nil {
			return nil, err
		}
		return f.find(name)
	case err != nil:
		return nil, err
	}
	if flag&os.O_TRUNC != 0 && n.content.size > 0 {
		f.record(Op{Kind: Truncate, Path: clean(name), id: n.id})
	}
	return n, nil
}

func writes(flag int) bool { return flag&(os.O_WRONLY|os.O_RDWR) != 0 }

// Remove removes a file or an empty folder.
func (f *FS) Remove(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, _, there, err := f.place(name)
	switch {
	case err != nil:
	case there == nil:
		err = syscall.ENOENT
	case len(there.children) > 0:
		err = syscall.ENOTEMPTY
	default:
		f.remove(there, clean(name))
	}
	return failed("remove", name, err)
}

func (f *FS) remove(n *node, name string) {
	f.record(Op{Kind: Remove, Path: name, id: n.id, dir: n.parent, name: n.name, folder: n.dir})
}

// RemoveAll removes a file or a folder with all in it, one by one.
func (f *FS) RemoveAll(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, _, there, err := f.place(name)
	switch {
	case errors.Is(err, syscall.ENOENT):
		return nil
	case err == nil && there != nil:
		f.removeAll(there, clean(name))
	}
	return failed("removeall", name, err)
}

func (f *FS) removeAll(n *node, name string) {
	for _, base := range slices.Sorted(maps.Keys(n.children)) {
		f.removeAll(f.live.nodes[n.children[base]], path.Join(name, base))
	}
	f.remove(n, name)
}

// Rename gives a file or folder another name. A file takes the place of
// another; as with os.Rename nothing takes the place of a folder.
func (f *FS) Rename(from, to string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.rename(clean(from), clean(to)); err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

func (f *FS) rename(from, to string) error {
	_, _, source, err := f.place(from)
	if err != nil {
		return err
	}
	if source == nil {
		return syscall.ENOENT
	}
	dir, base, there, err := f.place(to)
	switch {
	case err != nil:
		return err
	case there != nil && there.dir:
		return syscall.EEXIST
	case there == source:
		return nil
	case f.live.below(dir, source.id):
		return syscall.EINVAL
	case there != nil && source.dir:
		return syscall.ENOTDIR
	}
	f.record(Op{Kind: Rename, Path: from, To: to, id: source.id, dir: source.parent, toDir: dir.id, name: base, folder: source.dir})
	return nil
}

// Stat describes a file or folder.
func (f *FS) Stat(name string) (fs.FileInfo, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.find(name)
	if err != nil {
		return nil, failed("stat", name, err)
	}
	return describe(n), nil
}

// LstatIfPossible is Stat, since there are no links.
func (f *FS) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	info, err := f.Stat(name)
	return info, true, err
}

// Chmod changes the access rights, which are kept and not obeyed.
func (f *FS) Chmod(name string, mode fs.FileMode) error {
	return f.mark("chmod", name, func(s *stamp) { s.mode = mode.Perm() })
}

// Chtimes changes the date.
func (f *FS) Chtimes(name string, _, date time.Time) error {
	return f.mark("chtimes", name, func(s *stamp) { s.date = date })
}

// Chown does nothing: files have no owners.
func (f *FS) Chown(name string, _, _ int) error { return f.mark("chown", name, func(*stamp) {}) }

func (f *FS) mark(op, name string, set func(*stamp)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.find(name)
	if err != nil {
		return failed(op, name, err)
	}
	fresh := n.stamp
	if set(&fresh); fresh != n.stamp {
		f.record(Op{Kind: Attributes, Path: clean(name), id: n.id, stamp: fresh})
	}
	return nil
}

// info describes a node at one moment.
type info struct {
	name string
	size int64
	dir  bool
	stamp
}

func describe(n *node) info {
	name := n.name
	if n.id == rootNumber {
		name = "/"
	}
	return info{name, n.content.size, n.dir, n.stamp}
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) ModTime() time.Time { return i.date }
func (i info) IsDir() bool        { return i.dir }
func (i info) Sys() any           { return nil }
func (i info) Mode() fs.FileMode {
	if i.dir {
		return i.mode | fs.ModeDir
	}
	return i.mode
}
