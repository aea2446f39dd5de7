package disk

import (
	"errors"
	"syscall"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/faultfs"
)

// TestReplace: whatever fails, the file is the old one or the new one, and what
// was half written goes where the disk still answers.
func TestReplace(t *testing.T) {
	const name, fresh = "/room/file", "/room/file.new"
	failed := 0
	for _, kind := range []faultfs.Kind{faultfs.Create, faultfs.Write, faultfs.Sync, faultfs.Rename, faultfs.Remove} {
		for n := 0; n < 3; n++ { // 0: nothing fails
			for _, gone := range []bool{false, true} {
				inner := afero.NewMemMapFs()
				for name, held := range map[string]string{name: "old", fresh: "half"} {
					if err := afero.WriteFile(inner, name, []byte(held), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				disk := faultfs.New(inner, faultfs.Plan{Kind: kind, N: n, Err: syscall.EIO, Gone: gone})
				err := Replace(disk, name, fresh, []byte("new"))
				data, readErr := afero.ReadFile(inner, name)
				if got := string(data); readErr != nil || got != "old" && got != "new" || err == nil && got != "new" {
					t.Errorf("%s %d, gone %v: %q, %v; Replace says %v", kind, n, gone, data, readErr, err)
				}
				if err != nil {
					if failed++; !errors.Is(err, syscall.EIO) {
						t.Errorf("%s %d, gone %v: %v", kind, n, gone, err)
					}
				}
				left, statErr := afero.Exists(inner, fresh)
				if statErr != nil || left && !gone && (kind != faultfs.Remove || n == 0) {
					t.Errorf("%s %d: what was half written is left, %v", kind, n, statErr)
				}
			}
		}
	}
	if failed < 8 {
		t.Errorf("only %d of them failed", failed)
	}
	if a, b := Fresh(name), Fresh(name); a == b || len(a) < len(name)+20 {
		t.Errorf("%s, %s", a, b)
	}
}
