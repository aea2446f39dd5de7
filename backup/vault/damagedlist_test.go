package vault

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/device/fault"
)

// flipList turns a bit of the first record of a version's list around.
func flipList(t *testing.T, root string, number int) {
	t.Helper()
	path := filepath.Join(root, hidden, udid, "versions", []string{4: "000004", 5: "000005"}[number], changesName)
	data, err := os.ReadFile(path)
	must(t, err)
	data[70] ^= 4
	must(t, os.WriteFile(path, data, 0o600))
}

// TestDamagedListKeepsOpen: a version whose list is damaged, or the one before
// it, cannot be removed. But nothing else suffers by the attempt.
func TestDamagedListKeepsOpen(t *testing.T) {
	all := history()
	for _, sick := range []int{4, 5} {
		for _, begun := range []bool{false, true} {
			root := t.TempDir()
			record(t, afero.NewOsFs(), root, all)
			v := open(t, afero.NewOsFs(), root)
			must(t, v.Trash(epoch, 1, 4))
			if begun { // the damage came after a crash
				must(t, v.writeJSON(v.own(journalName), journal{Op: opPurge, Number: 4}))
			}
			flipList(t, root, sick)
			if err := v.Purge(4); !begun && fault.Of(err) != fault.VersionDamaged {
				t.Errorf("list %d: %v", sick, err)
			}
			must(t, v.Close())
			v = open(t, afero.NewOsFs(), root)
			if _, err := v.lstat(v.own(journalName)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("list %d: a journal is left: %v", sick, err)
			}
			if begun && v.versions[3].Proof.Problems == 0 {
				t.Errorf("list %d: half removed, and taken for intact", sick)
			}
			// The rest of the trash goes all the same.
			_, purged, err := v.Prune(Policy{Limit: 1 << 40}, epoch.AddDate(1, 0, 0))
			if fault.Of(err) != fault.VersionDamaged || len(purged) != 1 || purged[0] != 1 {
				t.Errorf("list %d: removed %v, %v", sick, purged, err)
			}
			must(t, v.Close())
			shows(t, afero.NewOsFs(), root, 2, all[1])
			shows(t, afero.NewOsFs(), root, 3, all[2])
			if d := cmp.Diff(all[4], treeOf(t, afero.NewOsFs(), Dir(root, udid))); d != "" {
				t.Error(d)
			}
		}
	}
}

// TestDamagedListIsNotBuiltUpon: the next run is a full one by itself, and not
// one that fails when all has arrived.
func TestDamagedListIsNotBuiltUpon(t *testing.T) {
	all := history()
	for _, sick := range []int{0, 4, 5} {
		root := t.TempDir()
		record(t, afero.NewOsFs(), root, all)
		if sick > 0 {
			flipList(t, root, sick)
		}
		v := open(t, afero.NewOsFs(), root)
		r, err := v.Begin(Plan{Now: epoch})
		must(t, err)
		if r.Incremental() != (sick == 0) {
			t.Errorf("list %d is damaged, incremental: %v", sick, r.Incremental())
		}
		must(t, r.Discard(), v.Close())
	}
}
