package lockdownd

import (
	"bytes"
	"io"
	"net"
	"testing"
	"testing/iotest"
)

// readOnly is a connection that only gives what r holds.
type readOnly struct {
	net.Conn
	r io.Reader
}

func (c readOnly) Read(p []byte) (int, error) { return c.r.Read(p) }

// No read crosses the end of a record, however much the reader asks for and
// however the bytes arrive.
func TestExactRecords(t *testing.T) {
	stream := []byte("\x16\x03\x03\x00\x05hello" + "\x15\x03\x03\x00\x00" + "\x17\x03\x03\x00\x02ok" + "plain")
	ends := map[int]bool{5 + 5: true, 10 + 5: true, 15 + 5 + 2: true}
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"at once": func(r io.Reader) io.Reader { return r }, "byte by byte": iotest.OneByteReader, "halves": iotest.HalfReader,
	} {
		c := exactRecords(readOnly{r: wrap(bytes.NewReader(stream))})
		at, inRecord := 0, 0
		for at < 22 {
			p := make([]byte, 100)
			n, err := c.Read(p)
			if err != nil {
				t.Fatalf("%s: %v at %d", name, err, at)
			}
			if !bytes.Equal(p[:n], stream[at:at+n]) {
				t.Fatalf("%s: read %q at %d", name, p[:n], at)
			}
			for i := at + 1; i < at+n; i++ {
				if ends[i] {
					t.Errorf("%s: one read crossed the end of a record at %d", name, i)
				}
			}
			at += n
			inRecord++
		}
		if at != 22 {
			t.Errorf("%s: read %d bytes", name, at)
		}
		left, _ := io.ReadAll(c.Conn)
		if string(left) != "plain" {
			t.Errorf("%s: %q is left in the pipe", name, left)
		}
	}
}
