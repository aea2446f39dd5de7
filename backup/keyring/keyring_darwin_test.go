//go:build keychain

package keyring

import (
	"strings"
	"testing"

	"lifeboat/backup/keybag"
)

// TestKeychain keeps passwords in the default keychain, which must be open;
// it runs alone, as other tests here put a false one in its place.
func TestKeychain(t *testing.T) {
	const udid = "lifeboat-test-00008120-001C25D40C0A002E"
	defer Forget(System{}, udid)
	for _, text := range []string{"first", " ein Wort mit ß und 🛟 ", `'";$(x)\`, strings.Repeat("x", 2560)} {
		if err := (System{}).Save(udid, keybag.NewPassword(text)); err != nil {
			t.Fatalf("%d bytes: %v", len(text), err)
		}
		if p, ok, err := (System{}).Load(udid); err != nil || !ok || p.Reveal() != text {
			t.Errorf("%d bytes: %v, %v", len(text), ok, err)
		}
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
