//go:build interop

package main

import (
	"path/filepath"
	"testing"
)

// TestSizesDifferSameAsIdevicebackup2: a phone that lists other sizes than it
// stores, as real ones do, is backed up, proven, backed up again and laid out;
// both programs have the same at each step, and idevicebackup2 builds upon what
// was laid out as upon a backup of its own. A restore is not tried: a simulated
// phone refuses it.
func TestSizesDifferSameAsIdevicebackup2(t *testing.T) {
	b := build(t)
	state := filepath.Join(t.TempDir(), "state")
	arguments := []string{"--state", state, "--files", "450", "--bytes", "8000000", "--seed", "11", "--fault", "sizes-differ=45"}
	theirs, ours, out := t.TempDir(), t.TempDir(), t.TempDir()
	same := func() {
		t.Helper()
		run(t, "", b.ctl, "verify", ours) // exits 0 only if nothing is doubtful
		compare(t, backupOfPhone(t, theirs), backupOfPhone(t, ours))
	}
	address, stop := startPhone(t, b, arguments...)
	run(t, address, "idevicepair", "pair")
	run(t, address, "idevicebackup2", "encryption", "on", "correct horse", theirs)
	run(t, address, "idevicebackup2", "backup", theirs)
	run(t, address, b.ctl, "backup", "--json", "--to", ours)
	same()
	stop()

	address, _ = startPhone(t, b, append(arguments, "--change", "30", "--add", "20", "--delete", "15")...)
	run(t, address, "idevicebackup2", "backup", theirs)
	run(t, address, b.ctl, "backup", "--json", "--to", ours)
	for name, dir := range map[string]string{"idevicebackup2": theirs, "lifeboatctl": ours} {
		if full := dict(t, backupOfPhone(t, dir), "Status.plist")["IsFullBackup"]; full != false {
			t.Errorf("the second backup of %s is a full one: %v", name, full)
		}
	}
	same()
	run(t, "", b.ctl, "lay-out", "2", filepath.Join(out, "laid"), "--from", ours)
	compare(t, backupOfPhone(t, theirs), backupOfPhone(t, filepath.Join(out, "laid")))

	run(t, address, "idevicebackup2", "backup", filepath.Join(out, "laid"))
	if full := dict(t, backupOfPhone(t, filepath.Join(out, "laid")), "Status.plist")["IsFullBackup"]; full != false {
		t.Errorf("idevicebackup2 did not build upon what was laid out: %v", full)
	}
	run(t, address, "idevicebackup2", "backup", theirs)
	compare(t, backupOfPhone(t, theirs), backupOfPhone(t, filepath.Join(out, "laid")))
}
