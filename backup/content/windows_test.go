package content_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/afero"
)

// windows is a file system in memory with the rules of Windows: upper and lower case
// are the same, some characters and names are not taken, and neither is what ends with
// a dot or a space.
type windows struct{ afero.Fs }

var errName = errors.New("the filename, directory name, or volume label syntax is incorrect")

// key is what a name has in common with all that are the same to Windows.
func key(name string) (string, error) {
	if len(name) > 2000 {
		return "", errName
	}
	name = filepath.ToSlash(name) // afero.Walk joins names as this computer does
	for part := range strings.SplitSeq(strings.Trim(name, "/"), "/") {
		stem, _, _ := strings.Cut(strings.ToLower(part), ".")
		stem = strings.TrimRight(stem, " ")
		port := len(stem) == 4 && (strings.HasPrefix(stem, "com") || strings.HasPrefix(stem, "lpt")) && stem[3] >= '0' && stem[3] <= '9'
		switch {
		case len([]rune(part)) > 255, strings.ContainsAny(part, "<>:\"\\|?*"), strings.ContainsFunc(part, func(r rune) bool { return r < ' ' }):
			return "", &fs.PathError{Op: "open", Path: name, Err: errName}
		case strings.HasSuffix(part, "."), strings.HasSuffix(part, " "), port, stem == "con", stem == "prn", stem == "aux", stem == "nul":
			return "", &fs.PathError{Op: "open", Path: name, Err: errName}
		}
	}
	return strings.ToLower(name), nil
}

func (w windows) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	k, err := key(name)
	if err != nil {
		return nil, err
	}
	return w.Fs.OpenFile(k, flag, perm)
}

func (w windows) Open(name string) (afero.File, error) { return w.OpenFile(name, os.O_RDONLY, 0) }

func (w windows) MkdirAll(name string, perm fs.FileMode) error {
	k, err := key(name)
	if err != nil {
		return err
	}
	return w.Fs.MkdirAll(k, perm)
}

func (w windows) Stat(name string) (fs.FileInfo, error) {
	k, err := key(name)
	if err != nil {
		return nil, err
	}
	return w.Fs.Stat(k)
}

func (w windows) Remove(name string) error { return w.Fs.Remove(strings.ToLower(name)) }

func (w windows) Chtimes(name string, a, m time.Time) error {
	return w.Fs.Chtimes(strings.ToLower(name), a, m)
}

func (w windows) Rename(from, to string) error {
	k, err := key(to)
	if err != nil {
		return err
	}
	if _, err := w.Fs.Stat(k); err == nil {
		return fs.ErrExist
	}
	return w.Fs.Rename(strings.ToLower(from), k)
}
