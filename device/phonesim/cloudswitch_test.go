package phonesim_test

import (
	"strings"
	"testing"
)

func TestCloudSwitch(t *testing.T) {
	const domain = "com.apple.mobile.backup"
	for _, c := range []struct {
		setting string
		code    uint64
		text    string
		on      any // the switch afterwards
	}{
		{"ok", 0, "", true},
		{"forbidden", 22, "profile", false},
		{"no-account", 1, "No account exists", false},
		{"not-provisioned", 1, "not provisioned for cloud backup", false},
		{"silent", 0, "", false},
	} {
		l := newLab(t, with(t, "cloud-switch", c.setting, "icloud", "off"))
		r := l.pair("HOST")
		answer := process(l.backupAgent(r), dict{
			"MessageName": "EnableCloudBackup", "TargetIdentifier": l.phone.UDID(),
			"CloudBackupState": true, "Options": dict{"CloudBackupState": true},
		})
		text, _ := answer["ErrorDescription"].(string)
		if answer["ErrorCode"] != c.code || !strings.Contains(text, c.text) {
			t.Errorf("%s: %v", c.setting, answer)
		}
		s, _ := l.session(r)
		if got := value(s, domain, "CloudBackupEnabled"); got != c.on {
			t.Errorf("%s: the switch is %v", c.setting, got)
		}
	}
}
