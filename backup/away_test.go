package backup

import (
	"os"
	"path/filepath"
	"testing"

	"lifeboat/backup/places"
	"lifeboat/device/fault"
)

// TestFolderOfAPulledDrive: what a drive left behind takes no backup, and
// nothing is written there.
func TestFolderOfAPulledDrive(t *testing.T) {
	r := newRig(t, nil)
	drive := filepath.Join(r.root, "Blue")
	r.root = filepath.Join(drive, "backups")
	if err := os.MkdirAll(r.root, 0o700); err != nil {
		t.Fatal(err)
	}
	gone := drive // a folder of the system's own disk
	if filepath.Separator == '\\' {
		gone = "Q:"
	}
	book := &places.Registry{Path: filepath.Join(t.TempDir(), "places.json")}
	if err := book.Remember(places.Place{Root: r.root, Drive: gone, Volume: "Blue"}); err != nil {
		t.Fatal(err)
	}
	job := r.job()
	job.Places = book
	if _, err := job.Run(t.Context(), nil); fault.Of(err) != fault.DestOffline {
		t.Errorf("%v, not %s", err, fault.DestOffline)
	}
	if left, err := os.ReadDir(r.root); err != nil || len(left) > 0 {
		t.Errorf("written there: %v, %v", left, err)
	}
}
