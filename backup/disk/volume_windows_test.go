package disk

import (
	"path/filepath"
	"testing"
)

// TestVolumeOf: each folder of a drive is of that drive, and one that is not
// there is not guessed at.
func TestVolumeOf(t *testing.T) {
	dir := t.TempDir()
	v, err := VolumeOf(dir)
	if err != nil || v.System == "" || v.Remote {
		t.Errorf("%s: %+v, %v", dir, v, err)
	}
	root := filepath.VolumeName(dir) + `\`
	if of, err := VolumeOf(root); err != nil || of != v {
		t.Errorf("%s: %+v, %v, want %+v", root, of, err, v)
	}
	if v, err := VolumeOf(`Q:\nowhere`); err == nil {
		t.Errorf("a drive that is not there is %+v", v)
	}
}
