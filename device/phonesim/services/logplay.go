package services

import (
	"context"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"lifeboat/device/phonesim/wait"
)

// listener is a connection that hears the log.
type listener struct {
	// queue holds what is to be written. No line comes twice, so that it has
	// room for the whole script and nobody waits for a slow listener.
	queue chan LogLine
	// held is what has to wait until the listener has heard the opening.
	opening bool
	held    []LogLine
}

// Play begins the next part of the script, or puts it behind the one that
// plays now, and returns at once. At the end of the script it does nothing.
func (l *Log) Play() {
	l.mu.Lock()
	defer l.mu.Unlock()
	stops := len(slices.DeleteFunc(slices.Clone(l.Lines), func(line LogLine) bool { return !line.Stop }))
	if l.closed || l.released == stops {
		return
	}
	l.released++
	if l.stop == nil {
		ctx, stop := context.WithCancel(context.Background())
		l.stop = stop
		l.running.Go(func() { l.playReleased(ctx) })
	}
}

// Close ends what Play began.
func (l *Log) Close() {
	l.mu.Lock()
	l.closed = true
	if l.stop != nil {
		l.stop()
	}
	l.mu.Unlock()
	l.running.Wait()
}

func (l *Log) playReleased(ctx context.Context) {
	for l.begin() {
		for _, line := range l.part(l.played) {
			if err := l.wait(ctx, line.After); err != nil {
				return
			}
			if line.heard() {
				l.broadcast(line)
			} else {
				l.act(line)
			}
		}
	}
}

// begin counts the next part as played, if there is one to play. Only the
// goroutine of Play calls it, and reads what it counted.
func (l *Log) begin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.played == l.released {
		l.stop()
		l.stop = nil
		return false
	}
	l.played++
	return true
}

func (l *Log) wait(ctx context.Context, d time.Duration) error {
	if l.Wait != nil && d > 0 {
		return l.Wait(ctx, d)
	}
	return wait.For(ctx, d)
}

func (l *Log) act(line LogLine) {
	if l.Act != nil {
		l.Act(line)
	}
}

func (l *Log) broadcast(line LogLine) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.listeners) == 0 {
		l.unheard = append(l.unheard, line)
	}
	for h := range l.listeners {
		if h.opening {
			h.held = append(h.held, line)
		} else {
			h.queue <- line
		}
	}
}

// play writes the log to a listener until it leaves, as a log never ends.
func (l *Log) play(ctx context.Context, conn net.Conn, write func(LogLine) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	left := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, conn)
		left <- err
		cancel()
	}()
	h := l.join()
	defer l.leave(h)
	var opening sync.WaitGroup
	defer opening.Wait()
	opening.Go(func() { l.open(ctx, h) })
	for {
		select {
		case line := <-h.queue:
			if write(line) != nil {
				conn.Close()
				return <-left
			}
		case <-ctx.Done():
			conn.Close()
			return <-left
		}
	}
}

func (l *Log) join() *listener {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := &listener{queue: make(chan LogLine, len(l.Lines)), opening: true, held: l.unheard}
	l.unheard = nil
	if l.listeners == nil {
		l.listeners = map[*listener]struct{}{}
	}
	l.listeners[h] = struct{}{}
	return h
}

// leave keeps for others what the listener left too early to hear.
func (l *Log) leave(h *listener) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.listeners, h)
	if len(l.listeners) == 0 {
		l.unheard = h.held
	}
}

// open plays the opening to one listener, and then what was held for it.
func (l *Log) open(ctx context.Context, h *listener) {
	for i, line := range l.opening() {
		if l.wait(ctx, line.After) != nil {
			return
		}
		if line.heard() {
			h.queue <- line
		} else if l.first(i) {
			l.act(line)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range h.held {
		h.queue <- line
	}
	h.opening, h.held = false, nil
}

// first reports whether a line of the opening has not acted yet: it acts once
// and not once a listener.
func (l *Log) first(i int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.acted[i] {
		return false
	}
	if l.acted == nil {
		l.acted = map[int]bool{}
	}
	l.acted[i] = true
	return true
}
