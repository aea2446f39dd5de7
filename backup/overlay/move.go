package overlay

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"

	"lifeboat/backup/catalog"
)

// maxCopy bounds in bytes what is copied out of the lower layer.
const maxCopy = 1 << 20

// Remove removes a file or an empty folder.
func (f *FS) Remove(name string) error {
	return f.changing("remove", name, func(clean string) error {
		if clean == "" {
			return failed("remove", name, fs.ErrInvalid)
		}
		upper, lower, err := f.both(clean)
		if err != nil {
			return err
		}
		there := first(upper, lower)
		if there == nil {
			return failed("remove", name, syscall.ENOENT)
		}
		if there.IsDir() {
			if err := f.needEmpty("remove", clean); err != nil {
				return err
			}
		}
		if lower != nil {
			if err := f.hide("remove", clean); err != nil {
				return err
			}
		}
		if upper == nil {
			return nil
		}
		return f.upper.Remove(clean)
	})
}

// RemoveAll removes a file, or a folder with all that is in it. Of a folder of
// the lower layer only the name is remembered, however much is in it. What is
// absent is no error.
func (f *FS) RemoveAll(name string) error {
	return f.changing("removeall", name, func(clean string) error {
		if clean == "" {
			return failed("removeall", name, fs.ErrInvalid)
		}
		if err := f.hideBelow("removeall", clean); err != nil {
			return err
		}
		return f.upper.RemoveAll(clean)
	})
}

// Rename moves a file, or a folder of the upper layer. A file in the way is
// replaced, a folder must be empty. A folder that the lower layer has too, and
// a file of a MiB or more that only the lower layer has, are refused with
// errors.ErrUnsupported.
func (f *FS) Rename(from, to string) error {
	refused := func(err error) error { return &os.LinkError{Op: "rename", Old: from, New: to, Err: err} }
	old, err := cleaned("rename", from)
	if err != nil {
		return err
	}
	new, err := cleaned("rename", to)
	if err != nil {
		return err
	}
	if old == "" || new == "" || strings.HasPrefix(new, old+"/") {
		return refused(fs.ErrInvalid)
	}
	f.change.Lock()
	defer f.change.Unlock()
	if f.lower == nil && path.Base(old) == path.Base(new) {
		return f.upper.Rename(old, new) // nothing here could say more than the disk does
	}
	upper, lower, err := f.both(old)
	if err != nil {
		return err
	}
	source := first(upper, lower)
	switch {
	case source == nil:
		return refused(syscall.ENOENT)
	case old == new:
		return nil
	case source.IsDir() && lower != nil:
		return refused(errors.ErrUnsupported)
	}
	if err := f.makeWay(new, source.IsDir()); err != nil {
		return err
	}
	if upper == nil {
		if err := f.copyUp(old, new, lower); err != nil {
			return err
		}
		return f.hide("rename", old)
	}
	if lower != nil {
		if err := f.hide("rename", old); err != nil {
			return err
		}
	}
	if err := f.withFolder(new, func() error { return f.upper.Rename(old, new) }); err != nil {
		return err
	}
	if f.stored != nil && source.Mode().IsRegular() && path.Base(old) != path.Base(new) {
		f.stored(new, source.Size(), catalog.Digest{})
	}
	return nil
}

// makeWay sees to it that something can be moved to name.
func (f *FS) makeWay(name string, folder bool) error {
	upper, lower, err := f.both(name)
	if err != nil {
		return err
	}
	there := first(upper, lower)
	switch {
	case there == nil:
		return nil
	case there.IsDir() && !folder:
		return failed("rename", name, syscall.EISDIR)
	case !there.IsDir() && folder:
		return failed("rename", name, syscall.ENOTDIR)
	case !folder:
		return nil
	}
	if err := f.needEmpty("rename", name); err != nil {
		return err
	}
	if upper == nil {
		return nil // what the lower layer has below it is gone
	}
	return f.upper.Remove(name)
}

func (f *FS) needEmpty(op, name string) error {
	empty, err := f.empty(name)
	if err == nil && !empty {
		err = failed(op, name, syscall.ENOTEMPTY)
	}
	return err
}

// hideBelow hides a name, if the lower layer shows it.
func (f *FS) hideBelow(op, name string) error {
	lower, err := f.below(name)
	if lower == nil || err != nil {
		return err
	}
	return f.hide(op, name)
}

// hide removes a name of the lower layer, before anything is answered.
func (f *FS) hide(op, name string) error {
	if err := f.gone.add(name); err != nil {
		return failed(op, name, err)
	}
	return nil
}

// copyUp copies a small file of the lower layer to another or the same name of
// the upper one.
func (f *FS) copyUp(from, to string, info fs.FileInfo) (err error) {
	if !info.Mode().IsRegular() || info.Size() >= maxCopy {
		return failed("copy", from, errors.ErrUnsupported)
	}
	in, err := f.lower.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := f.create(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.upper.Remove(to)
		}
	}()
	n, err := io.Copy(out, io.LimitReader(in, maxCopy))
	if err == nil && n == maxCopy {
		err = failed("copy", from, errors.ErrUnsupported) // it has grown
	}
	if err != nil {
		discard(out)
		return err
	}
	return out.Close()
}

// first is what shows of a name.
func first(upper, lower fs.FileInfo) fs.FileInfo {
	if upper != nil {
		return upper
	}
	return lower
}
