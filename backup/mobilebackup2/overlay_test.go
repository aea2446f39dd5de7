package mobilebackup2

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/links"
	"lifeboat/backup/overlay"
)

// TestLinksUnderAnOverlay: as the vault has it, over an earlier backup. Wherever
// somebody planted a link, nothing outside is read, written, moved or removed.
func TestLinksUnderAnOverlay(t *testing.T) {
	for _, layer := range []string{"upper", "lower"} {
		t.Run(layer, func(t *testing.T) {
			dir := t.TempDir()
			out := filepath.Join(dir, "out")
			for _, d := range []string{filepath.Join(dir, "upper", udid), filepath.Join(dir, "lower", udid), filepath.Join(dir, "own"), filepath.Join(out, "sub")} {
				if err := os.MkdirAll(d, 0o700); err != nil {
					t.Fatal(err)
				}
			}
			for _, name := range []string{"f", "sub/f"} {
				if err := os.WriteFile(filepath.Join(out, name), []byte("outside"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for name, to := range map[string]string{"dir": out, "ab": out, "file": filepath.Join(out, "f")} {
				links.Make(t, to, filepath.Join(dir, layer, udid, name))
			}
			before := files(t, afero.NewOsFs(), out)
			fsys, err := overlay.New(overlay.Options{
				Upper: contained(t, filepath.Join(dir, "upper")), Lower: contained(t, filepath.Join(dir, "lower")), Tree: udid,
				GoneFs: contained(t, filepath.Join(dir, "own")), GoneFile: "gone",
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { fsys.Close() })
			u, id := udid+"/", "ab"+strings.Repeat("0", 38)
			got := statuses(t, newHost(fsys, "/"),
				message(t, "DLMessageCreateDirectory", u+"dir/new/deep", 0.0, 1.0),
				message(t, "DLMessageMoveItems", map[string]any{u + "dir/f": u + "stolen"}, 0.0, 1.0),
				message(t, "DLMessageMoveItems", map[string]any{u + "dir/sub": u + "taken"}, 0.0, 1.0),
				message(t, "DLMessageCopyItem", u+"dir", u+"copied", 0.0, 1.0, 0),
				message(t, "DLMessageCopyItem", u+"file", u+"copied", 0.0, 1.0, 0),
				message(t, "DLMessageRemoveItems", []string{u + "dir/f"}, 0.0, 1.0),
				message(t, "DLMessageRemoveItems", []string{u + "dir/sub"}, 0.0, 1.0),
				message(t, "DLMessageUploadFiles", 0.0, 1.0, 4),
				unit("/dev"), unit(u+"ab/"+id), unit(0x0c, "evil"), unit(0), unit(),
				message(t, "DLMessageUploadFiles", 0.0, 1.0, 4),
				unit("/dev"), unit(u+"file"), unit(0x0c, "mine"), unit(0), unit(),
				message(t, "DLMessageRemoveItems", []string{u + "dir"}, 0.0, 1.0), // the link itself
			)
			if want := []int{-10, -10, -10, -10, -10, -10, -10, -10, 0, 0}; !slices.Equal(got, want) {
				t.Errorf("statuses %v, want %v", got, want)
			}
			if d := cmp.Diff(before, files(t, afero.NewOsFs(), out)); d != "" {
				t.Errorf("outside changed:\n%s", d)
			}
			for _, name := range []string{"stolen", "taken/f", "copied", "copied/f"} {
				if data, err := afero.ReadFile(fsys, "/"+u+name); err == nil {
					t.Errorf("%s was read: %q", name, data)
				}
			}
		})
	}
}
