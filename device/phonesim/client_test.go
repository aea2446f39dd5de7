package phonesim_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"howett.net/plist"

	"lifeboat/device/phonesim"
)

// A small client of the wire, written apart from the code under test, so
// that the two cannot share a mistake.

type dict = map[string]any

// patience bounds every exchange of a test.
const patience = 20 * time.Second

// lab is a server with one phone attached.
type lab struct {
	t      testing.TB
	server *phonesim.Server
	phone  *phonesim.Phone
	id     int
}

// newLab plugs in the default phone after change has had its way with it.
func newLab(t testing.TB, change func(*phonesim.Config)) *lab {
	t.Helper()
	cfg := phonesim.DefaultConfig()
	if change != nil {
		change(&cfg)
	}
	server, err := phonesim.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	phone, err := phonesim.NewPhone(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := phone.Close(); err != nil {
			t.Error(err)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return &lab{t: t, server: server, phone: phone, id: server.Attach(phone)}
}

// mux is a client's socket to usbmuxd in command state.
type mux struct {
	t testing.TB
	net.Conn
	tag uint32
}

func (l *lab) mux() *mux {
	l.t.Helper()
	network, address := "tcp", l.server.Address()
	if path, ok := strings.CutPrefix(address, "UNIX://"); ok {
		network, address = "unix", path
	}
	conn, err := net.Dial(network, address)
	if err != nil {
		l.t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(patience))
	l.t.Cleanup(func() { conn.Close() })
	return &mux{t: l.t, Conn: conn}
}

func (m *mux) send(request dict) {
	m.t.Helper()
	m.tag++
	body, err := plist.Marshal(request, plist.XMLFormat)
	if err != nil {
		m.t.Fatal(err)
	}
	head := binary.LittleEndian.AppendUint32(nil, uint32(16+len(body)))
	for _, word := range []uint32{1, 8, m.tag} {
		head = binary.LittleEndian.AppendUint32(head, word)
	}
	if _, err := m.Write(append(head, body...)); err != nil {
		m.t.Fatal(err)
	}
}

// receive reads one message and checks its tag.
func (m *mux) receive(tag uint32) dict {
	m.t.Helper()
	head := make([]byte, 16)
	if _, err := io.ReadFull(m, head); err != nil {
		m.t.Fatalf("read usbmux header: %v", err)
	}
	if got := binary.LittleEndian.Uint32(head[12:]); got != tag {
		m.t.Fatalf("tag %d, want %d", got, tag)
	}
	body := make([]byte, binary.LittleEndian.Uint32(head)-16)
	if _, err := io.ReadFull(m, body); err != nil {
		m.t.Fatal(err)
	}
	if !bytes.HasPrefix(body, []byte("<?xml")) {
		m.t.Fatalf("answer is not XML: %q", body[:min(20, len(body))])
	}
	var answer dict
	if _, err := plist.Unmarshal(body, &answer); err != nil {
		m.t.Fatal(err)
	}
	return answer
}

func (m *mux) ask(request dict) dict {
	m.t.Helper()
	m.send(request)
	return m.receive(m.tag)
}

// connect opens a port of the phone on this socket and returns the Result.
func (m *mux) connect(id, port int) uint64 {
	m.t.Helper()
	swapped := (port&0xff)<<8 | port>>8
	return m.ask(dict{"MessageType": "Connect", "DeviceID": id, "PortNumber": swapped})["Number"].(uint64)
}

// frames speaks 4-byte big-endian frames of property lists.
type frames struct {
	t testing.TB
	net.Conn
}

func (f *frames) send(v any) {
	f.t.Helper()
	body, err := plist.Marshal(v, plist.XMLFormat)
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := f.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)); err != nil {
		f.t.Fatal(err)
	}
}

// frame reads one frame and leaves the property list in it as it is.
func frame(f *frames) []byte {
	f.t.Helper()
	var n uint32
	if err := binary.Read(f, binary.BigEndian, &n); err != nil {
		f.t.Fatalf("read frame: %v", err)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(f, body); err != nil {
		f.t.Fatal(err)
	}
	return body
}

func (f *frames) receive() dict {
	f.t.Helper()
	f.SetDeadline(time.Now().Add(patience))
	var answer dict
	if _, err := plist.Unmarshal(frame(f), &answer); err != nil {
		f.t.Fatal(err)
	}
	return answer
}

func (f *frames) ask(request dict) dict {
	f.t.Helper()
	f.send(request)
	return f.receive()
}

// ended checks that the other side has hung up.
func ended(t testing.TB, conn net.Conn) {
	t.Helper()
	if n, err := conn.Read(make([]byte, 1)); err == nil {
		t.Errorf("the connection is still open: read %d bytes", n)
	} else if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
		t.Error("the connection is still open")
	}
}

// lockdown opens a connection to lockdownd.
func (l *lab) lockdown() *frames {
	l.t.Helper()
	m := l.mux()
	if n := m.connect(l.id, 62078); n != 0 {
		l.t.Fatalf("connect to lockdownd: result %d", n)
	}
	return &frames{l.t, m.Conn}
}

// record is a computer's half of a pairing.
type record struct {
	hostID, buid               string
	device, host, root         []byte // certificates, PEM
	hostIdentity, rootIdentity tls.Certificate
	escrow                     []byte
}

