package transcript

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// fullDisk takes so many bytes.
type fullDisk struct{ left int }

var errFull = errors.New("no space left on device")

func (d *fullDisk) Write(p []byte) (int, error) {
	if len(p) > d.left {
		return 0, errFull
	}
	d.left -= len(p)
	return len(p), nil
}

func (d *fullDisk) Close() error { return nil }

// TestFullDisk records on a disk without room: the recording ends and says
// so, and what it heard goes on.
func TestFullDisk(t *testing.T) {
	r := New(&fullDisk{left: 100}, About{}, nil)
	here, there := net.Pipe()
	conn := r.Open("com.apple.mobile.installation_proxy", true).Over(here)
	go func() {
		for range 3000 {
			conn.Write([]byte(strings.Repeat("x", 100)))
		}
		conn.Close()
	}()
	n, err := io.Copy(io.Discard, there)
	if n != 300_000 || err != nil {
		t.Errorf("%d bytes went by, error %v", n, err)
	}
	for range 2000 {
		r.Usbmuxd(true, map[string]any{"MessageType": "Listen"})
	}
	if err := r.Close(); !errors.Is(err, errFull) {
		t.Errorf("it ended with %v", err)
	}
}

// TestOff: without a Recorder a connection is what it was.
func TestOff(t *testing.T) {
	var r *Recorder
	here, there := net.Pipe()
	defer here.Close()
	defer there.Close()
	s := r.Open(Lockdown, false)
	if s.Over(here) != here {
		t.Error("a connection that nobody records is another")
	}
	s.Ended(nil)
	r.Usbmuxd(true, nil)
	r.Shape(nil)
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestBounded: a phone that does not stop fills no disk.
func TestBounded(t *testing.T) {
	out := &buffer{}
	r := New(out, About{}, func() time.Time { return time.Unix(0, 0) })
	r.written = maxBytes - 10
	for range 10 {
		r.Usbmuxd(false, map[string]any{"MessageType": "Attached"})
	}
	if err := r.Close(); err == nil || !strings.HasSuffix(out.String(), "0 = limit\n") || !out.closed {
		t.Errorf("it ended with %v and %q", err, out.String()[out.Len()-80:])
	}
}

// FuzzStream feeds bytes of anybody to every reader: none panics, whatever
// the pieces.
func FuzzStream(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x05\x0cabcd"), uint8(3))
	f.Add([]byte(afcMagic+"\x28\x00\x00\x00\x00\x00\x00\x00"), uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, piece uint8) {
		for service := range protocols {
			out := &buffer{}
			r := New(out, About{}, nil)
			s := r.Open(service, true)
			for rest := data; len(rest) > 0; {
				n := min(len(rest), int(piece)+1)
				s.moved(s.phone, rest[:n], nil)
				s.moved(s.host, rest[:n], nil)
				rest = rest[n:]
			}
			s.phone.nextFile(true)
			s.moved(s.phone, data, io.EOF)
			if r.err != nil {
				t.Fatal(r.err)
			}
			r.Close()
		}
	})
}
