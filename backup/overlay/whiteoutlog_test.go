package overlay

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
)

// TestTornTail cuts the file at every byte, and puts every kind of rubbish
// behind it: what was complete before counts, and what is added later too.
func TestTornTail(t *testing.T) {
	r := newRig(t, idA, idB, idC, "Status.plist", "Manifest.db")
	path := filepath.Join(r.dir, "run", "gone")
	order := in(idA, "Status.plist", idB)
	ends := []int64{fixedSize}
	for _, name := range order {
		r.must(r.Remove(name))
		ends = append(ends, r.gone.file.end)
	}
	r.close()
	whole, err := os.ReadFile(path)
	r.must(err)
	if int64(len(whole)) != ends[3] || ends[1] != 2*fixedSize {
		t.Fatalf("%d bytes, %v", len(whole), ends)
	}
	for cut := range len(whole) + 1 {
		for _, tail := range []string{"", "I", "rubbish", strings.Repeat("\x00", 100), string(header())} {
			if cut < fixedSize && tail != "" {
				continue // no header is another test
			}
			r.must(os.WriteFile(path, append(slices.Clone(whole[:cut]), tail...), 0o600))
			r.open()
			var want []string
			right := int64(0)
			for i, end := range ends {
				if int64(cut) >= end {
					want, right = order[:i], end
				}
			}
			r.same(fmt.Sprintf("cut at %d, %q", cut, tail), r.goneNames(), slices.Clone(want))
			if torn := int64(cut+len(tail)) - right; r.TruncatedBytes() != torn {
				t.Errorf("cut at %d: %d bytes torn, want %d", cut, r.TruncatedBytes(), torn)
			}
			r.must(r.Remove(tree + "/" + idC))
			r.reopen()
			r.same(fmt.Sprintf("cut at %d, %q, and added to", cut, tail), r.goneNames(), append(in(idC), want...))
			if r.TruncatedBytes() != 0 {
				t.Error("torn still")
			}
			r.close()
		}
	}
	r.open()
}

// TestBitFlips changes every bit of the records: the changed one and those
// after it do not count, and never does anything else come out.
func TestBitFlips(t *testing.T) {
	id, _ := catalog.ParseID(idA[3:])
	all := append(idRecord(id), pathRecord(tree+"/x")...)
	for bit := range 8 * len(all) {
		flipped := slices.Clone(all)
		flipped[bit/8] ^= 1 << (bit % 8)
		var got []record
		right, err := parse(bytes.NewReader(flipped), func(r record) (bool, error) { got = append(got, r); return true, nil })
		want := bit / 8 / fixedSize // how many come before
		if err != nil || len(got) != min(want, 1) || right != int64(fixedSize*min(want, 1)) {
			t.Fatalf("bit %d: %v, %d bytes, %v", bit, got, right, err)
		}
	}
}

func TestForeignGoneFile(t *testing.T) {
	for _, content := range []string{strings.Repeat("x", 100), "LBGONE02" + strings.Repeat("\x00", 24)} {
		fsys := afero.NewMemMapFs()
		if err := afero.WriteFile(fsys, "gone", []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := New(Options{Upper: fsys, Lower: fsys, Tree: tree, GoneFs: fsys, GoneFile: "gone"})
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%.8q: %v", content, err)
		}
		if b, _ := afero.ReadFile(fsys, "gone"); string(b) != content {
			t.Errorf("a file that is not ours was changed: %q", b)
		}
	}
}

// TestRecordsOfOthers puts names into the file that the overlay never would.
func TestRecordsOfOthers(t *testing.T) {
	r := newRig(t, "x", "y")
	r.close()
	path := filepath.Join(r.dir, "run", "gone")
	for _, name := range []string{"other", tree + "/../x", "/" + tree + "/x", tree + "x", tree + "//x", tree + "/x/", tree + "/" + idA, "a\x00"} {
		content := slices.Concat(header(), pathRecord(tree+"/x"), pathRecord(name), pathRecord(tree+"/y"))
		r.must(os.WriteFile(path, content, 0o600))
		r.open()
		r.same(name, r.goneNames(), in("x"))
		r.close()
	}
	r.open()
}

// failing writes nothing, or a part, once it is asked to.
type failing struct {
	afero.Fs
	err *error
}

type failingFile struct {
	afero.File
	err *error
}

func (f failing) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	file, err := f.Fs.OpenFile(name, flag, perm)
	return failingFile{file, f.err}, err
}

func (f failingFile) WriteAt(b []byte, at int64) (int, error) {
	if *f.err != nil {
		n, _ := f.File.WriteAt(b[:len(b)-1], at)
		return n, *f.err
	}
	return f.File.WriteAt(b, at)
}