var hostKeys = sync.OnceValue(func() [2]*rsa.PrivateKey {
	var keys [2]*rsa.PrivateKey
	for i := range keys {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys[i] = key
	}
	return keys
})

var pairings atomic.Int64

// newRecord makes a computer for the phone whose public key is given.
func newRecord(t testing.TB, hostID, buid string, devicePublicKey []byte) *record {
	t.Helper()
	block, rest := pem.Decode(devicePublicKey)
	if block == nil || block.Type != "RSA PUBLIC KEY" || len(rest) > 0 {
		t.Fatalf("DevicePublicKey is not PEM of PKCS#1: %q", devicePublicKey)
	}
	devicePublic, err := x509.ParsePKCS1PublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	root, host := hostKeys()[0], hostKeys()[1]
	// No two pairings have the same certificates, not even within a second.
	end := time.Now().AddDate(10, 0, int(pairings.Add(1)))
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(0), Subject: pkix.Name{}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: end,
	}
	leaf := *authority
	leaf.IsCA, leaf.KeyUsage = false, x509.KeyUsageDigitalSignature|x509.KeyUsageKeyEncipherment
	certify := func(template *x509.Certificate, public *rsa.PublicKey) []byte {
		der, err := x509.CreateCertificate(rand.Reader, template, authority, public, root)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	text := func(der []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	rootDER, hostDER := certify(authority, &root.PublicKey), certify(&leaf, &host.PublicKey)
	return &record{
		hostID: hostID, buid: buid,
		device: text(certify(&leaf, devicePublic)), host: text(hostDER), root: text(rootDER),
		hostIdentity: tls.Certificate{Certificate: [][]byte{hostDER}, PrivateKey: host},
		rootIdentity: tls.Certificate{Certificate: [][]byte{rootDER}, PrivateKey: root},
	}
}

// newHost makes a computer for the lab's phone.
func (l *lab) newHost(hostID string) *record {
	l.t.Helper()
	key := l.lockdown().ask(dict{"Request": "GetValue", "Key": "DevicePublicKey"})["Value"].([]byte)
	return newRecord(l.t, hostID, "BUID-OF-"+hostID, key)
}

func (r *record) pairRequest() dict {
	return dict{
		"Request": "Pair", "Label": "test", "ProtocolVersion": "2",
		"PairRecord": dict{
			"DeviceCertificate": r.device, "HostCertificate": r.host, "RootCertificate": r.root,
			"HostID": r.hostID, "SystemBUID": r.buid,
		},
		"PairingOptions": dict{"ExtendedPairingErrors": true},
	}
}

// pair makes a computer that the phone trusts.
func (l *lab) pair(hostID string) *record {
	l.t.Helper()
	r := l.newHost(hostID)
	answer := l.lockdown().ask(r.pairRequest())
	if answer["Error"] != nil {
		l.t.Fatalf("pair: %v", answer["Error"])
	}
	r.escrow, _ = answer["EscrowBag"].([]byte)
	return r
}

// secure steps into TLS and checks that the phone shows the device
// certificate of this very pairing.
func (r *record) secure(t testing.TB, conn net.Conn, identity tls.Certificate) (*tls.Conn, error) {
	t.Helper()
	c := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{identity}})
	if err := c.Handshake(); err != nil {
		return nil, err
	}
	state := c.ConnectionState()
	shown := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: state.PeerCertificates[0].Raw})
	if !bytes.Equal(shown, r.device) {
		t.Error("the phone shows another certificate than it was given")
	}
	if state.Version != tls.VersionTLS12 {
		t.Errorf("TLS version %#x, want 1.2", state.Version)
	}
	return c, nil
}

// session opens a lockdown session.
func (l *lab) session(r *record) (s *frames, sessionID string) {
	l.t.Helper()
	f := l.lockdown()
	answer := f.ask(dict{"Request": "StartSession", "HostID": r.hostID, "SystemBUID": r.buid})
	if answer["Error"] != nil || answer["EnableSessionSSL"] != true {
		l.t.Fatalf("StartSession: %v", answer)
	}
	c, err := r.secure(l.t, f.Conn, r.hostIdentity)
	if err != nil {
		l.t.Fatal(err)
	}
	return &frames{l.t, c}, answer["SessionID"].(string)
}

// start asks for a service and returns lockdownd's answer.
func (l *lab) start(r *record, name string, extra dict) dict {
	l.t.Helper()
	s, _ := l.session(r)
	defer s.Close()
	request := dict{"Request": "StartService", "Service": name}
	for key, value := range extra {
		request[key] = value
	}
	return s.ask(request)
}

// service opens a connection to a service, over TLS.
func (l *lab) service(r *record, name string) *frames {
	l.t.Helper()
	answer := l.start(r, name, dict{"EscrowBag": r.escrow})
	if answer["Error"] != nil || answer["EnableServiceSSL"] != true {
		l.t.Fatalf("StartService %s: %v", name, answer)
	}
	m := l.mux()
	if n := m.connect(l.id, int(answer["Port"].(uint64))); n != 0 {
		l.t.Fatalf("connect to %s: result %d", name, n)
	}
	c, err := r.secure(l.t, m.Conn, r.hostIdentity)
	if err != nil {
		l.t.Fatal(err)
	}
	return &frames{l.t, c}
}
