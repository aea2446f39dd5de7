package usbmux

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"syscall"
	"time"

	"lifeboat/device/fault"
	"lifeboat/device/wire"
)

// dialTimeout is how long usbmuxd may take to accept; it is on this computer.
const dialTimeout = 5 * time.Second

// dial opens a connection to usbmuxd and names what is wrong if it cannot.
func dial(ctx context.Context, a Address) (net.Conn, error) {
	d := net.Dialer{Timeout: dialTimeout}
	conn, err := d.DialContext(wire.Undated(ctx), a.Network, a.Path)
	if err == nil {
		return conn, nil
	}
	if ctx.Err() != nil {
		return nil, wire.Explain(ctx, "connect to usbmuxd", err)
	}
	return nil, whyNot(a, err)
}

// whyNot distinguishes a usbmuxd that is not installed from one that is stopped and
// from one that this account may not use.
func whyNot(a Address, err error) error {
	code, app := fault.MuxStopped, ""
	switch {
	case errors.Is(err, fs.ErrPermission):
		code = fault.MuxDenied
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED), refused(err):
		// The socket of an address that somebody chose belongs to a program
		// of theirs: whether usbmuxd is installed says nothing about it.
		if a == Default() {
			var ok bool
			if ok, app = installed(); !ok {
				code = fault.MuxMissing
			}
		}
	}
	explained := fault.New(code, "connect to usbmuxd", err).With("Address", a.String())
	if app != "" {
		explained.With("Program", app)
	}
	return explained
}
