package powerfs

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"syscall"

	"github.com/spf13/afero"
)

// file is an open file or folder. It stays open to whatever its name becomes.
type file struct {
	fs     *FS
	id     number
	name   string // as given
	path   string
	flag   int
	folder bool

	// All below is guarded by fs.mu.
	closed bool
	at     int64
	listed bool
	list   []string // names in a folder that were not read yet
}

var _ afero.File = (*file)(nil)

// Name returns the name that the file was opened by.
func (f *file) Name() string { return f.name }

// use takes the file system for one operation on the file; for writing if
// that is asked for.
func (f *file) use(op string, writing bool) (n *node, done func(), err error) {
	f.fs.mu.Lock()
	n = f.fs.live.nodes[f.id]
	switch {
	case f.closed:
		err = fs.ErrClosed
	case f.folder && op != "sync" && op != "stat" && op != "readdir" && op != "seek":
		err = syscall.EISDIR
	case writing && !writes(f.flag), op == "read" && f.flag&os.O_WRONLY != 0:
		err = syscall.EBADF
	}
	if err != nil {
		f.fs.mu.Unlock()
		return nil, nil, failed(op, f.name, err)
	}
	return n, f.fs.mu.Unlock, nil
}

// Close closes the file.
func (f *file) Close() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.closed {
		return failed("close", f.name, fs.ErrClosed)
	}
	f.closed = true
	if f.fs.open[f.id]--; f.fs.open[f.id] == 0 {
		delete(f.fs.open, f.id)
	}
	return nil
}

func (f *file) Read(p []byte) (int, error) {
	n, done, err := f.use("read", false)
	if err != nil {
		return 0, err
	}
	defer done()
	read := n.content.readAt(p, f.at)
	f.at += int64(read)
	if read == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return read, nil
}

func (f *file) ReadAt(p []byte, off int64) (int, error) {
	n, done, err := f.use("read", false)
	if err != nil {
		return 0, err
	}
	defer done()
	if off < 0 {
		return 0, failed("readat", f.name, syscall.EINVAL)
	}
	read := n.content.readAt(p, off)
	if read < len(p) {
		return read, io.EOF
	}
	return read, nil
}

func (f *file) Write(p []byte) (int, error) {
	n, done, err := f.use("write", true)
	if err != nil {
		return 0, err
	}
	defer done()
	if f.flag&os.O_APPEND != 0 {
		f.at = n.content.size
	}
	f.put(p, f.at)
	f.at += int64(len(p))
	return len(p), nil
}

func (f *file) WriteAt(p []byte, off int64) (int, error) {
	_, done, err := f.use("write", true)
	if err != nil {
		return 0, err
	}
	defer done()
	if off < 0 || f.flag&os.O_APPEND != 0 {
		return 0, failed("writeat", f.name, syscall.EINVAL)
	}
	f.put(p, off)
	return len(p), nil
}

func (f *file) put(p []byte, off int64) {
	if len(p) > 0 {
		f.fs.record(Op{Kind: Write, Path: f.path, id: f.id, Off: off, Size: int64(len(p)), bytes: bytes.Clone(p)})
	}
}

// WriteString writes a text.
func (f *file) WriteString(s string) (int, error) { return f.Write([]byte(s)) }

// Truncate makes the file size bytes long.
func (f *file) Truncate(size int64) error {
	_, done, err := f.use("truncate", true)
	if err != nil {
		return err
	}
	defer done()
	if size < 0 {
		return failed("truncate", f.name, syscall.EINVAL)
	}
	f.fs.record(Op{Kind: Truncate, Path: f.path, id: f.id, Size: size})
	return nil
}

// Sync makes the file or folder durable.
func (f *file) Sync() error {
	n, done, err := f.use("sync", false)
	if err != nil {
		return err
	}
	defer done()
	kind := SyncFile
	if n.dir {
		kind = SyncFolder
		if f.fs.names == InOrder {
			return failed("sync", f.path, errors.ErrUnsupported)
		}
	}
	f.fs.record(Op{Kind: kind, Path: f.path, id: f.id})
	return nil
}

func (f *file) Seek(off int64, whence int) (int64, error) {
	n, done, err := f.use("seek", false)
	if err != nil {
		return 0, err
	}
	defer done()
	switch whence {
	case io.SeekCurrent:
		off += f.at
	case io.SeekEnd:
		off += n.content.size
	}
	if off < 0 || whence < io.SeekStart || whence > io.SeekEnd {
		return 0, failed("seek", f.name, syscall.EINVAL)
	}
	f.at, f.listed = off, false
	return off, nil
}

func (f *file) Stat() (fs.FileInfo, error) {
	n, done, err := f.use("stat", false)
	if err != nil {
		return nil, err
	}
	defer done()
	return describe(n), nil
}

// Readdir describes the next count files of the folder, by name, or all with
// a count of 0 or less; see os.File.Readdir. What is removed meanwhile is
// left out.
func (f *file) Readdir(count int) ([]fs.FileInfo, error) {
	n, done, err := f.use("readdir", false)
	if err != nil {
		return nil, err
	}
	defer done()
	if !n.dir {
		return nil, failed("readdir", f.name, syscall.ENOTDIR)
	}
	if !f.listed {
		f.list, f.listed = slices.Sorted(maps.Keys(n.children)), true
	}
	var all []fs.FileInfo
	for len(f.list) > 0 && (count <= 0 || len(all) < count) {
		if child := f.fs.live.nodes[n.children[f.list[0]]]; child != nil {
			all = append(all, describe(child))
		}
		f.list = f.list[1:]
	}
	if len(all) == 0 && count > 0 {
		return nil, io.EOF
	}
	return all, nil
}

// Readdirnames is Readdir for names alone.
func (f *file) Readdirnames(count int) ([]string, error) {
	infos, err := f.Readdir(count)
	var names []string
	for _, info := range infos {
		names = append(names, info.Name())
	}
	return names, err
}
