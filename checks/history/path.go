package history

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// DefaultPath is where this user's history lies: the folder for the data of
// programs on macOS and Windows, and $XDG_DATA_HOME elsewhere.
func DefaultPath() (string, error) {
	dir, err := dataHome()
	if err != nil {
		return "", fmt.Errorf("history: %w", err)
	}
	return filepath.Join(dir, "Lifeboat", "history.db"), nil
}

func dataHome() (string, error) {
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		return os.UserConfigDir()
	}
	// By the XDG Base Directory Specification a path that is not absolute does not count.
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "share"), nil
}
