package overlay

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"syscall"

	"lifeboat/backup/disk"
)

// maxLevels bounds how deep folders of the lower layer are listed.
const maxLevels = 64

// Gone lists what the lower layer has and the union has not: each file by
// itself, also those of a folder that was removed as one, and each folder
// after what was in it. A name that the upper layer has again is no part of
// it, unless one is a file and the other a folder. What the lower layer has no
// more, after a change-over that was interrupted, is left out.
//
// Neither layer may be changed while this is ranged over. The first error ends
// it.
func (f *FS) Gone() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		err := f.eachGone(func(name string) error {
			if !yield(name, nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && err != errStopped {
			yield("", err)
		}
	}
}

// errStopped: nobody wants to hear of more.
var errStopped = errors.New("stopped")

func (f *FS) eachGone(visit func(string) error) error {
	if f.lower == nil {
		return nil
	}
	for first := range f.gone.ids {
		if f.gone.covers(fmt.Sprintf("%s/%02x", f.tree, first)) {
			continue // listed with the folder
		}
		for _, id := range f.gone.bucket(first) {
			if err := f.goneAt(f.gone.path(id), true, 0, visit); err != nil {
				return err
			}
		}
	}
	for _, name := range f.gone.others() {
		if f.gone.covers(parent(name)) {
			continue
		}
		if err := f.goneAt(name, true, 0, visit); err != nil {
			return err
		}
	}
	return nil
}

// goneAt visits name and all below it, as far as the upper layer has not. With
// look unset it has nothing there.
func (f *FS) goneAt(name string, look bool, level int, visit func(string) error) error {
	lower, err := lstat(f.lower, name)
	if lower == nil || err != nil {
		return err
	}
	var upper fs.FileInfo
	if look {
		if upper, err = f.aboveAt(name); err != nil {
			return err
		}
	}
	if lower.IsDir() {
		if level == maxLevels {
			return failed("list", name, syscall.ENAMETOOLONG)
		}
		err := disk.EachName(f.lower, name, func(entry string) error {
			return f.goneAt(join(name, entry), upper != nil && upper.IsDir(), level+1, visit)
		})
		if err != nil {
			return err
		}
	}
	if upper != nil && upper.IsDir() == lower.IsDir() {
		return nil
	}
	return visit(name)
}

// aboveAt looks at a name of the upper layer, which may have a file where the
// lower one has a folder above it.
func (f *FS) aboveAt(name string) (fs.FileInfo, error) {
	info, err := lstat(f.upper, name)
	if errors.Is(err, syscall.ENOTDIR) {
		return nil, nil
	}
	return info, err
}
