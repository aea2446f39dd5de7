package places

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestPlainVolume: however a path is spelled, its drive has one name.
func TestPlainVolume(t *testing.T) {
	for path, want := range map[string]string{
		`E:\Backups`: "E:", `E:/Backups`: "E:", `\\nas\share\Backups`: `\\nas\share`, `//nas/share/x`: `//nas/share`,
		`\\?\E:\Backups`: "E:", `\\.\E:\x`: "E:", `\\?\UNC\nas\share\x`: `\\nas\share`,
		`\\?\Volume{01234567-89ab-cdef-0123-456789abcdef}\x`: `\\?\Volume{01234567-89ab-cdef-0123-456789abcdef}`,
	} {
		if got := plainVolume(filepath.Clean(path)); got != filepath.FromSlash(want) {
			t.Errorf("%s: %q", path, got)
		}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	if got := driveOf(`\\?\` + home); got != "" {
		t.Errorf("the home's own disk: %q", got)
	}
}

// TestSerial: a drive that is there has a number, and a letter.
func TestSerial(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	drive := plainVolume(home)
	number, ok := serialOf(drive)
	if !ok || !slices.Contains(letters(), drive) {
		t.Errorf("%s: %d, %v; letters %q", drive, number, ok, letters())
	}
	if number, ok := serialOf("Q:"); ok {
		t.Errorf("a drive that is not there has the number %d", number)
	}
	b := Registry{filepath.Join(t.TempDir(), "places.json")}
	if err := b.Remember(Place{Root: t.TempDir(), Drive: drive}); err != nil {
		t.Fatal(err)
	}
	if kept := read(b.Path).Places; len(kept) != 1 || kept[0].Serial != number {
		t.Errorf("remembered: %+v", kept)
	}
}
