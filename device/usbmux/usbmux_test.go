package usbmux

import (
	"context"
	"net"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"lifeboat/device/fault"
)

func TestParseAddress(t *testing.T) {
	cases := []struct {
		in, env string
		want    Address
		code    fault.Code
	}{
		{in: "UNIX:///run/usbmuxd", want: Address{"unix", "/run/usbmuxd"}},
		{in: "127.0.0.1:27015", want: Address{"tcp", "127.0.0.1:27015"}},
		{in: "localhost:27015", want: Address{"tcp", "localhost:27015"}},
		{env: "UNIX:///tmp/x", want: Address{"unix", "/tmp/x"}},
		{in: "127.0.0.1:1", env: "UNIX:///tmp/x", want: Address{"tcp", "127.0.0.1:1"}},
		{want: Default()},
		// Forms that libusbmuxd drops in silence, or that go-ios reads as TCP.
		{in: "unix:///run/usbmuxd", code: fault.MuxBadAddress},
		{in: "/run/usbmuxd", code: fault.MuxBadAddress},
		{in: "UNIX:/run/usbmuxd", code: fault.MuxBadAddress},
		{in: "UNIX://relative", code: fault.MuxBadAddress},
		{in: "tcp://127.0.0.1:27015", code: fault.MuxBadAddress},
		{in: "127.0.0.1", code: fault.MuxBadAddress},
		{in: "127.0.0.1:", code: fault.MuxBadAddress},
		{in: "::1:27015", code: fault.MuxBadAddress},
	}
	for _, c := range cases {
		t.Setenv(EnvAddress, c.env)
		got, err := ParseAddress(c.in)
		if got != c.want || fault.Of(err) != c.code {
			t.Errorf("ParseAddress(%q) with %q = %v, %v; want %v, %q", c.in, c.env, got, err, c.want, c.code)
		}
	}
}

func TestDialNamesWhatIsWrong(t *testing.T) {
	places := map[string]Address{}
	if runtime.GOOS != "windows" { // where usbmuxd is no socket in a folder
		dir := t.TempDir()
		dead := filepath.Join(dir, "dead")
		l, err := net.Listen("unix", dead)
		if err != nil {
			t.Fatal(err)
		}
		l.(*net.UnixListener).SetUnlinkOnClose(false)
		l.Close()
		places["no socket"] = Address{"unix", filepath.Join(dir, "none")}
		places["nobody behind it"] = Address{"unix", dead}
	}
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	places["nobody on the port"] = Address{"tcp", tcp.Addr().String()}
	tcp.Close()
	for name, a := range places {
		if _, err := dial(t.Context(), a); fault.Of(err) != fault.MuxStopped {
			t.Errorf("%s: got %v, want %s", name, err, fault.MuxStopped)
		}
	}
}

// late is a context whose deadline has gone by a while before it ends, as
// happens on a busy computer.
type late struct{ context.Context }

func (late) Deadline() (time.Time, bool) { return time.Unix(1, 0), true }

// A wait of the caller's that is over does not mean that usbmuxd is stopped.
func TestDialUponADeadline(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	place := Address{"tcp", l.Addr().String()}
	conn, err := dial(late{t.Context()}, place)
	if err != nil {
		t.Fatalf("before the context ended: %v", err)
	}
	conn.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(fault.New(fault.CloudUnchanged, "wait", nil))
	if _, err := dial(late{ctx}, place); fault.Of(err) != fault.CloudUnchanged {
		t.Errorf("after it ended: %v", err)
	}
}

func TestParseEntry(t *testing.T) {
	properties := func(serial any) map[string]any {
		return map[string]any{"DeviceID": uint64(3), "Properties": map[string]any{
			"ConnectionType": "USB", "ConnectionSpeed": uint64(480000000), "SerialNumber": serial,
		}}
	}
	cases := map[string]struct {
		in   map[string]any
		udid string // "" means refused
	}{
		"new form":       {properties("00008101-000123456789001E"), "00008101-000123456789001E"},
		"without dash":   {properties("00008101000123456789001E"), "00008101-000123456789001E"},
		"old form":       {properties("0123456789abcdef0123456789abcdef01234567"), "0123456789abcdef0123456789abcdef01234567"},
		"climbs":         {properties("../../../../etc/x"), ""},
		"empty":          {properties(""), ""},
		"not a text":     {properties(uint64(7)), ""},
		"no properties":  {map[string]any{"DeviceID": uint64(3)}, ""},
		"device id 0":    {map[string]any{"DeviceID": uint64(0), "Properties": properties("00008101-000123456789001E")["Properties"]}, ""},
		"far too long":   {properties(string(make([]byte, 1000))), ""},
		"negative id":    {map[string]any{"DeviceID": int64(-1), "Properties": properties("00008101-000123456789001E")["Properties"]}, ""},
		"id of nonsense": {map[string]any{"DeviceID": "3", "Properties": properties("00008101-000123456789001E")["Properties"]}, ""},
	}
	for name, c := range cases {
		e, ok := parseEntry(c.in)
		if ok != (c.udid != "") || e.UDID != c.udid {
			t.Errorf("%s: got %q, %v; want %q", name, e.UDID, ok, c.udid)
		}
	}
}
