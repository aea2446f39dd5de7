package places

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lifeboat/assets/words"
	"lifeboat/device/fault"
)

// cupboard is a computer with drives: the number of each by where it is mounted.
func cupboard(numbers map[string]uint32, folders ...string) drives {
	return drives{
		mounted: func(drive string) bool { _, ok := numbers[drive]; return ok },
		serial:  func(drive string) (uint32, bool) { n := numbers[drive]; return n, n != 0 },
		letters: func() (all []string) {
			for drive := range numbers {
				all = append(all, drive)
			}
			slices.Sort(all)
			return all
		},
		exists: func(path string) bool { return slices.Contains(folders, path) },
	}
}

// TestLetters: a drive is known by its number, whatever letter it has today.
func TestLetters(t *testing.T) {
	place := Place{Root: `E:\Backups`, Drive: "E:", Volume: "Blue", Serial: 7, LastSeen: tuesday}
	unnumbered := place
	unnumbered.Serial = 0
	for _, c := range []struct {
		name     string
		computer drives
		place    Place
		says     []string
		not      []string
	}{
		{"in the drawer", cupboard(map[string]uint32{"C:": 1}), place, []string{"“Blue”", "isn't connected", "3 November 2026"}, []string{"letter"}},
		{"its folder was removed", cupboard(map[string]uint32{"C:": 1, "E:": 7}), place, []string{"isn't there"}, []string{"connected:", "letter"}},
		{"another drive has its letter", cupboard(map[string]uint32{"E:": 9}), place, []string{"“Blue”", "isn't connected"}, []string{"letter"}},
		{"it has another letter", cupboard(map[string]uint32{"E:": 9, "F:": 7}, `F:\Backups`), place, []string{"another letter", `It is F:\Backups now`}, []string{"isn't connected"}},
		{"the folder is not on it any more", cupboard(map[string]uint32{"F:": 7}), place, []string{"isn't connected"}, []string{"letter"}},
		{"remembered before there were numbers", cupboard(map[string]uint32{"E:": 9, "F:": 7}, `F:\Backups`), unnumbered, []string{"isn't there"}, []string{"letter", "“Blue”"}},
		{"a drive that does not tell its number", cupboard(map[string]uint32{"E:": 0}), place, []string{"isn't there"}, []string{"letter", "“Blue”"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			here, now := Registry{filepath.Join(t.TempDir(), "none.json")}.find(c.computer, c.place)
			if here || (now != "") != strings.Contains(c.name, "has another letter") {
				t.Errorf("here %v, now %q", here, now)
			}
			err := c.computer.offline(c.place, nil)
			said := words.English().Problem(string(fault.Of(err)), "windows", fault.As(err).Args)
			for _, part := range c.says {
				if !strings.Contains(said.Happened, part) {
					t.Errorf("%q does not say %q", said.Happened, part)
				}
			}
			for _, part := range c.not {
				if strings.Contains(said.Happened, part) {
					t.Errorf("%q says %q", said.Happened, part)
				}
			}
			if strings.Contains(said.Happened, "another letter") != strings.HasPrefix(said.Next, `Choose F:\Backups`) {
				t.Errorf("next: %q", said.Next)
			}
		})
	}
}

// TestAway: the folder that a drive left behind is no place for backups; one
// that never was a drive's, or holds backups, is.
func TestAway(t *testing.T) {
	mountRoot, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Separator != '/' {
		t.Skip("drives have letters here")
	}
	for _, name := range []string{"Blue/backups", "Red/backups", "Kept/backups/.lifeboat", "Own"} {
		if err := os.MkdirAll(filepath.Join(mountRoot, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	blue, red, kept, own := mountRoot+"/Blue", mountRoot+"/Red", mountRoot+"/Kept", mountRoot+"/Own"
	b := Registry{filepath.Join(t.TempDir(), "places.json")}
	for _, p := range []Place{{Root: blue + "/backups", Drive: blue}, {Root: kept + "/backups", Drive: kept}, {Root: own}} {
		p.LastSeen = tuesday
		if err := b.Remember(p); err != nil {
			t.Fatal(err)
		}
	}
	// The drive that this test itself is on, if it is one.
	ownPlace, _, err := b.Recall(own)
	if err != nil {
		t.Fatal(err)
	}
	home := map[string]uint32{ownPlace.Drive: 4}
	plugged := map[string]uint32{blue: 1, red: 2, kept: 3}
	for _, c := range []struct {
		name, root string
		drives     map[string]uint32
		mountRoot  string
		want       fault.Code
	}{
		{"plugged in", blue + "/backups", plugged, mountRoot, ""},
		{"pulled, and seen before", blue + "/backups", nil, "", fault.DestOffline},
		{"pulled, and seen before, on a Mac", blue + "/backups", nil, mountRoot, fault.DestOffline},
		{"pulled, and never seen, on a Mac", red + "/backups", nil, mountRoot, fault.DestMissing},
		{"never seen, elsewhere", red + "/backups", nil, "", ""},
		{"plugged in, never seen", red + "/backups", plugged, mountRoot, ""},
		{"backups were put there since", kept + "/backups", nil, mountRoot, ""},
		{"never a drive's", own, home, "", ""},
		{"not there at all", blue + "/other", nil, mountRoot, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := cupboard(c.drives)
			d.exists, d.mountRoot = exists, c.mountRoot
			if err := b.away(d, c.root); fault.Of(err) != c.want && (err != nil || c.want != "") {
				t.Errorf("%v, not %s", err, c.want)
			}
		})
	}
}
