package state

import (
	"sync"
	"time"
)

// latest holds the newest of many values for one reader: those that
// nobody came for in time are left out.
type latest[T any] struct {
	mu    sync.Mutex
	value T
	news  bool
}

// put sets the value and reports whether the one before it has been taken.
func (l *latest[T]) put(value T) (first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	first = !l.news
	l.value, l.news = value, true
	return first
}

// take returns the value and whether it is new.
func (l *latest[T]) take() (value T, news bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	news = l.news
	l.news = false
	return l.value, news
}

// relay has show called on the window's goroutine with the newest of many values, once
// every eventsEvery at most: put takes a value, and end is called after the last.
func relay[T any](s *State, show func(T)) (put func(T), end func()) {
	var newest latest[T]
	ended := make(chan struct{})
	go func() {
		ticker := time.NewTicker(eventsEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ended:
				return
			case <-ticker.C:
			}
			if value, news := newest.take(); news {
				s.Post(func() { show(value) })
			}
		}
	}()
	return func(value T) { newest.put(value) }, func() { close(ended) }
}
