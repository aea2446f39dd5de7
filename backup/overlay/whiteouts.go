package overlay

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"lifeboat/backup/catalog"
)

const (
	// maxIDs and maxPaths bound the memory of what is gone. A phone has about
	// a million content files, and half a dozen others.
	maxIDs   = 8 << 20
	maxPaths = 64 << 10
)

// errTooMany means that more was removed than a backup can have held.
var errTooMany = errors.New("too many removed files to remember")

// whiteouts are the names of the lower layer that were removed. Each hides
// what is below it too.
type whiteouts struct {
	tree string
	file *whiteoutLog // nil if there is no lower layer

	mu    sync.RWMutex
	ids   [256][]catalog.ID // of Tree/xx/id, by their first byte, each sorted
	count int               // of ids
	paths map[string]struct{}
}

// id reads Tree/xx/id.
func (w *whiteouts) id(name string) (catalog.ID, bool) {
	rest, ok := strings.CutPrefix(name, w.tree)
	if !ok || len(rest) != len("/xx/")+40 || rest[0] != '/' || rest[3] != '/' || rest[1:3] != rest[4:6] {
		return catalog.ID{}, false
	}
	return catalog.ParseID(rest[4:])
}

// path is the opposite of id.
func (w *whiteouts) path(id catalog.ID) string {
	hex := id.String()
	return w.tree + "/" + hex[:2] + "/" + hex
}

// covers reports whether name, or a folder that it lies in, was removed.
func (w *whiteouts) covers(name string) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.count == 0 && len(w.paths) == 0 {
		return false
	}
	for i := range len(name) {
		if name[i] == '/' && w.has(name[:i]) {
			return true
		}
	}
	return w.has(name)
}

func (w *whiteouts) has(name string) bool {
	if id, ok := w.id(name); ok {
		_, found := slices.BinarySearchFunc(w.ids[id[0]], id, catalog.ID.Compare)
		return found
	}
	_, found := w.paths[name]
	return found
}

// add remembers that name was removed: first in the file, then in memory.
func (w *whiteouts) add(name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.has(name) {
		return nil
	}
	id, isID := w.id(name)
	if isID && w.count >= maxIDs || !isID && len(w.paths) >= maxPaths {
		return errTooMany
	}
	if !isID {
		if err := w.file.append(pathRecord(name)); err != nil {
			return err
		}
		w.addPath(name)
		return nil
	}
	if err := w.file.append(idRecord(id)); err != nil {
		return err
	}
	bucket := w.ids[id[0]]
	at, _ := slices.BinarySearchFunc(bucket, id, catalog.ID.Compare)
	w.ids[id[0]] = slices.Insert(bucket, at, id)
	w.count++
	return nil
}

func (w *whiteouts) addPath(name string) {
	if w.paths == nil {
		w.paths = map[string]struct{}{}
	}
	w.paths[name] = struct{}{}
}

// load takes one record of the file. It reports whether the record can be ours.
func (w *whiteouts) load(r record) (bool, error) {
	if r.path == "" {
		if w.count++; w.count > maxIDs {
			return false, errTooMany
		}
		w.ids[r.id[0]] = append(w.ids[r.id[0]], r.id)
		return true, nil
	}
	clean, err := cleaned("load", r.path)
	if err != nil || clean != r.path || clean != w.tree && !strings.HasPrefix(clean, w.tree+"/") {
		return false, nil
	}
	if _, isID := w.id(clean); isID {
		return false, nil
	}
	w.addPath(clean)
	if len(w.paths) > maxPaths {
		return false, errTooMany
	}
	return true, nil
}

// settle sorts what was loaded.
func (w *whiteouts) settle() {
	w.count = 0
	for i := range w.ids {
		slices.SortFunc(w.ids[i], catalog.ID.Compare)
		w.ids[i] = slices.Compact(w.ids[i])
		w.count += len(w.ids[i])
	}
}

// bucket copies the removed content files that begin with one byte.
func (w *whiteouts) bucket(first int) []catalog.ID {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return slices.Clone(w.ids[first])
}

// others copies the other removed names.
func (w *whiteouts) others() []string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return slices.Sorted(maps.Keys(w.paths))
}
