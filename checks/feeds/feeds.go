// Package feeds gathers what the checks need from the network: which versions
// of iOS Apple offers, what Apple says of its services, and whether the way to
// iCloud is free. Nothing about the phone or its owner is sent, whole lists are
// fetched and searched here. What fails is not read, and never an error.
package feeds

import (
	"context"
	"crypto/x509"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/spf13/afero"

	"lifeboat/checks"
	"lifeboat/device/facts"
)

// Client asks the network, as far as it is allowed to. Its fields are set
// before its first use; it may then be used from many goroutines.
type Client struct {
	// Dir is the folder for what was fetched; "" keeps nothing.
	Dir string
	Fs  afero.Fs
	// Allowed says which sources may be asked. Nothing else is dialled.
	Allowed Allowed
	Now     func() time.Time // may be called from many goroutines
	Log     *slog.Logger
	// Wire is how to get out.
	Wire Wire

	once   sync.Once
	dialer *dialer
	public *http.Client // for every host but Apple's lookup service
	lookup *http.Client // for Apple's lookup service, whose root is Apple's own
}

// Wire is how a client reaches the network. The zero value is the real one;
// tests have servers and authorities of their own.
type Wire struct {
	// Dial is called to open a connection, from many goroutines; nil: the operating
	// system's, and feeds go through the proxy that the environment names.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Roots are trusted for public hosts; nil: the system's.
	Roots *x509.CertPool
	// AppleRoots are trusted for Apple's lookup service, and there alone;
	// nil: Apple's own root.
	AppleRoots *x509.CertPool
}

// New is a client for the real network that keeps what it fetched in dir.
func New(dir string, allowed Allowed, log *slog.Logger) *Client {
	return &Client{Dir: dir, Fs: afero.NewOsFs(), Allowed: allowed, Now: time.Now, Log: log}
}

// Gather asks all sources that are allowed at the same time and waits for the
// last, which takes no more than [patience].
func (c *Client) Gather(ctx context.Context) checks.Network {
	var last checks.Network
	c.Each(ctx, func(n checks.Network) { last = n })
	return last
}

// Each is [Client.Gather] for callers that cannot wait: arrived is called on the
// caller's goroutine, with all that is known, whenever a source has answered. What
// is on its way has the reason [facts.Pending] until then.
func (c *Client) Each(ctx context.Context, arrived func(checks.Network)) {
	c.once.Do(c.prepare)
	clocks := &clocks{}
	all := []source[checks.Network]{
		{c.Allowed.Versions, func(ctx context.Context) func(*checks.Network) {
			got := c.versions(ctx, clocks)
			return func(n *checks.Network) { n.Versions = got }
		}},
		{c.Allowed.Status, func(ctx context.Context) func(*checks.Network) {
			got := c.status(ctx, clocks)
			return func(n *checks.Network) { n.Status = got }
		}},
		{c.Allowed.Paths, func(ctx context.Context) func(*checks.Network) {
			got := c.paths(ctx, clocks)
			return func(n *checks.Network) { n.Paths = got }
		}},
	}
	network := checks.Network{
		Versions:  waiting[checks.VersionList](c.Allowed.Versions),
		Status:    waiting[checks.ServiceStatus](c.Allowed.Status),
		Paths:     waiting[[]checks.HostPath](c.Allowed.Paths),
		ClockSkew: waiting[time.Duration](c.Allowed != Allowed{}),
	}
	answers := make(chan func(*checks.Network))
	asked := 0
	for _, s := range all {
		if !s.allowed {
			continue
		}
		asked++
		go func() {
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			answers <- s.ask(ctx)
		}()
	}
	if asked == 0 {
		arrived(network)
	}
	for left := asked; left > 0; left-- {
		(<-answers)(&network)
		network.ClockSkew = clocks.skew(left == 1)
		arrived(network)
	}
}

// source is one question, and whether it may be asked. Its answer is how to
// enter it into what is known.
type source[T any] struct {
	allowed bool
	ask     func(context.Context) func(*T)
}

// waiting is a datum before its source has answered.
func waiting[T any](allowed bool) facts.Datum[T] {
	if !allowed {
		return facts.Datum[T]{Reason: checks.SwitchedOff}
	}
	return facts.Datum[T]{Reason: facts.Pending}
}

// Dialled lists every connection that was tried, as "host:port", oldest first.
func (c *Client) Dialled() []string {
	c.once.Do(c.prepare)
	return c.dialer.list()
}
