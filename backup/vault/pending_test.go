package vault

import (
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/device/fault"
)

// TestPurgeThatFailedIsFinished: a removal that the disk broke in the middle is
// finished by the next operation of the same program, whichever that is, and
// not forgotten for its journal.
func TestPurgeThatFailedIsFinished(t *testing.T) {
	all := history()
	for name, next := range map[string]func(v *Vault) error{
		"another is removed": func(v *Vault) error { return v.Purge(2) },
		"a backup":           func(v *Vault) error { return backUp(v, Plan{}, 6, all[4], all[4].with(6, files{"a": "a6"})) },
		"one is deleted":     func(v *Vault) error { return v.Trash(epoch, 1) },
		"one is brought back": func(v *Vault) error {
			return v.Undelete(4) // which is gone by then
		},
	} {
		for _, step := range []string{changesName, removingName} {
			root := t.TempDir()
			record(t, afero.NewOsFs(), root, all)
			v := open(t, afero.NewOsFs(), root)
			must(t, v.Trash(epoch, 2, 4))
			whole := v.fs
			v.fs = renamesFail{whole, step}
			if err := v.Purge(4); fault.Of(err) != fault.DestFailed {
				t.Fatalf("%s, %s: %v", name, step, err)
			}
			v.fs = whole
			if err := next(v); err != nil {
				t.Errorf("%s, %s: %v", name, step, err)
			}
			for _, version := range v.Versions() {
				if version.Number == 4 {
					t.Errorf("%s, %s: the version is half removed, and listed", name, step)
				}
			}
			must(t, v.Close())
			for _, number := range []int{1, 3, 5} {
				shows(t, afero.NewOsFs(), root, number, all[number-1])
			}
		}
	}
}

// renamesFail is a disk that breaks at renames to names with step in them.
type renamesFail struct {
	afero.Fs
	step string
}

func (r renamesFail) Rename(from, to string) error {
	if strings.Contains(to, "/"+r.step) {
		return syscall.EIO
	}
	return r.Fs.Rename(from, to)
}
