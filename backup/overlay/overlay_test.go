package overlay

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
)

func TestReadsFallThrough(t *testing.T) {
	r := newRig(t, "Manifest.db", idA)
	r.put("lower", "other-phone/secret", "x")
	r.put("lower", ".lifeboat/x", "x")
	r.put("lower", "stray", "x")
	if got := r.read("/" + tree + "/" + idA); got != "old "+idA {
		t.Error(got)
	}
	r.same("all", r.all(), append(in("", "Manifest.db", "aa/", idA), []string{}...))
	for _, name := range []string{"other-phone/secret", ".lifeboat/x", "stray", "other-phone"} {
		_, err := r.Stat(name)
		r.want(absent, err)
		_, err = r.Open(name)
		r.want(absent, err)
	}
	file, err := r.Open(tree + "/Manifest.db")
	r.must(err)
	_, err = file.Write([]byte("x"))
	if err == nil {
		t.Error("the lower layer was written")
	}
	file.Close()
}

func TestReplace(t *testing.T) {
	r := newRig(t, idA)
	name := tree + "/" + idA
	_, err := r.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	r.want(fs.ErrExist, err)
	r.must(r.Remove(name))
	_, err = r.Stat(name)
	r.want(absent, err)
	r.same("gone", r.goneNames(), in(idA))
	r.same("all", r.all(), in("", "aa/"))
	r.reopen()
	_, err = r.Stat(name)
	r.want(absent, err)
	r.write(name, "new")
	for range 2 {
		if got := r.read(name); got != "new" {
			t.Error(got)
		}
		r.same("gone", r.goneNames(), nil)
		r.reopen()
	}
	r.must(r.Remove(name))
	r.reopen()
	r.same("gone", r.goneNames(), in(idA))
	r.want(absent, r.Remove(name))
}

// TestStoredLarge: the digest of a file that is hashed beside its writing.
func TestStoredLarge(t *testing.T) {
	r := newRig(t)
	r.must(r.MkdirAll(tree, 0o700))
	data := make([]byte, 3*sideBySide+12345)
	for i := range data {
		data[i] = byte(i * 7 / 3)
	}
	for _, name := range []string{tree + "/whole", tree + "/cut"} {
		file, err := r.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
		r.must(err)
		buffer := make([]byte, 100_000)
		for rest := data; len(rest) > 0; {
			n := copy(buffer, rest)
			_, err := file.Write(buffer[:n])
			r.must(err)
			clear(buffer) // the writer's own, to use again
			rest = rest[n:]
		}
		if name == tree+"/cut" {
			r.must(file.Truncate(1))
		}
		r.must(file.Close())
	}
	h := catalog.NewHash()
	h.Write(data)
	if want := (storedFile{int64(len(data)), catalog.Sum(h)}); len(r.stored) != 1 || r.stored[tree+"/whole"] != want {
		t.Errorf("%v", r.stored)
	}
}

func TestStored(t *testing.T) {
	r := newRig(t)
	sum := func(s string) catalog.Digest {
		h := catalog.NewHash()
		h.Write([]byte(s))
		return catalog.Sum(h)
	}
	r.must(r.MkdirAll(tree+"/aa", 0o700))
	create := func(name string, do func(f interface {
		Write([]byte) (int, error)
		WriteAt([]byte, int64) (int, error)
		Seek(int64, int) (int64, error)
		Truncate(int64) error
	})) {
		t.Helper()
		file, err := r.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
		r.must(err)
		file.Write([]byte("one "))
		if do != nil {
			do(file)
		}
		file.Write([]byte("two"))
		r.must(file.Close())
		file.Close()
	}
	type w = interface {
		Write([]byte) (int, error)
		WriteAt([]byte, int64) (int, error)
		Seek(int64, int) (int64, error)
		Truncate(int64) error
	}
	create(tree+"/whole", nil)
	create(tree+"/told", func(f w) { f.Seek(0, 1) })
	create(tree+"/at", func(f w) { f.WriteAt([]byte("x"), 0) })
	create(tree+"/seek", func(f w) { f.Seek(0, 0) })
	create(tree+"/cut", func(f w) { f.Truncate(1) })
	want := storedFile{7, sum("one two")}
	if len(r.stored) != 2 || r.stored[tree+"/whole"] != want || r.stored[tree+"/told"] != want {
		t.Errorf("%v", r.stored)
	}
	clear(r.stored)
	r.must(r.Rename(tree+"/whole", tree+"/aa/whole"))
	if len(r.stored) != 0 {
		t.Errorf("a file under the same last name was reported: %v", r.stored)
	}
	r.must(r.Rename(tree+"/aa/whole", tree+"/told")) // which had another content
	if got, ok := r.stored[tree+"/told"]; !ok || got != (storedFile{size: 7}) {
		t.Errorf("the digest of what was replaced still counts: %v", r.stored)
	}
	file, err := r.OpenFile(tree+"/told", os.O_WRONLY|os.O_APPEND, 0)
	r.must(err)
	clear(r.stored)
	file.Write([]byte("three"))
	r.must(file.Close())
	if len(r.stored) != 0 {
		t.Errorf("a file that was there already was reported: %v", r.stored)
	}
}

