// Package usbmuxd is the daemon that shares the USB cable of a computer
// among its programs, as far as its clients can see it: the plist protocol
// (version 1) on a unix socket or TCP address. The "phones" behind it are
// Go values, and a connection that a client makes to one is served right on
// the client's socket, with nothing in between.
package usbmuxd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Handler serves one connection to a phone. It owns conn until it returns;
// conn is closed, and ctx ends, when the phone is unplugged.
type Handler func(ctx context.Context, conn net.Conn)

// Device is what the daemon knows of a phone on the cable.
type Device struct {
	// UDID as the daemon reports it: with the dash, where there is one.
	UDID string
	// Connection is "USB" or "Network".
	Connection string
	// Speed of the link in bit/s; 480000000 for USB 2.
	Speed int64
	// Latency is how much later a Connect is answered.
	Latency time.Duration
	// Dial finds who listens on a port of the phone, nil for nobody.
	Dial func(port uint16) Handler
}

// Daemon serves clients until Close.
type Daemon struct {
	listener net.Listener
	address  string
	records  pairStore
	log      *slog.Logger
	seen     atomic.Int64

	running sync.WaitGroup
	ctx     context.Context
	stop    context.CancelFunc

	mu        sync.Mutex
	closed    bool
	clients   map[net.Conn]struct{}
	plugs     map[int]*plug
	lastID    int
	listeners map[*subscriber]struct{}
}

// plug is a phone that is attached: unplugging cuts what runs through it.
type plug struct {
	id       int
	device   Device
	ctx      context.Context
	cut      context.CancelFunc
	location int
}

// Listen opens address ("unix:///abs/path" or "HOST:PORT") and serves
// clients. Pair records are kept in dir, which must exist.
func Listen(address, dir string, log *slog.Logger) (*Daemon, error) {
	listener, canonical, err := listen(address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	ctx, stop := context.WithCancel(context.Background())
	d := &Daemon{
		listener: listener, address: canonical, records: pairStore{dir: dir}, log: log,
		ctx: ctx, stop: stop,
		clients: map[net.Conn]struct{}{}, plugs: map[int]*plug{}, listeners: map[*subscriber]struct{}{},
	}
	d.running.Go(d.accept)
	return d, nil
}

// Address is where clients find the daemon, in the form that
// USBMUXD_SOCKET_ADDRESS takes: "UNIX:///abs/path" or "HOST:PORT".
func (d *Daemon) Address() string { return d.address }

// Seen counts the connections that clients have made. libusbmuxd falls back
// to the system's daemon in silence when it dislikes an address, so a test
// that runs its tools must see this number grow.
func (d *Daemon) Seen() int64 { return d.seen.Load() }

// Open counts the connections of clients that are open now: to the daemon, and
// through it to phones.
func (d *Daemon) Open() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.clients)
}

// Close stops serving, cuts every connection and waits for their ends.
func (d *Daemon) Close() error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil
	}
	d.closed = true
	for conn := range d.clients {
		conn.Close()
	}
	d.mu.Unlock()
	d.stop()
	err := d.listener.Close()
	d.running.Wait()
	return err
}

func (d *Daemon) accept() {
	for {
		conn, err := d.listener.Accept()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				d.log.Error("usbmuxd stopped accepting", "error", err)
			}
			return
		}
		d.seen.Add(1)
		if !d.track(conn) {
			conn.Close()
			return
		}
		d.running.Go(func() {
			defer d.untrack(conn)
			d.serve(conn)
		})
	}
}

func (d *Daemon) track(conn net.Conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.closed {
		d.clients[conn] = struct{}{}
	}
	return !d.closed
}

func (d *Daemon) untrack(conn net.Conn) {
	conn.Close()
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.clients, conn)
}
