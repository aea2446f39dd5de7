package vault

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/disk"
	"lifeboat/device/fault"
)

// longFolder makes a folder whose path is longer than the 260 characters that
// Windows' older functions take.
func longFolder(t *testing.T, above string) string {
	t.Helper()
	dir := filepath.Join(append([]string{above}, strings.Split(strings.Repeat(strings.Repeat("x", 60)+" ", 5), " ")...)...)
	must(t, os.MkdirAll(dir, 0o700))
	if len(dir) <= 260 {
		t.Fatalf("%d characters are not many", len(dir))
	}
	return dir
}

// TestLongPath: a folder far down takes backups as any other, and holds one
// writer at a time.
func TestLongPath(t *testing.T) {
	for name, fsys := range systems {
		t.Run(name, func(t *testing.T) { backsUpInto(t, fsys, longFolder(t, t.TempDir())) })
	}
	t.Run("from where the program runs", func(t *testing.T) {
		above := t.TempDir()
		t.Chdir(above)
		dir, err := filepath.Rel(above, longFolder(t, above))
		must(t, err)
		backsUpInto(t, systems["native"], dir)
	})
}

// backsUpInto makes two versions in a folder, and reads both.
func backsUpInto(t *testing.T, fsys afero.Fs, root string) {
	t.Helper()
	if err := Preflight(fsys, root); err != nil {
		t.Fatalf("before: %v", err)
	}
	v := open(t, fsys, root)
	if disk.Native(fsys) {
		if _, err := Open(fsys, root, udid, nil); fault.Of(err) != fault.DestBusy {
			t.Errorf("a second one: %v", err)
		}
	}
	var before files
	first := before.with(1, files{"a": "one", "b": "two"})
	second := first.with(2, files{"a": "", "b": "three", "c": "four"})
	must(t, backUp(v, Plan{}, 1, nil, first), backUp(v, Plan{}, 2, first, second), v.Close())
	shows(t, fsys, root, 1, first)
	shows(t, fsys, root, 2, second)
	if _, err := disk.Probe(fsys, root); err != nil {
		t.Error(err)
	}
	if disk.Native(fsys) {
		if v, err := disk.VolumeOf(root); err != nil || v.System == "" {
			t.Errorf("%+v, %v", v, err)
		}
	}
	if _, err := disk.Free(root); err != nil {
		t.Error(err)
	}
}
