//go:build interop

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// internet finds a connection to another computer among the calls of a program.
var internet = regexp.MustCompile(`(?m)^.*\b(?:connect|sendto)\(.*sa_family=AF_INET6?, sin6?_port=htons\((\d+)\).*$`)

// Every connection of a whole diagnosis is counted, with the network allowed
// and not, by watching the calls of the real program.
func TestConnectionsOfARun(t *testing.T) {
	t.Parallel() // other people's tools wait more than they work
	b := build(t)
	address, _ := startPhone(t, b, "--icloud", "off", "--last-icloud", "23d-ago")
	calls := func(args ...string) [][]string {
		trace := filepath.Join(t.TempDir(), "trace")
		cmd := exec.Command("strace", append([]string{"-f", "-qq", "-e", "trace=connect,sendto", "-o", trace, b.ctl, "check"}, args...)...)
		cmd.Env = append(os.Environ(), "USBMUXD_SOCKET_ADDRESS="+address, "HOME="+t.TempDir(), offlineEnv+"=")
		if out, err := cmd.CombinedOutput(); err != nil && cmd.ProcessState.ExitCode() != exitBad {
			t.Fatalf("%v\n%s", err, out)
		}
		data, err := os.ReadFile(trace)
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`connect\(.*AF_UNIX.*usbmuxd`).Match(data) {
			t.Fatal("the program's calls were not seen")
		}
		return internet.FindAllStringSubmatch(string(data), -1)
	}
	if made := calls("--offline"); len(made) != 0 {
		t.Errorf("offline, and %d connections: %q", len(made), made)
	}
	made := calls()
	t.Logf("with the network allowed: %d calls", len(made))
	if len(made) == 0 {
		t.Error("allowed to, and it asked nobody: this test sees nothing")
	}
	for _, call := range made {
		if port := call[1]; port != "53" && port != "443" && port != "0" && port != "9" {
			t.Errorf("port %s: %s", port, call[0])
		}
	}
}
