package overlay

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"syscall"
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
		if f.lower == nil {
			return
		}
		for first := range f.gone.ids {
			if f.gone.covers(fmt.Sprintf("%s/%02x", f.tree, first)) {
				continue // listed with the folder
			}
			for _, id := range f.gone.bucket(first) {
				if !f.goneAt(f.gone.path(id), true, 0, yield) {
					return
				}
			}
		}
		for _, name := range f.gone.others() {
			if f.gone.covers(parent(name)) {
				continue
			}
			if !f.goneAt(name, true, 0, yield) {
				return
			}
		}
	}
}

// goneAt yields name and all below it, as far as the upper layer has not. With
// look unset it has nothing there.
func (f *FS) goneAt(name string, look bool, level int, yield func(string, error) bool) bool {
	fail := func(err error) bool {
		yield("", err)
		return false
	}
	lower, err := lstat(f.lower, name)
	if err != nil {
		return fail(err)
	}
	if lower == nil {
		return true
	}
	var upper fs.FileInfo
	if look {
		if upper, err = f.aboveAt(name); err != nil {
			return fail(err)
		}
	}
	if lower.IsDir() {
		if level == maxLevels {
			return fail(failed("list", name, syscall.ENAMETOOLONG))
		}
		if !f.goneBelow(name, upper != nil && upper.IsDir(), level, yield) {
			return false
		}
	}
	if upper != nil && upper.IsDir() == lower.IsDir() {
		return true
	}
	return yield(name, nil)
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

func (f *FS) goneBelow(name string, look bool, level int, yield func(string, error) bool) bool {
	dir, err := f.lower.Open(name)
	if err != nil {
		yield("", err)
		return false
	}
	defer dir.Close()
	for {
		names, err := dir.Readdirnames(512)
		for _, entry := range names {
			if !f.goneAt(join(name, entry), look, level+1, yield) {
				return false
			}
		}
		if err == io.EOF {
			return true
		}
		if err != nil {
			yield("", err)
			return false
		}
	}
}
