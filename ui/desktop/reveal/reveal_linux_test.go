package reveal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// opener puts a program in the place of xdg-open that notes what it is given,
// and fails if it is to. It returns what was noted.
func opener(t *testing.T, code string) func() string {
	t.Helper()
	dir := t.TempDir()
	noted := filepath.Join(dir, "noted")
	script := "#!/bin/sh\nprintf '%s' \"$*\" >" + noted + "\nexit " + code + "\n"
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return func() string {
		data, err := os.ReadFile(noted)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
		return string(data)
	}
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "C++ 100% ü")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	opened := opener(t, "0")
	if err := Folder(t.Context(), dir); err != nil || opened() != dir {
		t.Errorf("%v, opened %q", err, opened())
	}
	opener(t, "4")
	if Folder(t.Context(), dir) == nil {
		t.Error("no error of a program that fails")
	}
	if err := Folder(t.Context(), dir+"x"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
