package vault

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/faultfs"
)

// changing are the operations that change a disk.
var changing = []faultfs.Kind{faultfs.Create, faultfs.Mkdir, faultfs.Write, faultfs.Sync, faultfs.Rename, faultfs.Remove}

// look looks, and wants that it changed nothing.
func look(t *testing.T, root, when string) Glance {
	t.Helper()
	before := tree(t, root)
	disk := faultfs.New(plain{afero.NewOsFs()}, faultfs.Plan{})
	g, err := Look(disk, root, udid)
	if err != nil {
		t.Errorf("%s: %v", when, err)
	}
	for _, kind := range changing {
		if n := disk.Count(kind); n > 0 {
			t.Errorf("%s: to look took %d times %s", when, n, kind)
		}
	}
	if d := cmp.Diff(before, tree(t, root)); d != "" {
		t.Errorf("%s: to look changed %s", when, d)
	}
	return g
}

// A look at a place where a program died in the middle of anything changes
// nothing, and says which version counts: wherever that was, there is one, and what
// Open makes of it is what had been seen.
func TestLookChangesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	all := history()
	next := all[4].with(6, files{"a": "a6", "c": "", "g": "g6"})
	for _, full := range []bool{false, true} {
		pending, coming := 0, 0
		for n := 1; ; n++ {
			root := t.TempDir()
			record(t, afero.NewOsFs(), root, all[3:])
			disk := faultfs.New(plain{afero.NewOsFs()}, faultfs.Plan{Kind: faultfs.Rename, N: n, Gone: true})
			v, err := Open(disk, root, udid, nil)
			if err == nil {
				err = backUp(v, Plan{Full: full}, 6, all[4], next)
				v.Close()
			}
			when := fmt.Sprintf("full %v, rename %d", full, n)
			g := look(t, root, when)
			current, has := last(g.Versions)
			counts := current
			if g.Coming.Number > 0 {
				counts = g.Coming
				coming++
			}
			if g.Pending {
				pending++
			}
			if !has || !counts.Proof.Intact() && !g.Pending || g.Coming.Number > 0 && (!g.Pending || g.Coming.Number != current.Number+1) {
				t.Errorf("%s: %+v", when, g)
			}
			list, listErr := List(plain{afero.NewOsFs()}, root, udid)
			if after, _ := last(list); listErr != nil || after.Number != counts.Number || !after.Date.Equal(counts.Date) || !after.Proof.Intact() {
				t.Errorf("%s: %d (%v) was seen, and there is %d (%v), %v", when, counts.Number, counts.Date, after.Number, after.Date, listErr)
			}
			if g := look(t, root, when+", finished"); g.Pending || g.Coming.Number > 0 {
				t.Errorf("%s: still pending", when)
			}
			if disk.Failures() == 0 {
				if err != nil {
					t.Fatal(err)
				}
				break
			}
		}
		if pending < 4 || coming < 3 { // a full one takes the fewest renames
			t.Errorf("full %v: pending %d times, with a version to come %d times", full, pending, coming)
		}
	}
}

func TestLookAtNothing(t *testing.T) {
	if g := look(t, t.TempDir(), "an empty folder"); g.Pending || len(g.Versions) > 0 {
		t.Errorf("an empty folder: %+v", g)
	}
}
