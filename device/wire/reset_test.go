package wire

import (
	"net"
	"testing"
)

// A connection that the other side resets is one that was cut, whatever this
// system calls it, for who reads and for who writes.
func TestCutByReset(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	other, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	other.(*net.TCPConn).SetLinger(0)
	other.Close()
	if _, err := conn.Read(make([]byte, 1)); !Cut(err) {
		t.Errorf("read: %v was not taken for a cut", err)
	}
	for range 2 { // the first may go into the void
		_, err = conn.Write(make([]byte, 1))
	}
	if !Cut(err) {
		t.Errorf("write: %v was not taken for a cut", err)
	}
}
