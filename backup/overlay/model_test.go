package overlay

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lifeboat/backup/catalog"
)

var (
	seed  = flag.Uint64("seed", 0, "of the random operations; 0: a new one")
	walks = flag.Int("walks", 60, "how many overlays are walked through")
)

// model is what the union should be: names with their content, and nil for
// folders.
type model map[string]*string

func (m model) folder(name string) bool {
	content, there := m[name]
	return name == "" || there && content == nil
}

func (m model) children(name string) (all []string) {
	for other := range m {
		if strings.HasPrefix(other, name+"/") {
			all = append(all, other)
		}
	}
	return all
}

// place says why nothing can be made at name.
func (m model) place(name string) error {
	for dir := parent(name); dir != ""; dir = parent(dir) {
		if content, there := m[dir]; there && content != nil {
			return syscall.ENOTDIR
		}
	}
	if !m.folder(parent(name)) {
		return syscall.ENOENT
	}
	return nil
}

func (m model) create(name, content string, exclusive bool) error {
	if err := m.place(name); err != nil {
		return err
	}
	if _, there := m[name]; there && exclusive {
		return syscall.EEXIST
	}
	if m.folder(name) {
		return syscall.EISDIR
	}
	m[name] = &content
	return nil
}

func (m model) mkdir(name string) error {
	if err := m.place(name); err != nil {
		return err
	}
	if _, there := m[name]; there {
		return syscall.EEXIST
	}
	m[name] = nil
	return nil
}

func (m model) remove(name string) error {
	if err := m.place(name); err != nil {
		return err
	}
	if _, there := m[name]; !there {
		return syscall.ENOENT
	}
	if len(m.children(name)) > 0 {
		return syscall.ENOTEMPTY
	}
	delete(m, name)
	return nil
}

func (m model) removeAll(name string) {
	for _, child := range m.children(name) {
		delete(m, child)
	}
	delete(m, name)
}

func (m model) rename(from, to string) error {
	if err := m.place(from); err != nil {
		return err
	}
	content, there := m[from]
	if !there {
		return syscall.ENOENT
	}
	if from == to {
		return nil
	}
	if err := m.place(to); err != nil {
		return err
	}
	target, taken := m[to]
	switch {
	case taken && target == nil && content != nil:
		return syscall.EISDIR
	case taken && target != nil && content == nil:
		return syscall.ENOTDIR
	case taken && len(m.children(to)) > 0:
		return syscall.ENOTEMPTY
	}
	for _, child := range m.children(from) {
		m[to+strings.TrimPrefix(child, from)] = m[child]
		delete(m, child)
	}
	delete(m, from)
	m[to] = content
	return nil
}

