package disk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lifeboat/backup/backuptest/links"
)

// The free space of a folder yet to be made is that of the folder above it.
// Other programs write meanwhile, so the two may differ, but not by much.
func TestFreeOfAFolderYetToBeMade(t *testing.T) {
	dir := t.TempDir()
	here, err := Free(dir)
	if err != nil {
		t.Fatal(err)
	}
	if here == 0 {
		t.Fatal("the temporary folder has no room at all")
	}
	there, err := Free(filepath.Join(dir, "not", "yet"))
	if err != nil {
		t.Fatal(err)
	}
	const slack = 4 << 30
	if max(here, there)-min(here, there) > slack {
		t.Errorf("free = %d above, %d for a folder yet to be made", here, there)
	}
}

func TestExisting(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dangling := filepath.Join(dir, "dangling")
	linked := links.Made(t, filepath.Join(dir, "gone"), dangling)
	for _, tc := range []struct {
		name, ask, want string
	}{
		{"the folder itself", dir, dir},
		{"one level missing", filepath.Join(dir, "a"), dir},
		{"three levels missing", filepath.Join(dir, "a", "b", "c"), dir},
		{"a file stands there", file, file},
		{"below a file", filepath.Join(file, "a"), ""},
		{"a link that leads nowhere", dangling, ""},
		{"below a link that leads nowhere", filepath.Join(dangling, "a"), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if !linked && strings.HasPrefix(tc.ask, dangling) {
				t.Skip("no links can be made here")
			}
			got, err := Existing(tc.ask)
			if (err != nil) != (tc.want == "") || got != tc.want && tc.want != "" {
				t.Errorf("Existing = %q, %v, want %q", got, err, tc.want)
			}
		})
	}
}

// A relative folder is measured where the program stands.
func TestFreeOfARelativeFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := Free("backups"); err != nil {
		t.Fatal(err)
	}
}
