package conversation

import (
	"testing"

	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
)

// TestEncrypts: a phone without a word of it has no backup password; one with
// a word that makes no sense is not taken for one without.
func TestEncrypts(t *testing.T) {
	for _, c := range []struct {
		in   any
		on   bool
		code fault.Code
	}{
		{nil, false, ""}, {true, true, ""}, {false, false, ""}, {uint64(1), true, ""}, {uint64(0), false, ""},
		{"yes", false, fault.PhoneNonsense}, {uint64(7), false, fault.PhoneNonsense},
	} {
		on, err := encrypts(c.in)
		if on != c.on || fault.Of(err) != c.code {
			t.Errorf("%T %v: %v, %v", c.in, c.in, on, err)
		}
	}
	forced := map[string]any{"WillEncrypt": uint64(1), "RequiresEncryption": uint64(1)}
	if err := changeable(forced, keybag.NewPassword("x"), keybag.Password{}); fault.Of(err) != fault.EncryptionForced {
		t.Error(err)
	}
}
