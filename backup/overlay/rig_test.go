package overlay

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk/rootfs"
)

const tree = "00008101-000A11112222001E"

// rig is an overlay over real folders.
type rig struct {
	*FS
	t      *testing.T
	dir    string
	stored map[string]storedFile
	close  func()
}

type storedFile struct {
	size int64
	sum  catalog.Digest
}

// lowerFiles are in the lower layer of most tests: names below tree, with
// their content.
func newRig(t *testing.T, lowerFiles ...string) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), stored: map[string]storedFile{}}
	for _, name := range lowerFiles {
		r.put("lower", tree+"/"+name, "old "+name)
	}
	for _, layer := range []string{"lower", "upper", "run"} {
		if err := os.MkdirAll(filepath.Join(r.dir, layer), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r.open()
	t.Cleanup(func() { r.close() })
	return r
}

func (r *rig) put(layer, name, content string) {
	r.t.Helper()
	path := filepath.Join(r.dir, layer, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) open() {
	r.t.Helper()
	root := func(name string) *rootfs.FS {
		fsys, err := rootfs.Open(filepath.Join(r.dir, name))
		if err != nil {
			r.t.Fatal(err)
		}
		return fsys
	}
	upper, lower, run := root("upper"), root("lower"), root("run")
	o, err := New(Options{Upper: upper, Lower: lower, Tree: tree, GoneFs: run, GoneFile: "gone",
		Stored: func(path string, size int64, sum catalog.Digest) { r.stored[path] = storedFile{size, sum} }})
	if err != nil {
		r.t.Fatal(err)
	}
	r.FS = o
	r.close = func() {
		if err := errors.Join(o.Close(), upper.Close(), lower.Close(), run.Close()); err != nil {
			r.t.Error(err)
		}
	}
}

func (r *rig) reopen() {
	r.t.Helper()
	r.close()
	r.open()
}

// all lists every file and folder that shows, folders with a slash behind.
func (r *rig) all() []string {
	r.t.Helper()
	var all []string
	var visit func(dir string)
	visit = func(dir string) {
		file, err := r.Open(dir)
		if err != nil {
			r.t.Fatal(err)
		}
		defer file.Close()
		infos, err := file.Readdir(-1)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, info := range infos {
			name := join(dir, info.Name())
			if info.IsDir() {
				all = append(all, name+"/")
				visit(name)
				continue
			}
			all = append(all, name)
		}
	}
	visit("")
	slices.Sort(all)
	return all
}

func (r *rig) goneNames() []string {
	r.t.Helper()
	var all []string
	for name, err := range r.Gone() {
		if err != nil {
			r.t.Fatal(err)
		}
		all = append(all, name)
	}
	return all
}

func (r *rig) read(name string) string {
	r.t.Helper()
	b, err := afero.ReadFile(r.FS, name)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(b)
}

func (r *rig) write(name, content string) {
	r.t.Helper()
	file, err := r.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = file.WriteString(content)
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) want(is error, err error) {
	r.t.Helper()
	if !errors.Is(err, is) {
		r.t.Errorf("got %v, want %v", err, is)
	}
}

// in puts the tree before names.
func in(names ...string) []string {
	var all []string
	for _, name := range names {
		all = append(all, strings.TrimSuffix(tree+"/"+name, "//"))
	}
	return all
}

func (r *rig) same(what string, got, want []string) {
	r.t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		r.t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

const (
	idA = "aa/aa00000000000000000000000000000000000001"
	idB = "aa/aa00000000000000000000000000000000000002"
	idC = "bb/bb00000000000000000000000000000000000003"
)

var absent = fs.ErrNotExist
