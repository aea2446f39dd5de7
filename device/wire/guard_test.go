package wire

import (
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"lifeboat/device/fault"
)

// late is a context whose deadline has gone by a while before it ends, as
// happens on a busy computer.
type late struct{ context.Context }

func (late) Deadline() (time.Time, bool) { return time.Unix(1, 0), true }

// What ended the exchange is what the context says, however late its timer.
func TestGuardTellsTheContextsCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		defer here.Close()
		defer there.Close()
		want := fault.New(fault.CloudUnchanged, "wait", nil)
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, want)
		defer cancel()
		release := Guard(late{ctx}, here, 0)
		defer release()
		_, err := here.Read(make([]byte, 1))
		if err = Explain(ctx, "read", err); fault.Of(err) != want.Code {
			t.Errorf("error = %v, want %v", err, want)
		}
	})
}

// A limit of the exchange's own ends it, and is off again afterwards.
func TestGuardLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		defer here.Close()
		defer there.Close()
		start := time.Now()
		release := Guard(t.Context(), here, time.Second)
		_, err := here.Read(make([]byte, 1))
		if err = Explain(t.Context(), "read", err); fault.Of(err) != fault.PhoneSilent {
			t.Errorf("error = %v, want %s", err, fault.PhoneSilent)
		}
		if waited := time.Since(start); waited != time.Second {
			t.Errorf("waited %v", waited)
		}
		release()
		go there.Write([]byte{1})
		if _, err := here.Read(make([]byte, 1)); err != nil {
			t.Errorf("after release: %v", err)
		}
	})
}
