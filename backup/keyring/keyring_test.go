package keyring

import (
	"errors"
	"testing"

	"github.com/zalando/go-keyring"

	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
)

func TestKeyring(t *testing.T) {
	keyring.MockInit()
	load := func(udid, want string) {
		t.Helper()
		got, ok, err := Load(udid)
		if err != nil || ok != (want != "") || got.Reveal() != want {
			t.Errorf("%s: %v, %v", udid, ok, err)
		}
	}
	load("A", "")
	for _, step := range []error{
		Save("A", keybag.NewPassword("one")), Save("B", keybag.NewPassword("two")), Save("A", keybag.NewPassword("three")),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	load("A", "three")
	load("B", "two")
	if err := errors.Join(Forget("A"), Forget("A")); err != nil {
		t.Error(err)
	}
	load("A", "")
	load("B", "two")
}

func TestKeyringFails(t *testing.T) {
	keyring.MockInitWithError(errors.New("no keyring here"))
	_, _, err := Load("A")
	for _, err := range []error{err, Save("A", keybag.NewPassword("secret")), Forget("A")} {
		if fault.Of(err) != fault.KeyringFailed {
			t.Error(err)
		}
	}
}
