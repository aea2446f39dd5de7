//go:build wine

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// side is lifeboatctl of one system, with a phone and a folder of its own.
type side struct {
	t       *testing.T
	name    string
	program []string
	spell   func(path string) string // a path of this computer in the words of the system
	server  *phonesim.Server
	state   string
	root    string
}

// sides are this system and Windows; .ci/windows/stories runs this test where
// both are.
func sides(t *testing.T) []*side {
	t.Helper()
	work, wine := os.Getenv("WINE_WORK"), os.Getenv("LIFEBOAT_WINE")
	if work == "" || wine == "" {
		t.Fatal("run it by .ci/windows/stories")
	}
	dir, err := os.MkdirTemp(work, "stories")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for system, name := range map[string]string{"linux": "lifeboatctl", "windows": "lifeboatctl.exe"} {
		cmd := exec.Command("go", "build", "-o", filepath.Join(dir, name), ".")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("build for %s: %v\n%s", system, err, out)
		}
	}
	linux := &side{name: "Linux", program: []string{filepath.Join(dir, "lifeboatctl")}, spell: func(p string) string { return p }}
	windows := &side{name: "Windows", program: []string{wine, filepath.Join(dir, "lifeboatctl.exe")},
		spell: func(p string) string { return `Z:` + strings.ReplaceAll(p, "/", `\`) }}
	all := []*side{linux, windows}
	for _, s := range all {
		s.t, s.state, s.root = t, filepath.Join(dir, s.name, "state"), filepath.Join(dir, s.name, "backups")
		if err := os.MkdirAll(s.root, 0o700); err != nil {
			t.Fatal(err)
		}
		if s.server, err = phonesim.Listen("127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.server.Close() })
	}
	return all
}

// plug plugs the same phone in, as change makes it, and returns what unplugs it.
func (s *side) plug(change func(*phonesim.Config)) func() {
	s.t.Helper()
	cfg := phonesim.DefaultConfig()
	cfg.StateDir, cfg.Content = s.state, content.Generate(5, 200, 16<<20)
	if change != nil {
		change(&cfg)
	}
	phone, err := phonesim.NewPhone(cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	s.server.Attach(phone)
	return func() { s.server.Detach(phone); phone.Close() }
}

func (s *side) command(ctx context.Context, password string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.program[0], append(s.program[1:len(s.program):len(s.program)], args...)...)
	cmd.Env = append(os.Environ(), "USBMUXD_SOCKET_ADDRESS="+s.server.Address(), "LIFEBOAT_PASSWORD="+password, offlineEnv+"=1")
	return cmd
}

var lastCode = regexp.MustCompile(`"code":"([a-z-]+)"`)

// outcome is the exit code, and the fault's code where there is one.
func outcome(cmd *exec.Cmd, out []byte) string {
	said := fmt.Sprint(cmd.ProcessState.ExitCode())
	if all := lastCode.FindAllSubmatch(out, -1); all != nil {
		said += " " + string(all[len(all)-1][1])
	}
	return said
}

// run runs one command to its end.
func (s *side) run(password string, args ...string) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 5*time.Minute)
	defer cancel()
	cmd := s.command(ctx, password, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if cmd.ProcessState == nil {
		s.t.Fatalf("%s: %v", s.name, err)
	}
	s.t.Logf("%s: %s: %s\n%s%s", s.name, strings.Join(args, " "), outcome(cmd, out), tail(out), tail(errs.Bytes()))
	return outcome(cmd, out)
}

func tail(text []byte) string { return string(text[max(0, len(text)-600):]) }

// midway runs a backup until half of it has come, where the phone falls silent
// and nothing more arrives, does what to it, and returns how it ended.
func (s *side) midway(what func(*exec.Cmd)) string {
	s.t.Helper()
	return s.within(func(c *phonesim.Config) { c.Faults.Backup.SilentAfter = 0.5 }, func(cmd *exec.Cmd) {
		for before, still := -1, 0; still < 30; time.Sleep(100 * time.Millisecond) {
			now := s.size()
			if still++; now != before {
				before, still = now, 0
			}
		}
		what(cmd)
	})
}

// within runs a backup of a phone until a quarter of it has come, does what to
// it, and returns how it ended.
func (s *side) within(change func(*phonesim.Config), what func(*exec.Cmd)) string {
	s.t.Helper()
	defer s.plug(change)()
	cmd := s.command(s.t.Context(), "correct horse", "backup", "--json", "--full", "--to", s.spell(s.root))
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	awaitReceiving(s.t, out)
	what(cmd)
	var rest bytes.Buffer
	rest.ReadFrom(out)
	cmd.Wait()
	return outcome(cmd, rest.Bytes())
}

// size is how many bytes lie below the folder of the backups.
func (s *side) size() (all int) {
	filepath.WalkDir(s.root, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if info, err := d.Info(); err == nil {
				all += int(info.Size())
			}
		}
		return nil // what is renamed meanwhile is counted next time
	})
	return all
}

// lengthVaries are files whose length is not the same in two backups of one phone:
// they hold dates, or keys.
var lengthVaries = regexp.MustCompile(`\.(json|plist|db|db-wal|db-shm)$|/(changes|gone|lock|segments/.*)$`)

// tree is every name below the folder of the backups, with its length. What a
// run that was killed has kept depends on the moment, so without run it is
// only that there is one.
func (s *side) tree(run bool) []string {
	s.t.Helper()
	var all []string
	err := filepath.WalkDir(s.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(s.root, path)
		info, err := d.Info()
		if err != nil {
			return err
		}
		switch {
		case !run && d.IsDir() && d.Name() == "run" && strings.HasPrefix(rel, ".lifeboat/"):
			all = append(all, rel+"/")
			return fs.SkipDir
		case d.IsDir():
			all = append(all, rel+"/")
		case strings.Contains(rel, "/run/segments/"):
			// How often a run notes what has arrived is a matter of time.
		case lengthVaries.MatchString(rel):
			all = append(all, rel)
		default:
			all = append(all, fmt.Sprintf("%s %d", rel, info.Size()))
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// TestBothSystems takes lifeboatctl for Windows and this system's through the
// same story. Each step ends with the same exit code and the same fault, and
// leaves the same folder; and each reads what the other has made.
func TestBothSystems(t *testing.T) {
	all := sides(t)
	password := "correct horse"
	changed := func(c *phonesim.Config) { c.Edits = content.Edits{Changed: 3, Added: 2, Removed: 1} }
	backUp := func(s *side, change func(*phonesim.Config), password string, more ...string) string {
		defer s.plug(change)()
		return s.run(password, append([]string{"backup", "--json", "--to", s.spell(s.root)}, more...)...)
	}
	out := func(s *side) string {
		dir := s.root + "-out"
		os.Mkdir(dir, 0o700)
		return s.spell(dir)
	}
	const cancelled = "Ctrl+C"
	steps := []struct {
		name string
		do   func(s *side) string
	}{
		{"first backup", func(s *side) string { return backUp(s, nil, password) }},
		{"incremental", func(s *side) string { return backUp(s, changed, password) }},
		{"wrong password", func(s *side) string { return backUp(s, changed, "wrong") }},
		{cancelled, func(s *side) string {
			return s.midway(func(cmd *exec.Cmd) { cmd.Process.Signal(os.Interrupt) })
		}},
		{"resumed", func(s *side) string { return backUp(s, nil, password) }},
		{"killed", func(s *side) string {
			s.midway(func(cmd *exec.Cmd) { cmd.Process.Kill() })
			return "killed"
		}},
		{"after the kill", func(s *side) string { return backUp(s, nil, password) }},
		{"two at once", func(s *side) string {
			var second string
			s.midway(func(cmd *exec.Cmd) {
				second = s.run(password, "backup", "--json", "--to", s.spell(s.root))
				cmd.Process.Kill()
			})
			return second
		}},
		{"after two at once", func(s *side) string { return backUp(s, changed, password) }},
		{"versions", func(s *side) string { return s.run(password, "versions", s.spell(s.root), "--json") }},
		{"verify", func(s *side) string { return s.run(password, "verify", s.spell(s.root), "--json") }},
		{"verify version 1", func(s *side) string {
			return s.run(password, "verify", s.spell(s.root), "--version", "1", "--json")
		}},
		{"verify with a wrong password", func(s *side) string { return s.run("wrong", "verify", s.spell(s.root), "--json") }},
		{"lay-out", func(s *side) string {
			return s.run(password, "lay-out", "1", out(s), "--from", s.spell(s.root), "--json")
		}},
		{"verify what was laid out", func(s *side) string { return s.run(password, "verify", out(s), "--json") }},
		{"prune", func(s *side) string { return s.run(password, "prune", s.spell(s.root), "2", "--json") }},
		{"undelete", func(s *side) string { return s.run(password, "undelete", s.spell(s.root), "--json") }},
		{"prune for good", func(s *side) string {
			return s.run(password, "prune", s.spell(s.root), "--all", "0", "--daily", "1", "--weekly", "0", "--monthly", "0", "--trash", "0", "--json")
		}},
		{"verify in the end", func(s *side) string { return s.run(password, "verify", s.spell(s.root), "--json") }},
	}
	for _, step := range steps {
		var said []string
		var trees [][]string
		for _, s := range all {
			began := time.Now()
			said = append(said, step.do(s))
			trees = append(trees, s.tree(step.name == cancelled))
			t.Logf("%s on %s: %s, %.1f s", step.name, s.name, said[len(said)-1], time.Since(began).Seconds())
		}
		if said[0] != said[1] {
			t.Errorf("%s: %q on %s, %q on %s", step.name, said[0], all[0].name, said[1], all[1].name)
		}
		if !slices.Equal(trees[0], trees[1]) {
			t.Errorf("%s: the folders differ: %s", step.name, difference(trees[0], trees[1]))
		}
	}
	linux, windows := all[0], all[1]
	if got := linux.run(password, "verify", windows.root, "--json"); got != "0" {
		t.Errorf("Linux says of the backup that Windows made: %s", got)
	}
	if got := windows.run(password, "verify", windows.spell(linux.root), "--json"); got != "0" {
		t.Errorf("Windows says of the backup that Linux made: %s", got)
	}
}

// difference is what only one of two sorted lists has, the first few.
func difference(a, b []string) string {
	var only []string
	for _, x := range a {
		if !slices.Contains(b, x) {
			only = append(only, "- "+x)
		}
	}
	for _, x := range b {
		if !slices.Contains(a, x) {
			only = append(only, "+ "+x)
		}
	}
	return strings.Join(only[:min(len(only), 12)], "\n")
}

// TestDiskFull backs up to a drive that is too small: a drive E: on Windows.
func TestDiskFull(t *testing.T) {
	var said []string
	for _, s := range sides(t) {
		small(t, s, "12m")
		unplug := s.plug(nil)
		said = append(said, s.run("correct horse", "backup", "--json", "--to", s.spell(s.root)))
		unplug()
		for _, name := range s.tree(false) {
			if strings.HasPrefix(name, phonesim.DefaultConfig().UDID) {
				t.Errorf("%s: there is %s", s.name, name)
			}
		}
	}
	if said[0] != said[1] || !strings.HasPrefix(said[0], "2 ") {
		t.Errorf("%q on Linux, %q on Windows", said[0], said[1])
	}
}

// TestDiskFills backs up to a drive that fills while the phone sends. What has
// arrived is kept, and is not sent again once there is room.
func TestDiskFills(t *testing.T) {
	var said [2][]string
	for i, s := range sides(t) {
		small(t, s, "256m") // phones want more than they send
		filler := filepath.Join(s.root, "filler")
		full := s.within(func(c *phonesim.Config) { c.Faults.Backup.Speed = 2 << 20 }, func(*exec.Cmd) { fillUp(t, filler) })
		kept := 0
		for _, name := range s.tree(true) {
			if strings.HasPrefix(name, phonesim.DefaultConfig().UDID) {
				t.Errorf("%s: there is %s", s.name, name)
			}
			if strings.Contains(name, "/run/tree/") && !strings.HasSuffix(name, "/") {
				kept++
			}
		}
		if kept < 5 {
			t.Errorf("%s: %d files are kept", s.name, kept)
		}
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		unplug := s.plug(nil)
		again := s.run("correct horse", "backup", "--json", "--to", s.spell(s.root))
		unplug()
		said[i] = []string{full, again, s.run("correct horse", "verify", s.spell(s.root), "--json")}
	}
	if want := []string{"2 destination-full", "0", "0"}; !slices.Equal(said[0], want) || !slices.Equal(said[1], want) {
		t.Errorf("%q on Linux, %q on Windows, not %q", said[0], said[1], want)
	}
}

// fillUp leaves no room on a disk.
func fillUp(t *testing.T, filler string) {
	t.Helper()
	file, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for err == nil {
		_, err = file.Write(make([]byte, 64<<10))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

// small mounts a disk of a size at the side's folder.
func small(t *testing.T, s *side, size string) {
	t.Helper()
	do := func(name string, args ...string) {
		t.Helper()
		if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	do("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", s.root)
	t.Cleanup(func() { do("umount", s.root) })
	if s.name == "Linux" {
		return
	}
	inside := filepath.Join(os.Getenv("WINE_ROOT"), s.root)
	do("mount", "--bind", s.root, inside)
	t.Cleanup(func() { do("umount", inside) })
	drive := filepath.Join(os.Getenv("WINEPREFIX"), "dosdevices", "e:")
	if err := os.Symlink(s.root, drive); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(drive) })
	s.spell = func(string) string { return `E:\` }
}
