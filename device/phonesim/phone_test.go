package phonesim_test

import (
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"howett.net/plist"

	"lifeboat/device/phonesim"
)

// Every service of a phone answers over TLS.
func TestServicesAreWired(t *testing.T) {
	l := newLab(t, func(c *phonesim.Config) {
		c.Version = "17.3.1"
		c.Passcode.Set = true
		c.Battery.Level = 33
		c.Supervised, c.Organization = true, "School of Ulm"
	})
	r := l.pair("HOST")
	for _, c := range []struct {
		service string
		request dict
		good    func(dict) bool
	}{
		{"com.apple.mobile.notification_proxy", dict{"Command": "Shutdown"},
			func(a dict) bool { return a["Command"] == "ProxyDeath" }},
		{"com.apple.mobile.installation_proxy", dict{"Command": "Lookup"},
			func(a dict) bool { return len(a["LookupResult"].(dict)) >= 4 }},
		{"com.apple.springboardservices", dict{"command": "getIconPNGData", "bundleId": "com.spotify.client"},
			func(a dict) bool { return len(a["pngData"].([]byte)) > 100 }},
		{"com.apple.mobile.diagnostics_relay", dict{"Request": "MobileGestalt", "MobileGestaltKeys": []string{"PasswordConfigured"}},
			func(a dict) bool {
				return a["Diagnostics"].(dict)["MobileGestalt"].(dict)["PasswordConfigured"] == true
			}},
		{"com.apple.mobile.diagnostics_relay", dict{"Request": "IORegistry", "EntryClass": "AppleSmartBattery"},
			func(a dict) bool {
				return a["Diagnostics"].(dict)["IORegistry"].(dict)["CurrentCapacity"] == uint64(33)
			}},
		{"com.apple.mobile.MCInstall", dict{"RequestType": "GetCloudConfiguration"},
			func(a dict) bool { return a["CloudConfiguration"].(dict)["OrganizationName"] == "School of Ulm" }},
	} {
		s := l.service(r, c.service)
		if answer := s.ask(c.request); !c.good(answer) {
			t.Errorf("%s: %v", c.service, answer)
		}
		s.Close()
	}

	afc := l.service(r, "com.apple.afc")
	packet := []byte("CFA6LPAA")
	for _, n := range []uint64{40, 40, 5, 0x0B} {
		packet = binary.LittleEndian.AppendUint64(packet, n)
	}
	afc.Write(packet)
	head := make([]byte, 40)
	if _, err := io.ReadFull(afc, head); err != nil || head[32] != 2 || head[24] != 5 {
		t.Errorf("afc: %x, %v", head, err)
	}

	syslog := l.service(r, "com.apple.syslog_relay")
	line := make([]byte, 200)
	if n, err := syslog.Read(line); err != nil || n < 20 {
		t.Errorf("syslog: %q, %v", line[:n], err)
	}
	trace := l.service(r, "com.apple.os_trace_relay")
	trace.send(dict{"Request": "PidList"})
	if _, err := io.ReadFull(trace, head[:4]); err != nil || head[0] != 4 {
		t.Errorf("trace: %x, %v", head[:4], err)
	}
}

