package vault

import (
	"strings"
	"testing"

	"github.com/spf13/afero"
)

// TestOtherSpelling: a backup in a folder whose name is the phone's UDID in
// other letters or without its dash is that phone's, with all its versions.
func TestOtherSpelling(t *testing.T) {
	lower := strings.ToLower(udid)
	bare := strings.ReplaceAll(udid, "-", "")
	for _, c := range []struct {
		name         string
		current, own string // how the folders are spelled
		more         string // one more folder that has the same UDID
		known        bool
	}{
		{"small letters", lower, lower, "", true},
		{"without its dash", bare, bare, "", true},
		{"made by another program", lower, "", "", true},
		{"interrupted between the two", lower, udid, "", true},
		{"as the phone has it, and in small letters", udid, udid, lower, true},
		{"two of another spelling", lower, "", bare, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := afero.NewMemMapFs()
			must(t, fsys.MkdirAll("/root", 0o700))
			record(t, fsys, "/root", history()[:2])
			last := history()[1]
			if c.current != udid {
				must(t, fsys.Rename("/root/"+udid, "/root/"+c.current))
			}
			switch c.own {
			case udid:
			case "":
				must(t, fsys.RemoveAll("/root/"+hidden))
			default:
				must(t, fsys.Rename("/root/"+hidden+"/"+udid, "/root/"+hidden+"/"+c.own))
			}
			if c.more != "" {
				must(t, fsys.Mkdir("/root/"+c.more, 0o700))
			}
			v := open(t, fsys, "/root")
			defer v.Close()
			if there, _ := v.exists(v.udid); there != c.known {
				t.Fatalf("there: %v", there)
			}
			if c.more != "" {
				if there, _ := v.exists(c.more); !there {
					t.Errorf("%s is gone", c.more)
				}
			}
			if !c.known {
				return
			}
			got, err := filesOf(v.fs, udid)
			must(t, err)
			for name, data := range last {
				if got[name] != data {
					t.Errorf("%s: %q, not %q", name, got[name], data)
				}
			}
			if want := map[bool]int{true: 2, false: 0}[c.own != ""]; len(v.versions) != want {
				t.Errorf("%d versions, not %d", len(v.versions), want)
			}
		})
	}
}
