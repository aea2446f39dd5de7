package autostart

import (
	"os"
	"path/filepath"
	"testing"
)

// TestSet switches on and off what the system of this computer reads, in a home
// of its own; on Windows under a name of its own.
func TestSet(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "config"))
	path := filepath.Join(home, "some program")
	if err := os.WriteFile(path, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	e := Entry{ID: "io.github.lifeboat.test", Name: "Lifeboat test " + filepath.Base(home), Program: path, Args: []string{"--background"}}
	t.Cleanup(func() { e.Set(false) })
	is := func(when string, want Status) {
		t.Helper()
		if got, err := e.Status(); got != want || err != nil {
			t.Errorf("%s: %s, %v", when, got, err)
		}
	}
	set := func(on bool) {
		t.Helper()
		if err := e.Set(on); err != nil {
			t.Error(err)
		}
	}
	is("at first", Off)
	set(false)
	is("after nothing", Off)
	set(true)
	is("on", On)
	set(true)
	is("on twice", On)
	e.Program = filepath.Join(home, "moved")
	is("another program", Other)
	if err := os.Rename(path, e.Program); err != nil {
		t.Fatal(err)
	}
	set(true)
	is("put right", On)
	if err := os.Remove(e.Program); err != nil {
		t.Fatal(err)
	}
	is("the program is gone", Other)
	set(false)
	is("off", Off)
}
