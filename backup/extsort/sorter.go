package extsort

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// ErrTemporary is wrapped by errors of the temporary file.
var ErrTemporary = errors.New("temporary file")

// mergeMemory is shared by the buffers of a merge, in bytes.
const mergeMemory = 2 << 20

// Kind is how values of one type are ordered and stored. Its functions are called
// by the sorter and its streams, on the goroutine that uses these; they must not
// call back.
type Kind[T any] struct {
	// Compare is called to order two values, as cmp.Compare does.
	Compare func(a, b T) int
	// Both is called to make one value of two that compare as equal, of which one
	// was added later; nil keeps both.
	Both func(newer, older T) T
	// Size is the length of a stored value in bytes. Encode is called to fill as
	// many, and Decode to read them; its error ends the stream.
	Size   int
	Encode func(v *T, b []byte)
	Decode func(v *T, b []byte) error
}

// Sorter takes values in any order and gives them sorted, in bounded memory.
// What does not fit goes, in sorted runs, to a temporary file that goes away with
// the program. It is for one goroutine.
type Sorter[T any] struct {
	kind    Kind[T]
	dir     string // of the temporary file; "" is the system's
	most    int
	memory  []T
	file    *os.File // nil as long as everything fits
	removed bool     // the file has no name any more
	ends    []int64  // where each run ends
	total   int
}

// New begins to sort, with so many values in memory at the most. dir is the
// folder for the temporary file; "" is the system's. The caller must Close it.
func New[T any](kind Kind[T], dir string, most int) *Sorter[T] {
	return &Sorter[T]{kind: kind, dir: dir, most: max(most, 1)}
}

// Len is how many values were added.
func (s *Sorter[T]) Len() int { return s.total }

// Add takes a value. Its error wraps [ErrTemporary].
func (s *Sorter[T]) Add(v T) error {
	if len(s.memory) == s.most {
		if err := s.spill(); err != nil {
			return fmt.Errorf("%w: %w", ErrTemporary, err)
		}
	}
	s.total++
	s.memory = append(s.memory, v)
	return nil
}

// Sorted gives all values that were added. It cannot be used after the next
// Add or Close.
func (s *Sorter[T]) Sorted() Stream[T] {
	s.sort()
	all := []Stream[T]{Slice(s.memory)}
	for i := len(s.ends) - 1; i >= 0; i-- {
		start := s.start(i)
		size := min(max(mergeMemory/len(s.ends), 4<<10), 256<<10)
		all = append(all, &run[T]{kind: &s.kind, file: bufio.NewReaderSize(io.NewSectionReader(s.file, start, s.ends[i]-start), size)})
	}
	return Merge(s.kind.Compare, s.kind.Both, all...)
}

// sort sorts what is in memory.
func (s *Sorter[T]) sort() {
	if s.kind.Both == nil { // the order of equal ones says nothing
		slices.SortFunc(s.memory, s.kind.Compare)
	} else {
		slices.SortStableFunc(s.memory, s.kind.Compare)
	}
}

// start is where a run begins.
func (s *Sorter[T]) start(run int) int64 {
	if run == 0 {
		return 0
	}
	return s.ends[run-1]
}

// spill writes what is in memory as one run.
func (s *Sorter[T]) spill() error {
	if err := s.create(); err != nil {
		return err
	}
	w := bufio.NewWriterSize(s.file, 64<<10)
	b := make([]byte, s.kind.Size)
	s.sort()
	for i := range s.memory {
		s.kind.Encode(&s.memory[i], b)
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	s.ends = append(s.ends, s.start(len(s.ends))+int64(len(s.memory)*s.kind.Size))
	s.memory = s.memory[:0]
	return nil
}

// create makes the file. Where that is possible it loses its name at once, so
// that it goes away with the program, however that ends.
func (s *Sorter[T]) create() (err error) {
	if s.file != nil {
		return nil
	}
	if s.file, err = os.CreateTemp(s.dir, "lifeboat-sort-*"); err == nil {
		s.removed = os.Remove(s.file.Name()) == nil
	}
	return err
}

// Close removes the file.
func (s *Sorter[T]) Close() error {
	s.memory = nil
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if !s.removed {
		err = cmp.Or(err, os.Remove(s.file.Name()))
	}
	s.file = nil
	return err
}

// run streams a sorted part of the file.
type run[T any] struct {
	kind *Kind[T]
	file *bufio.Reader
	next T // here, so that not each one is on the heap
}

func (r *run[T]) Next() (v T, err error) {
	b, err := r.file.Peek(r.kind.Size)
	switch {
	case err == io.EOF && len(b) == 0:
		return v, io.EOF
	case err == nil:
		err = r.kind.Decode(&r.next, b)
	}
	if err != nil {
		return v, fmt.Errorf("%w: %w", ErrTemporary, err)
	}
	_, err = r.file.Discard(r.kind.Size)
	return r.next, err
}
