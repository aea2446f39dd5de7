package phonesim_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"io"
	"net"
	"testing"
	"time"

	"lifeboat/device/phonesim"
)

func TestSessionShowsEitherCertificate(t *testing.T) {
	l := newLab(t, nil)
	r := l.pair("HOST")
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	stranger := newRecord(t, "X", "X", l.lockdown().ask(dict{"Request": "GetValue", "Key": "DevicePublicKey"})["Value"].([]byte)).hostIdentity
	for _, c := range []struct {
		name     string
		identity tls.Certificate
		good     bool
	}{
		{"host certificate", r.hostIdentity, true},
		{"root certificate", r.rootIdentity, true},
		{"no certificate", tls.Certificate{}, false},
		{"certificate of another pairing", stranger, false},
		{"right certificate, wrong key", tls.Certificate{Certificate: r.hostIdentity.Certificate, PrivateKey: key}, false},
	} {
		f := l.lockdown()
		if answer := f.ask(dict{"Request": "StartSession", "HostID": r.hostID}); answer["Error"] != nil {
			t.Fatalf("%s: %v", c.name, answer)
		}
		secure, err := r.secure(t, f.Conn, c.identity)
		if (err == nil) != c.good {
			t.Errorf("%s: handshake %v", c.name, err)
		}
		if err != nil {
			continue
		}
		answer := (&frames{t, secure}).ask(dict{"Request": "GetValue", "Key": "SerialNumber"})
		if s, _ := answer["Value"].(string); s == "" {
			t.Errorf("%s: no SerialNumber in session: %v", c.name, answer)
		}
	}
}

func TestSessionRules(t *testing.T) {
	l := newLab(t, nil)
	r := l.pair("HOST")
	plain := l.lockdown()
	for _, c := range []struct {
		request dict
		want    string
	}{
		{dict{"Request": "StartSession"}, "MissingHostID"},
		{dict{"Request": "StartSession", "HostID": "NOBODY"}, "InvalidHostID"},
		{dict{"Request": "StopSession", "SessionID": "X"}, "SessionInactive"},
		{dict{"Request": "StartService", "Service": "com.apple.afc"}, "SessionInactive"},
		{dict{"Request": "Dance"}, "InvalidRequest"},
		{dict{}, "InvalidRequest"},
	} {
		if got := plain.ask(c.request); got["Error"] != c.want {
			t.Errorf("%v: %v, want %s", c.request, got["Error"], c.want)
		}
	}
	s, id := l.session(r)
	for _, c := range []struct {
		request dict
		want    string
	}{
		{dict{"Request": "StartSession", "HostID": r.hostID}, "SessionActive"},
		{dict{"Request": "StopSession"}, "MissingSessionID"},
		{dict{"Request": "StopSession", "SessionID": "X"}, "InvalidSessionID"},
		{dict{"Request": "StartService"}, "MissingService"},
		{dict{"Request": "StartService", "Service": "com.apple.nonesuch"}, "InvalidService"},
	} {
		if got := s.ask(c.request); got["Error"] != c.want {
			t.Errorf("%v: %v, want %s", c.request, got["Error"], c.want)
		}
	}
	if got := s.ask(dict{"Request": "StopSession", "SessionID": id}); got["Error"] != nil {
		t.Errorf("StopSession: %v", got)
	}
}

// After a session the same pipe goes on in plain text, and may hold another.
func TestPlainTextAfterSession(t *testing.T) {
	l := newLab(t, nil)
	r := l.pair("HOST")
	f := l.lockdown()
	for range 2 {
		answer := f.ask(dict{"Request": "StartSession", "HostID": r.hostID})
		raw := &exactConn{Conn: f.Conn}
		c, err := r.secure(t, raw, r.hostIdentity)
		if err != nil {
			t.Fatal(err)
		}
		s := &frames{t, c}
		s.ask(dict{"Request": "StopSession", "SessionID": answer["SessionID"]})
		// The goodbye of TLS and the next plain request leave together.
		if err := c.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		f.SetDeadline(time.Now().Add(patience)) // CloseWrite forbade writing
		f.send(dict{"Request": "QueryType"})
		if _, err := io.Copy(io.Discard, c); err != nil {
			t.Fatal(err)
		}
		if answer := f.receive(); answer["Type"] != "com.apple.mobile.lockdown" {
			t.Fatalf("plain text after the session: %v", answer)
		}
		if got := f.ask(dict{"Request": "GetValue", "Key": "SerialNumber"})["Error"]; got != "GetProhibited" {
			t.Errorf("a value for the trusted, after the session: %v", got)
		}
	}
}

func TestValuesWithoutASession(t *testing.T) {
	l := newLab(t, nil)
	f := l.lockdown()
	get := func(domain, key string) dict {
		request := dict{"Request": "GetValue"}
		if domain != "" {
			request["Domain"] = domain
		}
		if key != "" {
			request["Key"] = key
		}
		return f.ask(request)
	}
	for _, key := range []string{"ProductVersion", "ProductType", "DeviceName", "DeviceClass", "UniqueDeviceID", "DevicePublicKey", "WiFiAddress"} {
		answer := get("", key)
		if answer["Value"] == nil || answer["Key"] != key || answer["Request"] != "GetValue" {
			t.Errorf("%s: %v", key, answer)
		}
	}
	for _, name := range [][2]string{{"", "SerialNumber"}, {"", "PasswordProtected"}, {"com.apple.mobile.backup", "WillEncrypt"}, {"com.apple.mobile.backup", ""}} {
		if got := get(name[0], name[1])["Error"]; got != "GetProhibited" {
			t.Errorf("%s/%s: %v, want GetProhibited", name[0], name[1], got)
		}
	}
	all := get("", "")["Value"].(dict)
	if all["DeviceName"] == nil || all["SerialNumber"] != nil {
		t.Errorf("what a stranger may read: %v", all)
	}
	if got := f.ask(dict{"Request": "SetValue", "Key": "UntrustedHostBUID", "Value": "X"})["Error"]; got != nil {
		t.Errorf("UntrustedHostBUID: %v", got)
	}
	if got := f.ask(dict{"Request": "SetValue", "Key": "DeviceName", "Value": "X"})["Error"]; got != "SetProhibited" {
		t.Errorf("a stranger renamed the phone: %v", got)
	}
}

