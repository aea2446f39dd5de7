package powerfs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"
)

// twin does everything on two file systems, and notes where their answers differ.
type twin struct {
	*FS
	other afero.Fs
	t     *testing.T
}

func (w twin) same(op string, a, b error) {
	w.t.Helper()
	number := func(err error) (n syscall.Errno) {
		errors.As(err, &n)
		return n
	}
	if (a == nil) != (b == nil) || number(a) != number(b) {
		w.t.Errorf("%s: %v, the real one: %v", op, a, b)
	}
}

func (w twin) MkdirAll(name string, perm fs.FileMode) error {
	err := w.FS.MkdirAll(name, perm)
	w.same("mkdirall "+name, err, w.other.MkdirAll(name, perm))
	return err
}

func (w twin) Rename(a, b string) error {
	err := w.FS.Rename(a, b)
	w.same("rename "+a+" "+b, err, w.other.Rename(a, b))
	return err
}

func (w twin) Remove(name string) error {
	err := w.FS.Remove(name)
	// os.Remove tries both unlink and rmdir and may tell of either.
	if other := w.other.Remove(name); (err == nil) != (other == nil) {
		w.t.Errorf("remove %s: %v, the real one: %v", name, err, other)
	}
	return err
}

func (w twin) RemoveAll(name string) error {
	err := w.FS.RemoveAll(name)
	w.same("removeall "+name, err, w.other.RemoveAll(name))
	return err
}

func (w twin) Open(name string) (afero.File, error) { return w.OpenFile(name, os.O_RDONLY, 0) }

func (w twin) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	a, err := w.FS.OpenFile(name, flag, perm)
	b, other := w.other.OpenFile(name, flag, perm)
	w.same("open "+name, err, other)
	if err != nil || other != nil {
		return nil, errors.Join(err, other)
	}
	return twinFile{a, b, w}, nil
}

type twinFile struct {
	afero.File
	other afero.File
	twin  twin
}

func (f twinFile) WriteString(s string) (int, error) {
	n, err := f.File.WriteString(s)
	_, other := f.other.WriteString(s)
	f.twin.same("write", err, other)
	return n, err
}

func (f twinFile) WriteAt(p []byte, off int64) (int, error) {
	n, err := f.File.WriteAt(p, off)
	_, other := f.other.WriteAt(p, off)
	if (err == nil) != (other == nil) {
		f.twin.t.Errorf("writeat: %v, the real one: %v", err, other)
	}
	return n, err
}

func (f twinFile) Truncate(size int64) error {
	err := f.File.Truncate(size)
	f.twin.same("truncate", err, f.other.Truncate(size))
	return err
}

func (f twinFile) Close() error { return errors.Join(f.File.Close(), f.other.Close()) }

// TestLikeTheRealOne walks through the same operations in memory and in a
// folder of this computer.
func TestLikeTheRealOne(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("this file system is like those of POSIX: Windows has other error numbers, and renames no folder over another")
	}
	for seed := range uint64(10) {
		dir := t.TempDir()
		w := twin{New(ByFile), afero.NewBasePathFs(afero.NewOsFs(), dir), t}
		walk(t, w, rand.New(rand.NewPCG(seed, 5)), 300, func() {})
		real := map[string]string{}
		filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			name, _ := filepath.Rel(dir, path)
			if name = filepath.ToSlash(name); d.IsDir() && name != "." {
				real[name+"/"] = ""
			} else if !d.IsDir() {
				data, _ := os.ReadFile(path)
				real[name] = string(data)
			}
			return err
		})
		if d := cmp.Diff(real, w.Tree()); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
	}
}