// dl reads one DeviceLink message.
func dl(f *frames) []any {
	f.t.Helper()
	var n uint32
	if err := binary.Read(f, binary.BigEndian, &n); err != nil {
		f.t.Fatalf("DeviceLink: %v", err)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(f, body); err != nil {
		f.t.Fatal(err)
	}
	var message []any
	if _, err := plist.Unmarshal(body, &message); err != nil {
		f.t.Fatal(err)
	}
	return message
}

// backupAgent opens the backup service up to its readiness.
func (l *lab) backupAgent(r *record) *frames {
	l.t.Helper()
	f := l.service(r, "com.apple.mobilebackup2")
	if m := dl(f); m[0] != "DLMessageVersionExchange" || m[1] != uint64(400) {
		l.t.Fatalf("version: %v", m)
	}
	f.send([]any{"DLMessageVersionExchange", "DLVersionsOk", 400})
	if m := dl(f); m[0] != "DLMessageDeviceReady" {
		l.t.Fatalf("ready: %v", m)
	}
	process(f, dict{"MessageName": "Hello", "SupportedProtocolVersions": []float64{2.0, 2.1}})
	return f
}

// process sends a request to the backup agent and returns its answer.
func process(f *frames, request dict) dict {
	f.t.Helper()
	f.send([]any{"DLMessageProcessMessage", request})
	m := dl(f)
	if m[0] != "DLMessageProcessMessage" {
		f.t.Fatalf("answer to %v: %v", request["MessageName"], m)
	}
	return m[1].(dict)
}

// The agent and the phone around it know of each other: the password shows in
// lockdownd, the switch too, and both are announced.
func TestBackupAgentIsWired(t *testing.T) {
	const changed = "com.apple.mobile.backup.domain_changed"
	l := newLab(t, func(c *phonesim.Config) { c.ICloud.Switch = phonesim.Off })
	r := l.pair("HOST")
	notices := l.service(r, "com.apple.mobile.notification_proxy")
	notices.send(dict{"Command": "ObserveNotification", "Name": changed})
	notices.send(dict{"Command": "ObserveNotification", "Name": "sync"})
	notices.send(dict{"Command": "PostNotification", "Name": "sync"})
	notices.receive()
	s, _ := l.session(r)
	const domain = "com.apple.mobile.backup"
	agent := l.backupAgent(r)
	announced := func() {
		t.Helper()
		if got := notices.receive()["Name"]; got != changed {
			t.Errorf("notification %v", got)
		}
	}

	if got := value(s, domain, "WillEncrypt"); got != "error MissingValue" {
		t.Errorf("before: %v", got)
	}
	if a := process(agent, dict{"MessageName": "ChangePassword", "TargetIdentifier": l.phone.UDID(), "NewPassword": "secret"}); a["ErrorCode"] != uint64(0) {
		t.Fatalf("set a password: %v", a)
	}
	announced()
	if got := value(s, domain, "WillEncrypt"); got != true {
		t.Errorf("with a password: %v", got)
	}
	if a := process(agent, dict{"MessageName": "ChangePassword", "TargetIdentifier": l.phone.UDID(), "OldPassword": "secret"}); a["ErrorCode"] != uint64(0) {
		t.Fatalf("take the password off: %v", a)
	}
	announced()
	if got := value(s, domain, "WillEncrypt"); got != false { // as a real phone that had one once
		t.Errorf("after: %v", got)
	}

	cloud := dict{"MessageName": "EnableCloudBackup", "TargetIdentifier": l.phone.UDID(), "CloudBackupState": true, "Options": dict{"CloudBackupState": true}}
	if a := process(agent, cloud); a["ErrorCode"] != uint64(0) {
		t.Fatalf("iCloud backup on: %v", a)
	}
	announced()
	if got := value(s, domain, "CloudBackupEnabled"); got != true {
		t.Errorf("switch: %v", got)
	}
}

// A phone that pulls its own cable comes back when it is set to.
func TestDetachFaultAndReplug(t *testing.T) {
	l := newLab(t, func(c *phonesim.Config) {
		c.Faults.Backup.DetachAtMessage = 1
		c.ReplugAfter = time.Nanosecond
	})
	r := l.pair("HOST")
	listener := l.mux()
	listener.ask(dict{"MessageType": "Listen"})
	listener.receive(0)
	agent := l.backupAgent(r)
	agent.send([]any{"DLMessageProcessMessage", dict{"MessageName": "Backup", "TargetIdentifier": l.phone.UDID()}})
	io.Copy(io.Discard, agent) // until the cable is out
	if e := listener.receive(0); e["MessageType"] != "Detached" || e["DeviceID"] != uint64(l.id) {
		t.Errorf("event %v", e)
	}
	e := listener.receive(0)
	if e["MessageType"] != "Attached" || e["DeviceID"] == uint64(l.id) {
		t.Errorf("event %v", e)
	}
	l.id = int(e["DeviceID"].(uint64))
	l.backupAgent(r)
}

func TestRestart(t *testing.T) {
	l := newLab(t, nil)
	r := l.pair("HOST")
	s := l.service(r, "com.apple.mobile.diagnostics_relay")
	if a := s.ask(dict{"Request": "Restart"}); a["Status"] != "Success" {
		t.Errorf("restart: %v", a)
	}
	ended(t, s)
	if list := l.mux().ask(dict{"MessageType": "ListDevices"})["DeviceList"].([]any); len(list) != 0 {
		t.Errorf("a phone that restarts is listed: %v", list)
	}
	if n := l.phone.Restarts(); n != 1 {
		t.Errorf("%d restarts", n)
	}
}

// After a restart the phone comes back, if it is set to, and does not ask
// for its passcode. Switching it off is no restart.
func TestRestartAndReplug(t *testing.T) {
	l := newLab(t, with(t, "replug-after", "1ns"))
	r := l.pair("HOST")
	s := l.service(r, "com.apple.mobile.diagnostics_relay")
	listener := l.mux()
	listener.ask(dict{"MessageType": "Listen"})
	listener.receive(0)
	for i, request := range []string{"Restart", "Shutdown"} {
		l.phone.Trust(phonesim.Lock)
		s.ask(dict{"Request": request})
		if e := listener.receive(0); e["MessageType"] != "Detached" {
			t.Errorf("event %v", e)
		}
		e := listener.receive(0)
		if e["MessageType"] != "Attached" {
			t.Fatalf("event %v", e)
		}
		l.id = int(e["DeviceID"].(uint64))
		front, _ := l.session(r)
		if got := value(front, "", "PasswordProtected"); got != (i == 1) {
			t.Errorf("after %s PasswordProtected is %v", request, got)
		}
		if n := l.phone.Restarts(); n != 1 {
			t.Errorf("after %s: %d restarts", request, n)
		}
		s = l.service(r, "com.apple.mobile.diagnostics_relay")
	}
}

func TestNotificationsReachTheComputer(t *testing.T) {
	l := newLab(t, nil)
	s := l.service(l.pair("HOST"), "com.apple.mobile.notification_proxy")
	for _, name := range []string{"wanted", "sync"} {
		s.send(dict{"Command": "ObserveNotification", "Name": name})
	}
	s.send(dict{"Command": "PostNotification", "Name": "sync"})
	s.receive()
	if !l.phone.Observed("wanted") || len(l.phone.Posted()) != 1 {
		t.Errorf("observed %v, posted %v", l.phone.Observed("wanted"), l.phone.Posted())
	}
	l.phone.Notify("unwanted")
	l.phone.Notify("wanted")
	if got := s.receive()["Name"]; got != "wanted" {
		t.Errorf("relayed %v", got)
	}
}

func TestTwoPhonesAtOnce(t *testing.T) {
	l := newLab(t, nil)
	second, err := phonesim.NewPhone(phonesim.DefaultConfig().Numbered(1))
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	other := &lab{t: t, server: l.server, phone: second, id: l.server.Attach(second)}
	a, b := l.pair("HOST"), other.pair("HOST")
	for range 2 {
		one, _ := l.session(a)
		two, _ := other.session(b)
		if value(one, "", "UniqueDeviceID") != l.phone.UDID() || value(two, "", "UniqueDeviceID") != second.UDID() {
			t.Error("the phones were mixed up")
		}
	}
	l.server.Detach(l.phone)
	other.session(b) // the other does not notice
	if again := l.server.Attach(second); again != other.id {
		t.Errorf("a phone that is attached got another DeviceID: %d, was %d", again, other.id)
	}
}

func TestStateFolders(t *testing.T) {
	phone, err := phonesim.NewPhone(phonesim.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	own := phone.StateDir()
	if _, err := os.Stat(filepath.Join(own, "media", "DCIM")); err != nil {
		t.Error(err)
	}
	if err := phone.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(own); !os.IsNotExist(err) {
		t.Errorf("the phone's own folder after Close: %v", err)
	}

	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	broken := t.TempDir()
	for _, name := range []string{"device-key.pem", "hosts.plist"} {
		if err := os.WriteFile(filepath.Join(broken, name), []byte("{broken"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, change := range map[string]func(*phonesim.Config){
		"state is a file":  func(c *phonesim.Config) { c.StateDir = file },
		"state is broken":  func(c *phonesim.Config) { c.StateDir = broken },
		"too old for TLS":  func(c *phonesim.Config) { c.Version = "9.3" },
		"without UDID":     func(c *phonesim.Config) { c.UDID = "" },
		"without a model":  func(c *phonesim.Config) { c.ProductType = "" },
		"without a number": func(c *phonesim.Config) { c.Version = "" },
	} {
		cfg := phonesim.DefaultConfig()
		change(&cfg)
		if p, err := phonesim.NewPhone(cfg); err == nil {
			t.Errorf("%s: no error", name)
			p.Close()
		}
	}
}

// A closed phone cannot be plugged in.
func TestClosedPhone(t *testing.T) {
	l := newLab(t, nil)
	l.phone.Close()
	if id := l.server.Attach(l.phone); id != 0 {
		t.Errorf("a closed phone was attached as %d", id)
	}
	if list := l.mux().ask(dict{"MessageType": "ListDevices"})["DeviceList"].([]any); len(list) != 0 {
		t.Errorf("listed: %v", list)
	}
}
