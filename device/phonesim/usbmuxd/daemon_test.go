package usbmuxd

import (
	"context"
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newDaemon(t *testing.T) *Daemon {
	t.Helper()
	d, err := Listen("127.0.0.1:0", t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// dial sends one command and returns the socket once it is answered.
func dial(t *testing.T, d *Daemon, request message) (net.Conn, int64) {
	t.Helper()
	conn, err := net.Dial("tcp", d.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	frame, err := encodeFrame(request, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(frame); err != nil {
		t.Fatal(err)
	}
	answer, _, err := readFrame(conn)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := answer.Int("Number")
	return conn, n
}

// A listener that never reads is let go, and holds nobody up.
func TestDeafListener(t *testing.T) {
	d := newDaemon(t)
	device := Device{UDID: "00008120-001C25D40C0A002E", Connection: "USB", Dial: func(uint16) Handler { return nil }}
	dial(t, d, message{"MessageType": "Listen"})
	deadline := time.Now().Add(20 * time.Second)
	for listening := true; listening; {
		d.Detach(d.Attach(device))
		d.mu.Lock()
		listening = len(d.listeners) > 0
		d.mu.Unlock()
		if time.Now().After(deadline) {
			t.Fatal("a listener that reads nothing is kept for ever")
		}
	}
}

// Close ends what runs on a phone, and waits for it.
func TestCloseWaits(t *testing.T) {
	d := newDaemon(t)
	finished := false
	id := d.Attach(Device{Dial: func(port uint16) Handler {
		if port != 62078 {
			t.Errorf("port %d", port)
		}
		return func(ctx context.Context, conn net.Conn) {
			io.Copy(io.Discard, conn)
			<-ctx.Done()
			finished = true
		}
	}})
	conn, number := dial(t, d, message{"MessageType": "Connect", "DeviceID": id, "PortNumber": 32498})
	if number != resultOK {
		t.Fatalf("connect: %d", number)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if !finished {
		t.Error("Close returned before the phone's program did")
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("the connection is still open")
	}
	if err := d.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
}

// A phone that is unplugged while it takes its time to answer says nothing.
func TestUnpluggedInLatency(t *testing.T) {
	d := newDaemon(t)
	dialled := make(chan struct{})
	id := d.Attach(Device{Latency: time.Hour, Dial: func(uint16) Handler {
		close(dialled)
		return func(context.Context, net.Conn) { t.Error("an unplugged phone was reached") }
	}})
	conn, err := net.Dial("tcp", d.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	frame, err := encodeFrame(message{"MessageType": "Connect", "DeviceID": id, "PortNumber": 32498}, 1)
	if err != nil {
		t.Fatal(err)
	}
	conn.Write(frame)
	<-dialled
	d.Detach(id)
	if n, err := conn.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("read %d bytes, %v; want the end", n, err)
	}
}
