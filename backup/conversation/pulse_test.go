package conversation

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"
	"unsafe"
)

// setAhead gives the moment at as a computer sees it whose clock on the wall
// was set ahead meanwhile: the monotonic reading is what it was. A time keeps
// its seconds above 30 bits of nanoseconds.
func setAhead(t *testing.T, at time.Time, by time.Duration) time.Time {
	t.Helper()
	set := at
	*(*uint64)(unsafe.Pointer(&set)) += uint64(by/time.Second) << 30
	if set.Round(0).Sub(at.Round(0)) != by || set.Sub(at) != 0 {
		t.Skipf("times are not built as they were: %v, %v", at, set)
	}
	return set
}

// TestPulseIgnoresTheWall: a clock that is set ahead or back makes no phone silent.
func TestPulseIgnoresTheWall(t *testing.T) {
	for _, by := range []time.Duration{20 * time.Minute, -time.Hour} {
		var p pulse
		p.start()
		p.beat()
		if quiet, ok := p.quiet(setAhead(t, time.Now(), by)); !ok || quiet < 0 || quiet > time.Minute {
			t.Errorf("set by %v: silent for %v, %v", by, quiet, ok)
		}
	}
}

// TestPulseStops: what is heard after the end does not begin to listen again.
func TestPulseStops(t *testing.T) {
	var p pulse
	p.beat()
	if _, ok := p.quiet(time.Now()); ok {
		t.Error("it listens before it starts")
	}
	p.start()
	if _, ok := p.quiet(time.Now()); !ok {
		t.Error("it does not listen")
	}
	p.stop()
	p.beat()
	if _, ok := p.quiet(time.Now()); ok {
		t.Error("it listens again")
	}
}

// TestDialCancelledAtTheEnd: Cancel just after the service has started gives
// an error, and closes what was opened.
func TestDialCancelledAtTheEnd(t *testing.T) {
	known := errors.New("cancelled")
	ctx, cancel := context.WithCancelCause(t.Context())
	near, far := net.Pipe()
	defer far.Close()
	conn, hangUp, err := dial(ctx, func(context.Context) (net.Conn, error) {
		cancel(known)
		return near, nil
	})
	if conn != nil || hangUp != nil || !errors.Is(err, known) {
		t.Errorf("%v, %v, %v", conn, hangUp != nil, err)
	}
	if _, err := near.Write([]byte{1}); err == nil {
		t.Error("the connection is still open")
	}
}
