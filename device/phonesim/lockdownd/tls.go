package lockdownd

import (
	"context"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"time"
)

// handshakeTime bounds a computer's TLS handshake.
const handshakeTime = 30 * time.Second

var errStranger = errors.New("client certificate is not of the computer that paired")

// handshake is the phone's side of TLS: it shows the device certificate that
// the computer made at pairing, and asks for a certificate of that computer.
// The chain cannot be verified: all names in it are empty and, from older
// clients, the signatures are SHA-1. So the certificate itself is compared.
// TLS 1.2 is what iOS speaks here, and under 1.3 a refused computer would
// only learn of it at its first read.
func handshake(ctx context.Context, conn net.Conn, key *rsa.PrivateKey, host Host) (*tls.Conn, error) {
	block, _ := pem.Decode(host.DeviceCertificate)
	if block == nil {
		return nil, InvalidPairRecord
	}
	secure := tls.Server(conn, &tls.Config{
		Certificates:           []tls.Certificate{{Certificate: [][]byte{block.Bytes}, PrivateKey: key}},
		ClientAuth:             tls.RequireAnyClientCert,
		SessionTicketsDisabled: true,
		MinVersion:             tls.VersionTLS12,
		MaxVersion:             tls.VersionTLS12,
		VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error {
			if len(raw) == 0 || !host.owns(raw[0]) {
				return errStranger
			}
			return nil
		},
	})
	ctx, cancel := context.WithTimeout(ctx, handshakeTime)
	defer cancel()
	return secure, secure.HandshakeContext(ctx)
}

// recordConn hands out no byte beyond the TLS record that is being read, so
// that plain text which follows the end of TLS stays in the pipe.
type recordConn struct {
	net.Conn
	head [5]byte // of the current record: type, version, length
	got  int     // bytes of head read from the pipe
	out  int     // bytes of head handed out
	left int     // bytes of the record's body still in the pipe
}

func exactRecords(conn net.Conn) *recordConn { return &recordConn{Conn: conn} }

func (c *recordConn) Read(p []byte) (int, error) {
	if c.left == 0 && c.out == c.got {
		c.got, c.out = 0, 0
		if _, err := io.ReadFull(c.Conn, c.head[:]); err != nil {
			return 0, err
		}
		c.got = len(c.head)
		c.left = int(binary.BigEndian.Uint16(c.head[3:]))
	}
	if c.out < c.got {
		n := copy(p, c.head[c.out:c.got])
		c.out += n
		return n, nil
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}
