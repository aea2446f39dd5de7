package keyring

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
)

// alone marks the copy of this test that has the real keyring: others in this
// package put a false one in its place, for good.
const alone = "LIFEBOAT_TEST_CREDENTIALS"

// TestCredentialManager keeps passwords in Windows' own safe: up to the 2,560
// bytes that it holds, counted as they are stored, in UTF-8.
func TestCredentialManager(t *testing.T) {
	if os.Getenv(alone) == "" {
		program, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), program, "-test.run", "^TestCredentialManager$", "-test.v")
		cmd.Env = append(os.Environ(), alone+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	const udid = "lifeboat-test-00008120-001C25D40C0A002E"
	defer Forget(System{}, udid)
	for _, text := range []string{"first", " ein Wort mit ß und 🛟 ", strings.Repeat("x", 2560), strings.Repeat("ü", 1280)} {
		if err := (System{}).Save(udid, keybag.NewPassword(text)); err != nil {
			t.Fatalf("%d bytes: %v", len(text), err)
		}
		if p, ok, err := (System{}).Load(udid); err != nil || !ok || p.Reveal() != text {
			t.Errorf("%d bytes: %v, %v", len(text), ok, err)
		}
	}
	kept := strings.Repeat("ü", 1280)
	if err := (System{}).Save(udid, keybag.NewPassword(kept+"x")); fault.Of(err) != fault.KeyringFailed {
		t.Errorf("longer than it holds: %v", err)
	}
	if p, ok, err := (System{}).Load(udid); err != nil || !ok || p.Reveal() != kept {
		t.Errorf("after one that was too long: %v, %v", ok, err)
	}
	for range 2 {
		if err := Forget(System{}, udid); err != nil {
			t.Error(err)
		}
	}
	if _, ok, err := (System{}).Load(udid); ok || err != nil {
		t.Errorf("after Forget: %v, %v", ok, err)
	}
}
