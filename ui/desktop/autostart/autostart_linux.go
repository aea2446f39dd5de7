package autostart

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// longest bounds a file that is read, in bytes.
const longest = 64 << 10

// file is the entry's, in the folder of the XDG Base Directory Specification.
func (e Entry) file() (string, error) {
	dir, err := os.UserConfigDir() // $XDG_CONFIG_HOME, and an error if that is relative
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "autostart", e.ID+".desktop"), nil
}

// Status reads what will happen at the next login.
func (e Entry) Status() (Status, error) {
	path, err := e.file()
	if err != nil {
		return Off, err
	}
	text, err := read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Off, nil
	case err != nil:
		return Off, err
	}
	if status := desktopStatus(e, text); status != On || exists(e.Program) {
		return status, nil
	}
	return Other, nil
}

// Set switches the start at login on or off. What is switched off is removed.
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
	text, err := desktopFile(e)
	if err != nil {
		return err
	}
	return write(path, []byte(text))
}
