package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lifeboat/backup/places"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// TestLayOutToAPulledDrive: the folder that a drive left behind is no place for
// a copy either, nor is a new folder in it.
func TestLayOutToAPulledDrive(t *testing.T) {
	r := newRuns(t)
	cfg := phonesim.DefaultConfig()
	cfg.StateDir, cfg.Content = t.TempDir(), content.Generate(3, 10, 1<<20)
	phone, err := phonesim.NewPhone(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer phone.Close()
	r.server.Attach(phone)
	backups, drive := filepath.Join(r.root, "backups"), filepath.Join(r.root, "Blue")
	for _, dir := range []string{backups, drive} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.ctl("backup", "--to", backups); got.code != 0 {
		t.Fatalf("%d\n%s", got.code, got.errs)
	}
	gone := drive // a folder of the system's own disk
	if filepath.Separator == '\\' {
		gone = "Q:"
	}
	if err := (places.Registry{}).Remember(places.Place{Root: drive, Drive: gone, Volume: "Blue"}); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{drive, filepath.Join(drive, "new")} {
		got := r.ctl("lay-out", "1", to, "--from", backups, "--json")
		if got.code != 2 || !strings.Contains(got.out, `"code":"destination-offline"`) {
			t.Errorf("%s: %d\n%s%s", to, got.code, got.out, got.errs)
		}
	}
	if left, err := os.ReadDir(drive); err != nil || len(left) > 0 {
		t.Errorf("written there: %v, %v", left, err)
	}
}
