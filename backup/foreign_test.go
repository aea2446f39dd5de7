package backup

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/afero"
	"howett.net/plist"

	"lifeboat/backup/format"
	"lifeboat/backup/library"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
)

// TestBrokenRunOfAnother: another program begins a backup in the phone's folder
// and is interrupted. What stands there is unfinished; the version that stood
// there has lost nothing, and is proven by the copies of its small lists; the
// next backup is a full one.
func TestBrokenRunOfAnother(t *testing.T) {
	r := newRig(t, nil)
	r.mustRun(r.job())
	dir := vault.Dir(r.root, r.phone.UDID)
	begun, err := plist.Marshal(map[string]any{"Version": "3.3", "UUID": "7", "SnapshotState": "uploading", "IsFullBackup": false}, plist.BinaryFormat)
	if err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(dir, "Snapshot", "ab")
	if err := os.MkdirAll(half, 0o700); err != nil {
		t.Fatal(err)
	}
	for path, data := range map[string][]byte{
		filepath.Join(dir, format.StatusName): begun,
		filepath.Join(dir, format.InfoName):   []byte("<plist/>"),
		filepath.Join(half, "ab12"):           []byte("half"),
	} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := vault.List(afero.NewOsFs(), r.root, r.phone.UDID)
	if err != nil || len(list) != 1 || list[0].Proof.Intact() || !list[0].Altered {
		t.Errorf("before it was looked at: %+v, %v", list, err)
	}
	if _, _, proven := new(library.Library).Standing(r.root, r.phone.UDID); proven {
		t.Error("what another program has written to counts as proven")
	}
	r.rechecked(r.recheck(0, secret), fault.BackupUnfinished)
	if _, found := r.rechecked(r.recheck(1, secret), ""); !found.Noted || !found.Version.Proof.Intact() {
		t.Errorf("the version that stood there: %+v", found.Version)
	}
	if result := r.mustRun(r.job()); result.Version.Number != 3 || result.Version.Proof.Level != "full" {
		t.Errorf("the next backup: %+v", result.Version)
	}
	if _, _, proven := new(library.Library).Standing(r.root, r.phone.UDID); !proven {
		t.Error("the next backup does not count as proven")
	}
	r.prove(1, secret)
	r.prove(3, secret)
}
