package services

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"
	"howett.net/plist"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type dict = map[string]any

// serve runs a service at one end of a pipe and returns the other. When the
// test ends the pipe is closed and the service must have returned.
func serve(t *testing.T, service func(context.Context, net.Conn) error) net.Conn {
	t.Helper()
	near, far := net.Pipe()
	near.SetDeadline(time.Now().Add(20 * time.Second))
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer far.Close()
		service(t.Context(), far)
	}()
	t.Cleanup(func() {
		near.Close()
		<-done
	})
	return near
}

func send(t *testing.T, w io.Writer, v any) {
	t.Helper()
	body, err := plist.Marshal(v, plist.BinaryFormat)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)); err != nil {
		t.Fatal(err)
	}
}

func receive(t *testing.T, r io.Reader) dict {
	t.Helper()
	var n uint32
	if err := binary.Read(r, binary.BigEndian, &n); err != nil {
		t.Fatalf("read frame: %v", err)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		t.Fatal(err)
	}
	var answer dict
	if _, err := plist.Unmarshal(body, &answer); err != nil {
		t.Fatalf("%v in %q", err, bytes.TrimSpace(body))
	}
	return answer
}

func ask(t *testing.T, conn net.Conn, request dict) dict {
	t.Helper()
	send(t, conn, request)
	return receive(t, conn)
}
