package lockdownd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"

	"lifeboat/device/phonesim/wire"
)

// Ports of started services, from the range of dynamic ports.
const (
	firstPort = 49152
	lastPort  = 65535
	// maxTickets bounds the started services that nobody has connected to
	// yet; the oldest goes first.
	maxTickets = 128
)

// ticket is a started service that waits for its one connection.
type ticket struct {
	name    string
	service Service
	host    *Host // nil: plain
}

func (v *visit) startService(request wire.Dict) (reply, error) {
	name := request.String("Service")
	v.note("service " + name)
	r := reply{"Service": name}
	service, known := v.Services[name]
	switch {
	case name == "":
		return nil, MissingService
	case v.session == nil && !service.Untrusted:
		return r, SessionInactive
	case v.Faults.RefuseService[name] != "":
		return r, Error(v.Faults.RefuseService[name])
	case !known:
		return r, InvalidService
	case v.Dialog.AwaitsFirstUnlock() && !service.Untrusted:
		return r, MissingValue // reported of mobilebackup2, house_arrest, diagnostics and syslog
	}
	t := ticket{name: name, service: service}
	if v.session != nil {
		if service.Escrow && !bytes.Equal(request.Data("EscrowBag"), v.session.host.EscrowBag) {
			return r, EscrowLocked
		}
		if !v.PlainServices && (v.Plain == nil || !v.Plain(name)) {
			t.host = &v.session.host
			r["EnableServiceSSL"] = true
		}
	}
	r["Port"] = v.issue(t)
	return r, nil
}

// issue gives a started service its port.
func (d *Daemon) issue(t ticket) uint16 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tickets == nil {
		d.tickets, d.next = map[uint16]ticket{}, firstPort
	}
	if len(d.order) >= maxTickets {
		delete(d.tickets, d.order[0])
		d.order = d.order[1:]
	}
	port := d.next
	if d.next++; d.next < firstPort || d.next == lastPort || d.next == Port {
		d.next = firstPort
	}
	d.tickets[port] = t
	d.order = append(d.order, port)
	return port
}

// redeem takes the service that waits on a port.
func (d *Daemon) redeem(port uint16) (ticket, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t, ok := d.tickets[port]
	if ok {
		delete(d.tickets, port)
		for i, p := range d.order {
			if p == port {
				d.order = append(d.order[:i:i], d.order[i+1:]...)
				break
			}
		}
	}
	return t, ok
}

// Dial returns what serves a connection to a port of the phone, or nil.
func (d *Daemon) Dial(port uint16) func(context.Context, net.Conn) {
	if port == Port {
		return d.Serve
	}
	t, ok := d.redeem(port)
	if !ok {
		return nil
	}
	return func(ctx context.Context, conn net.Conn) { d.run(ctx, conn, t) }
}

// run secures a service's connection and serves it.
func (d *Daemon) run(ctx context.Context, conn net.Conn, t ticket) {
	log := d.Log.With("service", t.name)
	if t.host != nil {
		secure, err := handshake(ctx, conn, d.Key, *t.host)
		if err != nil {
			log.Debug("service not secured", "error", err)
			return
		}
		defer secure.Close()
		conn = secure
	}
	log.Debug("service started")
	err := t.service.Serve(ctx, delay(ctx, conn, d.Latency+d.Slow[t.name]))
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
		log.Debug("service ended", "error", err)
	}
}
