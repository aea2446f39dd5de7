// Package wire holds what every connection to a phone needs: waiting that
// ends with a context or a deadline, plist frames, and errors that say which
// side fell silent.
package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"time"

	"lifeboat/device/fault"
)

// past is a deadline that has always gone by.
var past = time.Unix(1, 0)

// Guard makes every read and write of conn end when ctx does, or limit after
// now (0 means no limit of its own). release must be called once, when the
// exchange is over; it removes the deadline.
//
// The deadline of ctx is not given to conn: the two would go off in either
// order, and an exchange that conn ended first could not tell why.
func Guard(ctx context.Context, conn net.Conn, limit time.Duration) (release func()) {
	if limit > 0 {
		conn.SetDeadline(time.Now().Add(limit))
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(past) })
	return func() {
		if stop() && limit > 0 {
			conn.SetDeadline(time.Time{})
		}
	}
}

// Undated is ctx with its deadline out of sight; it still ends when ctx does.
// It is for what would otherwise set a timer of its own, see [Guard].
func Undated(ctx context.Context) context.Context { return withoutDeadline{ctx} }

type withoutDeadline struct{ context.Context }

func (withoutDeadline) Deadline() (time.Time, bool) { return time.Time{}, false }

// Explain turns a transport error into a *fault.Error: the context's own
// error if that ended the exchange, [fault.PhoneSilent] for a deadline,
// [fault.PhoneGone] for a connection that was cut. Errors that carry a code
// already pass through.
func Explain(ctx context.Context, op string, err error) error {
	if err == nil {
		return nil
	}
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	if cause := context.Cause(ctx); cause != nil {
		if errors.As(cause, &known) {
			return cause
		}
		if errors.Is(cause, context.DeadlineExceeded) {
			return fault.New(fault.PhoneSilent, op, cause)
		}
		return fault.New(fault.Cancelled, op, cause)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fault.New(fault.PhoneSilent, op, err)
	}
	if Cut(err) {
		return fault.New(fault.PhoneGone, op, err)
	}
	return fault.New(fault.PhoneNonsense, op, err)
}

// Cut reports whether err means that the connection was ended by the other
// side or by the cable.
func Cut(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrClosedPipe) ||
		reset(err) || Alert(err)
}

// Alert reports whether err is a TLS alert from the other side. crypto/tls keeps
// the alert's own type to itself; the OpError around it is the documented sign.
func Alert(err error) bool {
	var e *net.OpError
	return errors.As(err, &e) && e.Op == "remote error"
}

// Bound is a connection that closes when a context ends.
type Bound struct {
	net.Conn
	stop func() bool
}

// Bind closes conn when ctx ends, so that a reader that waits without a
// deadline wakes at once.
func Bind(ctx context.Context, conn net.Conn) *Bound {
	return &Bound{Conn: conn, stop: context.AfterFunc(ctx, func() { conn.Close() })}
}

// Close closes the connection and forgets the context.
func (b *Bound) Close() error {
	b.stop()
	return b.Conn.Close()
}
