package backup

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/audit"
	"lifeboat/backup/backuptest/heldfs"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// TestRecheckHeld: on a disk that lets nobody touch the name of what is open, a
// proof repairs, fills in digests and is noted as anywhere else.
func TestRecheckHeld(t *testing.T) {
	r := newRig(t, func(c *phonesim.Config) { c.Content = content.Generate(3, 12, 200<<10) })
	disk := heldfs.New(afero.NewOsFs())
	backUp := func() {
		j := r.job()
		j.Fs = disk
		r.mustRun(j)
	}
	recheck := func(version int, want fault.Code) audit.Findings {
		t.Helper()
		c := r.recheck(version, secret)
		c.Fs = disk
		_, found := r.rechecked(c, want)
		if !found.Noted {
			t.Errorf("the proof of version %d is not noted", version)
		}
		return found
	}
	// A backup of another program, whose digests are filled in, and one upon it.
	backUp()
	if err := os.RemoveAll(filepath.Join(r.root, ".lifeboat")); err != nil {
		t.Fatal(err)
	}
	if err := r.sim.Edit(content.Edits{Changed: 2}); err != nil {
		t.Fatal(err)
	}
	backUp()
	for version := 2; version > 0; version-- {
		recheck(version, "")
		c := r.recheck(version, secret)
		c.Fs = disk
		if report, _ := r.rechecked(c, ""); !report.Digests {
			t.Errorf("version %d: its digests are not known", version)
		}
	}
	// One that was flipped, and comes back with a full backup.
	flipIn(t, blobIn(t, vault.Dir(r.root, r.phone.UDID), 1000))
	recheck(0, fault.BackupDamaged)
	backUp()
	if found := recheck(2, ""); found.RepairedCount != 1 {
		t.Errorf("%d files were repaired", found.RepairedCount)
	}
}
