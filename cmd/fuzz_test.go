package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestFuzzTakesAllTargets: a target that ends by its time limit has found
// nothing, and one that found something does not keep the others from being tried.
func TestFuzzTakesAllTargets(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a script for the shell of Linux and macOS")
	}
	rooms := t.TempDir()
	for room, target := range map[string]string{"a": "FuzzEnds", "b": "FuzzFinds", "c": "FuzzPasses"} {
		source := "package x\n\nfunc " + target + "(f *testing.F) {}\n"
		if err := os.MkdirAll(filepath.Join(rooms, room), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(rooms, room, "x_test.go"), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fake := filepath.Join(t.TempDir(), "go")
	script := `#!/bin/sh
case "$*" in
*FuzzEnds*) printf -- '--- FAIL: FuzzEnds (20.01s)\n    context deadline exceeded\nFAIL\n'; exit 1;;
*FuzzFinds*) printf -- '--- FAIL: FuzzFinds (1.01s)\n    Failing input written to testdata/fuzz\n'; exit 1;;
esac
`
	if err := os.WriteFile(fake, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	run := func(rooms ...string) (string, error) {
		c := exec.Command("../.ci/fuzz", rooms...)
		c.Env = append(os.Environ(), "GO="+fake, "FUZZTIME=1s")
		out, err := c.CombinedOutput()
		return string(out), err
	}
	out, err := run(rooms)
	for _, want := range []string{"FuzzEnds: ended by its time limit", "c FuzzPasses", "found something: " + filepath.Join(rooms, "b") + " FuzzFinds"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %s", want, out)
		}
	}
	if err == nil || strings.Count(out, "found something") != 1 {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := run(filepath.Join(rooms, "a"), filepath.Join(rooms, "c")); err != nil {
		t.Errorf("nothing was found: %v, %s", err, out)
	}
}
