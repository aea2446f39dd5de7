package autostart

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

const longest = 64 << 10

func (e Entry) file() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, "Library", "LaunchAgents", e.ID+".plist"), nil
}

// Status reads what will happen at the next login. What the user switched off
// under Login Items in System Settings is not written where a program may read it.
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
	if status := agentStatus(e, []byte(text)); status != On || exists(e.Program) {
		return status, nil
	}
	return Other, nil
}

// Set switches the start at login on or off; what runs now runs on. What is
// switched off is removed.
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
	data, err := agentFile(e)
	if err != nil {
		return err
	}
	return write(path, data)
}
