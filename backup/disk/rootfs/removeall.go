package rootfs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"
)

const (
	// maxLevels bounds how deep a tree may be that is removed; each level
	// holds a handle. Backups have at most 32.
	maxLevels = 200
	// atOnce is how many names are read before they are removed.
	atOnce = 1024
)

// RemoveAll removes a file, or a folder with all that is in it. Links are
// removed and never followed. What is absent is no error.
func (f *FS) RemoveAll(name string) error {
	clean, err := cleaned("removeall", name)
	if err != nil {
		return err
	}
	f.folders.drop(clean)
	defer f.folders.drop(clean)
	err = f.in("removeall", name, func(h *held, base string) error {
		if base == "." {
			return fs.ErrInvalid
		}
		return removeTree(h.folder, base, 0)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func removeTree(in folder, base string, level int) error {
	err := in.remove(base)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if info, lstatErr := in.lstat(base); lstatErr != nil || !info.IsDir() {
		return err
	}
	if level == maxLevels {
		return fmt.Errorf("more than %d folders in one another: %w", maxLevels, syscall.ENAMETOOLONG)
	}
	dir, err := in.child(base)
	if err != nil {
		return err
	}
	err = empty(dir, level)
	dir.close()
	if err != nil {
		return err
	}
	return in.remove(base)
}

// empty removes what is in a folder. A listing may miss names while others are
// removed, so it is begun again until there are none.
func empty(dir folder, level int) error {
	for {
		names, err := someNames(dir)
		if err != nil || len(names) == 0 {
			return err
		}
		for _, name := range names {
			if err := removeTree(dir, name, level+1); err != nil {
				return err
			}
		}
	}
}

func someNames(dir folder) ([]string, error) {
	list, err := dir.list(".", ".")
	if err != nil {
		return nil, err
	}
	defer list.Close()
	names, err := list.Readdirnames(atOnce)
	if err == io.EOF {
		err = nil
	}
	return names, err
}
