package verify

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"lifeboat/backup/catalog"
)

// record is what Manifest.db says of one content, without its name.
type record struct {
	id   catalog.ID
	size int64 // of the plain content as the phone noted it, in bytes
	what byte  // the bits below
	// key is the class and the wrapped key; how reports whether there is one.
	key [keyLen]byte
	how byte
}

const (
	keyLen = 44
	// recordLen is the length of a record in a file: id, size, key, how, what.
	recordLen = 20 + 8 + keyLen + 2
	// recordsMax is how many are kept in memory: 2.5 MiB.
	recordsMax = 32 << 10
	// mergeMemory is shared by the buffers of a merge, in bytes.
	mergeMemory = 2 << 20
)

// Ways in which an MBFile has a key.
const (
	noKey = iota
	withKey
	badKey // of a length that no key has
)

// What else is known of an entry.
const (
	hasSize = 1 << iota // the phone noted a size
	isFile              // the list calls it a file
)

// filled reports whether a content must be there: the list calls it a file that
// is not empty.
func (r *record) filled() bool { return r.what == hasSize|isFile && r.size > 0 }

// errTemporary is wrapped by errors of the temporary file.
var errTemporary = errors.New("temporary file")

func (r *record) encode(b []byte) {
	copy(b, r.id[:])
	binary.BigEndian.PutUint64(b[20:], uint64(r.size))
	copy(b[28:], r.key[:])
	b[28+keyLen], b[29+keyLen] = r.how, r.what
}

func (r *record) decode(b []byte) {
	copy(r.id[:], b)
	r.size = int64(binary.BigEndian.Uint64(b[20:]))
	copy(r.key[:], b[28:])
	r.how, r.what = b[28+keyLen], b[29+keyLen]
}

// records sorts records by their ids in bounded memory. What does not fit
// goes, in sorted runs, to a temporary file that goes away with the records.
type records struct {
	dir    string // of the temporary file; "" is the system's
	max    int
	memory []record
	file   *os.File // nil as long as everything fits
	gone   bool     // the file has no name any more
	ends   []int64  // where each run ends
	total  int
}

func newRecords(dir string, most int) *records { return &records{dir: dir, max: most} }

func (r *records) add(one record) error {
	if len(r.memory) == r.max {
		if err := r.spill(); err != nil {
			return err
		}
	}
	r.total++
	r.memory = append(r.memory, one)
	return nil
}

func (r *records) sort() {
	slices.SortFunc(r.memory, func(a, b record) int { return bytes.Compare(a.id[:], b.id[:]) })
}

// spill writes what is in memory as one run.
func (r *records) spill() error {
	if err := r.create(); err != nil {
		return err
	}
	r.sort()
	w := bufio.NewWriterSize(r.file, 64<<10)
	var b [recordLen]byte
	for i := range r.memory {
		r.memory[i].encode(b[:])
		if _, err := w.Write(b[:]); err != nil {
			return fmt.Errorf("%w: %w", errTemporary, err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("%w: %w", errTemporary, err)
	}
	var start int64
	if n := len(r.ends); n > 0 {
		start = r.ends[n-1]
	}
	r.ends = append(r.ends, start+int64(len(r.memory)*recordLen))
	r.memory = r.memory[:0]
	return nil
}

// create makes the file. Where that is possible it loses its name at once,
// so that it goes away with the program, however that ends.
func (r *records) create() (err error) {
	if r.file != nil {
		return nil
	}
	if r.file, err = os.CreateTemp(r.dir, "lifeboat-verify-*"); err != nil {
		return fmt.Errorf("%w: %w", errTemporary, err)
	}
	r.gone = os.Remove(r.file.Name()) == nil
	return nil
}

// close removes the file.
func (r *records) close() error {
	r.memory = nil
	if r.file == nil {
		return nil
	}
	err := r.file.Close()
	if !r.gone {
		err = cmp.Or(err, os.Remove(r.file.Name()))
	}
	r.file = nil
	return err
}

// sorted gives all records in order of their ids. Nothing may be added after.
func (r *records) sorted() (*sortedRecords, error) {
	r.sort()
	s := &sortedRecords{}
	if len(r.memory) > 0 {
		s.heap = append(s.heap, &recordRun{memory: r.memory})
	}
	var start int64
	for _, end := range r.ends {
		size := min(max(mergeMemory/len(r.ends), 4<<10), 256<<10)
		s.heap = append(s.heap, &recordRun{file: bufio.NewReaderSize(io.NewSectionReader(r.file, start, end-start), size)})
		start = end
	}
	for _, run := range s.heap {
		if err := run.next(); err != nil { // none is empty
			return nil, err
		}
	}
	heap.Init(&s.heap)
	return s, nil
}

// recordRun is a sorted part; head is its first record.
type recordRun struct {
	head   record
	memory []record
	file   *bufio.Reader
}

// next goes on to the next record; io.EOF if there is none.
func (r *recordRun) next() error {
	if r.file == nil {
		if len(r.memory) == 0 {
			return io.EOF
		}
		r.head, r.memory = r.memory[0], r.memory[1:]
		return nil
	}
	b, err := r.file.Peek(recordLen)
	if err == io.EOF && len(b) == 0 {
		return io.EOF
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errTemporary, err)
	}
	r.head.decode(b)
	_, err = r.file.Discard(recordLen)
	return err
}

// recordHeap has the run with the least head on top.
type recordHeap []*recordRun

func (h recordHeap) Len() int           { return len(h) }
func (h recordHeap) Less(i, j int) bool { return h[i].head.id.Compare(h[j].head.id) < 0 }
func (h recordHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *recordHeap) Push(any)          {}
func (h *recordHeap) Pop() any {
	last := len(*h) - 1
	run := (*h)[last]
	*h = (*h)[:last]
	return run
}

// sortedRecords merges the runs.
type sortedRecords struct{ heap recordHeap }

// Next gives the next record; io.EOF after the last.
func (s *sortedRecords) Next() (record, error) {
	if len(s.heap) == 0 {
		return record{}, io.EOF
	}
	one := s.heap[0].head
	switch err := s.heap[0].next(); err {
	case nil:
		heap.Fix(&s.heap, 0)
	case io.EOF:
		heap.Pop(&s.heap)
	default:
		return record{}, err
	}
	return one, nil
}
