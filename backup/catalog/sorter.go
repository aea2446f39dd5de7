package catalog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"

	"github.com/spf13/afero"
)

const (
	// loose is what the name of a segment ends in that holds entries since
	// the last Flush. After a crash it is not to be trusted, however intact it
	// is: the files that it tells of may not have reached the disk.
	loose = ".loose"
	// maxSegments is how many segments of a kind may lie side by side.
	maxSegments = 16
)

// DefaultLimit is a good number of entries for a [Sorter] to hold: 4 MiB.
const DefaultLimit = 64 << 10

// Sorter takes entries in any order and gives them sorted. It holds a limited
// number of them and puts the others in sorted segments in a folder of its
// own, from which a later Sorter goes on. It is for one goroutine.
//
// An ID that is added again with another size or digest comes out with the
// size that was added last and no digest, even if it was in an earlier
// process. A phone may send one file twice in a run, first to one path and
// then to another, and move either of them to the place where it stays; which
// digest belongs to what is there then is not known here. Whoever needs the
// digest reads the file again. It is rare, and a wrong digest would call a
// good file damaged.
//
// What was added since the last Flush is forgotten in a crash. If it was an
// ID that had been added before, the older entry is what a later Sorter
// finds.
type Sorter struct {
	fsys  afero.Fs
	dir   string
	limit int

	memory []Entry
	// Segments from old to new. All loose ones are newer than all kept ones.
	kept, loose []string
	next        int // number of the next segment
	open        []*File
}

// NewSorter begins anew in a folder of its own. Whatever lies there is
// removed.
func NewSorter(fsys afero.Fs, dir string, limit int) (*Sorter, error) {
	if err := fsys.RemoveAll(dir); err != nil {
		return nil, err
	}
	if err := fsys.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return &Sorter{fsys: fsys, dir: dir, limit: max(limit, 1), next: 1}, nil
}

// OpenSorter resumes with the segments that were flushed to a folder. What
// else lies there is removed, and so are segments that are damaged; dropped
// says how many files these were. When the disk cannot be read, nothing is
// removed.
func OpenSorter(fsys afero.Fs, dir string, limit int) (s *Sorter, dropped int, err error) {
	if err := fsys.MkdirAll(dir, 0o700); err != nil {
		return nil, 0, err
	}
	infos, err := readDir(fsys, dir)
	if err != nil {
		return nil, 0, err
	}
	s = &Sorter{fsys: fsys, dir: dir, limit: max(limit, 1), next: 1}
	var useless []string
	numbers := map[string]int{}
	for _, info := range infos {
		name := path.Join(dir, info.Name())
		number, ok := segmentNumber(info.Name())
		if !ok || !info.Mode().IsRegular() {
			useless = append(useless, name)
			continue
		}
		err := prove(fsys, name)
		switch {
		case errors.Is(err, ErrDamaged), errors.Is(err, ErrNewer):
			useless = append(useless, name)
		case err != nil:
			return nil, 0, err
		default:
			s.kept = append(s.kept, name)
			numbers[name] = number
		}
		s.next = max(s.next, number+1)
	}
	slices.SortFunc(s.kept, func(a, b string) int { return numbers[a] - numbers[b] })
	for _, path := range useless {
		if err := fsys.RemoveAll(path); err != nil {
			return nil, 0, err
		}
	}
	return s, len(useless), nil
}

// readDir says what lies in a folder. Links are not followed.
func readDir(fsys afero.Fs, dir string) ([]fs.FileInfo, error) {
	d, err := fsys.Open(dir)
	if err != nil {
		return nil, err
	}
	infos, err := d.Readdir(-1)
	return infos, errors.Join(err, d.Close())
}

func segmentName(number int) string { return fmt.Sprintf("%06d", number) }

func segmentNumber(name string) (int, bool) {
	if len(name) > 9 {
		return 0, false
	}
	number, err := strconv.Atoi(name)
	return number, err == nil && number > 0 && segmentName(number) == name
}

// prove reads a segment from start to end.
func prove(fsys afero.Fs, path string) error {
	f, err := Open(fsys, path)
	if err != nil {
		return err
	}
	all := f.Stream()
	for err == nil {
		_, err = all.Next()
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, f.Close())
}

// Add takes an entry.
func (s *Sorter) Add(e Entry) error {
	if e.Size == Gone {
		e.Digest = Digest{}
	}
	if len(s.memory) >= s.limit {
		if err := s.spill(); err != nil {
			return err
		}
	}
	if s.memory == nil {
		s.memory = make([]Entry, 0, s.limit)
	}
	s.memory = append(s.memory, e)
	return nil
}

