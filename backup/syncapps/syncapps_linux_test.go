package syncapps

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// A program that runs is found by its name; this test's own copy plays it.
func TestRunning(t *testing.T) {
	if os.Getenv("LIFEBOAT_TEST_RIVAL") != "" {
		io.Copy(io.Discard, os.Stdin) // until the test goes
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "3uTools")
	if err := os.Symlink(self, other); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(other, "-test.run", "^TestRunning$")
	cmd.Env = append(os.Environ(), "LIFEBOAT_TEST_RIVAL=1")
	stop, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer stop.Close()
	for end := time.Now().Add(10 * time.Second); !slices.Contains(Running(t.Context()), "3uTools"); {
		if time.Now().After(end) {
			t.Fatalf("found %q", Running(t.Context()))
		}
	}
}