// TestReading lets the standard library look at all ways to read.
func TestReading(t *testing.T) {
	f := New(ByFile)
	script(t, f, "mkdir d\nput d/a text\nput b other\nmkdir d/e")
	t.Run("io/fs", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			t.Skip(`names with \ are taken here, as afero.BasePathFs writes them, and io/fs wants them refused`)
		}
		if err := fstest.TestFS(afero.NewIOFS(f), "d/a", "b", "d/e"); err != nil {
			t.Error(err)
		}
	})
	for name, want := range map[string]error{"none": syscall.ENOENT, "b/x": syscall.ENOTDIR, "d/none/x": syscall.ENOENT} {
		if _, err := f.Stat(name); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHandles(t *testing.T) {
	f := New(ByFile)
	f.Now = func() time.Time { return time.Unix(1000, 0) }
	script(t, f, "mkdir d\nput d/a text")
	reading, err := f.Open("d/a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reading.Write([]byte("x")); !errors.Is(err, syscall.EBADF) {
		t.Errorf("writing what is open for reading: %v", err)
	}
	script(t, f, "mv d e\nadd e/a more\nrm e")
	if data, err := io.ReadAll(reading); string(data) != "textmore" || err != nil {
		t.Errorf("a removed file holds %q, %v", data, err)
	}
	if info, err := reading.Stat(); err != nil || info.Size() != 8 || !info.ModTime().Equal(time.Unix(1000, 0)) {
		t.Errorf("%v, %v", info, err)
	}
	reading.Close()
	if _, err := reading.Read(make([]byte, 1)); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	script(t, f, "put p 0123456789")
	random, _ := f.OpenFile("p", os.O_RDWR, 0)
	defer random.Close()
	random.WriteAt([]byte("abc"), 3)
	random.WriteAt([]byte("XY"), 12)
	random.Seek(-3, io.SeekEnd)
	random.WriteString("!")
	if got := show(f); got != "p=012abc67890!XY" {
		t.Errorf("got %s", got)
	}
	part := make([]byte, 4)
	if n, err := random.ReadAt(part, 2); n != 4 || err != nil || string(part) != "2abc" {
		t.Errorf("%q, %v", part, err)
	}
	if n, err := random.ReadAt(part, 12); n != 2 || err != io.EOF {
		t.Errorf("%d, %v", n, err)
	}
	if err := f.Chtimes("p", time.Time{}, time.Unix(5, 0)); err != nil {
		t.Error(err)
	}
	if info, _, err := f.LstatIfPossible("p"); err != nil || !info.ModTime().Equal(time.Unix(5, 0)) {
		t.Errorf("%v, %v", info, err)
	}
}

func TestReaddirInChunks(t *testing.T) {
	f := New(ByFile)
	script(t, f, "mkdir d\nput d/a 1\nput d/b 2\nput d/c 3\nput d/d 4")
	dir, err := f.Open("d")
	if err != nil {
		t.Fatal(err)
	}
	first, err := dir.Readdirnames(2)
	if d := cmp.Diff([]string{"a", "b"}, first); d != "" || err != nil {
		t.Error(d, err)
	}
	script(t, f, "rm d/c\nput d/e 5")
	rest, err := dir.Readdirnames(2)
	if d := cmp.Diff([]string{"d"}, rest); d != "" || err != nil {
		t.Error(d, err)
	}
	if _, err := dir.Readdirnames(2); err != io.EOF {
		t.Error(err)
	}
	dir.Close()
}

// TestDigest: two disks have the same digest if they have the same files, of
// whatever parts those were written, and another after each change.
func TestDigest(t *testing.T) {
	const all = "mkdir d\nput d/a text\nput b other"
	first := New(ByFile)
	script(t, first, all)
	every := func(string) bool { return false }
	want := first.Digest(every)
	for name, c := range map[string]struct {
		lines string
		same  bool
	}{
		"the same":             {all, true},
		"in parts":             {"mkdir d\nput d/a te\nadd d/a xt\nput b other", true},
		"in another order":     {"put b other\nput n text\nmkdir d\nmv n d/a", true},
		"a folder more":        {all + "\nmkdir e", true},
		"a file less":          {"mkdir d\nput d/a text", false},
		"a file more":          {all + "\nput c x", false},
		"another name":         {all + "\nmv b c", false},
		"another text":         {all + "\nput b anoth", false},
		"a longer text":        {all + "\nadd b s", false},
		"in another folder":    {all + "\nmv d e", false},
		"an empty file":        {all + "\nput e x\nrm e\nput b o", false},
		"what is left out":     {all + "\nmkdir run\nput run/a text", true},
		"beside what is left":  {all + "\nmkdir runs\nput runs/a text", false},
		"a file that is named": {all + "\nput run text", false},
	} {
		f := New(ByFile)
		script(t, f, c.lines)
		if got := f.Digest(func(path string) bool { return strings.HasPrefix(path, "run/") }) == want; got != c.same {
			t.Errorf("%s: the same digest: %v", name, got)
		}
	}
	img := first.Killed(first.Len())
	if img.Digest(every) != want {
		t.Error("an image has another digest")
	}
	script(t, img, "add b s")
	if img.Digest(every) == want || first.Digest(every) != want {
		t.Error("a change of an image is not its own")
	}
	script(t, first, "put b other")
	if first.Digest(every) != want {
		t.Error("the same bytes written again have another digest")
	}
}

// TestDigestOfAnyTree compares digests with trees on the way through many random operations.
func TestDigestOfAnyTree(t *testing.T) {
	f, random := New(ByFile), rand.New(rand.NewPCG(5, 5))
	digests, trees := map[[32]byte]string{}, map[string][32]byte{}
	walk(t, f, random, 2000, func() {
		files := f.Tree()
		maps.DeleteFunc(files, func(name, _ string) bool { return strings.HasSuffix(name, "/") })
		tree, digest := fmt.Sprintf("%q", files), f.Digest(func(string) bool { return false })
		if known, there := digests[digest]; there && known != tree {
			t.Fatalf("the digest of\n%s\nis that of\n%s", tree, known)
		}
		if known, there := trees[tree]; there && known != digest {
			t.Fatalf("two digests of\n%s", tree)
		}
		digests[digest], trees[tree] = tree, digest
	})
	t.Logf("%d trees", len(trees))
}
