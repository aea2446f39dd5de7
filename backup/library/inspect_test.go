package library

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/format"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/content"
)

func TestInspectAndLocate(t *testing.T) {
	root := t.TempDir()
	native := afero.NewOsFs()
	if _, err := Inspect(native, root, backuptest.UDID); fault.Of(err) != fault.NotABackup {
		t.Errorf("nothing there: %v", err)
	}
	if _, err := Locate(native, root); fault.Of(err) != fault.NotABackup {
		t.Errorf("nothing there: %v", err)
	}
	if _, err := Locate(native, filepath.Join(root, "none")); fault.Of(err) != fault.NotABackup {
		t.Errorf("no such folder: %v", err)
	}
	dir := backuptest.Make(t, root, content.Generate(5, 3, 1000), "x")
	got, err := Inspect(native, root, backuptest.UDID)
	if err != nil || got.Date.IsZero() {
		t.Fatalf("%+v, %v", got, err)
	}
	want := Existing{
		Dir: dir, UDID: backuptest.UDID, Date: got.Date, Encrypted: true, Finished: true,
		DeviceName: "Test", ProductType: "iPhone15,2", ProductVersion: "17.5.1",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for _, path := range []string{dir, root} {
		if all, err := Locate(native, path); err != nil || len(all) != 1 || all[0] != dir {
			t.Errorf("%s: %v, %v", path, all, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, format.ManifestName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Inspect(native, root, backuptest.UDID); fault.Of(err) != fault.BackupDamaged {
		t.Errorf("an empty Manifest.plist: %v", err)
	}
}
