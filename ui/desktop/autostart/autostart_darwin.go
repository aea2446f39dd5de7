package autostart

import (
	"os"
	"path/filepath"
)

func (e Entry) file() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, "Library", "LaunchAgents", e.ID+".plist"), nil
}

func (e Entry) content() ([]byte, error) { return agentFile(e) }

// statusIn reads the file. What the user switched off under Login Items in System
// Settings is not written where a program may read it.
func (e Entry) statusIn(data []byte) Status { return agentStatus(e, data) }
