package engine

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/backuptest/faultfs"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/phonesim/content"
)

// dates are those of all files and folders below dir.
func dates(t *testing.T, dir string) map[string]time.Time {
	t.Helper()
	all := map[string]time.Time{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		all[path] = info.ModTime()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestRecheckOfAnotherProgram: another program's backup is proven, and what is
// wrong in it found, without a write: nothing is repaired, noted or locked, also
// where that could be done.
func TestRecheckOfAnotherProgram(t *testing.T) {
	for _, managed := range []bool{false, true} {
		place := filepath.Join(t.TempDir(), "Backup")
		dir := backuptest.Make(t, place, content.Generate(5, 20, 1<<16), "")
		counted := faultfs.New(afero.NewOsFs(), faultfs.Plan{})
		e := &Engine{Library: library.Library{Usual: []library.UsualPlace{{Dir: place, Of: []library.Program{library.Finder}}}}}
		found, _, err := e.Foreign(t.Context())
		if err != nil || len(found) != 1 {
			t.Fatalf("%+v, %v", found, err)
		}
		k := found[0].Kept()
		if managed {
			v, err := vault.Open(afero.NewOsFs(), place, k.UDID, nil)
			if err == nil {
				err = errors.Join(v.Adopt(), v.Close())
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		before := dates(t, place)
		for _, spoiled := range []bool{false, true} {
			if spoiled {
				names, err := filepath.Glob(filepath.Join(dir, "??", "*"))
				for _, name := range names {
					err = errors.Join(err, os.Remove(name))
				}
				if err != nil {
					t.Fatal(err)
				}
				before = dates(t, place)
			}
			for _, fsys := range []afero.Fs{nil, counted} {
				e.Fs = fsys
				report, findings, err := e.Recheck(t.Context(), k, 0, keybag.Password{}, verify.Level{Depth: verify.Full}, nil)
				if err != nil || findings.Noted || findings.RepairedCount > 0 || (report.ProblemCount > 0) != spoiled {
					t.Errorf("managed %v, spoiled %v: %+v, %+v, %v", managed, spoiled, report.Problems, findings, err)
				}
			}
		}
		if d := cmp.Diff(before, dates(t, place)); d != "" {
			t.Errorf("managed %v: %s", managed, d)
		}
		for _, kind := range []faultfs.Kind{faultfs.Create, faultfs.Mkdir, faultfs.Write, faultfs.Rename, faultfs.Remove, faultfs.Sync} {
			if n := counted.Count(kind); n > 0 {
				t.Errorf("managed %v: %d times %v", managed, n, kind)
			}
		}
	}
}
