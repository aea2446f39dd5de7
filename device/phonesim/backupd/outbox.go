package backupd

import (
	"errors"
	"io"
	"sync"
	"time"
)

// outboxSize is the size of each of the two buffers of an outbox: what is
// filled while the other is written.
const outboxSize = 512 << 10

// messageWork is what a message counts in a share of the backup, in bytes.
const messageWork = 16 << 10

// Reasons why an outbox takes no more.
var (
	errDetached = errors.New("backupd: the cable was pulled")
	errSilent   = errors.New("backupd: the phone fell silent")
)

// parcel is a filled buffer, with the messages that end in it.
type parcel struct {
	data     []byte
	messages int
}

// outbox writes to the host from a goroutine of its own, so that files are
// read and encrypted while the ones before are under way. It is used by one
// goroutine. It also is where faults strike: only here it is known what has
// really been sent.
type outbox struct {
	w        io.Writer
	current  []byte // being filled; its length is what is filled
	messages int    // in current
	full     chan parcel
	empty    chan []byte
	failed   chan struct{} // closed after err is set
	finished chan struct{}
	err      error
	stopped  func(error) // called with why it stopped

	mu       sync.Mutex
	sent     int64  // bytes, and messageWork for each message
	messaged int    // messages sent
	strike   strike // armed fault
	speed    int64  // bytes a second; 0 is as fast as it goes
}

// strike is when and how an outbox stops.
type strike struct {
	work     int64 // at this much work; 0 is never
	messages int   // after this many messages; 0 is never
	err      error
}

func newOutbox(w io.Writer, stopped func(error)) *outbox {
	o := &outbox{
		stopped:  stopped,
		w:        w,
		current:  make([]byte, 0, outboxSize),
		full:     make(chan parcel),
		empty:    make(chan []byte, 1),
		failed:   make(chan struct{}),
		finished: make(chan struct{}),
	}
	o.empty <- make([]byte, 0, outboxSize)
	go o.run()
	return o
}

// room is free space for at least n bytes, n being far less than outboxSize.
// It is valid until the next call; what was put there counts after commit.
func (o *outbox) room(n int) ([]byte, error) {
	if cap(o.current)-len(o.current) < n {
		if err := o.flush(); err != nil {
			return nil, err
		}
	}
	return o.current[len(o.current):cap(o.current)], nil
}

// commit adds the first n bytes of the last room.
func (o *outbox) commit(n int) { o.current = o.current[:len(o.current)+n] }

// write adds bytes of any length.
func (o *outbox) write(p []byte) error {
	for len(p) > 0 {
		room, err := o.room(1)
		if err != nil {
			return err
		}
		n := copy(room, p)
		o.commit(n)
		p = p[n:]
	}
	return nil
}

// message counts a message that was written in full.
func (o *outbox) message() { o.messages++ }

// flush hands over what is filled. It does not wait until it is written.
func (o *outbox) flush() error {
	if len(o.current) == 0 {
		return nil
	}
	select {
	case o.full <- parcel{o.current, o.messages}:
	case <-o.failed:
		return o.err
	}
	select {
	case o.current = <-o.empty:
		o.messages = 0
		return nil
	case <-o.failed:
		return o.err
	}
}

// close writes what was handed over and ends the goroutine. It does not flush.
func (o *outbox) close() {
	close(o.full)
	<-o.finished
}

// arm sets the fault that is to come, counted from now.
func (o *outbox) arm(s strike) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent, o.messaged, o.strike = 0, 0, s
}

// rearm changes an armed fault, which counts from where it did.
func (o *outbox) rearm(s strike) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.strike = s
}

// done is the work done since the last arm.
func (o *outbox) done() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.sent
}

func (o *outbox) run() {
	defer close(o.finished)
	for p := range o.full {
		allowed, stop := o.account(p)
		if err := o.deliver(p.data[:allowed]); err != nil {
			stop = err
		}
		if stop != nil {
			o.err = stop
			close(o.failed)
			o.stopped(stop)
			return
		}
		o.empty <- p.data[:0]
	}
}

// limit slows the outbox down to so many bytes a second; 0 does not.
func (o *outbox) limit(speed int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.speed = speed
}

// deliver writes to the host, in portions of a twentieth of a second where the
// speed is limited.
func (o *outbox) deliver(data []byte) error {
	o.mu.Lock()
	speed := o.speed
	o.mu.Unlock()
	for len(data) > 0 {
		n := len(data)
		if speed > 0 {
			n = int(min(max(speed/20, 1), int64(n)))
			time.Sleep(time.Duration(n) * time.Second / time.Duration(speed))
		}
		if _, err := o.w.Write(data[:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

// account adds a parcel to the work done and says how much of it may be
// written before the armed fault strikes.
func (o *outbox) account(p parcel) (allowed int, stop error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	before := o.sent
	o.sent += int64(len(p.data)) + messageWork*int64(p.messages)
	o.messaged += p.messages
	if o.strike.work > 0 && o.sent >= o.strike.work {
		return int(min(max(o.strike.work-before, 0), int64(len(p.data)))), o.strike.err
	}
	if o.strike.messages > 0 && o.messaged >= o.strike.messages {
		return len(p.data), o.strike.err
	}
	return len(p.data), nil
}

// stop is why nothing more can be sent, or nil.
func (o *outbox) stop() error {
	select {
	case <-o.failed:
		return o.err
	default:
		return nil
	}
}

// hasten makes an armed fault strike with the next byte.
func (o *outbox) hasten() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.strike.work > 0 {
		o.strike.work = min(o.strike.work, max(o.sent, 1))
	}
}
