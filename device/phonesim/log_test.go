package phonesim_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lifeboat/device/phonesim"
)

// A log script speaks on both services, and acts on the phone around it.
func TestLogScript(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	script := `
+0s backupd[312] default =scheduler= [On condition] state changed, enabled:1
@wait
+1ms backupd[312] error =cloud-backup= Backup failed: MBErrorDomain(209)
@set com.apple.mobile.backup/LastCloudBackupDate=now
@set com.apple.mobile.battery/BatteryCurrentCapacity=41
@notify com.example.noted
`
	if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	tick := newClock()
	l := newLab(t, func(c *phonesim.Config) {
		c.Now = tick.now
		with(t, "log", path, "last-icloud", "never")(c)
	})
	r := l.pair("HOST")
	notices := l.service(r, "com.apple.mobile.notification_proxy")
	for _, name := range []string{"com.apple.mobile.backup.domain_changed", "com.example.noted", "sync"} {
		notices.send(dict{"Command": "ObserveNotification", "Name": name})
	}
	notices.send(dict{"Command": "PostNotification", "Name": "sync"})
	notices.receive()
	s, _ := l.session(r)

	syslog := bufio.NewReader(l.service(r, "com.apple.syslog_relay"))
	trace := l.service(r, "com.apple.os_trace_relay")
	trace.send(dict{"Request": "StartActivity", "Pid": -1, "MessageFilter": 4, "StreamFlags": 0})
	traced := bufio.NewReader(trace)
	hear := func(what string) {
		t.Helper()
		for name, r := range map[string]*bufio.Reader{"syslog": syslog, "trace": traced} {
			for said := ""; !strings.Contains(said, what); { // up to the deadline of the connection
				b, err := r.ReadByte()
				if err != nil {
					t.Fatalf("%s did not say %q: %v", name, what, err)
				}
				said += string(b)
			}
		}
	}
	hear("enabled:1")
	if got := value(s, "com.apple.mobile.backup", "LastCloudBackupDate"); got != "error MissingValue" {
		t.Errorf("before Play: %v", got)
	}
	l.phone.Play()
	hear("MBErrorDomain(209)")
	if got := notices.receive()["Name"]; got != "com.apple.mobile.backup.domain_changed" {
		t.Errorf("notification %v", got)
	}
	if got := notices.receive()["Name"]; got != "com.example.noted" {
		t.Errorf("notification %v", got)
	}
	if got := value(s, "com.apple.mobile.backup", "LastCloudBackupDate"); got != uint64(tick.now().Unix()-978307200) {
		t.Errorf("after Play: %v", got)
	}
	registry := l.service(r, "com.apple.mobile.diagnostics_relay")
	if got := entry(registry, "EntryClass", "AppleSmartBattery")["CurrentCapacity"]; got != uint64(41) {
		t.Errorf("battery %v", got)
	}
}
