package autostart

import (
	"os"
	"path/filepath"
)

// file is the entry's, in the folder of the XDG Base Directory Specification.
func (e Entry) file() (string, error) {
	dir, err := os.UserConfigDir() // $XDG_CONFIG_HOME, and an error if that is relative
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "autostart", e.ID+".desktop"), nil
}

func (e Entry) content() ([]byte, error) {
	text, err := desktopFile(e)
	return []byte(text), err
}

func (e Entry) statusIn(data []byte) Status { return desktopStatus(e, string(data)) }
