package services

import (
	"context"
	"net"
	"slices"
	"sync"

	"lifeboat/device/phonesim/wire"
)

const (
	// observerQueue bounds what waits for a computer that does not read; it
	// loses the notifications beyond.
	observerQueue = 256
	maxObserved   = 1024 // names one connection may observe
	maxPosted     = 1024 // notifications of computers that are remembered
)

// Notifications is com.apple.mobile.notification_proxy: it relays the
// phone's notifications to computers, and theirs to the phone.
type Notifications struct {
	mu        sync.Mutex
	observers map[*observer]struct{}
	posted    []string
}

// observer is one connection and what it wants to hear.
type observer struct {
	names map[string]bool
	queue chan string
}

// NewNotifications returns a proxy that nobody observes yet.
func NewNotifications() *Notifications {
	return &Notifications{observers: map[*observer]struct{}{}}
}

// Post sends a notification to every computer that observes its name.
func (n *Notifications) Post(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for o := range n.observers {
		if o.names[name] {
			select {
			case o.queue <- name:
			default:
			}
		}
	}
}

// Posted returns what computers posted, oldest first.
func (n *Notifications) Posted() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.posted)
}

// Observed reports whether a computer listens for the notification now.
func (n *Notifications) Observed(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for o := range n.observers {
		if o.names[name] {
			return true
		}
	}
	return false
}

// Serve runs one connection.
func (n *Notifications) Serve(ctx context.Context, conn net.Conn) error {
	o := &observer{names: map[string]bool{}, queue: make(chan string, observerQueue)}
	n.mu.Lock()
	n.observers[o] = struct{}{}
	n.mu.Unlock()
	var relay sync.WaitGroup
	relay.Go(func() { o.relay(conn) })
	defer relay.Wait()
	defer n.drop(o)
	for {
		request, err := wire.Read(conn)
		if err != nil {
			conn.Close() // frees a relay that is stuck in a write
			return err
		}
		switch name := request.String("Name"); request.String("Command") {
		case "ObserveNotification":
			n.observe(o, name)
		case "PostNotification":
			n.note(name)
			n.Post(name)
		case "Shutdown":
			return wire.WriteXML(conn, map[string]any{"Command": "ProxyDeath"})
		}
	}
}

func (n *Notifications) observe(o *observer, name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(o.names) < maxObserved {
		o.names[name] = true
	}
}

func (n *Notifications) note(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.posted) < maxPosted {
		n.posted = append(n.posted, name)
	}
}

func (n *Notifications) drop(o *observer) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.observers, o)
	close(o.queue)
}

func (o *observer) relay(conn net.Conn) {
	for name := range o.queue {
		if wire.WriteXML(conn, map[string]any{"Command": "RelayNotification", "Name": name}) != nil {
			conn.Close()
			for range o.queue { // until drop closes it
			}
			return
		}
	}
}
