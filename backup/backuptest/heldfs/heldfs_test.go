package heldfs

import (
	"errors"
	"testing"

	"github.com/spf13/afero"
)

func TestHeldNames(t *testing.T) {
	f := New(afero.NewMemMapFs())
	for _, name := range []string{"/a/x", "/a/y", "/b/z"} {
		if err := afero.WriteFile(f, name, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	open, err := f.Open("/a/x")
	if err != nil {
		t.Fatal(err)
	}
	touch := map[string]func() error{
		"replace":         func() error { return f.Rename("/a/y", "/a/x") },
		"move":            func() error { return f.Rename("/a/x", "/c") },
		"move its folder": func() error { return f.Rename("/a", "/c") },
		"remove":          func() error { return f.Remove("/a/x") },
		"remove all":      func() error { return f.RemoveAll("/a") },
	}
	for name, do := range touch {
		if err := do(); !errors.Is(err, Refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := f.Rename("/b/z", "/b/w"); err != nil {
		t.Errorf("what is not open: %v", err)
	}
	if err := errors.Join(open.Close(), f.Rename("/a/y", "/a/x"), f.Remove("/a/x")); err != nil {
		t.Errorf("after it was closed: %v", err)
	}
	if len(f.open) != 0 {
		t.Errorf("still held: %v", f.open)
	}
}
