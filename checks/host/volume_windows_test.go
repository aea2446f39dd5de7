package host

import (
	"path/filepath"
	"testing"
)

// TestVolumeOf: each folder of a drive is of that drive, and one that is not
// there is not guessed at.
func TestVolumeOf(t *testing.T) {
	dir := t.TempDir()
	name, remote, err := volumeOf(dir)
	if err != nil || name == "" || remote {
		t.Errorf("%s: %q, remote %v, %v", dir, name, remote, err)
	}
	root := filepath.VolumeName(dir) + `\`
	if of, _, err := volumeOf(root); err != nil || of != name {
		t.Errorf("%s: %q, %v, want %q", root, of, err, name)
	}
	if name, _, err := volumeOf(`Q:\nowhere`); err == nil {
		t.Errorf("a drive that is not there is %q", name)
	}
}
