package places

import (
	"path/filepath"
	"testing"
)

// The drive of a folder is found where another file system begins.
func TestDriveOf(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	if got := driveOf("/proc/self/net"); got != "/proc" {
		t.Errorf("%q", got)
	}
	if !mounted("/proc") || mounted("/proc/self/") || mounted(filepath.Join(t.TempDir(), "none")) {
		t.Error("mounted")
	}
	if got := driveOf(t.TempDir()); got != "" {
		t.Errorf("the home's own disk: %q", got)
	}
	for drive, want := range map[string]string{"/media/anna/Blue": "Blue", "/Volumes/My Disk": "My Disk", "/srv/x": "", "": ""} {
		if got := labelOf(drive); got != want {
			t.Errorf("%s: %q", drive, got)
		}
	}
}
