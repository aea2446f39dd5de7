package backup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/library"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/content"
)

// TestFolderDeleted: with the folder of the newest backup deleted, the others
// are found by all ways in which people name the place; the newest is said to
// be damaged, an earlier one that shares nothing with it is proven, and the
// next run brings everything again.
func TestFolderDeleted(t *testing.T) {
	r := newRig(t, nil)
	r.mustRun(r.job())
	j := r.job()
	j.Full = true
	r.mustRun(j)
	dir := vault.Dir(r.root, r.phone.UDID)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{r.root, dir} {
		if all, err := library.Locate(afero.NewOsFs(), path); err != nil || len(all) != 1 || all[0] != dir {
			t.Errorf("%s: %v, %v", path, all, err)
		}
	}
	if _, _, err := r.recheck(0, secret).Run(context.Background(), nil); fault.Of(err) != fault.BackupDamaged && fault.Of(err) != fault.NotABackup {
		t.Errorf("the newest: %v", err)
	}
	r.rechecked(r.recheck(1, secret), "")
	if err := r.sim.Edit(content.Edits{Changed: 1}); err != nil {
		t.Fatal(err)
	}
	if result := r.mustRun(r.job()); result.Version.Number != 3 || result.Version.Proof.Level != "full" {
		t.Errorf("the next run: %+v", result.Version)
	}
	r.prove(1, secret)
	r.prove(3, secret)
}

// TestRecordBroken: with what is written down of one version broken, that one
// is looked at by what the phone itself listed, and the others as before.
func TestRecordBroken(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	for _, file := range []string{"meta.json", "changes"} {
		r := newRig(t, nil)
		for range 3 {
			r.mustRun(r.job())
			if err := r.sim.Edit(content.Edits{Changed: 2, Added: 1}); err != nil {
				t.Fatal(err)
			}
		}
		name := filepath.Join(r.root, ".lifeboat", r.phone.UDID, "versions", "000002", file)
		flipIn(t, name)
		broken, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for number := 1; number <= 3; number++ {
			_, found := r.rechecked(r.recheck(number, secret), "")
			if found.Managed != (number == 1) {
				t.Errorf("%s, version %d: %+v", file, number, found)
			}
		}
		if _, err := vault.OpenView(afero.NewOsFs(), r.root, r.phone.UDID, 7); fault.Of(err) != fault.VersionUnknown {
			t.Error(err)
		}
		if result := r.mustRun(r.job()); result.Version.Number != 4 || result.Version.Proof.Level != "full" {
			t.Errorf("%s: the next run: %+v", file, result.Version)
		}
		if now, err := os.ReadFile(name); string(now) != string(broken) {
			t.Errorf("%s was written over: %v", file, errors.Join(err))
		}
		r.prove(4, secret)
	}
}
