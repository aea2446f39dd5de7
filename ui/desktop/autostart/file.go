//go:build !windows

package autostart

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// longest bounds a file that is read, in bytes.
const longest = 64 << 10

// Status reads what will happen at the next login.
func (e Entry) Status() (Status, error) {
	path, err := e.file()
	if err != nil {
		return Off, err
	}
	data, err := read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Off, nil
	case err != nil:
		return Off, err
	}
	if status := e.statusIn(data); status != On || exists(e.Program) {
		return status, nil
	}
	return Other, nil
}

// Set switches the start at login on or off; what runs now runs on. What is switched
// off is removed.
func (e Entry) Set(on bool) error {
	path, err := e.file()
	if err != nil {
		return err
	}
	if !on {
		return remove(path)
	}
	if status, err := e.Status(); err == nil && (status == On || status == Blocked) {
		return nil
	}
	data, err := e.content()
	if err != nil {
		return err
	}
	return write(path, data)
}

// read reads the beginning of a file.
func read(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, longest))
}

func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// write replaces a file in one step, so that no login sees half of it.
func write(path string, data []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".autostart-") // of mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	_, err = file.Write(data)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
