// Package feedstest is a small internet in memory, with authorities that
// sign for its hosts, for tests of whatever asks the network. No program may
// import it.
package feedstest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// World is the internet of one test. Every host answers "404 not found" with
// a good certificate until the test says otherwise.
type World struct {
	// Public is what computers trust; Apple is Apple's own authority.
	Public, Apple *Authority
	// Roots holds what a computer trusts: Public, and what a test adds.
	Roots, AppleRoots *x509.CertPool

	t       testing.TB
	servers sync.WaitGroup
	mu      sync.Mutex
	hosts   map[string]*host
	asked   []string
	dialled []string
	heads   []http.Header
}

// host is how one host behaves.
type host struct {
	signedBy *Authority
	name     string // in its certificate, if it is not its own
	expired  bool
	fail     func(ctx context.Context) error // instead of a connection
	plain    bool                            // speaks no TLS
	page     http.Handler
}

// New is a world with its authorities. It ends with the test.
func New(t testing.TB) *World {
	w := &World{
		t: t, hosts: map[string]*host{}, Roots: x509.NewCertPool(), AppleRoots: x509.NewCertPool(),
		Public: NewAuthority(t, "DigiCert Inc"), Apple: NewAuthority(t, "Apple Inc."),
	}
	w.Roots.AddCert(w.Public.certificate)
	w.AppleRoots.AddCert(w.Apple.certificate)
	t.Cleanup(w.servers.Wait)
	return w
}

// host finds or makes a host; w.mu is held.
func (w *World) host(name string) *host {
	if w.hosts[name] == nil {
		w.hosts[name] = &host{signedBy: w.Public, page: http.NotFoundHandler()}
	}
	return w.hosts[name]
}

func (w *World) change(name string, how func(*host)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	how(w.host(name))
}

// Serve has a host answer with a page.
func (w *World) Serve(name, page string) {
	w.Handle(name, func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, page) })
}

// Handle has a host answer as a handler does.
func (w *World) Handle(name string, page http.HandlerFunc) {
	w.change(name, func(h *host) { h.page = page })
}

// Signed has an authority sign for a host.
func (w *World) Signed(name string, by *Authority) {
	w.change(name, func(h *host) { h.signedBy = by })
}

// Named has a host show the certificate of another.
func (w *World) Named(name, other string) { w.change(name, func(h *host) { h.name = other }) }

// Expired has a host show a certificate that is out of date.
func (w *World) Expired(name string) { w.change(name, func(h *host) { h.expired = true }) }

// Plain has a host answer without TLS.
func (w *World) Plain(name string) { w.change(name, func(h *host) { h.plain = true }) }

// Down refuses connections to hosts.
func (w *World) Down(names ...string) {
	for _, name := range names {
		w.change(name, func(h *host) { h.fail = refuse })
	}
}

// DownOnce refuses the next connection to a host.
func (w *World) DownOnce(name string) {
	w.change(name, func(h *host) {
		h.fail = func(ctx context.Context) error { w.Up(name); return refuse(ctx) }
	})
}

func refuse(context.Context) error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
}

// Unnamed has the name of a host found nowhere.
func (w *World) Unnamed(name string) {
	w.change(name, func(h *host) {
		h.fail = func(context.Context) error { return &net.DNSError{Err: "no such host", Name: name, IsNotFound: true} }
	})
}

// Hung lets connections to a host hang until whoever tries gives up.
func (w *World) Hung(name string) {
	w.change(name, func(h *host) {
		h.fail = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	})
}

// Up takes back what Down, Unnamed and Hung did.
func (w *World) Up(names ...string) {
	for _, name := range names {
		w.change(name, func(h *host) { h.fail = nil })
	}
}

// Asked lists the requests so far, as "GET host/path?query".
func (w *World) Asked() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string{}, w.asked...)
}

// Dialled lists every connection that was tried, as "host:port", oldest first.
func (w *World) Dialled() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.dialled)
}

// Heads are the headers of the requests so far.
func (w *World) Heads() []http.Header {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]http.Header{}, w.heads...)
}

