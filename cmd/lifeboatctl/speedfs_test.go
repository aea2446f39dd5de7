//go:build limits

package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/spf13/afero"
)

// sizesFS is a file system in memory that keeps the names and sizes of the
// content of a backup and throws its bytes away. The lists that a phone reads
// back (Status.plist, Manifest.plist, Manifest.db) it keeps whole. It has what
// mobilebackup2.Host asks for, and is for one goroutine.
type sizesFS struct {
	afero.Fs // the rest, which nobody asks for
	root     *sizesNode
}

// sizesNode is a file, or a folder if it has children.
type sizesNode struct {
	size     int64
	kept     []byte
	children map[string]*sizesNode
}

func newSizesFS() *sizesFS { return &sizesFS{root: &sizesNode{children: map[string]*sizesNode{}}} }

// isContentName tells files that are named by their ID.
func isContentName(name string) bool { return len(path.Base(name)) == 40 }

// find gives what lies at name, and the folder that it lies in or would lie in.
func (s *sizesFS) find(name string) (node, parent *sizesNode) {
	node = s.root
	for part := range strings.SplitSeq(strings.Trim(path.Clean("/"+name), "/"), "/") {
		if part == "" {
			return node, nil
		}
		parent = node
		if parent == nil {
			return nil, nil
		}
		node = parent.children[part]
	}
	return node, parent
}

func failed(op, name string, err error) error { return &fs.PathError{Op: op, Path: name, Err: err} }

func (s *sizesFS) Mkdir(name string, _ fs.FileMode) error {
	node, parent := s.find(name)
	switch {
	case node != nil:
		return failed("mkdir", name, fs.ErrExist)
	case parent == nil || parent.children == nil:
		return failed("mkdir", name, fs.ErrNotExist)
	}
	parent.children[path.Base(name)] = &sizesNode{children: map[string]*sizesNode{}}
	return nil
}

func (s *sizesFS) MkdirAll(name string, mode fs.FileMode) error {
	done := ""
	for part := range strings.SplitSeq(strings.Trim(path.Clean("/"+name), "/"), "/") {
		done += "/" + part
		if node, _ := s.find(done); node == nil {
			if err := s.Mkdir(done, mode); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *sizesFS) OpenFile(name string, flag int, _ fs.FileMode) (afero.File, error) {
	node, parent := s.find(name)
	if flag&os.O_CREATE == 0 || node != nil && flag&os.O_EXCL == 0 {
		return s.Open(name)
	}
	switch {
	case node != nil:
		return nil, failed("open", name, fs.ErrExist)
	case parent == nil || parent.children == nil:
		return nil, failed("open", name, fs.ErrNotExist)
	}
	node = &sizesNode{}
	parent.children[path.Base(name)] = node
	return &sizesFile{node: node, name: name, keep: !isContentName(name)}, nil
}

func (s *sizesFS) Open(name string) (afero.File, error) {
	node, _ := s.find(name)
	if node == nil {
		return nil, failed("open", name, fs.ErrNotExist)
	}
	return &sizesFile{node: node, name: name, read: bytes.NewReader(node.kept), names: slices.Collect(maps.Keys(node.children))}, nil
}

func (s *sizesFS) Remove(name string) error {
	node, parent := s.find(name)
	if node == nil || parent == nil {
		return failed("remove", name, fs.ErrNotExist)
	}
	delete(parent.children, path.Base(name))
	return nil
}

func (s *sizesFS) RemoveAll(name string) error {
	s.Remove(name) // it may be absent
	return nil
}

func (s *sizesFS) Rename(from, to string) error {
	node, old := s.find(from)
	_, parent := s.find(to)
	if node == nil || old == nil || parent == nil || parent.children == nil {
		return failed("rename", from, fs.ErrNotExist)
	}
	delete(old.children, path.Base(from))
	parent.children[path.Base(to)] = node
	return nil
}

func (s *sizesFS) Stat(name string) (fs.FileInfo, error) {
	node, _ := s.find(name)
	if node == nil {
		return nil, failed("stat", name, fs.ErrNotExist)
	}
	return sizesInfo{path.Base(name), node}, nil
}

func (s *sizesFS) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	info, err := s.Stat(name)
	return info, true, err
}

// list calls each with every file that is there now.
func (s *sizesFS) list(each func(name string, size int64)) { s.root.list("", each) }

func (n *sizesNode) list(name string, each func(string, int64)) {
	if n.children == nil {
		each(name, n.size)
	}
	for child, node := range n.children {
		node.list(name+"/"+child, each)
	}
}

// sizesFile is one that is open.
type sizesFile struct {
	afero.File // the rest, which nobody asks for
	node       *sizesNode
	name       string
	keep       bool
	read       *bytes.Reader
	names      []string // of a folder, not yet listed
}

func (f *sizesFile) Name() string                       { return f.name }
func (f *sizesFile) Close() error                       { return nil }
func (f *sizesFile) Sync() error                        { return nil }
func (f *sizesFile) Stat() (fs.FileInfo, error)         { return sizesInfo{path.Base(f.name), f.node}, nil }
func (f *sizesFile) Read(p []byte) (int, error)         { return f.read.Read(p) }
func (f *sizesFile) WriteTo(w io.Writer) (int64, error) { return f.read.WriteTo(w) }

func (f *sizesFile) Write(p []byte) (int, error) {
	f.node.size += int64(len(p))
	if f.keep {
		f.node.kept = append(f.node.kept, p...)
	}
	return len(p), nil
}

func (f *sizesFile) Readdir(n int) ([]fs.FileInfo, error) {
	if len(f.names) == 0 && n > 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(f.names) {
		n = len(f.names)
	}
	infos := make([]fs.FileInfo, n)
	for i, name := range f.names[:n] {
		infos[i] = sizesInfo{name, f.node.children[name]}
	}
	f.names = f.names[n:]
	return infos, nil
}

func (f *sizesFile) Readdirnames(n int) ([]string, error) {
	infos, err := f.Readdir(n)
	names := make([]string, len(infos))
	for i, info := range infos {
		names[i] = info.Name()
	}
	return names, err
}

type sizesInfo struct {
	name string
	node *sizesNode
}

func (i sizesInfo) Name() string       { return i.name }
func (i sizesInfo) Size() int64        { return i.node.size }
func (i sizesInfo) ModTime() time.Time { return time.Unix(0, 0) }
func (i sizesInfo) IsDir() bool        { return i.node.children != nil }
func (i sizesInfo) Sys() any           { return nil }
func (i sizesInfo) Mode() fs.FileMode {
	if i.IsDir() {
		return fs.ModeDir | 0o700
	}
	return 0o600
}

// sizesLine and parseSizes are how names and sizes go from one program to another.
const sizesLine = "%d %s\n"

func parseSizes(line string) (name string, size int64, err error) {
	_, err = fmt.Sscanf(line, "%d %s", &size, &name)
	return name, size, err
}