func (m model) names() []string {
	var all []string
	for name, content := range m {
		if content == nil {
			name += "/"
		}
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// names are those that the walks use: few, so that they meet.
var names = append(in("", "aa", "bb", idA, idB, idC, "Snapshot", "Snapshot/aa", "Snapshot/"+idA, "Snapshot/x",
	"Manifest.db", "Status.plist", "deep", "deep/deep", "deep/deep/deep", "aa/odd", "aa/odd/x"), ".scratch", ".scratch/x")

func init() { names[0] = tree }

func TestRandomOperations(t *testing.T) {
	first := *seed
	if first == 0 {
		first = uint64(time.Now().UnixNano())
	}
	for n := range uint64(*walks) {
		// To see one again: -run TestRandomOperations -walks 1 -seed and its name.
		t.Run(fmt.Sprint(first+n), func(t *testing.T) { walk(t, first+n) })
	}
}

// walk does random operations on an overlay and on a model, and then changes
// over: what results must be the model.
func walk(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 0))
	r := newRig(t)
	lower := model{}
	for _, name := range names {
		if (name == tree || strings.HasPrefix(name, tree+"/")) && random.IntN(3) > 0 && lower.folder(parent(name)) {
			lower[name] = nil
			if random.IntN(3) > 0 && name != tree || strings.HasPrefix(path.Base(name), "aa0") {
				content := "old " + name
				lower[name] = &content
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(lower)) {
		if content := lower[name]; content != nil {
			r.put("lower", name, *content)
		} else if err := os.MkdirAll(filepath.Join(r.dir, "lower", name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	m := maps.Clone(lower)
	w := &walker{rig: r, model: m, lower: lower, random: random}
	for range 60 {
		w.step()
		if t.Failed() {
			return
		}
	}
	w.changeOver()
}

type walker struct {
	*rig
	model, lower model
	random       *rand.Rand
	writes       int
	done         []string
}

func (w *walker) name() string { return names[w.random.IntN(len(names))] }

func (w *walker) step() {
	name, other := w.name(), w.name()
	var got, want error
	op := ""
	switch w.random.IntN(10) {
	case 0, 1, 2:
		flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
		exclusive := w.random.IntN(2) == 0
		if exclusive {
			flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
		}
		w.writes++
		content := fmt.Sprintf("new %d", w.writes)
		op = fmt.Sprintf("create %s %v", name, exclusive)
		got, want = w.create(name, content, flags), w.model.create(name, content, exclusive)
	case 3:
		op = "mkdir " + name
		got, want = w.Mkdir(name, 0o700), w.model.mkdir(name)
	case 4, 5:
		op = "remove " + name
		got, want = w.Remove(name), w.model.remove(name)
	case 6:
		if w.random.IntN(3) > 0 {
			return
		}
		op = "removeall " + name
		got = w.RemoveAll(name)
		if errors.Is(got, syscall.ENOTDIR) {
			got = nil // below a file there is nothing
		}
		w.model.removeAll(name)
	case 7, 8:
		if strings.HasPrefix(other, name+"/") {
			return
		}
		op = "rename " + name + " " + other
		got = w.Rename(name, other)
		if errors.Is(got, errors.ErrUnsupported) {
			if _, inLower := w.lower[name]; !inLower || !w.model.folder(name) {
				w.t.Errorf("refused without reason: %s", op)
			}
			return
		}
		want = w.model.rename(name, other)
	case 9:
		op = "reopen"
		w.reopen()
	}
	w.done = append(w.done, op)
	if !sameError(got, want) {
		w.t.Errorf("%s: %v, want %v", op, got, want)
	}
	w.compare()
	if w.t.Failed() {
		w.t.Logf("lower %q\ndone %q", w.lower.names(), w.done)
	}
}

func (w *walker) create(name, content string, flags int) error {
	clear(w.stored)
	file, err := w.OpenFile(name, flags, 0o600)
	if err != nil {
		return err
	}
	if _, err := file.WriteString(content); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	h := catalog.NewHash()
	h.Write([]byte(content))
	if w.stored[name] != (storedFile{int64(len(content)), catalog.Sum(h)}) {
		w.t.Errorf("%s: reported %v", name, w.stored)
	}
	return nil
}

func sameError(got, want error) bool {
	if want == nil {
		return got == nil
	}
	// Which of two reasons against a path below a file is reported is up to the layers.
	return errors.Is(got, want) || errors.Is(want, syscall.ENOTDIR) && errors.Is(got, fs.ErrNotExist) ||
		errors.Is(want, fs.ErrNotExist) && errors.Is(got, syscall.ENOTDIR)
}

func (w *walker) compare() {
	w.t.Helper()
	w.same("all", w.all(), w.model.names())
	for name, content := range w.model {
		if content == nil {
			continue
		}
		if got := w.read(name); got != *content {
			w.t.Errorf("%s holds %q, want %q", name, got, *content)
		}
	}
	var gone []string
	for name, content := range w.lower {
		now, there := w.model[name]
		if !there || (now == nil) != (content == nil) {
			gone = append(gone, name)
		}
	}
	w.same("gone", w.goneNames(), gone)
}

// changeOver does what a vault does at the end of a run.
func (w *walker) changeOver() {
	lower, upper := filepath.Join(w.dir, "lower"), filepath.Join(w.dir, "upper")
	gone := w.goneNames()
	w.close() // nothing is moved or removed behind the back of an open rootfs
	for _, name := range gone {
		w.must(os.Remove(filepath.Join(lower, name))) // a folder is empty when its turn comes
	}
	w.open()
	w.same("gone after the change-over", w.goneNames(), nil)
	w.close()
	defer w.open()
	w.must(filepath.WalkDir(upper, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(upper, path)
		if err != nil || name == "." {
			return err
		}
		if d.IsDir() {
			if err := os.Mkdir(filepath.Join(lower, name), 0o700); !errors.Is(err, fs.ErrExist) {
				return err
			}
			return nil
		}
		return os.Rename(path, filepath.Join(lower, name))
	}))
	got := model{}
	w.must(filepath.WalkDir(lower, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(lower, path)
		if err != nil || name == "." {
			return err
		}
		name = filepath.ToSlash(name)
		got[name] = nil
		if !d.IsDir() {
			b, err := os.ReadFile(path)
			content := string(b)
			got[name] = &content
			return err
		}
		return nil
	}))
	w.same("changed over", got.names(), w.model.names())
	for name, content := range w.model {
		if content != nil && (got[name] == nil || *got[name] != *content) {
			w.t.Errorf("%s holds other than %q", name, *content)
		}
	}
}
