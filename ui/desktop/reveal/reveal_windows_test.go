package reveal

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"
)

// TestFolderGone: of what is not there Explorer would show something else. Showing
// what is there needs a screen.
func TestFolderGone(t *testing.T) {
	if err := Folder(t.Context(), filepath.Join(t.TempDir(), "a, b ü")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
