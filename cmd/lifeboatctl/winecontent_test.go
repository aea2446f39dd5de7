//go:build wine

package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/device/phonesim"
)

// taken are all files below a folder that was exported to, with their digests, and
// their times if these are those of the things.
func taken(t *testing.T, dir string, began time.Time) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		at := info.ModTime()
		if at.After(began) {
			at = time.Time{}
		}
		all = append(all, fmt.Sprintf("%s %x %s", rel, sha256.Sum256(data), at.UTC().Format(time.RFC3339)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestContentOnBothSystems has a backup looked into, searched, compared, taken out,
// and rehearsed, by Windows and by this system: each says the same of one backup, and
// takes the same out of it, to the byte and the second. Then Windows restores its own.
func TestContentOnBothSystems(t *testing.T) {
	const password = "correct horse"
	t.Setenv("TZ", "GMT") // as Windows calls what Wine takes for UTC; pages name it
	all := sides(t)
	linux, windows := all[0], all[1]
	holding := func(apps string) func(*phonesim.Config) {
		return func(c *phonesim.Config) {
			c.Version, c.FindMy, c.AppData, c.Faults.Backup.FewFolders = "18.4.1", false, apps, true
		}
	}
	name := phonesim.DefaultConfig().Name
	backUp := func(s *side, apps string) {
		defer s.plug(holding(apps))()
		if got := s.run(password, "backup", "--json", "--to", s.spell(s.root)); got != "0" {
			t.Fatalf("backup on %s: %s", s.name, got)
		}
	}
	backUp(linux, "nasty")
	backUp(linux, "demo")
	for _, step := range [][]string{
		{"look"},
		{"look", "--version", "1", "--json"},
		{"search", "lisbon fares"},
		{"search", "no such text", "--version", "1", "--json"},
		{"compare", "1"},
		{"compare", "2", "1", "--json"},
		{"export", "all", "--version", "1", "--hidden", "--deleted", "--small-pictures", "--json"},
		{"export", "all"},
		{"export", "photos", "--version", "1", "--gone-in", "2", "--json"},
		{"rehearse", "--version", "1", "--json"},
		{"rehearse"},
	} {
		var said, trees []string
		for _, s := range all {
			began := time.Now()
			args := append(slices.Clone(step), "--from", s.spell(linux.root))
			out := filepath.Join(s.root+"-taken", strings.Join(step, " "))
			if step[0] == "export" {
				if err := os.MkdirAll(filepath.Dir(out), 0o700); err != nil {
					t.Fatal(err)
				}
				args = append(args, "--to", s.spell(out))
			}
			said = append(said, s.run(password, args...))
			if step[0] == "export" {
				files := taken(t, out, began)
				if len(files) < 20 {
					t.Errorf("%q on %s: only %d files", step, s.name, len(files))
				}
				trees = append(trees, strings.Join(files, "\n"))
			}
			t.Logf("%q on %s: %s, %.1f s", step, s.name, said[len(said)-1], time.Since(began).Seconds())
		}
		if said[0] != said[1] {
			t.Errorf("%q: %q on Linux, %q on Windows", step, said[0], said[1])
		}
		if trees != nil && trees[0] != trees[1] {
			t.Errorf("%q: what was taken out differs:\n%s", step, difference(strings.Split(trees[0], "\n"), strings.Split(trees[1], "\n")))
		}
	}
	backUp(windows, "nasty")
	unplug := windows.plug(holding("demo"))
	for _, c := range []struct {
		want string
		args []string
	}{
		{"1 restore-other-name", []string{"--yes-erase", "Ben", "--json"}},
		{"0", []string{"--version", "1", "--yes-erase", name}},
	} {
		if got := windows.run(password, append([]string{"restore", "--from", windows.spell(windows.root)}, c.args...)...); got != c.want {
			t.Errorf("restore %q: %q, not %q", c.args, got, c.want)
		}
	}
	unplug()
	if got := windows.run(password, "verify", windows.spell(windows.root), "--version", "2", "--json"); got != "0" {
		t.Errorf("what was on the phone before: %q", got)
	}
}
