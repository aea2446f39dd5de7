package content

import (
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Edits count what becomes of the files of a phone: so many get other bytes
// and another size, so many appear and so many disappear.
type Edits struct {
	Changed, Added, Removed int
}

// Edited is a source that can be edited as often as one likes. What is edited
// follows from the seed and the edits so far: two phones of one source and one
// seed that were edited alike are alike. Databases and property lists
// stay as they are, so that they can always be read.
//
// It takes memory for what was edited, not for the rest.
type Edited struct {
	mu  sync.Mutex
	now *view
}

// Edit makes a source one that can be edited.
func Edit(source Source, seed int64) *Edited {
	return &Edited{now: &view{source: source, seed: seed}}
}

// Apply edits the source once more. It walks over it twice. Where there are
// fewer files than it shall change and remove, all are.
func (e *Edited) Apply(n Edits) error {
	if n.Changed < 0 || n.Added < 0 || n.Removed < 0 {
		return fmt.Errorf("edits of less than no files: %+v", n)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	next, err := e.now.apply(n)
	if err != nil {
		return err
	}
	e.now = next
	return nil
}

// Walk implements [Source].
func (e *Edited) Walk(visit func(File) error) error { return e.freeze().Walk(visit) }

// Open implements [Source].
func (e *Edited) Open(file File) (io.ReadCloser, error) { return e.freeze().Open(file) }

func (e *Edited) freeze() Source {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.now
}

// view is the content after a number of edits. It never changes.
type view struct {
	source Source
	seed   int64
	times  uint64          // how often it was edited
	edits  map[uint64]edit // by nameOf
	added  []File
}

// edit is what became of one file.
type edit struct {
	removed bool
	times   uint64 // the edit that it was changed with, and which its bytes are of
	grown   int64  // bytes that it is longer than in the source
}

// nameOf stands for a file.
func nameOf(f *File) uint64 { return hash(0, f.Domain, f.Path) }

// Where added files are.
const (
	addedFolder = "Library/Added"
	maxGrowth   = 4000 // bytes, with each change
)

// Walk implements [Source]: what was added comes last.
func (v *view) Walk(visit func(File) error) error {
	listed := map[string]bool{}
	err := v.source.Walk(func(f File) error {
		if len(v.added) > 0 && f.Domain == homeDomain && f.Kind == Directory {
			switch f.Path {
			case "", "Library", addedFolder:
				listed[f.Path] = true
			}
		}
		f, there := v.edited(f)
		if !there {
			return nil
		}
		return visit(f)
	})
	if err != nil || len(v.added) == 0 {
		return err
	}
	for _, folder := range []string{"", "Library", addedFolder} {
		if listed[folder] {
			continue
		}
		if err := visit(File{Domain: homeDomain, Path: folder, Kind: Directory, Mode: modeDirectory | 0o755, ModTime: addedTime}); err != nil {
			return err
		}
	}
	for _, f := range v.added {
		f, there := v.edited(f)
		if !there {
			continue
		}
		if err := visit(f); err != nil {
			return err
		}
	}
	return nil
}

// addedTime is when the first files were added.
var addedTime = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// edited is what became of a file.
func (v *view) edited(f File) (File, bool) {
	if len(v.edits) == 0 || f.Kind != Regular {
		return f, true
	}
	e, is := v.edits[nameOf(&f)]
	if !is {
		return f, true
	}
	if !e.removed {
		f.Size += e.grown
		f.ModTime = f.ModTime.Add(time.Duration(e.times) * time.Hour)
	}
	return f, !e.removed
}

// Open implements [Source].
func (v *view) Open(f File) (io.ReadCloser, error) {
	e, is := v.edits[nameOf(&f)]
	isAdded := f.Domain == homeDomain && path.Dir(f.Path) == addedFolder && slices.ContainsFunc(v.added, func(a File) bool { return a.Path == f.Path })
	fresh := &body{key: hash(v.seed+int64(e.times), f.Domain, f.Path), size: f.Size}
	switch {
	case is && e.removed:
		return nil, fmt.Errorf("%s was removed", f.Path)
	case isAdded:
		return fresh, nil
	case !is:
		return v.source.Open(f)
	case path.Ext(f.Path) != ".JPG" && path.Ext(f.Path) != ".txt":
		return fresh, nil
	}
	// A photo stays a photo and a text stays a text with something behind it.
	f.Size -= e.grown
	f.ModTime = f.ModTime.Add(-time.Duration(e.times) * time.Hour)
	before, err := v.source.Open(f)
	if err != nil {
		return nil, err
	}
	fresh.size = e.grown
	if path.Ext(f.Path) == ".txt" {
		fresh.filler = fmt.Appendf(nil, "A line that was written on day %d.\n", e.times)
	}
	return &joined{Reader: io.MultiReader(before, fresh), Closer: before}, nil
}

// joined reads several and closes one.
type joined struct {
	io.Reader
	io.Closer
}

// apply is the view after one more edit.
func (v *view) apply(n Edits) (*view, error) {
	next := &view{source: v.source, seed: v.seed, times: v.times + 1, edits: maps.Clone(v.edits), added: slices.Clone(v.added)}
	if next.edits == nil {
		next.edits = map[uint64]edit{}
	}
	if n.Changed+n.Removed > 0 {
		if err := next.pick(v, n); err != nil {
			return nil, err
		}
	}
	for i := range n.Added {
		f := File{
			Domain: homeDomain, Path: fmt.Sprintf("%s/%04d-%05d.bin", addedFolder, next.times, i+1), Kind: Regular,
			Mode: modeRegular | 0o644, ModTime: addedTime.Add(time.Duration(next.times)*time.Hour + time.Duration(i)*time.Second),
		}
		f.Size = int64(hash(v.seed, f.Path) % 20_000)
		next.added = append(next.added, f)
	}
	return next, nil
}

// pick chooses what is changed and removed.
func (v *view) pick(before *view, n Edits) error {
	var files int
	err := before.Walk(func(f File) error {
		if editable(&f) {
			files++
		}
		return nil
	})
	if err != nil {
		return err
	}
	chosen := choose(rand.New(rand.NewPCG(uint64(v.seed), v.times)), n.Changed+n.Removed, files)
	files = 0
	return before.Walk(func(f File) error {
		if !editable(&f) {
			return nil
		}
		at, is := chosen[files]
		files++
		if !is {
			return nil
		}
		e := v.edits[nameOf(&f)]
		e.times = v.times
		e.grown += 1 + int64(hash(v.seed+int64(v.times), f.Domain, f.Path)%maxGrowth)
		e.removed = at >= n.Changed
		v.edits[nameOf(&f)] = e
		return nil
	})
}

// editable says about a file that may be changed and removed.
func editable(f *File) bool {
	if f.Kind != Regular {
		return false
	}
	switch strings.TrimSuffix(strings.TrimSuffix(path.Ext(f.Path), "-wal"), "-shm") {
	case ".plist", ".db", ".sqlite", ".sqlitedb", ".storedata":
		return false
	}
	return true
}

// choose draws count of the numbers below n, and tells each one's turn
// (Floyd's algorithm).
func choose(r *rand.Rand, count, n int) map[int]int {
	count = min(count, n)
	chosen := make(map[int]int, count)
	for i := n - count; i < n; i++ {
		number := r.IntN(i + 1)
		if _, taken := chosen[number]; taken {
			number = i
		}
		chosen[number] = len(chosen)
	}
	return chosen
}
