package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"

	"github.com/spf13/afero"

	"lifeboat/backup/extsort"
)

// maxSegments is how many segments may lie side by side.
const maxSegments = 16

// Segments takes entries in any order and gives them sorted. It holds what was
// added since the last Flush, and has the rest in sorted files in a folder of its
// own, with which a later one resumes. It is for one goroutine.
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
// ID that had been added before, the older entry is what later Segments find.
type Segments struct {
	fsys afero.Fs
	dir  string

	memory []Entry
	kept   []string // from old to new
	next   int      // number of the next one
	open   []*File
}

// NewSegments starts an empty list in a folder of its own. Whatever lies there is
// removed.
func NewSegments(fsys afero.Fs, dir string) (*Segments, error) {
	if err := fsys.RemoveAll(dir); err != nil {
		return nil, err
	}
	if err := fsys.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return &Segments{fsys: fsys, dir: dir, next: 1}, nil
}

// OpenSegments resumes with the segments that were flushed to a folder. What
// else lies there is removed, and so are segments that are damaged; dropped
// says how many files these were. When the disk cannot be read, nothing is
// removed.
func OpenSegments(fsys afero.Fs, dir string) (s *Segments, dropped int, err error) {
	if err := fsys.MkdirAll(dir, 0o700); err != nil {
		return nil, 0, err
	}
	infos, err := afero.ReadDir(fsys, dir) // follows no link
	if err != nil {
		return nil, 0, err
	}
	s = &Segments{fsys: fsys, dir: dir, next: 1}
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
	return errors.Join(f.Prove(), f.Close())
}

// Add takes entries.
func (s *Segments) Add(entries ...Entry) {
	for _, e := range entries {
		if e.Size == Gone {
			e.Digest = Digest{}
		}
		s.memory = append(s.memory, e)
	}
}

// Flush makes durable what was added so far: it is what a later [OpenSegments]
// resumes with. The files that the entries tell of must be durable before.
func (s *Segments) Flush() error {
	if len(s.memory) == 0 {
		return nil
	}
	var old []string
	if len(s.kept) >= maxSegments {
		old = s.kept
	}
	all, err := s.merged(old)
	if err != nil {
		return err
	}
	path := path.Join(s.dir, segmentName(s.next))
	s.next++
	if _, err := Write(s.fsys, path, all); err != nil {
		return err
	}
	s.memory, s.kept = nil, append(s.kept[len(old):], path)
	return s.remove(old)
}

// remove removes segments of which another holds everything.
func (s *Segments) remove(paths []string) error {
	failed := s.Close()
	for _, path := range paths {
		if err := s.fsys.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// Stream gives everything that was added, sorted. It cannot be used after
// the next Add, Flush or Close.
func (s *Segments) Stream() (Stream, error) { return s.merged(s.kept) }

// merged opens segments, and gives what they and the memory hold.
func (s *Segments) merged(paths []string) (Stream, error) {
	if err := s.Close(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(s.memory, compare)
	all := []Stream{Slice(s.memory)}
	for _, path := range slices.Backward(paths) {
		f, err := Open(s.fsys, path)
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		s.open = append(s.open, f)
		all = append(all, f.Stream())
	}
	return extsort.Merge(compare, doubted, all...), nil
}

// Close closes the segments and leaves them: on Windows no file is removed while
// it is open. What was not flushed stays in memory only.
func (s *Segments) Close() error {
	var failed error
	for _, f := range s.open {
		if err := f.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			failed = errors.Join(failed, err)
		}
	}
	s.open = nil
	return failed
}

// doubted makes one entry of two that were added for one file; see [Segments].
func doubted(newer, older Entry) Entry {
	if newer.Size != older.Size || newer.Digest != older.Digest {
		newer.Digest = Digest{}
	}
	return newer
}

// DefaultLimit is a good number of entries for a sorter to hold: 4 MiB.
const DefaultLimit = 64 << 10

// Sorter sorts entries that are not kept, as Segments would.
type Sorter = extsort.Sorter[Entry]

// NewSorter begins to sort, with so many entries in memory at the most, and the
// others in a temporary file in dir ("" is the system's folder).
func NewSorter(dir string, most int) *Sorter {
	return extsort.New(extsort.Kind[Entry]{
		Compare: compare, Both: doubted, Size: blockSize,
		Encode: func(e *Entry, b []byte) { e.encode((*block)(b), 0) },
		Decode: func(e *Entry, b []byte) (err error) {
			*e, err = decode(b, 0)
			return err
		},
	}, dir, most)
}