// shortOf is a disk that takes only a part of each write, and then all.
type shortOf struct {
	afero.Fs
	err, late error
	whole     bool
}

type shortFile struct {
	afero.File
	disk shortOf
	n    int
}

func (s shortOf) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	file, err := s.Fs.OpenFile(name, flag, perm)
	return &shortFile{File: file, disk: s}, err
}

// Close fails if writing did not: shares may tell of it no sooner.
func (s *shortFile) Close() error { return errors.Join(s.File.Close(), s.disk.late) }

// Write takes a part the first time.
func (s *shortFile) Write(p []byte) (int, error) {
	if s.n++; s.n == 1 && !s.disk.whole {
		n, _ := s.File.Write(p[:len(p)-1])
		return n, s.disk.err
	}
	return s.File.Write(p)
}

func TestStoredOnlyWhatIsComplete(t *testing.T) {
	for _, disk := range []shortOf{{err: syscall.ENOSPC}, {}, {whole: true, late: syscall.EIO}} {
		disk.Fs = afero.NewMemMapFs()
		o, err := New(Options{Upper: disk,
			Stored: func(path string, _ int64, _ catalog.Digest) { t.Errorf("%s was reported", path) }})
		if err != nil {
			t.Fatal(err)
		}
		file, err := o.Create("a")
		if err != nil {
			t.Fatal(err)
		}
		file.Write([]byte("one"))
		file.Write([]byte("two"))
		if err := file.Close(); !errors.Is(err, disk.late) {
			t.Fatal(err)
		}
	}
}

func TestRemoveAllOfLower(t *testing.T) {
	r := newRig(t, idA, idB, idC, "Snapshot/x/y", "Snapshot/z", "Status.plist")
	r.must(r.Remove(tree + "/" + idA))
	r.must(r.RemoveAll(tree + "/aa"))
	r.must(r.RemoveAll(tree + "/Snapshot"))
	r.must(r.RemoveAll(tree + "/never"))
	want := in(idA, idB, "aa", "Snapshot/x/y", "Snapshot/x", "Snapshot/z", "Snapshot")
	r.reopen()
	r.same("gone", r.goneNames(), want)
	r.same("all", r.all(), in("", "bb/", idC, "Status.plist"))

	r.write2(tree+"/"+idB, "new") // the folder again, with one of its names
	r.same("gone", r.goneNames(), in(idA, "Snapshot/x/y", "Snapshot/x", "Snapshot/z", "Snapshot"))
	r.reopen()
	r.same("all", r.all(), in("", "aa/", idB, "bb/", idC, "Status.plist"))

	r.write(tree+"/Snapshot", "a file now")
	r.same("gone", r.goneNames(), in(idA, "Snapshot/x/y", "Snapshot/x", "Snapshot/z", "Snapshot"))

	r.must(r.RemoveAll(tree))
	r.reopen()
	r.same("all", r.all(), nil)
	if got := r.goneNames(); len(got) != 11 || got[len(got)-1] != tree {
		t.Errorf("%q", got)
	}
	r.want(fs.ErrInvalid, r.RemoveAll("/"))
}

// write2 makes the folder first.
func (r *rig) write2(name, content string) {
	r.t.Helper()
	r.must(r.MkdirAll(parent(name), 0o700))
	r.write(name, content)
}

func TestRename(t *testing.T) {
	r := newRig(t, idA, "Manifest.db", "folder/x", "empty/x")
	r.put("lower", tree+"/big", strings.Repeat("x", maxCopy))
	r.put("lower", tree+"/fits", strings.Repeat("x", maxCopy-1))
	name := func(s string) string { return tree + "/" + s }
	r.want(errors.ErrUnsupported, r.Rename(name("folder"), name("folder2")))
	r.want(errors.ErrUnsupported, r.Rename(name("big"), name("big2")))
	r.want(absent, r.Rename(name("none"), name("big2")))
	r.must(r.Rename(name("fits"), name("fitted")))
	if _, ok := r.stored[name("fitted")]; !ok {
		t.Error("what was copied was not reported")
	}
	_, err := r.Stat(name("fits"))
	r.want(absent, err)

	r.must(r.MkdirAll(name("Snapshot/aa"), 0o700))
	r.write(name("Snapshot/"+idA), "new")
	r.must(r.Rename(name("Snapshot/"+idA), name(idA))) // its folder is only in the lower layer
	if got := r.read(name(idA)); got != "new" {
		t.Error(got)
	}
	r.must(r.Rename(name(idA), name("moved"))) // the older one must not come back
	_, err = r.Stat(name(idA))
	r.want(absent, err)
	r.same("gone", r.goneNames(), in(idA, "fits"))

	r.want(syscall.EISDIR, r.Rename(name("moved"), name("folder")))
	r.want(syscall.ENOTDIR, r.Rename(name("Snapshot"), name("moved")))
	r.want(syscall.ENOTEMPTY, r.Rename(name("Snapshot"), name("folder")))
	r.must(r.Remove(name("empty/x")))
	r.must(r.Rename(name("Snapshot"), name("empty")))
	r.want(fs.ErrInvalid, r.Rename(name("empty"), name("empty/x")))
	r.reopen()
	r.same("all", r.all(), in("", "aa/", "Manifest.db", "big", "fitted", "folder/", "folder/x", "moved", "empty/", "empty/aa/"))
	r.same("gone", r.goneNames(), in(idA, "fits", "empty/x"))
}

