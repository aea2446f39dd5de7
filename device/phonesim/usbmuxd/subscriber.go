package usbmuxd

import "net"

// queueLimit bounds the events that wait for a listener that does not read.
// The real daemon drops such a client too.
const queueLimit = 256

// subscriber is a client in Listen state.
type subscriber struct {
	info   message
	events chan message
}

// subscribe queues the Attached messages of the phones that are here, and
// from then on every event, so that nothing falls between the two.
func (d *Daemon) subscribe(info message) *subscriber {
	d.mu.Lock()
	defer d.mu.Unlock()
	here := d.present()
	s := &subscriber{info: info, events: make(chan message, queueLimit+len(here))}
	for _, m := range here {
		s.events <- m
	}
	d.listeners[s] = struct{}{}
	return s
}

func (d *Daemon) unsubscribe(s *subscriber) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.listeners[s]; ok {
		delete(d.listeners, s)
		close(s.events)
	}
}

// announce sends an event to all listeners. The caller holds d.mu.
func (d *Daemon) announce(m message) {
	for s := range d.listeners {
		select {
		case s.events <- m:
		default:
			delete(d.listeners, s)
			close(s.events)
		}
	}
}

// relay writes events to a client until it, or the daemon, is gone. Whatever
// the client sends now is an error, answered and then hung up on.
func (d *Daemon) relay(conn net.Conn, s *subscriber) {
	defer d.unsubscribe(s)
	wrongTag := make(chan uint32, 1)
	d.running.Go(func() {
		defer close(wrongTag)
		if _, tag, err := readFrame(conn); err == nil {
			wrongTag <- tag
		}
	})
	for {
		select {
		case m, ok := <-s.events:
			if !ok || d.send(conn, m, 0) != nil {
				return
			}
		case tag, ok := <-wrongTag:
			if ok {
				d.send(conn, result(resultBadCommand), tag)
			}
			return
		}
	}
}
