// Package extsort sorts more than fits into memory, merges what is sorted, and
// looks ahead in it.
package extsort

import (
	"container/heap"
	"io"
	"iter"
)

// Stream gives values in ascending order, and io.EOF after the last. An error is
// given again at each further call.
type Stream[T any] interface {
	Next() (T, error)
}

// All ranges over a stream. The first error is the last that it gives.
func All[T any](s Stream[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			v, err := s.Next()
			if err == io.EOF || !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// Peeker looks at the next value of a stream before it is taken. It is for one
// goroutine.
type Peeker[T any] struct {
	// Head is the next value, as long as Err is nil.
	Head T
	// Err is that of the stream: io.EOF after the last value.
	Err error

	stream Stream[T]
}

// Peek begins to look ahead in a stream; nil is one without values.
func Peek[T any](s Stream[T]) *Peeker[T] {
	p := &Peeker[T]{stream: s}
	if s == nil {
		p.Err = io.EOF
	}
	p.Advance()
	return p
}

// Advance takes the next value, so that Head is the one after it.
func (p *Peeker[T]) Advance() {
	if p.Err == nil {
		p.Head, p.Err = p.stream.Next()
	}
}

// Seek leaves out the values of which order is negative, and reports whether it
// is zero for the one that follows. That there is none is no error. order is called
// with one value at a time and must not call back.
func (p *Peeker[T]) Seek(order func(*T) int) (found bool, err error) {
	for p.Err == nil {
		if n := order(&p.Head); n >= 0 {
			return n == 0, nil
		}
		p.Advance()
	}
	if p.Err == io.EOF {
		return false, nil
	}
	return false, p.Err
}

// Slice streams values that are in ascending order.
func Slice[T any](values []T) Stream[T] { return &sliceStream[T]{values} }

type sliceStream[T any] struct{ rest []T }

func (s *sliceStream[T]) Next() (v T, err error) {
	if len(s.rest) == 0 {
		return v, io.EOF
	}
	v, s.rest = s.rest[0], s.rest[1:]
	return v, nil
}

// Merge makes one stream of several. both, if it is not nil, makes one value of
// two that compare as equal: of streams the one that is named first has the
// newer, and within one stream the newer comes last. compare and both are called
// while the stream is read, and must not call back.
func Merge[T any](compare func(a, b T) int, both func(newer, older T) T, newestFirst ...Stream[T]) Stream[T] {
	return &merge[T]{compare: compare, both: both, streams: newestFirst}
}

type merge[T any] struct {
	compare func(a, b T) int
	both    func(newer, older T) T
	streams []Stream[T] // until the first Next
	heads   []head[T]   // a heap
	err     error
}

type head[T any] struct {
	*Peeker[T]
	age int // 0 is the newest stream
}

func (m *merge[T]) Len() int      { return len(m.heads) }
func (m *merge[T]) Swap(i, j int) { m.heads[i], m.heads[j] = m.heads[j], m.heads[i] }
func (m *merge[T]) Push(any)      {}
func (m *merge[T]) Less(i, j int) bool {
	if c := m.compare(m.heads[i].Head, m.heads[j].Head); c != 0 {
		return c < 0
	}
	return m.heads[i].age > m.heads[j].age // the oldest first
}

func (m *merge[T]) Pop() any {
	last := len(m.heads) - 1
	m.heads[last] = head[T]{}
	m.heads = m.heads[:last]
	return nil
}

func (m *merge[T]) Next() (v T, err error) {
	if m.err == nil && m.streams != nil {
		m.err = m.start()
	}
	if m.err == nil && len(m.heads) == 0 {
		m.err = io.EOF
	}
	if m.err != nil {
		return v, m.err
	}
	next := m.heads[0].Head
	m.err = m.advance()
	for m.err == nil && m.both != nil && len(m.heads) > 0 && m.compare(next, m.heads[0].Head) == 0 {
		next = m.both(m.heads[0].Head, next)
		m.err = m.advance()
	}
	// A value may miss its newer half after an error, so it is not given.
	if m.err != nil {
		return v, m.err
	}
	return next, nil
}

func (m *merge[T]) start() error {
	for age, s := range m.streams {
		switch p := Peek(s); {
		case p.Err == nil:
			m.heads = append(m.heads, head[T]{p, age})
		case p.Err != io.EOF:
			return p.Err
		}
	}
	m.streams = nil
	heap.Init(m)
	return nil
}

// advance takes the least value.
func (m *merge[T]) advance() error {
	m.heads[0].Advance()
	switch err := m.heads[0].Err; err {
	case nil:
		heap.Fix(m, 0)
	case io.EOF:
		heap.Pop(m)
	default:
		return err
	}
	return nil
}