func TestFoldersOfBoth(t *testing.T) {
	r := newRig(t, idA, "file")
	r.want(fs.ErrExist, r.Mkdir(tree+"/aa", 0o700))
	r.want(fs.ErrExist, r.Mkdir(tree+"/file", 0o700))
	r.want(syscall.ENOTDIR, r.MkdirAll(tree+"/file", 0o700))
	r.must(r.MkdirAll(tree+"/aa", 0o700))
	r.want(syscall.ENOTEMPTY, r.Remove(tree+"/aa"))
	r.write(tree+"/"+idB, "new")
	file, err := r.Open(tree + "/aa")
	r.must(err)
	defer file.Close()
	var got []string
	for {
		names, err := file.Readdirnames(1)
		got = append(got, names...)
		if err != nil {
			break
		}
	}
	r.same("names", got, []string{idA[3:], idB[3:]})
	if runtime.GOOS != "windows" { // nothing there asks for it: see syncDir of backup/vault
		r.must(file.Sync())
	}
	_, err = r.OpenFile(tree+"/none/x", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	r.want(absent, err)
	_, err = r.OpenFile(tree+"/file/x", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	r.want(syscall.ENOTDIR, err)
	r.must(r.Remove(tree + "/" + idA))
	r.must(r.Remove(tree + "/" + idB))
	r.must(r.Remove(tree + "/aa"))
	r.same("gone", r.goneNames(), in(idA, "aa"))
}

func TestCopyUpOnWrite(t *testing.T) {
	r := newRig(t, "small")
	file, err := r.OpenFile(tree+"/small", os.O_WRONLY|os.O_APPEND, 0)
	r.must(err)
	file.Write([]byte("+"))
	r.must(file.Close())
	if got := r.read(tree + "/small"); got != "old small+" {
		t.Error(got)
	}
	if b, _ := os.ReadFile(r.dir + "/lower/" + tree + "/small"); string(b) != "old small" {
		t.Errorf("the lower layer was written: %q", b)
	}
	r.want(errors.ErrUnsupported, r.Chown(tree+"/small", 1, 1))
}

// TestReadersBesideAWriter proves with several goroutines, while files are
// replaced that nobody reads.
func TestReadersBesideAWriter(t *testing.T) {
	var lower []string
	for n := range 50 {
		lower = append(lower, fmt.Sprintf("aa/aa%038x", n), fmt.Sprintf("bb/bb%038x", n))
	}
	r := newRig(t, lower...)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, name := range lower {
				if name[0] != 'a' {
					continue
				}
				info, _, err := r.LstatIfPossible(tree + "/" + name)
				b, err2 := afero.ReadFile(r.FS, tree+"/"+name)
				if err := errors.Join(err, err2); err != nil || string(b) != "old "+name || info.Size() != int64(len(b)) {
					t.Errorf("%s: %q %v", name, b, err)
				}
			}
			if infos, err := afero.ReadDir(r.FS, tree+"/aa"); err != nil || len(infos) != 50 {
				t.Errorf("%d files, %v", len(infos), err)
			}
		})
	}
	for _, name := range lower {
		if name[0] == 'b' {
			r.must(r.Remove(tree + "/" + name))
			r.write(tree+"/"+name, "new")
		}
	}
	wg.Wait()
	r.same("gone", r.goneNames(), nil)
}

func TestOptions(t *testing.T) {
	r := newRig(t)
	for _, o := range []Options{
		{Upper: r.upper, Lower: r.lower, GoneFs: r.upper, GoneFile: "gone"},
		{Upper: r.upper, Lower: r.lower, GoneFs: r.upper, GoneFile: "gone", Tree: "a/b"},
		{Upper: r.upper, Lower: r.lower, GoneFs: r.upper, GoneFile: "gone", Tree: ".."},
		{Upper: r.upper, Lower: r.lower, GoneFs: r.upper, Tree: tree},
		{Upper: r.upper, Lower: r.lower, GoneFile: "gone", Tree: tree},
	} {
		_, err := New(o)
		r.want(fs.ErrInvalid, err)
	}
	full, err := New(Options{Upper: r.upper})
	r.must(err)
	r.must(full.MkdirAll("a/b", 0o700))
	for range full.Gone() {
		t.Error("something is gone of nothing")
	}
	r.must(errors.Join(full.Sync(), full.Close()))
}
