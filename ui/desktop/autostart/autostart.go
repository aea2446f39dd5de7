// Package autostart has a program started when the user logs in: by a file in
// the desktop's autostart folder on Linux, by a value of the registry's Run key
// on Windows, by a launch agent on macOS. Nothing is set up until it is asked for,
// and what is said of it is read from where the system reads it.
package autostart

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// Entry is what is to be started.
type Entry struct {
	ID   string // in the form of a domain: "io.github.lifeboat"
	Name string // as people know it: "Lifeboat"
	// Program is the file to start; see [Program].
	Program string
	Args    []string
}

// Status is what will happen at the next login.
type Status string

// The states.
const (
	Off Status = "off"
	On  Status = "on"
	// Blocked is an entry that the user, or who manages the computer, has switched
	// off in the system's own settings. Set does not overrule that.
	Blocked Status = "blocked"
	// Other is an entry that starts another file than Program, such as one that
	// was moved or deleted. Set puts it right.
	Other Status = "other"
)

var (
	// ErrUnsupported is returned where a program cannot set this up by itself,
	// such as within Flatpak.
	ErrUnsupported = errors.New("this package of the program cannot be started at login by itself")
	// ErrPassing is returned for a program that lies where it will not stay.
	ErrPassing = errors.New("the program lies in a folder that will not stay")
)

// Program is the file of this program as it has to be started again.
func Program() (string, error) {
	file, err := os.Executable()
	if err != nil {
		return "", err
	}
	return program(runtime.GOOS, file, os.TempDir(), os.Getenv, exists)
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// program is file, but where that is not what the user started.
func program(goos, file, temp string, env func(string) string, exists func(string) bool) (string, error) {
	inAppImage := env("APPIMAGE") != "" && env("APPDIR") != "" && strings.HasPrefix(file, path.Clean(env("APPDIR"))+"/")
	switch {
	case goos == "linux" && (exists("/.flatpak-info") || env("SNAP") != ""):
		return "", ErrUnsupported // its files are not those of the desktop
	case goos == "linux" && inAppImage:
		return env("APPIMAGE"), nil // the file itself is mounted only while this runs
	case goos == "darwin" && strings.Contains(file, "/AppTranslocation/"):
		// macOS runs what was downloaded from a place made up for it until it is
		// moved to Applications.
		return "", ErrPassing
	case below(temp, file):
		return "", ErrPassing // as of a program that was started within a .zip on Windows
	}
	return file, nil
}

// below reports whether a file lies in a folder, or deeper; letters count as on
// Windows.
func below(dir, file string) bool {
	rel, err := filepath.Rel(strings.ToLower(dir), strings.ToLower(file))
	return err == nil && filepath.IsLocal(rel)
}
