package library

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/content"
)

// TestMove: what is moved is there and in the trash here, can be taken back, and
// goes for good only after its time, and while it is there.
func TestMove(t *testing.T) {
	l, root, drive := newLibrary(t), t.TempDir(), t.TempDir()
	backuptest.Make(t, root, content.Generate(5, 3, 1000), "")
	to, now := filepath.Join(drive, "backups"), time.Now().UTC().Truncate(time.Second)
	k := Kept{Root: root, UDID: backuptest.UDID}
	if _, away, err := l.Move(t.Context(), Kept{Root: root, UDID: k.UDID, Foreign: true}, 0, to, now, nil); fault.Of(err) != fault.NotOurs || away {
		t.Errorf("%v, %v", away, err)
	}
	done, away, err := l.Move(t.Context(), k, 1, to, now, nil) // the only one
	if err != nil || !away || done.Dir != filepath.Join(to, k.UDID) {
		t.Fatalf("%+v, %v, %v", done, away, err)
	}
	if _, err := l.Find(root, ""); fault.Of(err) != fault.NotABackup {
		t.Errorf("it is here still: %v", err)
	}
	if all, err := l.List(t.Context(), to); err != nil || len(all) != 1 || len(all[0].Versions) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	moved, err := l.Moved(root, k.UDID)
	if err != nil || len(moved) != 1 || moved[0].To != to || !moved[0].Date.Equal(now) {
		t.Fatalf("%+v, %v", moved, err)
	}
	if other, err := l.Moved(root, "00008030-000000000000000E"); err != nil || len(other) != 0 {
		t.Errorf("%+v, %v", other, err)
	}
	if err := l.TakeBack(root, moved[0]); err != nil {
		t.Fatal(err)
	}
	if all, err := l.List(t.Context(), root); err != nil || len(all) != 1 || len(all[0].Versions) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	// Where it is there already it is not moved again, and stays.
	if _, away, err := l.Move(t.Context(), k, 0, to, now, nil); fault.Of(err) != fault.LayOutTaken || away {
		t.Errorf("%v, %v", away, err)
	}
	second := filepath.Join(drive, "second")
	if _, away, err := l.Move(t.Context(), k, 0, second, now, nil); err != nil || !away {
		t.Fatalf("%v, %v", away, err)
	}
	policy := vault.Policy{Trash: 14}
	prune := func(days int) int {
		t.Helper()
		gone, err := l.PruneMoved(root, policy, now.AddDate(0, 0, days))
		if err != nil {
			t.Error(err)
		}
		return len(gone)
	}
	if n := prune(13); n != 0 {
		t.Errorf("before its time: %d", n)
	}
	hidden := filepath.Join(drive, "unplugged")
	if err := os.Rename(second, hidden); err != nil {
		t.Fatal(err)
	}
	if n := prune(20); n != 0 {
		t.Errorf("while the only copy is away: %d", n)
	}
	if err := os.Rename(hidden, second); err != nil {
		t.Fatal(err)
	}
	if n := prune(20); n != 1 {
		t.Errorf("at its time: %d", n)
	}
	if left, err := os.ReadDir(root); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
}
