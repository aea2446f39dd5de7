package phonesim_test

import (
	"encoding/binary"
	"testing"
	"time"
)

// A cable that crawls delays photos and videos alone, so that nothing else runs
// out of its time, however busy the computer.
func TestMediaLatency(t *testing.T) {
	const latency = 60 * time.Millisecond
	l := newLab(t, with(t, "media-latency", "60ms"))
	hosts := l.pair("HOST")
	begin := time.Now()
	l.service(hosts, "com.apple.mobile.MCInstall").ask(dict{"RequestType": "GetProfileList"})
	rest := time.Since(begin)
	media := l.service(hosts, "com.apple.afc").Conn
	begin = time.Now()
	packet := []byte("CFA6LPAA")
	for _, n := range []uint64{40, 40, 1, 11} { // about the device
		packet = binary.LittleEndian.AppendUint64(packet, n)
	}
	if _, err := media.Write(packet); err != nil {
		t.Fatal(err)
	}
	if _, err := media.Read(make([]byte, 40)); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(begin); d < latency {
		t.Errorf("media answers after %v, want at least %v (the rest takes %v)", d, latency, rest)
	}
}

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