// Dial connects to a host of this world.
func (w *World) Dial(ctx context.Context, _, address string) (net.Conn, error) {
	name, port, err := net.SplitHostPort(address)
	if err != nil || port != "443" {
		return nil, fmt.Errorf("dialled %q", address)
	}
	w.mu.Lock()
	w.dialled = append(w.dialled, address)
	h := *w.host(name)
	w.mu.Unlock()
	if h.fail != nil {
		if err := h.fail(ctx); err != nil {
			return nil, err
		}
	}
	near, far := w.cable()
	w.servers.Go(func() { w.answer(name, h, far) })
	return near, nil
}

// cable is a connection in memory that, other than a plain net.Pipe, takes
// what is written before the other end reads it, as networks do.
func (w *World) cable() (near, far net.Conn) {
	near, a := net.Pipe()
	b, far := net.Pipe()
	w.pump(a, b)
	w.pump(b, a)
	return near, far
}

func (w *World) pump(from, to net.Conn) {
	const room = 64 // pieces on their way
	queue := make(chan []byte, room)
	w.servers.Go(func() {
		defer close(queue)
		for {
			piece := make([]byte, 32<<10)
			n, err := from.Read(piece)
			if n > 0 {
				queue <- piece[:n]
			}
			if err != nil {
				return
			}
		}
	})
	w.servers.Go(func() {
		defer to.Close()
		for piece := range queue {
			if _, err := to.Write(piece); err != nil {
				_ = from.Close() // nobody listens any more: the queue runs dry
			}
		}
	})
}

// answer serves one connection.
func (w *World) answer(name string, h host, conn net.Conn) {
	defer conn.Close()
	if h.plain {
		// It reads what is said to it, as a server of web pages would.
		_, _ = conn.Read(make([]byte, 32<<10))
		_, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
		return
	}
	signed := name
	if h.name != "" {
		signed = h.name
	}
	certificate := h.signedBy.sign(w.t, signed, h.expired)
	secured := tls.Server(conn, &tls.Config{
		Certificates: []tls.Certificate{certificate},
	})
	listener := &one{conn: secured, closed: make(chan struct{})}
	server := &http.Server{
		Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			w.mu.Lock()
			w.asked = append(w.asked, r.Method+" "+r.Host+r.URL.RequestURI())
			w.heads = append(w.heads, r.Header.Clone())
			w.mu.Unlock()
			h.page.ServeHTTP(rw, r)
		}),
		ErrorLog:  log.New(io.Discard, "", 0),
		ConnState: listener.state,
	}
	_ = server.Serve(listener)
}

// one is a listener for one connection. It ends when that is closed.
type one struct {
	conn   net.Conn
	mu     sync.Mutex
	given  bool
	once   sync.Once
	closed chan struct{}
}

func (l *one) Accept() (net.Conn, error) {
	l.mu.Lock()
	first := !l.given
	l.given = true
	l.mu.Unlock()
	if first {
		return l.conn, nil
	}
	<-l.closed
	return nil, errors.New("closed")
}

func (l *one) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *one) Addr() net.Addr { return l.conn.LocalAddr() }

func (l *one) state(_ net.Conn, s http.ConnState) {
	if s == http.StateClosed || s == http.StateHijacked {
		_ = l.Close()
	}
}

// Authority signs certificates.
type Authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// NewAuthority is an authority of an organisation. Nobody trusts it yet.
func NewAuthority(t testing.TB, organization string) *Authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{Organization: []string{organization}, CommonName: strings.Fields(organization)[0] + " Root"},
		NotBefore: begin, NotAfter: end, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &Authority{certificate, key}
}

// Trust adds an authority to what this world's computers trust, as the
// administrator of a company does.
func (w *World) Trust(a *Authority) { w.Roots.AddCert(a.certificate) }

// Certificates are good for every moment that a test may live in.
var (
	begin = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)
	end   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

func (a *Authority) sign(t testing.TB, name string, expired bool) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Error(err)
		return tls.Certificate{}
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: begin, NotAfter: end, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if expired {
		template.NotAfter = begin.AddDate(0, 1, 0)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		t.Error(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
