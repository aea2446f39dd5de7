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
	open   func(ctx context.Context, network, address string) (net.Conn, error)
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

// Each asks all sources that are allowed at the same time and returns after the
// last, which takes no more than [patience]. arrived is called on the caller's
// goroutine, with all that is known, whenever a source has answered. What is on
// its way has the reason [facts.Pending] until then.
func (c *Client) Each(ctx context.Context, arrived func(checks.Network)) {
	c.once.Do(c.prepare)
	clocks := &clocks{}
	network := checks.Network{
		Versions:  waiting[checks.VersionList](c.Allowed.Versions),
		Status:    waiting[checks.ServiceStatus](c.Allowed.Status),
		Paths:     waiting[[]checks.HostPath](c.Allowed.Paths),
		ClockSkew: waiting[time.Duration](c.Allowed != Allowed{}),
	}
	answers := make(chan func(*checks.Network))
	asked := 0
	ask := func(allowed bool, source func(context.Context) func(*checks.Network)) {
		if allowed {
			asked++
			go func() {
				ctx, cancel := context.WithTimeout(ctx, patience)
				defer cancel()
				answers <- source(ctx)
			}()
		}
	}
	ask(c.Allowed.Versions, func(ctx context.Context) func(*checks.Network) {
		got := c.versions(ctx, clocks)
		return func(n *checks.Network) { n.Versions = got }
	})
	ask(c.Allowed.Status, func(ctx context.Context) func(*checks.Network) {
		got := c.status(ctx, clocks)
		return func(n *checks.Network) { n.Status = got }
	})
	ask(c.Allowed.Paths, func(ctx context.Context) func(*checks.Network) {
		got := c.paths(ctx, clocks)
		return func(n *checks.Network) { n.Paths = got }
	})
	if asked == 0 {
		arrived(network)
	}
	for left := asked; left > 0; left-- {
		(<-answers)(&network)
		network.ClockSkew = clocks.skew(left == 1)
		arrived(network)
	}
}

// waiting is a datum before its source has answered.
func waiting[T any](allowed bool) facts.Datum[T] {
	if !allowed {
		return facts.Datum[T]{Reason: checks.SwitchedOff}
	}
	return facts.Datum[T]{Reason: facts.Pending}
}