// spill writes what is in memory to a loose segment, which need not survive
// a crash.
func (s *Sorter) spill() error {
	if err := s.closeAll(); err != nil {
		return err
	}
	path := s.nextPath() + loose
	if _, err := write(s.fsys, path, s.sorted(), false); err != nil {
		return err
	}
	s.memory = s.memory[:0]
	s.loose = append(s.loose, path)
	if len(s.loose) < maxSegments {
		return nil
	}
	all, err := s.streams(s.loose)
	if err != nil {
		return err
	}
	path = s.nextPath() + loose
	if _, err := write(s.fsys, path, merge(doubted, all), false); err != nil {
		return err
	}
	old := s.loose
	s.loose = []string{path}
	return s.remove(old)
}

// Flush makes durable what was added so far: it is what a later [OpenSorter]
// goes on with. The files that the entries tell of must be durable before.
func (s *Sorter) Flush() error {
	if len(s.memory) == 0 && len(s.loose) == 0 {
		return nil
	}
	if err := s.closeAll(); err != nil {
		return err
	}
	old, kept := s.loose, s.kept
	if len(kept) >= maxSegments {
		old, kept = slices.Concat(kept, old), nil
	}
	all, err := s.streams(old)
	if err != nil {
		return err
	}
	path := s.nextPath()
	if _, err := Write(s.fsys, path, merge(doubted, slices.Insert(all, 0, s.sorted()))); err != nil {
		return err
	}
	s.memory = s.memory[:0]
	s.kept, s.loose = append(slices.Clip(kept), path), nil
	return s.remove(old)
}

func (s *Sorter) nextPath() string {
	name := path.Join(s.dir, segmentName(s.next))
	s.next++
	return name
}

// remove removes segments of which another holds everything.
func (s *Sorter) remove(paths []string) error {
	failed := s.closeAll()
	for _, path := range paths {
		if err := s.fsys.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// Stream gives everything that was added, sorted. It is of no more use after
// the next Add, Flush or Close.
func (s *Sorter) Stream() (Stream, error) {
	if err := s.closeAll(); err != nil {
		return nil, err
	}
	all, err := s.streams(slices.Concat(s.kept, s.loose))
	if err != nil {
		return nil, err
	}
	return merge(doubted, slices.Insert(all, 0, s.sorted())), nil
}

// streams opens segments, of which the oldest is named first, and gives them
// with the newest first.
func (s *Sorter) streams(paths []string) ([]Stream, error) {
	var all []Stream
	for _, path := range slices.Backward(paths) {
		f, err := Open(s.fsys, path)
		if err != nil {
			return nil, errors.Join(err, s.closeAll())
		}
		s.open = append(s.open, f)
		all = append(all, f.Stream())
	}
	return all, nil
}

// closeAll closes the segments: on Windows no file is removed while it is open.
func (s *Sorter) closeAll() error {
	var failed error
	for _, f := range s.open {
		if err := f.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			failed = errors.Join(failed, err)
		}
	}
	s.open = nil
	return failed
}

// Close forgets what was not flushed, and leaves the segments.
func (s *Sorter) Close() error {
	s.memory = nil
	return s.closeAll()
}

// doubted makes one entry of two that were added for one file; see [Sorter].
func doubted(newer, older Entry) Entry {
	if newer.Size != older.Size || newer.Digest != older.Digest {
		newer.Digest = Digest{}
	}
	return newer
}

// sorted streams what is in memory. The entries stay where they are, in the
// order in which they came.
func (s *Sorter) sorted() Stream {
	order := make([]int32, len(s.memory))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		if c := s.memory[a].ID.Compare(s.memory[b].ID); c != 0 {
			return c
		}
		return int(b - a) // the newest first
	})
	return &memoryStream{s.memory, order}
}

type memoryStream struct {
	entries []Entry
	order   []int32
}

func (m *memoryStream) Next() (Entry, error) {
	if len(m.order) == 0 {
		return Entry{}, io.EOF
	}
	e := m.entries[m.order[0]]
	m.order = m.order[1:]
	for len(m.order) > 0 && m.entries[m.order[0]].ID == e.ID {
		e = doubted(e, m.entries[m.order[0]])
		m.order = m.order[1:]
	}
	return e, nil
}
