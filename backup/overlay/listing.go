package overlay

import (
	"errors"
	"io"
	"io/fs"
	"sync"
	"syscall"

	"github.com/spf13/afero"
)

// openFolder opens a folder of one layer or of both.
func (f *FS) openFolder(name string, upper, lower bool) (afero.File, error) {
	if !lower {
		return f.upper.Open(inLayer(name))
	}
	m := &merged{fs: f, name: name}
	if upper {
		file, err := f.upper.Open(inLayer(name))
		if err != nil {
			return nil, err
		}
		m.upper = file
		m.layers = append(m.layers, file)
	}
	file, err := f.lower.Open(inLayer(name))
	if err != nil {
		if m.upper != nil {
			m.upper.Close()
		}
		return nil, err
	}
	m.File = file
	m.layers = append(m.layers, file)
	return m, nil
}

// merged lists the upper folder, if there is one, then what still shows of the
// lower one. Each name of the lower one is looked up in the upper, so that no
// list has to be kept.
type merged struct {
	afero.File // of the lower layer
	fs         *FS
	name       string
	upper      afero.File // nil if only the lower layer has the folder

	mu     sync.Mutex
	layers []afero.File // still to be read
}

// Readdir returns n entries, or all that are left if n is not positive.
func (m *merged) Readdir(n int) ([]fs.FileInfo, error) {
	return list(m, n, afero.File.Readdir, fs.FileInfo.Name)
}

// Readdirnames is Readdir with names only.
func (m *merged) Readdirnames(n int) ([]string, error) {
	return list(m, n, afero.File.Readdirnames, func(name string) string { return name })
}

func list[E any](m *merged, n int, read func(afero.File, int) ([]E, error), nameOf func(E) string) ([]E, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []E
	for len(m.layers) > 0 {
		layer := m.layers[0]
		some, err := read(layer, n)
		for _, entry := range some {
			shows, err := true, error(nil)
			if layer == m.File {
				shows, err = m.shows(nameOf(entry))
			}
			if err != nil {
				return all, err
			}
			if shows {
				all = append(all, entry)
			}
		}
		if err != nil && err != io.EOF {
			return all, err
		}
		if err == io.EOF || n <= 0 || len(some) == 0 {
			m.layers = m.layers[1:]
		}
		if n > 0 && len(all) > 0 {
			return all, nil
		}
	}
	if n > 0 {
		return nil, io.EOF
	}
	return all, nil
}

// shows reports whether an entry of the lower folder can be seen.
func (m *merged) shows(entry string) (bool, error) {
	name := join(m.name, entry)
	if !m.fs.falls(name) {
		return false, nil
	}
	if m.upper == nil {
		return true, nil
	}
	info, err := lstat(m.fs.upper, name)
	return info == nil, err
}

// Name returns the name of the folder.
func (m *merged) Name() string { return m.name }

// Stat looks at the upper folder, if there is one.
func (m *merged) Stat() (fs.FileInfo, error) {
	if m.upper != nil {
		return m.upper.Stat()
	}
	return m.File.Stat()
}

// Seek goes back to the start, which is the only place that can be gone to.
func (m *merged) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekStart {
		return 0, failed("seek", m.name, syscall.EINVAL)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.layers = nil
	for _, layer := range []afero.File{m.upper, m.File} {
		if layer == nil {
			continue
		}
		if _, err := layer.Seek(0, io.SeekStart); err != nil {
			return 0, err
		}
		m.layers = append(m.layers, layer)
	}
	return 0, nil
}

// Sync makes the names in the upper folder durable.
func (m *merged) Sync() error {
	if m.upper == nil {
		return nil
	}
	return m.upper.Sync()
}

// Close closes the folders of both layers.
func (m *merged) Close() error {
	err := m.File.Close()
	if m.upper != nil {
		err = errors.Join(err, m.upper.Close())
	}
	return err
}

// empty reports whether nothing shows in a folder.
func (f *FS) empty(name string) (bool, error) {
	dir, err := f.openForReading(name)
	if err != nil {
		return false, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(1)
	if err == io.EOF {
		err = nil
	}
	return len(names) == 0, err
}
