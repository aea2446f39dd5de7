package packets

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/wire"
)

// record is a packet on an interface, with a header of the given length.
func record(name string, header int) []byte {
	b := make([]byte, header+20)
	binary.BigEndian.PutUint32(b, uint32(header))
	b[4] = 2
	binary.BigEndian.PutUint32(b[5:], 20)
	copy(b[nameAt:nameAt+nameSize], name)
	return b
}

// apart is a record that names the number of an interface beside its name.
func apart(name string, unit byte) []byte {
	b := record(name, 99)
	b[unitAt+1] = unit
	return b
}

func TestCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		left := make(chan struct{})
		go func() {
			defer close(left)
			for _, name := range []string{"en0", "en0", "en2", "pdp_ip0", "utun3", "ipsec1", "lo0", "en0", "too late"} {
				if name == "too late" {
					time.Sleep(time.Second)
				}
				wire.WriteBinaryFrame(there, record(name, 95))
				time.Sleep(time.Second)
			}
		}()
		begin := time.Now()
		got, err := Count(t.Context(), here, 8500*time.Millisecond)
		if want := (facts.Traffic{WiFi: 3, Cellular: 1, Tunnel: 2, Seconds: 8}); got != want || err != nil {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
		if took := time.Since(begin); took != 8500*time.Millisecond {
			t.Errorf("took %v", took)
		}
		here.Close()
		<-left
	})
}

func TestCountFails(t *testing.T) {
	cases := map[string]struct {
		phone func(net.Conn)
		want  fault.Code
	}{
		"no packet at all": {func(c net.Conn) { io.Copy(io.Discard, c) }, fault.PhoneSilent},
		"hung up":          {func(c net.Conn) { wire.WriteFrame(c, record("en0", 95)) }, fault.PhoneGone},
		"short record":     {func(c net.Conn) { wire.WriteFrame(c, []byte{1, 2, 3}) }, fault.PhoneNonsense},
		"no record":        {func(c net.Conn) { wire.WriteFrame(c, map[string]any{"Error": "x"}) }, fault.PhoneNonsense},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				here, there := net.Pipe()
				go func() {
					defer there.Close()
					c.phone(there)
				}()
				if got, err := Count(t.Context(), here, 8*time.Second); fault.Of(err) != c.want || got != (facts.Traffic{}) {
					t.Errorf("got %+v, %v; want %s", got, err, c.want)
				}
				here.Close()
			})
		})
	}
}

func TestCountEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			wire.WriteFrame(there, record("en0", 95))
			cancel()
		}()
		if _, err := Count(ctx, here, time.Hour); fault.Of(err) != fault.Cancelled {
			t.Errorf("got %v", err)
		}
		there.Close()
	})
}

func TestParseInterface(t *testing.T) {
	cases := map[string]struct {
		in   []byte
		want string // "" means refused
	}{
		"before iOS 15":            {record("en0", 95), "en0"},
		"longer header":            {record("pdp_ip0", 120), "pdp_ip0"},
		"name of full length":      {record("abcdefghijklmnop", 95), "abcdefghijklmnop0"},
		"number apart":             {apart("pdp_ip", 1), "pdp_ip1"},
		"Wi-Fi, number apart":      {apart("en", 0), "en0"},
		"no name":                  {record("", 95), ""},
		"cut":                      {record("en0", 95)[:40], ""},
		"header longer than all":   {append([]byte{0, 0, 9, 9}, record("en0", 95)[4:]...), ""},
		"header shorter than name": {append([]byte{0, 0, 0, 30}, record("en0", 95)[4:]...), ""},
	}
	for name, c := range cases {
		if got, err := parseInterface(c.in); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, c.want)
		}
	}
}

func FuzzPacket(f *testing.F) {
	f.Add(record("en0", 95))
	f.Add(record("utun2", 200))
	f.Add(apart("utun", 2))
	f.Add([]byte{0, 0, 0, 95})
	f.Fuzz(func(t *testing.T, in []byte) {
		name, err := parseInterface(in)
		if (name == "") != (err != nil) || len(name) > nameSize+5 {
			t.Fatalf("got %q, %v", name, err)
		}
		var c facts.Traffic
		add(&c, name)
		if c.WiFi+c.Cellular+c.Tunnel > 1 {
			t.Fatalf("%q counts as %+v", name, c)
		}
	})
}
