// Package overlay is the file system that a phone works on while it backs up:
// an earlier backup below, which is never written, and on top of it what has
// arrived since.
//
// Reads fall through to the lower layer, writes go to the upper one, and the
// removal of something in the lower layer is remembered in a file of its own
// (gonefile.go). The cost of all this follows what changed, not what is there:
// no listing of the lower layer is kept, removed content is 20 bytes of memory
// a file, and of a folder that goes with all that is in it only the name is kept.
//
// What was removed stays removed in the lower layer for good. If the name is
// created again, the upper layer has it, and that one counts ([FS.Gone] does
// not list it then). So nothing has to be taken back, and a power cut that
// loses what was created last cannot bring an older content back in its place.
package overlay

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
)

// Options are the layers. Names are relative to their roots, with slashes.
type Options struct {
	// Upper takes everything that is written.
	Upper afero.Fs
	// Lower is the earlier backup; nil if there is none. It is never written.
	Lower afero.Fs
	// Tree is the one folder at the top of Lower that shows: the UDID. Content
	// is what is named Tree/xx/id. It must be set if Lower is.
	Tree string
	// Hide are names in Lower that count as removed from the start: leftovers
	// that the new backup has no use for.
	Hide []string
	// GoneFile on GoneFs remembers what was removed of Lower. What it holds
	// already counts. Both must be set if Lower is.
	GoneFs   afero.Fs
	GoneFile string
	// Stored is called with each file that was created, written from its start to
	// its end in order, and closed, all without an error. size is in bytes. A
	// file that is moved afterwards is reported again only if its last name
	// changes, with the digest zero: what was reported under the new name before
	// is not its content. Stored may be called with the overlay locked, so it
	// must not call back. May be nil.
	Stored func(path string, size int64, sum catalog.Digest)
}

// FS is the union of the layers. It may be used by several goroutines.
type FS struct {
	upper, lower afero.Fs
	tree         string
	stored       func(string, int64, catalog.Digest)

	change sync.Mutex // held by whatever changes something
	gone   whiteouts
}

var (
	_ afero.Fs      = (*FS)(nil)
	_ afero.Lstater = (*FS)(nil)
)

// New joins the layers. What is torn at the end of the gone file, by a crash
// or a power cut, is cut off; [FS.TruncatedBytes] returns how much that was. The caller
// must Close the FS, and the layers after it.
func New(o Options) (*FS, error) {
	f := &FS{upper: o.Upper, lower: o.Lower, tree: o.Tree, stored: o.Stored}
	if o.Lower == nil {
		return f, nil
	}
	if clean, err := cleaned("open", o.Tree); err != nil || clean != o.Tree || clean == "" || strings.Contains(clean, "/") {
		return nil, fmt.Errorf("overlay: Options.Tree is %q, which is no name of a folder: %w", o.Tree, fs.ErrInvalid)
	}
	if o.GoneFs == nil || o.GoneFile == "" {
		return nil, fmt.Errorf("overlay: Options.GoneFile is not set: %w", fs.ErrInvalid)
	}
	f.gone.tree = o.Tree
	file, err := openGoneFile(o.GoneFs, o.GoneFile, f.gone.load)
	if err != nil {
		return nil, err
	}
	f.gone.file = file
	f.gone.settle()
	for _, name := range o.Hide {
		err := f.changing("hide", name, func(clean string) error { return f.hideBelow("hide", clean) })
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return f, nil
}

// changing does something with a name, cleaned, while nothing else changes.
func (f *FS) changing(op, name string, do func(clean string) error) error {
	clean, err := cleaned(op, name)
	if err != nil {
		return err
	}
	f.change.Lock()
	defer f.change.Unlock()
	return do(clean)
}

// TruncatedBytes returns how many bytes at the end of the gone file New had to cut off.
// If they were lost to a crash, what they said was not answered to anybody; if
// to a power cut, it may have been.
func (f *FS) TruncatedBytes() int64 {
	if f.gone.file == nil {
		return 0
	}
	return f.gone.file.torn
}

// Sync makes durable what was removed of the lower layer. The upper layer is
// the caller's to sync.
func (f *FS) Sync() error {
	if f.gone.file == nil {
		return nil
	}
	f.change.Lock()
	defer f.change.Unlock()
	return f.gone.file.sync()
}

// Close closes the gone file. The layers stay open.
func (f *FS) Close() error {
	if f.gone.file == nil {
		return nil
	}
	f.change.Lock()
	defer f.change.Unlock()
	return f.gone.file.file.Close()
}

// Name says which kind of file system this is.
func (f *FS) Name() string { return "overlay" }

// maxName bounds a name in bytes.
const maxName = 4096

// cleaned gives a name relative to the root, with slashes; the root is "".
func cleaned(op, name string) (string, error) {
	slashed := filepath.ToSlash(name)
	clean := strings.TrimPrefix(path.Clean("/"+slashed), "/")
	if len(name) > maxName || strings.IndexByte(name, 0) >= 0 || strings.Contains("/"+slashed+"/", "/../") {
		return "", failed(op, name, fs.ErrInvalid)
	}
	return clean, nil
}

// parent is the folder that a cleaned name lies in.
func parent(name string) string { return name[:max(strings.LastIndexByte(name, '/'), 0)] }

func join(dir, base string) string {
	if dir == "" {
		return base
	}
	return dir + "/" + base
}

// inLayer is how the root of a layer is named.
func inLayer(name string) string {
	if name == "" {
		return "."
	}
	return name
}

// lstat looks at a name of a layer. What is absent is nil and no error.
func lstat(layer afero.Fs, name string) (info fs.FileInfo, err error) {
	info, err = disk.Lstat(layer, inLayer(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return info, err
}

// both looks at a name in both layers: nil for one that does not show it.
func (f *FS) both(name string) (upper, lower fs.FileInfo, err error) {
	if upper, err = lstat(f.upper, name); err != nil {
		return nil, nil, err
	}
	lower, err = f.below(name)
	return upper, lower, err
}

// below looks at what the lower layer shows at name, or would show if the
// upper one had nothing there.
func (f *FS) below(name string) (fs.FileInfo, error) {
	if !f.falls(name) {
		return nil, nil
	}
	return lstat(f.lower, name)
}

// falls reports whether the lower layer is to be asked for name at all.
func (f *FS) falls(name string) bool {
	if f.lower == nil || name != f.tree && !strings.HasPrefix(name, f.tree+"/") {
		return false
	}
	return !f.gone.covers(name)
}

// failed returns an error as that of an operation on name.
func failed(op, name string, err error) error { return &fs.PathError{Op: op, Path: name, Err: err} }
