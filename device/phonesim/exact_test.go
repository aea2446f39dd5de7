package phonesim_test

import (
	"encoding/binary"
	"io"
	"net"
)

// exactConn lets crypto/tls see no further than the record it reads, so that
// a test can go on in plain text after TLS.
type exactConn struct {
	net.Conn
	pending []byte
}

func (c *exactConn) Read(p []byte) (int, error) {
	if len(c.pending) == 0 {
		head := make([]byte, 5)
		if _, err := io.ReadFull(c.Conn, head); err != nil {
			return 0, err
		}
		body := make([]byte, binary.BigEndian.Uint16(head[3:]))
		if _, err := io.ReadFull(c.Conn, body); err != nil {
			return 0, err
		}
		c.pending = append(head, body...)
	}
	n := copy(p, c.pending)
	c.pending = c.pending[n:]
	return n, nil
}
