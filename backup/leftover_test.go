package backup

import (
	"os"
	"path/filepath"
	"testing"

	"lifeboat/backup/vault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// TestSnapshotLeftBehind: what another program left half-way in Snapshot, of a
// file that the backup has and of one that nobody knows, costs the next backup
// no file, and is not there afterwards.
func TestSnapshotLeftBehind(t *testing.T) {
	r := newRig(t, func(c *phonesim.Config) { c.Content = content.Generate(9, 60, 1<<20) })
	first := r.mustRun(r.job())
	dir := vault.Dir(r.root, r.phone.UDID)
	known := filepath.Base(blobIn(t, dir, 1))
	unknown := "ab" + known[2:]
	for _, id := range []string{known, unknown} {
		folder := filepath.Join(dir, "Snapshot", id[:2])
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, id), []byte("left"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.sim.Edit(content.Edits{Changed: 2, Added: 1}); err != nil {
		t.Fatal(err)
	}
	second := r.mustRun(r.job())
	if second.Files != first.Files+1 || second.Version.Removed != 0 {
		t.Errorf("%d files after %d: %+v", second.Files, first.Files, second.Version)
	}
	if _, err := os.Stat(filepath.Join(dir, known[:2], known)); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "Snapshot")); !os.IsNotExist(err) {
		t.Errorf("Snapshot is still there: %v", err)
	}
	r.prove(1, secret)
	r.prove(2, secret)
}
