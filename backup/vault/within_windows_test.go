package vault

import (
	"path/filepath"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/device/fault"
)

// TestOutsideBackupsOnDrives: the way up ends at a drive or a share, however it
// is spelled, and a phone's folder is known on each.
func TestOutsideBackupsOnDrives(t *testing.T) {
	const phone = "00008110-001a2b3c4d5e6f78"
	for _, c := range []struct{ root, above string }{
		{root: `E:\`}, {root: `E:\Backups`}, {root: `E:/Backups/`}, {root: `\\nas\share`}, {root: `\\nas\share\`},
		{root: `\\nas\share\Backups`}, {root: `//nas/share/Backups`}, {root: `\\?\E:\Backups`}, {root: `\\?\UNC\nas\share\Backups`},
		{root: `E:\` + phone, above: `E:\`}, {root: `E:/Backups/` + phone + `/ab`, above: `E:\Backups`},
		{root: `\\nas\share\` + phone, above: `\\nas\share\`}, {root: `\\nas\share\Backups\.lifeboat\x`, above: `\\nas\share\Backups`},
		{root: `\\?\E:\Backups\` + phone, above: `\\?\E:\Backups`}, {root: `\\?\UNC\nas\share\b\` + phone, above: `\\?\UNC\nas\share\b`},
	} {
		err := OutsideBackups(afero.NewMemMapFs(), c.root)
		if c.above == "" {
			if err != nil {
				t.Errorf("%s: %v", c.root, err)
			}
			continue
		}
		if fault.Of(err) != fault.DestInBackup || fault.As(err).Args["Above"] != c.above {
			t.Errorf("%s: %v, not within one below %s", c.root, err, c.above)
		}
	}
}

// TestSpelledPaths: a folder takes backups in each way that Windows lets it be named.
func TestSpelledPaths(t *testing.T) {
	for name, spell := range map[string]func(string) string{
		"slashes": filepath.ToSlash,
		`\\?\`:    func(dir string) string { return `\\?\` + dir },
		`\\.\`:    func(dir string) string { return `\\.\` + dir },
		"closed":  func(dir string) string { return dir + `\` },
	} {
		t.Run(name, func(t *testing.T) { backsUpInto(t, systems["native"], spell(t.TempDir())) })
	}
}
