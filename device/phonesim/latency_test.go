package phonesim_test

import (
	"testing"
	"time"
)

// Every answer comes later: of usbmuxd to a Connect, of lockdownd, and of
// services, whose unasked words come at once.
func TestLatency(t *testing.T) {
	const latency = 60 * time.Millisecond
	l := newLab(t, with(t, "latency", "60ms"))
	took := func(what string, least time.Duration, do func()) {
		t.Helper()
		begin := time.Now()
		do()
		if d := time.Since(begin); d < least {
			t.Errorf("%s took %v, want at least %v", what, d, least)
		}
	}
	m := l.mux()
	took("Connect", latency, func() { m.connect(l.id, 62078) })
	f := &frames{t, m.Conn}
	took("two values", 2*latency, func() {
		f.ask(dict{"Request": "QueryType"})
		f.ask(dict{"Request": "GetValue", "Key": "ProductVersion"})
	})
	s := l.service(l.pair("HOST"), "com.apple.mobile.MCInstall")
	took("three requests to a service", 3*latency, func() {
		for range 3 {
			s.ask(dict{"RequestType": "GetProfileList"})
		}
	})
}
