//go:build interop && linux

package sleepinhibit

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// manager plays systemd-logind on a bus of the test's own.
type manager struct {
	asked chan []string
	lock  *os.File // the end that is handed out
	fail  *dbus.Error
}

func (m *manager) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	m.asked <- []string{what, who, why, mode}
	if m.fail != nil {
		return 0, m.fail
	}
	return dbus.UnixFD(m.lock.Fd()), nil
}

// TestSystemBus holds a lock across a real bus: it must be asked for in
// logind's words, live after the call, and end with release.
func TestSystemBus(t *testing.T) {
	m := &manager{asked: make(chan []string, 8)}
	serve(t, m)
	far, near, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	m.lock = near

	release, err := Hold(t.Context(), "a backup is under way")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(<-m.asked, "|"); got != "sleep:idle|Lifeboat|a backup is under way|block" {
		t.Errorf("asked for %s", got)
	}
	near.Close() // from here on only the holder's copy keeps the pipe open
	far.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	if _, err := far.Read(make([]byte, 1)); !os.IsTimeout(err) {
		t.Errorf("the lock was not held: %v", err)
	}
	release()
	far.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := far.Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
		t.Errorf("the lock was not given back: %v", err)
	}

	m.fail = dbus.NewError("org.freedesktop.DBus.Error.AccessDenied", nil)
	if release, err := Hold(t.Context(), "again"); err == nil {
		t.Error("a refusal was taken for a lock")
	} else {
		release()
	}
}

// serve starts a bus and puts m on it.
func serve(t *testing.T, m *manager) {
	t.Helper()
	daemon := exec.CommandContext(t.Context(), "dbus-daemon", "--session", "--nofork", "--print-address=1",
		"--address=unix:dir="+t.TempDir())
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { daemon.Process.Kill(); daemon.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", strings.TrimSpace(address))
	bus, err := dbus.ConnectSystemBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bus.Close() })
	if err := bus.Export(m, "/org/freedesktop/login1", "org.freedesktop.login1.Manager"); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName("org.freedesktop.login1", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
}