func TestStartServiceRules(t *testing.T) {
	l := newLab(t, func(c *phonesim.Config) {
		c.Faults.Lockdown.RefuseService = map[string]string{"com.apple.afc": "ServiceProhibited"}
	})
	r, other := l.pair("HOST"), l.pair("OTHER")
	const backup = "com.apple.mobilebackup2"
	for _, c := range []struct {
		name, service string
		bag           any
		want          any
	}{
		{"refused by the fault", "com.apple.afc", r.escrow, "ServiceProhibited"},
		{"backup without escrow bag", backup, nil, "EscrowLocked"},
		{"backup with another's", backup, other.escrow, "EscrowLocked"},
		{"backup with its own", backup, r.escrow, nil},
		{"others need none", "com.apple.mobile.notification_proxy", nil, nil},
	} {
		extra := dict{}
		if c.bag != nil {
			extra["EscrowBag"] = c.bag
		}
		if got := l.start(r, c.service, extra); got["Error"] != c.want {
			t.Errorf("%s: %v, want %v", c.name, got["Error"], c.want)
		}
	}

	// A port serves once; and not over another computer's certificate.
	answer := l.start(r, "com.apple.mobile.notification_proxy", nil)
	m := l.mux()
	if n := m.connect(l.id, int(answer["Port"].(uint64))); n != 0 {
		t.Fatalf("connect: %d", n)
	}
	if n := l.mux().connect(l.id, int(answer["Port"].(uint64))); n != 3 {
		t.Errorf("second connection to the port: result %d, want 3", n)
	}
	stranger := newRecord(t, "X", "X", l.lockdown().ask(dict{"Request": "GetValue", "Key": "DevicePublicKey"})["Value"].([]byte))
	if _, err := r.secure(t, m.Conn, stranger.hostIdentity); err == nil {
		t.Error("a stranger's certificate opened the service")
	}
}

func TestInsecureNotificationProxy(t *testing.T) {
	l := newLab(t, nil)
	answer := l.lockdown().ask(dict{"Request": "StartService", "Service": "com.apple.mobile.insecure_notification_proxy"})
	if answer["Error"] != nil || answer["EnableServiceSSL"] != nil {
		t.Fatalf("start: %v", answer)
	}
	m := l.mux()
	if n := m.connect(l.id, int(answer["Port"].(uint64))); n != 0 {
		t.Fatalf("connect: %d", n)
	}
	f := &frames{t, m.Conn}
	if got := f.ask(dict{"Command": "Shutdown"})["Command"]; got != "ProxyDeath" {
		t.Errorf("shutdown: %v", got)
	}
}

// A silent phone takes a request, and the end of the stream after it, without
// a byte of answer.
func TestSilence(t *testing.T) {
	l := newLab(t, func(c *phonesim.Config) { c.Faults.Lockdown.Silent = true })
	f := l.lockdown()
	f.send(dict{"Request": "QueryType"})
	if err := f.Conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(f); err != nil || len(answer) > 0 {
		t.Errorf("a silent lockdownd answered %q, %v", answer, err)
	}

	l = newLab(t, func(c *phonesim.Config) { c.Faults.Silent = []string{"com.apple.mobile.notification_proxy"} })
	proxy := l.service(l.pair("HOST"), "com.apple.mobile.notification_proxy")
	proxy.send(dict{"Command": "Shutdown"})
	if err := proxy.Conn.(*tls.Conn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(proxy); err != nil || len(answer) > 0 {
		t.Errorf("a silent service answered %q, %v", answer, err)
	}
}

// Nobody has unlocked the phone since it was started: it opens sessions, but
// starts no service. One unlocking ends that for good.
func TestFirstUnlock(t *testing.T) {
	l := newLab(t, nil)
	r := l.pair("HOST")
	l.phone.AwaitFirstUnlock()
	for _, name := range []string{"com.apple.mobilebackup2", "com.apple.mobile.diagnostics_relay", "com.apple.syslog_relay"} {
		if answer := l.start(r, name, nil); answer["Error"] != "MissingValue" {
			t.Errorf("%s: %v", name, answer)
		}
	}
	if answer := l.start(r, "com.example.none", nil); answer["Error"] != "InvalidService" {
		t.Error(answer)
	}
	fresh := newLab(t, func(c *phonesim.Config) { c.AwaitsFirstUnlock = true })
	if answer := fresh.lockdown().ask(fresh.newHost("HOST").pairRequest()); answer["Error"] != "PasswordProtected" {
		t.Error(answer)
	}
	l.phone.Trust(phonesim.Unlock)
	l.phone.Trust(phonesim.Lock)
	if answer := l.start(r, "com.apple.mobile.diagnostics_relay", nil); answer["Error"] != nil {
		t.Error(answer)
	}
}

// Up to iOS 12 the services are not encrypted.
func TestPlainServices(t *testing.T) {
	for version, want := range map[string]any{"12.5.7": nil, "13.0": true} {
		l := newLab(t, func(c *phonesim.Config) { c.Version = version })
		if answer := l.start(l.pair("HOST"), "com.apple.afc", nil); answer["EnableServiceSSL"] != want || answer["Port"] == nil {
			t.Errorf("%s: %v", version, answer)
		}
	}
}
