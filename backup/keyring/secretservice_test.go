//go:build interop && linux

package keyring

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"lifeboat/backup/keybag"
)

// inSession marks the copy of this test that runs within a session of its own.
const inSession = "LIFEBOAT_TEST_IN_SESSION"

// TestSecretService keeps a password in a real keyring: GNOME's, in a D-Bus
// session and a home folder made for the test.
func TestSecretService(t *testing.T) {
	if os.Getenv(inSession) != "" {
		roundTrip(t)
		return
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "dbus-run-session", "--", "sh", "-c",
		`printf unlock | gnome-keyring-daemon --unlock --components=secrets >/dev/null; exec "$0" -test.run '^TestSecretService$' -test.v`, program)
	cmd.Env = append(os.Environ(), inSession+"=1", "HOME="+home, "XDG_RUNTIME_DIR="+home, "XDG_DATA_HOME="+home)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

func roundTrip(t *testing.T) {
	const udid = "00008120-001C25D40C0A002E"
	awaitKeyring(t, udid)
	for _, text := range []string{"first", "ein Wort mit ß und 🛟"} {
		if err := (System{}).Save(udid, keybag.NewPassword(text)); err != nil {
			t.Fatal(err)
		}
		if p, ok, err := (System{}).Load(udid); err != nil || !ok || p.Reveal() != text {
			t.Errorf("kept %q, got %q, %v, %v", text, p.Reveal(), ok, err)
		}
	}
	if err := Keep(System{}, udid, keybag.NewPassword("third")); err != nil {
		t.Error(err)
	}
	if all, err := Earlier(System{}, udid); err != nil || len(all) != 1 || all[0].Reveal() != "ein Wort mit ß und 🛟" {
		t.Errorf("the password before is not kept: %d, %v", len(all), err)
	}
	for range 2 {
		if err := Forget(System{}, udid); err != nil {
			t.Error(err)
		}
	}
	if _, ok, err := (System{}).Load(udid); ok || err != nil {
		t.Errorf("after Forget: %v, %v", ok, err)
	}
	if all, err := Earlier(System{}, udid); len(all) > 0 || err != nil {
		t.Errorf("after Forget: %d earlier ones, %v", len(all), err)
	}
}

// awaitKeyring waits until the daemon, which starts in the background, answers.
func awaitKeyring(t *testing.T, udid string) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	late := time.After(20 * time.Second)
	for {
		_, ok, err := System{}.Load(udid)
		if err == nil && !ok {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("no keyring: %v, %v", ok, err)
		}
	}
}
