package rootfs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLongPath: files are made, moved, listed and removed in a root whose own
// path, and below it in folders whose path, is longer than 260 characters.
func TestLongPath(t *testing.T) {
	deep := strings.Repeat("/"+strings.Repeat("x", 60), 5)
	dir := filepath.Join(t.TempDir(), filepath.FromSlash(deep))
	must(t, os.MkdirAll(dir, 0o700))
	fsys, err := Open(dir)
	must(t, err)
	defer fsys.Close()
	must(t, fsys.MkdirAll(deep+"/one", 0o700), fsys.MkdirAll(deep+"/two", 0o700))
	write(t, fsys, deep+"/one/a", "a")
	must(t, fsys.Rename(deep+"/one/a", deep+"/two/b"))
	wantContent(t, filepath.Join(dir, filepath.FromSlash(deep), "two", "b"), "a")
	folder, err := fsys.Open(deep + "/two")
	must(t, err)
	names, err := folder.Readdirnames(-1)
	must(t, err, folder.Close())
	if len(names) != 1 || names[0] != "b" {
		t.Errorf("%q", names)
	}
	must(t, fsys.RemoveAll(deep[:61]))
	if _, err := os.Lstat(filepath.Join(dir, deep[:61])); !os.IsNotExist(err) {
		t.Errorf("still there: %v", err)
	}
}
