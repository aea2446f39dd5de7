package library

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/places"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/content"
)

func newLibrary(t *testing.T) *Library {
	t.Helper()
	home := t.TempDir()
	return &Library{
		Fs: afero.NewOsFs(), Own: filepath.Join(home, "own", "backups"),
		Places: &places.Registry{Path: filepath.Join(home, "places.json")},
	}
}

// TestFoldersThatAreNotThere: Lifeboat's own folder is made when a backup is to
// go there and is empty before; any other one is missing, or offline once
// backups were seen in it.
func TestFoldersThatAreNotThere(t *testing.T) {
	l := newLibrary(t)
	if all, err := l.List(t.Context(), l.Own); len(all) != 0 || err != nil {
		t.Errorf("before it is made: %v, %v", all, err)
	}
	if err := l.Destination(l.Own); err != nil {
		t.Error(err)
	}
	drive := filepath.Join(t.TempDir(), "drive")
	look := func() (codes [3]fault.Code) {
		_, listed := l.List(t.Context(), drive)
		_, found := l.Find(drive, "")
		return [3]fault.Code{fault.Of(listed), fault.Of(found), fault.Of(l.Destination(drive))}
	}
	if got := look(); got != [3]fault.Code{fault.DestMissing, fault.NotABackup, fault.DestMissing} {
		t.Errorf("never seen: %v", got)
	}
	if err := os.Mkdir(drive, 0o700); err != nil {
		t.Fatal(err)
	}
	if all, err := l.List(t.Context(), drive); len(all) != 0 || err != nil {
		t.Errorf("empty: %v, %v", all, err)
	}
	if err := os.Remove(drive); err != nil {
		t.Fatal(err)
	}
	if got := look(); got != [3]fault.Code{fault.DestOffline, fault.DestOffline, fault.DestOffline} {
		t.Errorf("seen before: %v", got)
	}
}

// TestKept: one phone's backups are found by the folder, by their own folder and
// by a UDID in other letters; they are copied into a folder of which the last
// part is made and no more, deleted, and taken back.
func TestKept(t *testing.T) {
	l, root := newLibrary(t), t.TempDir()
	dir := backuptest.Make(t, root, content.Generate(5, 3, 1000), "x")
	for _, path := range []string{root, dir} {
		if all, err := l.Find(path, backuptest.UDID); err != nil || len(all) != 1 || all[0].Root != root {
			t.Fatalf("%s: %+v, %v", path, all, err)
		}
	}
	if _, err := l.Find(root, "00008030-000000000000000E"); fault.Of(err) != fault.NotABackup {
		t.Errorf("another phone: %v", err)
	}
	all, err := l.List(t.Context(), root)
	if err != nil || len(all) != 1 || all[0].Name != "Test" || !all[0].Encrypted || len(all[0].Versions) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	k := all[0]
	number := k.Versions[0].Number

	to := filepath.Join(t.TempDir(), "one")
	copied, err := l.LayOut(context.Background(), k, number, to, func(int64) {})
	if err != nil || copied.Dir != filepath.Join(to, backuptest.UDID) {
		t.Errorf("%+v, %v", copied, err)
	}
	if _, err := l.LayOut(context.Background(), k, number, filepath.Join(to, "two", "three"), func(int64) {}); fault.Of(err) != fault.DestMissing {
		t.Errorf("two folders that are not there: %v", err)
	}

	now := time.Now()
	if would, err := l.WouldPrune(k, vault.DefaultPolicy, now); err != nil || len(would) != 0 {
		t.Errorf("%v, %v", would, err)
	}
	if err := l.Trash(k, now, number); fault.Of(err) != fault.LastVerified {
		t.Errorf("the only one: %v", err)
	}
}
