package reveal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestItem: the shell knows a file by its path, commas and all. Showing it needs a screen.
func TestItem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a, b ü.txt")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	id, err := idOf(path)
	if err != nil || id == 0 {
		t.Fatal(id, err)
	}
	ilFree.Call(id)
	if _, err := idOf(path + ".gone"); err == nil {
		t.Error("the shell knows what is not there")
	}
	for _, show := range []error{Item(t.Context(), path+".gone"), Folder(t.Context(), path+".gone")} {
		if !errors.Is(show, fs.ErrNotExist) {
			t.Error(show)
		}
	}
}
