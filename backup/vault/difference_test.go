package vault

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
	"lifeboat/device/fault"
)

// TestDifferences compares each two versions of a history with what was in them.
func TestDifferences(t *testing.T) {
	fsys, root, all := afero.NewOsFs(), t.TempDir(), history()
	record(t, fsys, root, all)
	size := func(f files, name string) int64 {
		if data, ok := f[name]; ok {
			return int64(len(data))
		}
		return catalog.Gone
	}
	for i, from := range all {
		for j, to := range all {
			want, got := map[string][2]int64{}, map[string][2]int64{}
			for _, f := range []files{from, to} {
				for name := range f {
					if _, is := content(name); is && from[name] != to[name] {
						want[name] = [2]int64{size(from, name), size(to, name)}
					}
				}
			}
			full, err := Differences(t.Context(), fsys, root, udid, i+1, j+1, func(d Difference) error {
				got[blobName(d.ID)] = [2]int64{d.Before, d.After}
				return nil
			})
			if err != nil || full != (min(i, j) < 2 && max(i, j) >= 2) {
				t.Errorf("%d to %d: full %v, %v", i+1, j+1, full, err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%d to %d: %s", i+1, j+1, d)
			}
		}
	}
	must(t, os.Truncate(Dir(root, hidden+"/"+udid+"/versions/000002/changes"), 100))
	none := func(Difference) error { return nil }
	if _, err := Differences(t.Context(), fsys, root, udid, 1, 2, none); fault.Of(err) != fault.VersionDamaged {
		t.Error(err)
	}
	if _, err := Differences(t.Context(), fsys, root, udid, 4, 5, none); err != nil {
		t.Error(err)
	}
}
