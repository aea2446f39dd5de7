package catalog

import (
	"errors"
	"io"
)

// Merge makes one stream of several. Of the entries of one file the one of
// the stream that is named first wins, also if it says that the file is gone.
func Merge(newestFirst ...Stream) Stream {
	return merge(func(newer, _ Entry) Entry { return newer }, newestFirst)
}

// merge makes one stream of several; both makes one entry of two for one file.
func merge(both func(newer, older Entry) Entry, newestFirst []Stream) Stream {
	return &mergeStream{streams: newestFirst, both: both}
}

type mergeStream struct {
	both    func(newer, older Entry) Entry
	streams []Stream // until the first Next
	heap    []head
	err     error
}

// head is the next entry of a stream.
type head struct {
	entry  Entry
	age    int // 0 is the newest stream
	stream Stream
}

func (h *head) before(other *head) bool {
	if c := h.entry.ID.Compare(other.entry.ID); c != 0 {
		return c < 0
	}
	return h.age < other.age
}

func (m *mergeStream) Next() (Entry, error) {
	if m.err == nil && m.streams != nil {
		m.err = m.start()
	}
	if m.err == nil && len(m.heap) == 0 {
		m.err = io.EOF
	}
	if m.err != nil {
		return Entry{}, m.err
	}
	e := m.heap[0].entry
	m.err = m.advance()
	for m.err == nil && len(m.heap) > 0 && m.heap[0].entry.ID == e.ID {
		e = m.both(e, m.heap[0].entry)
		m.err = m.advance()
	}
	// An entry may miss its older half after an error, so it is not given.
	if m.err != nil {
		return Entry{}, m.err
	}
	return e, nil
}

func (m *mergeStream) start() error {
	for age, s := range m.streams {
		e, err := s.Next()
		if errors.Is(err, io.EOF) {
			continue
		}
		if err != nil {
			return err
		}
		m.heap = append(m.heap, head{e, age, s})
	}
	m.streams = nil
	for i := len(m.heap)/2 - 1; i >= 0; i-- {
		m.down(i)
	}
	return nil
}

// advance replaces the entry at the top by the next one of its stream.
func (m *mergeStream) advance() error {
	top := &m.heap[0]
	e, err := top.stream.Next()
	switch {
	case errors.Is(err, io.EOF):
		last := len(m.heap) - 1
		m.heap[0] = m.heap[last]
		m.heap[last] = head{}
		m.heap = m.heap[:last]
	case err != nil:
		return err
	default:
		top.entry = e
	}
	m.down(0)
	return nil
}

// down moves the head at i to its place in the heap.
func (m *mergeStream) down(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(m.heap); child++ {
			if m.heap[child].before(&m.heap[least]) {
				least = child
			}
		}
		if least == i {
			return
		}
		m.heap[i], m.heap[least] = m.heap[least], m.heap[i]
		i = least
	}
}
