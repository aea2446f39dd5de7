package transcript

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

// Lockdown is the name under which connections to lockdownd are opened.
const Lockdown = "lockdown"

// Stream is one connection in a transcript. A nil Stream records nothing.
type Stream struct {
	r      *Recorder
	id     int
	phone  *reader // what the phone sends
	host   *reader // what this computer sends
	over   bool
	device deviceLink
}

// Open begins the record of a connection to lockdownd or a service.
func (r *Recorder) Open(service string, encrypted bool) *Stream {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.streams++
	s := &Stream{r: r, id: r.streams}
	s.phone, s.host = &reader{s: s, who: '<'}, &reader{s: s, who: '>'}
	name := service
	if !vocabulary[service] && service != Lockdown {
		name = "other"
	}
	switch {
	case service == Lockdown:
	case encrypted:
		name += " tls"
	default:
		name += " plain"
	}
	r.open[s] = true
	r.line(s.id, '=', "open "+name)
	how, ok := protocols[service]
	if !ok {
		how = raw
	}
	how(s)
	return s
}

// Over returns conn, or if s records, conn as one that s hears. It may be
// called again for another layer of the same connection.
func (s *Stream) Over(conn net.Conn) net.Conn {
	if s == nil {
		return conn
	}
	return &heard{conn, s}
}

// heard is a connection that a stream listens to.
type heard struct {
	net.Conn
	s *Stream
}

func (h *heard) Read(p []byte) (int, error) {
	n, err := h.Conn.Read(p)
	h.s.moved(h.s.phone, p[:n], err)
	return n, err
}

func (h *heard) Write(p []byte) (int, error) {
	n, err := h.Conn.Write(p)
	h.s.moved(h.s.host, p[:n], err)
	return n, err
}

// Close notes that this computer ended it.
func (h *heard) Close() error {
	h.s.Ended(nil)
	return h.Conn.Close()
}

// moved hands bytes to the reader of their side.
func (s *Stream) moved(side *reader, p []byte, err error) {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	defer func() {
		if trouble := recover(); trouble != nil { // costs the recording, and not what is recorded
			s.over, s.r.err = true, fmt.Errorf("the recorder failed: %v", trouble)
		}
	}()
	if s.r.err == nil && len(p) > 0 && !s.over {
		side.feed(p)
	}
	// A deadline is this computer's own; what is waited for may still come.
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		s.finish(ending(err))
	}
}

// Ended notes how the connection ended; nil is by this computer.
func (s *Stream) Ended(err error) {
	if s == nil {
		return
	}
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	s.finish(ending(err))
}

// ending is the kind of an error of the transport; nil is this computer's own end.
func ending(err error) string {
	var op *net.OpError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "phone"
	case err == nil, errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe):
		return "computer"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNABORTED):
		return "reset"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "timeout"
	case errors.As(err, &op) && op.Op == "remote error":
		return "tls"
	}
	return "error"
}

// finish writes the end once; how is "" where the recording ends first.
func (s *Stream) finish(how string) {
	if s.over {
		return
	}
	s.over = true
	delete(s.r.open, s)
	s.phone.finish()
	s.host.finish()
	if how != "" {
		s.r.line(s.id, '=', "end "+how)
	}
}
