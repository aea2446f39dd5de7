package catalog

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"sort"
	"sync"

	"github.com/spf13/afero"

	"lifeboat/backup/extsort"
)

// bufferSize is how much of a file a stream holds. More would hardly be
// faster, and a merge has a stream for each of many files.
const bufferSize = 16 << 10

// File is a catalogue that is open for reading. It may be used from several
// goroutines, each of its streams from one.
type File struct {
	path    string
	records int
	trailer trailer

	mu   sync.Mutex // not every afero file can be read at two places at once
	file afero.File
}

// Open opens a catalogue and checks its header, its trailer and its length.
// Its records are checked as they are read. An error wraps [ErrDamaged] or
// [ErrNewer] if it is about the content.
func Open(fsys afero.Fs, path string) (*File, error) {
	file, err := fsys.Open(path)
	if err != nil {
		return nil, err
	}
	f := &File{path: path, file: file}
	if err := f.check(); err != nil {
		return nil, errors.Join(f.named(err), file.Close())
	}
	return f, nil
}

func (f *File) named(err error) error { return fmt.Errorf("catalogue %s: %w", f.path, err) }

func (f *File) check() error {
	info, err := f.file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() < 2*blockSize || info.Size()%blockSize != 0 {
		return fmt.Errorf("%w: it cannot have %d bytes", ErrDamaged, info.Size())
	}
	f.records = int(info.Size()/blockSize) - 2
	var b block
	if err := f.read(b[:], -1); err != nil {
		return err
	}
	if err := checkHeader(&b); err != nil {
		return err
	}
	if err := f.read(b[:], f.records); err != nil {
		return err
	}
	f.trailer, err = decodeTrailer(&b, f.records)
	return err
}

// read fills b with records from an index on.
func (f *File) read(b []byte, index int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.file.ReadAt(b, int64(index+1)*blockSize)
	switch {
	case n == len(b):
		return nil
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: it ends within record %d", ErrDamaged, index)
	}
	return err
}

// record reads the record with an index.
func (f *File) record(index int) (Entry, error) {
	var b block
	if err := f.read(b[:], index); err != nil {
		return Entry{}, err
	}
	return decode(b[:], index)
}

// Close closes the file. Its streams cannot be used afterwards.
func (f *File) Close() error { return f.file.Close() }

// Totals is what the catalogue says that its entries add up to. A [Stream]
// that was read to its end has proved it.
func (f *File) Totals() Totals { return f.trailer.Totals }

// from finds the index of the first record that is not before id.
func (f *File) from(id ID) (int, error) {
	var failed error
	index := sort.Search(f.records, func(i int) bool {
		if failed != nil {
			return true
		}
		e, err := f.record(i)
		failed = err
		return e.ID.Compare(id) >= 0
	})
	return index, failed
}

// Find looks up one file. The entry may say that it is gone.
func (f *File) Find(id ID) (e Entry, found bool, err error) {
	index, err := f.from(id)
	if err == nil && index < f.records {
		e, err = f.record(index)
	}
	switch {
	case err != nil:
		return Entry{}, false, f.named(err)
	case e.ID != id || index == f.records:
		return Entry{}, false, nil
	}
	return e, true, nil
}

// Stream gives all entries. Its io.EOF says that every record was checked,
// and that together they are what was written.
func (f *File) Stream() Stream { return &fileStream{file: f} }

// Prove reads all entries, and says by its error whether they are what was
// written.
func (f *File) Prove() error {
	for _, err := range extsort.All(f.Stream()) {
		if err != nil {
			return err
		}
	}
	return nil
}

// fileStream reads the records of a file.
type fileStream struct {
	file *File
	next int // the index of the next record

	buffer, unread []byte
	last           ID
	read           trailer // of what was read
	err            error
}

func (s *fileStream) Next() (Entry, error) {
	if s.err != nil {
		return Entry{}, s.err
	}
	e, err := s.step()
	if err != nil && !errors.Is(err, io.EOF) {
		err = s.file.named(err)
	}
	s.err = err
	return e, err
}

func (s *fileStream) step() (Entry, error) {
	if s.next == s.file.records {
		s.buffer, s.unread = nil, nil
		if s.read != s.file.trailer {
			return Entry{}, fmt.Errorf("%w: its records are not those that were written", ErrDamaged)
		}
		return Entry{}, io.EOF
	}
	if len(s.unread) == 0 {
		if err := s.fill(); err != nil {
			return Entry{}, err
		}
	}
	e, err := decode(s.unread, s.next)
	if err != nil {
		return Entry{}, err
	}
	if s.next > 0 && e.ID.Compare(s.last) <= 0 {
		return Entry{}, fmt.Errorf("%w: record %d is not in order", ErrDamaged, s.next)
	}
	if err := s.read.add(e); err != nil {
		return Entry{}, fmt.Errorf("%w: record %d: %w", ErrDamaged, s.next, err)
	}
	s.unread = s.unread[blockSize:]
	s.last = e.ID
	s.next++
	return e, nil
}

func (s *fileStream) fill() error {
	n := min(bufferSize, (s.file.records-s.next)*blockSize)
	if s.buffer == nil {
		s.buffer = make([]byte, n)
	}
	if err := s.file.read(s.buffer[:n], s.next); err != nil {
		return err
	}
	s.unread = s.buffer[:n]
	s.read.crc = crc32.Update(s.read.crc, castagnoli, s.unread)
	return nil
}
