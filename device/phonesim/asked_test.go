package phonesim_test

import (
	"fmt"
	"slices"
	"testing"
)

func TestAsked(t *testing.T) {
	l := newLab(t, nil)
	r := l.pair("HOST")
	before := len(l.phone.Asked())
	s, _ := l.session(r)
	value(s, "", "ProductVersion")
	value(s, "com.apple.mobile.backup", "WillEncrypt")
	s.ask(dict{"Request": "GetValue", "Domain": "com.apple.none"})
	s.ask(dict{"Request": "GetValue"})
	s.ask(dict{"Request": "StartService", "Service": "com.example.none"})
	entry(l.service(r, "com.apple.mobile.diagnostics_relay"), "EntryName", "IO80211Interface")
	l.service(r, "com.apple.mobile.MCInstall").ask(dict{"RequestType": "GetProfileList"})
	process(l.backupAgent(r), dict{"MessageName": "EnableCloudBackup", "TargetIdentifier": l.phone.UDID(), "CloudBackupState": true})
	want := []string{
		"session", "/ProductVersion", "com.apple.mobile.backup/WillEncrypt", "com.apple.none/", "/", "service com.example.none",
		"session", "service com.apple.mobile.diagnostics_relay", "IORegistry IO80211Interface",
		"session", "service com.apple.mobile.MCInstall", "MCInstall GetProfileList",
		"session", "service com.apple.mobilebackup2", "EnableCloudBackup on",
	}
	if got := l.phone.Asked()[before:]; !slices.Equal(got, want) {
		t.Errorf("asked\n%q, want\n%q", got, want)
	}
}

// Only the last questions are remembered.
func TestAskedIsBounded(t *testing.T) {
	l := newLab(t, nil)
	f := l.lockdown()
	ask := func(n int) {
		for i := range n {
			f.send(dict{"Request": "GetValue", "Key": fmt.Sprint(i)})
			f.receive()
		}
	}
	ask(20_500)
	got := l.phone.Asked()
	if len(got) != 10_000 || got[0] != "/10500" || got[9_999] != "/20499" {
		t.Errorf("%d remembered, from %q to %q", len(got), got[0], got[len(got)-1])
	}
}
