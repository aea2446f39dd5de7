package library

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lifeboat/backup/backuptest"
	"lifeboat/device/fault"
)

// TestCopy: another program's backup is copied into a folder that is made for it
// and becomes the first version there, with nothing written at its place; then it
// is copied on as Lifeboat's own.
func TestCopy(t *testing.T) {
	l, place, _ := others(t, "")
	found, _ := foreign(t, l)
	k, drive := found[0].Kept(), t.TempDir()
	to := filepath.Join(drive, "backups")
	before := state(t, place)
	plan, err := l.PlanCopy(t.Context(), k, 0, to)
	if err != nil || plan.Bytes < 1000 || plan.Need < plan.Bytes || plan.Versions != 1 {
		t.Fatalf("%+v, %v", plan, err)
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("a plan made the folder")
	}
	done, err := l.Copy(t.Context(), k, 0, to, nil)
	if err != nil || done.Bytes != plan.Bytes || done.Dir != filepath.Join(to, backuptest.UDID) || done.DifferCount != 0 {
		t.Fatalf("%+v, %v", done, err)
	}
	if d := cmp.Diff(before, state(t, place)); d != "" {
		t.Error(d)
	}
	all, err := l.List(t.Context(), to)
	if err != nil || len(all) != 1 || all[0].Versions[0].Uncounted || all[0].Versions[0].Bytes != plan.Bytes {
		t.Fatalf("%+v, %v", all, err)
	}
	on := filepath.Join(drive, "second")
	if done, err = l.Copy(t.Context(), all[0], 1, on, nil); err != nil || done.Versions != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	if known, err := l.Remembered(t.Context()); err != nil || len(known) != 2 {
		t.Errorf("%+v, %v", known, err)
	}
	for _, to := range []string{to, on, place} {
		if _, err := l.PlanCopy(t.Context(), k, 0, to); fault.Of(err) != fault.LayOutTaken {
			t.Errorf("%s: %v", to, err)
		}
		if _, err := l.Copy(t.Context(), all[0], 0, to, nil); fault.Of(err) != fault.LayOutTaken {
			t.Errorf("%s: %v", to, err)
		}
	}
	inside := filepath.Join(to, backuptest.UDID)
	if _, err := l.Copy(t.Context(), k, 0, filepath.Join(inside, "x"), nil); fault.Of(err) != fault.DestInBackup {
		t.Error(err)
	}
	if _, err := l.PlanCopy(t.Context(), k, 0, filepath.Join(drive, "no", "where")); fault.Of(err) != fault.DestMissing {
		t.Error(err)
	}

	stopped, stop := context.WithCancel(t.Context())
	third := filepath.Join(drive, "third")
	if _, err := l.Copy(stopped, k, 0, third, func(int64) { stop() }); fault.Of(err) != fault.Cancelled {
		t.Error(err)
	}
	if err := l.DropCopy(t.Context(), k, third); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(third); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}
