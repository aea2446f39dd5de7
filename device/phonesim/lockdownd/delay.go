package lockdownd

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"lifeboat/device/phonesim/wait"
)

// delayed is a connection that pauses before the first write after a read:
// before an answer. What the phone sends unasked goes out at once.
type delayed struct {
	net.Conn
	ctx     context.Context
	latency time.Duration
	asked   atomic.Bool
}

// delay makes all answers on conn come that much later.
func delay(ctx context.Context, conn net.Conn, latency time.Duration) net.Conn {
	if latency <= 0 {
		return conn
	}
	return &delayed{Conn: conn, ctx: ctx, latency: latency}
}

// Read implements net.Conn.
func (d *delayed) Read(b []byte) (int, error) {
	n, err := d.Conn.Read(b)
	if n > 0 {
		d.asked.Store(true)
	}
	return n, err
}

// Write implements net.Conn.
func (d *delayed) Write(b []byte) (int, error) {
	if d.asked.Swap(false) {
		if err := wait.For(d.ctx, d.latency); err != nil {
			return 0, err
		}
	}
	return d.Conn.Write(b)
}
