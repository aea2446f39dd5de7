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

// each gives every new value to do, a few times a second, until ended.
func (l *latest[T]) each(ended <-chan struct{}, do func(T)) {
	ticker := time.NewTicker(eventsEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ended:
			return
		case <-ticker.C:
		}
		if value, news := l.take(); news {
			do(value)
		}
	}
}
