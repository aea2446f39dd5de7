package feeds

import (
	"context"
	"log/slog"
	"net"
	"slices"
	"sync"
)

// maxDialled bounds what is remembered of the connections that were tried.
const maxDialled = 10_000

// dialer is the one place of Lifeboat that opens connections to the internet.
// It remembers and logs where to, and nothing else.
type dialer struct {
	open func(ctx context.Context, network, address string) (net.Conn, error)
	log  *slog.Logger

	mu      sync.Mutex
	dialled []string
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d.mu.Lock()
	if len(d.dialled) < maxDialled {
		d.dialled = append(d.dialled, address)
	}
	d.mu.Unlock()
	d.log.Debug("dial", "address", address)
	// Package net/http lets a dial run on when its request was given up.
	ctx, cancel := context.WithTimeout(ctx, firstPatience)
	defer cancel()
	return d.open(ctx, network, address)
}

func (d *dialer) list() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.dialled)
}
