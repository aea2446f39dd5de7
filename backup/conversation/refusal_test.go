package conversation

import (
	"testing"

	"lifeboat/backup/mobilebackup2"
	"lifeboat/device/fault"
)

// A text that is not known whole is not guessed at.
func TestRefusalIsNotGuessed(t *testing.T) {
	for text, want := range map[string]fault.Code{
		"No account exists.":                     fault.NoAccount,
		"No account exists on that other planet": fault.CloudRefused,
		"":                                       fault.CloudRefused,
		"Account is not provisioned for cloud backup":           fault.CloudNotProvisioned,
		"Backup is not provisioned for cloud backup by Mallory": fault.CloudRefused,
	} {
		if got := fault.Of(refusal("test", mobilebackup2.Response{Code: 1, Text: text})); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if err := refusal("test", mobilebackup2.Response{}); err != nil {
		t.Errorf("success is %v", err)
	}
}
