package vault

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/device/fault"
)

// TestPreflightOutsideBackups: a backup within a backup would be lost with it.
func TestPreflightOutsideBackups(t *testing.T) {
	const (
		long  = "0123456789abcdef0123456789abcdef01234567"
		short = "00008110-001A2B3C4D5E6F78"
	)
	for _, c := range []struct {
		name, root, above string
		backup            string // a folder with the plists of a backup
	}{
		{name: "a folder of backups", root: "/backups"},
		{name: "one that holds backups", root: "/backups", backup: "/backups/" + long},
		{name: "a name with digits", root: "/backups/0123456789"},
		{name: "a phone's folder", root: "/backups/" + long, above: "/backups"},
		{name: "one that is new", root: "/backups/" + short, above: "/backups"},
		{name: "without its dash", root: "/backups/00008110001a2b3c4d5e6f78", above: "/backups"},
		{name: "put aside by Finder", root: "/backups/" + short + "-20240101-101500", above: "/backups"},
		{name: "within one", root: "/backups/" + short + "/ab", above: "/backups"},
		{name: "the vault's own folder", root: "/backups/.lifeboat/" + long, above: "/backups"},
		{name: "a backup by another name", root: "/old phone", above: "/", backup: "/old phone"},
		{name: "within a backup by another name", root: "/old phone/new", above: "/", backup: "/old phone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := afero.NewMemMapFs()
			if err := fsys.MkdirAll(c.root, 0o700); err != nil {
				t.Fatal(err)
			}
			if c.backup != "" {
				for _, name := range []string{"Status.plist", "Manifest.plist"} {
					if err := afero.WriteFile(fsys, c.backup+"/"+name, nil, 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			err := Preflight(fsys, c.root)
			if c.above == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if fault.Of(err) != fault.DestInBackup {
				t.Fatalf("%v, not %s", err, fault.DestInBackup)
			}
			if above := filepath.ToSlash(fmt.Sprint(fault.As(err).Args["Above"])); above != c.above {
				t.Errorf("%v is suggested, not %s", above, c.above)
			}
			if left, _ := afero.Glob(fsys, c.root+"/.lifeboat-*"); len(left) > 0 {
				t.Errorf("left in there: %v", left)
			}
		})
	}
}
