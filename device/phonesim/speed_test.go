package phonesim_test

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"testing"

	"lifeboat/device/phonesim"
)

// BenchmarkPipe is how fast bytes of the phone reach a computer: a file that
// is read over AFC, through TLS and the socket of usbmuxd. A backup goes the
// same way.
func BenchmarkPipe(b *testing.B) {
	const size = 64 << 20
	server, err := phonesim.Listen("unix://" + filepath.Join(b.TempDir(), "mux"))
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	phone, err := phonesim.NewPhone(phonesim.DefaultConfig())
	if err != nil {
		b.Fatal(err)
	}
	defer phone.Close()
	if err := os.WriteFile(filepath.Join(phone.StateDir(), "media", "big"), make([]byte, size), 0o600); err != nil {
		b.Fatal(err)
	}
	l := &lab{t: b, server: server, phone: phone, id: server.Attach(phone)}
	afc := l.service(l.pair("HOST"), "com.apple.afc").Conn.(*tls.Conn)
	request := func(op uint64, fields []byte) {
		packet := []byte("CFA6LPAA")
		for _, n := range []uint64{uint64(40 + len(fields)), uint64(40 + len(fields)), 1, op} {
			packet = binary.LittleEndian.AppendUint64(packet, n)
		}
		if _, err := afc.Write(append(packet, fields...)); err != nil {
			b.Fatal(err)
		}
	}
	words := func(n ...uint64) (fields []byte) {
		for _, w := range n {
			fields = binary.LittleEndian.AppendUint64(fields, w)
		}
		return fields
	}
	request(0x0D, append(words(1), "/big\x00"...))
	answer := make([]byte, 4<<20+40)
	if _, err := io.ReadFull(afc, answer[:48]); err != nil {
		b.Fatal(err)
	}
	handle := binary.LittleEndian.Uint64(answer[40:])
	b.SetBytes(size)
	for b.Loop() {
		request(0x11, words(handle, 0, 0))
		if _, err := io.ReadFull(afc, answer[:48]); err != nil {
			b.Fatal(err)
		}
		for range size / (4 << 20) {
			request(0x0F, words(handle, 4<<20))
			if _, err := io.ReadFull(afc, answer); err != nil {
				b.Fatal(err)
			}
		}
	}
}
