package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"lifeboat/assets"
	"lifeboat/device/phonesim/content"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestFlagMistakes(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "give one of --socket and --tcp"},
		{[]string{"--socket", "a", "--tcp", "b"}, "give one of --socket and --tcp"},
		{[]string{"--socket", "a", "more"}, `"more" is not a flag`},
		{[]string{"--socket", "a", "--phones", "0"}, "--phones must be 1 to 1000"},
		{[]string{"--socket", "a", "--bytes", "lots"}, "--files and --bytes"},
		{[]string{"--socket", "a", "--battery", "200"}, "percent from 0 to 100"},
		{[]string{"--socket", "a", "--icloud", "maybe"}, "not on, off or absent"},
		{[]string{"--socket", "a", "--dance"}, "not defined: -dance"},
	} {
		var out bytes.Buffer
		_, err := parse(c.args, &out)
		if err == nil || exitCode(err) != 2 || !strings.Contains(out.String(), c.want) {
			t.Errorf("%q: %v, exit %d, said %q; want %q", c.args, err, exitCode(err), out.String(), c.want)
		}
	}
}

func TestVersion(t *testing.T) {
	var out bytes.Buffer
	if code := program([]string{"--version"}, &out, io.Discard); code != 0 || out.String() != "phonesim "+assets.Version+"\n" {
		t.Errorf("exit %d, said %q", code, out.String())
	}
}

func TestHelp(t *testing.T) {
	var out bytes.Buffer
	_, err := parse([]string{"--help"}, &out)
	if exitCode(err) != 0 {
		t.Errorf("exit %d", exitCode(err))
	}
	for _, word := range []string{"USBMUXD_SOCKET_ADDRESS=UNIX:///PATH", "-socket PATH", "-trust HOW", "pending=N", "-content DIR", "-fault FAULT", "detach=POINT", "#17", "-change N", "-no-resume"} {
		if !strings.Contains(out.String(), word) {
			t.Errorf("the help lacks %q", word)
		}
	}
}

func TestFlags(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "HomeDomain"), 0o700); err != nil {
		t.Fatal(err)
	}
	c, err := parse([]string{
		"--tcp", "127.0.0.1:0", "--model", "iPhone12,1", "--ios", "26.1", "--name", "Test", "--battery", "7",
		"--charging=false", "--locked", "--icloud", "off", "--content", dir, "--fault", "purge", "--fault", "forget-host",
		"--change", "2", "--add", "3", "--delete", "4", "--edit-seed", "-5", "--no-resume", "--fault", "detach=#17",
	}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	p := c.phone
	if c.address != "127.0.0.1:0" || p.ProductType != "iPhone12,1" || p.Version != "26.1" || p.Name != "Test" || p.Battery.Level != 7 ||
		p.Battery.Charging || !p.Battery.External || !p.Locked || !p.Faults.Backup.PurgeAlways || !p.Faults.Lockdown.ForgetHostOnce ||
		p.Edits != (content.Edits{Changed: 2, Added: 3, Removed: 4}) || p.EditSeed != -5 || !p.Faults.Backup.NoResume || p.Faults.Backup.DetachAtMessage != 17 {
		t.Errorf("parsed %+v", p)
	}
}

// start runs the program until the test ends, and returns its one line.
func start(t *testing.T, args ...string) (line string, stop func()) {
	t.Helper()
	c, err := parse(args, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	r, w := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		err := run(ctx, c, w)
		w.CloseWithError(io.EOF)
		done <- err
	}()
	line, err = bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("no line: %v; run: %v", err, <-done)
	}
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(stop)
	return line, stop
}

func TestRunOnPort(t *testing.T) {
	state := t.TempDir()
	line, stop := start(t, "--tcp", "127.0.0.1:0", "--state", state, "--files", "1", "--bytes", "1")
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "phonesim ready: USBMUXD_SOCKET_ADDRESS=")
	if !ok {
		t.Fatalf("line %q", line)
	}
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	stop()
	if _, err := net.Dial("tcp", address); err == nil {
		t.Error("it listens after the end")
	}
	if _, err := os.Stat(filepath.Join(state, "phone", "device-key.pem")); err != nil {
		t.Error(err)
	}
}

func TestRun(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("usbmuxd of Windows listens on a port: TestRunOnPort")
	}
	socket, state := filepath.Join(t.TempDir(), "mux"), t.TempDir()
	args := []string{"--socket", socket, "--state", state, "--phones", "2", "--files", "1", "--bytes", "1"}
	line, stop := start(t, args...)
	if want := "phonesim ready: USBMUXD_SOCKET_ADDRESS=UNIX://" + socket + "\n"; line != want {
		t.Errorf("line %q, want %q", line, want)
	}
	conn, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	stop()
	if _, err := os.Lstat(socket); !os.IsNotExist(err) {
		t.Errorf("socket after the end: %v", err)
	}
	for _, name := range []string{"phone/device-key.pem", "phone-2/device-key.pem", "computer"} {
		if _, err := os.Stat(filepath.Join(state, name)); err != nil {
			t.Error(err)
		}
	}
	_, stop = start(t, args...) // on the same state, at the same place
	c, err := parse(args, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), c, io.Discard); err == nil || !strings.Contains(err.Error(), "another program") {
		t.Errorf("a second one at the same place: %v", err)
	}
	stop()

	line, _ = start(t, "--tcp", "127.0.0.1:0")
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "phonesim ready: USBMUXD_SOCKET_ADDRESS=127.0.0.1:")
	if !ok || address == "0" {
		t.Errorf("line %q", line)
	}
}
