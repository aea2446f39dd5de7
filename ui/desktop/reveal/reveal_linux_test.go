package reveal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"

	"lifeboat/ui/desktop/desktoptest"
)

// manager is a file manager that notes what it is asked for.
type manager struct {
	mu   sync.Mutex
	uris []string
}

func (m *manager) ShowItems(uris []string, _ string) *dbus.Error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.uris = append(m.uris, uris...)
	return nil
}

// shown is what it was asked for.
func (m *manager) shown() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.uris)
}

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

func file(t *testing.T) (dir, path string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "C++ 100% ü")
	path = filepath.Join(dir, "a, b#c.txt")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(path, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	return dir, path
}

func TestItemInTheFileManager(t *testing.T) {
	desktoptest.Bus(t)
	opened := opener(t, "0")
	conn, m := desktoptest.Connect(t), &manager{}
	if err := conn.Export(m, managerPath, managerName); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(managerName, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	_, path := file(t)
	if err := Item(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if got := m.shown(); len(got) != 1 || !strings.HasSuffix(got[0], "/C++%20100%25%20%C3%BC/a,%20b%23c.txt") || !strings.HasPrefix(got[0], "file:///") {
		t.Errorf("asked for %q", got)
	}
	if got := opened(); got != "" {
		t.Errorf("and opened %q", got)
	}
}

// Without such a file manager the folder is shown.
func TestItemWithoutFileManager(t *testing.T) {
	for name, prepare := range map[string]func(*testing.T){"no file manager": desktoptest.Bus, "no bus": desktoptest.NoBus} {
		t.Run(name, func(t *testing.T) {
			prepare(t)
			opened := opener(t, "0")
			dir, path := file(t)
			if err := Item(t.Context(), path); err != nil {
				t.Error(err)
			}
			if got := opened(); got != dir {
				t.Errorf("opened %q, want %q", got, dir)
			}
		})
	}
}

func TestFolder(t *testing.T) {
	dir, path := file(t)
	opened := opener(t, "0")
	if err := Folder(t.Context(), dir); err != nil || opened() != dir {
		t.Errorf("%v, opened %q", err, opened())
	}
	opener(t, "4")
	if Folder(t.Context(), dir) == nil {
		t.Error("no error of a program that fails")
	}
	desktoptest.NoBus(t)
	if Item(t.Context(), path) == nil {
		t.Error("no error where nothing can show it")
	}
	for _, gone := range []error{Item(t.Context(), path+"x"), Folder(t.Context(), dir+"x")} {
		if !errors.Is(gone, fs.ErrNotExist) {
			t.Error(gone)
		}
	}
}