// TestFullDisk fails to note a removal: the file is there still, and the next
// removal is noted.
func TestFullDisk(t *testing.T) {
	r := newRig(t, "long-name-that-leaves-a-tail", idA)
	var full error
	g, err := openGoneFile(failing{afero.NewBasePathFs(afero.NewOsFs(), r.dir), &full}, "run/gone", r.gone.load)
	r.must(err)
	r.gone.file.file.Close()
	r.gone.file = g
	full = syscall.ENOSPC
	for _, remove := range []func(string) error{r.Remove, r.RemoveAll} {
		r.want(syscall.ENOSPC, remove(tree+"/long-name-that-leaves-a-tail"))
		r.want(syscall.ENOSPC, remove(tree+"/"+idA))
	}
	r.same("gone", r.goneNames(), nil)
	if got := r.read(tree + "/" + idA); got != "old "+idA {
		t.Error(got)
	}
	full = nil
	r.must(r.Remove(tree + "/" + idA))
	r.reopen()
	r.same("gone", r.goneNames(), in(idA))
}

func TestSync(t *testing.T) {
	r := newRig(t, idA)
	r.must(r.Remove(tree + "/" + idA))
	r.must(errors.Join(r.Sync(), r.Sync()))
	if runtime.GOOS != "windows" && !r.gone.file.listed {
		t.Error("the name of the file is not durable")
	}
}

// TestMemory removes a million content files, and reads back that they were.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	const million, limit = 1_000_000, 32 << 20
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	file := bytes.NewBuffer(header())
	var id catalog.ID
	for range million {
		for i := range id {
			id[i] = byte(random.Uint32())
		}
		file.Write(idRecord(id))
	}
	if err := os.WriteFile(filepath.Join(dir, "gone"), file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	file = nil
	before := heap()
	fsys := afero.NewBasePathFs(afero.NewOsFs(), dir)
	o, err := New(Options{Upper: fsys, Lower: fsys, Tree: tree, GoneFs: fsys, GoneFile: "gone"})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if cost := heap() - before; cost > limit {
		t.Errorf("%d bytes after reading", cost)
	} else {
		t.Logf("a million cost %d bytes", cost)
	}
	if o.gone.count != million || !o.gone.covers(o.gone.path(id)) {
		t.Errorf("%d are gone", o.gone.count)
	}
	for range million / 20 { // and removed one by one
		for i := range id {
			id[i] = byte(random.Uint32())
		}
		if err := o.gone.add(o.gone.path(id)); err != nil {
			t.Fatal(err)
		}
	}
	if cost := heap() - before; cost > limit {
		t.Errorf("%d bytes after removing", cost)
	}
	runtime.KeepAlive(o)
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestPathsAreBounded removes more odd names than a backup can have.
func TestPathsAreBounded(t *testing.T) {
	r := newRig(t)
	for n := range maxPaths {
		r.gone.addPath(fmt.Sprintf("%s/%d", tree, n))
	}
	r.want(errTooMany, r.gone.add(tree+"/one more"))
	r.must(r.gone.add(tree + "/" + idA))
}

func FuzzParse(f *testing.F) {
	id, _ := catalog.ParseID(idA[3:])
	whole := slices.Concat(idRecord(id), pathRecord(tree+"/Manifest.db"), idRecord(id))
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add(pathRecord(strings.Repeat("x", maxName)))
	f.Add(sealed([]byte{kindPath, 0, 0, 0}))
	f.Add(sealed([]byte{kindPath, 0, 0xff, 0xff}))
	f.Add(bytes.Repeat([]byte{0}, 100))
	f.Fuzz(func(t *testing.T, b []byte) {
		var again []byte
		right, err := parse(bytes.NewReader(b), func(r record) (bool, error) {
			if r.path != "" {
				again = append(again, pathRecord(r.path)...)
			} else {
				again = append(again, idRecord(r.id)...)
			}
			return true, nil
		})
		if err != nil {
			t.Fatal(err) // a buffer cannot fail
		}
		// What was read is what would be written, but for four bytes that
		// records of content do not use.
		if right != int64(len(again)) || right > int64(len(b)) {
			t.Errorf("%d bytes of %d read as %d", right, len(b), len(again))
		}
		w := whiteouts{tree: tree}
		if _, err := parse(bytes.NewReader(b), w.load); err != nil {
			t.Fatal(err)
		}
		w.settle()
		for _, name := range w.others() {
			if name != tree && !strings.HasPrefix(name, tree+"/") || strings.Contains(name, "..") && strings.Contains(name+"/", "/../") {
				t.Errorf("%q came in", name)
			}
		}
	})
}
