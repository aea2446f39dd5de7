package vault

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/device/fault"
)

const udid = "00008110-000A1B2C3D4E5F60"

// layered hides the operating system's file system, so that the ways for
// all others are taken; after `left` more changes it dies like a killed program.
type layered struct {
	afero.Fs
	left *atomic.Int64 // nil: without end
}

var errKilled = errors.New("killed")

func (l layered) step() error {
	if l.left == nil {
		return nil
	}
	if l.left.Add(-1) < 0 {
		return errKilled
	}
	return nil
}

func (l layered) Rename(a, b string) error {
	if err := l.step(); err != nil {
		return err
	}
	return l.Fs.Rename(a, b)
}

func (l layered) RemoveAll(path string) error {
	if err := l.step(); err != nil {
		return err
	}
	return l.Fs.RemoveAll(path)
}

func (l layered) Open(name string) (afero.File, error) {
	if err := l.step(); err != nil {
		return nil, err
	}
	return l.Fs.Open(name)
}

// tree lists all files below dir with their content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		all[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func put(t *testing.T, path, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, fsys afero.Fs, root string) *Slot {
	t.Helper()
	s, err := Open(fsys, root, udid)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var systems = map[string]afero.Fs{"native": afero.NewOsFs(), "other": layered{Fs: afero.NewOsFs()}}

func TestPromote(t *testing.T) {
	for name, fsys := range systems {
		for _, earlier := range []bool{false, true} {
			root := t.TempDir()
			final := Dir(root, udid)
			if earlier {
				put(t, filepath.Join(final, "00", "old"), "old")
			}
			s := open(t, fsys, root)
			put(t, filepath.Join(s.Incoming(), "00", "new"), "new")
			put(t, filepath.Join(s.Staging(), ".b", "scratch"), "scratch")
			if earlier {
				if d := cmp.Diff(map[string]string{"00/old": "old"}, tree(t, final)); d != "" {
					t.Errorf("%s: before its time: %s", name, d)
				}
			}
			if err := errors.Join(s.Sync(context.Background()), s.Promote(), s.Close()); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if d := cmp.Diff(map[string]string{udid + "/00/new": "new"}, tree(t, root)); d != "" {
				t.Errorf("%s: %s", name, d)
			}
			if _, err := os.Stat(hidden(root)); !os.IsNotExist(err) {
				t.Errorf("%s: %s is left: %v", name, hidden(root), err)
			}
		}
	}
}

// TestKilledAnywhere kills Promote before each of its steps: the next Open
// must find one whole backup, the old or the new.
func TestKilledAnywhere(t *testing.T) {
	for step := range 20 {
		root := t.TempDir()
		final := Dir(root, udid)
		put(t, filepath.Join(final, "a"), "old")
		put(t, filepath.Join(final, "b"), "old")
		var left atomic.Int64
		left.Store(1 << 20)
		s := open(t, layered{afero.NewOsFs(), &left}, root)
		put(t, filepath.Join(s.Incoming(), "a"), "new")
		put(t, filepath.Join(s.Incoming(), "b"), "new")
		left.Store(int64(step))
		err := s.Promote()

		again := open(t, layered{Fs: afero.NewOsFs()}, root)
		got := tree(t, final)
		if len(got) != 2 || got["a"] != got["b"] {
			t.Fatalf("killed at step %d: %v", step, got)
		}
		if err == nil && got["a"] != "new" {
			t.Fatalf("killed at step %d: success was said, and the old backup stands", step)
		}
		if left := tree(t, again.Staging()); len(left) != 0 {
			t.Errorf("killed at step %d: staging holds %v", step, left)
		}
		if _, err := os.Stat(again.previous()); !os.IsNotExist(err) {
			t.Errorf("killed at step %d: the earlier backup is left over: %v", step, err)
		}
		if step == 0 && err == nil {
			t.Fatal("nothing was killed")
		}
	}
}

func TestOpenClearsStaging(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(Dir(root, udid), "f"), "old")
	put(t, filepath.Join(hidden(root), "staging-"+udid, udid, "00", "half"), "half")
	put(t, filepath.Join(hidden(root), "staging-other", "f"), "another phone's")
	s := open(t, afero.NewOsFs(), root)
	if left := tree(t, s.Staging()); len(left) != 0 {
		t.Errorf("still there: %v", left)
	}
	if err := errors.Join(s.Discard(), s.Close()); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{udid + "/f": "old", ".lifeboat/staging-other/f": "another phone's"}
	if d := cmp.Diff(want, tree(t, root)); d != "" {
		t.Error(d)
	}
}

func TestLock(t *testing.T) {
	root := t.TempDir()
	s := open(t, afero.NewOsFs(), root)
	if _, err := Open(afero.NewOsFs(), root, udid); fault.Of(err) != fault.DestBusy {
		t.Errorf("a second run: %v", err)
	}
	other, err := Open(afero.NewOsFs(), root, "another")
	if err != nil {
		t.Fatalf("another phone: %v", err)
	}
	if err := errors.Join(other.Discard(), other.Close(), s.Discard(), s.Close()); err != nil {
		t.Fatal(err)
	}
	again := open(t, afero.NewOsFs(), root)
	if err := errors.Join(again.Discard(), again.Close()); err != nil {
		t.Fatal(err)
	}
	if !empty(afero.NewOsFs(), root) {
		t.Errorf("left: %v", tree(t, root))
	}
}

func TestOpenRefuses(t *testing.T) {
	root := t.TempDir()
	for _, bad := range []string{"", "..", "a/b", `a\b`, "a\x00", "C:"} {
		if _, err := Open(afero.NewOsFs(), root, bad); fault.Of(err) != fault.Internal {
			t.Errorf("%q: %v", bad, err)
		}
	}
	put(t, Dir(root, udid), "a file of the user's")
	if _, err := Open(afero.NewOsFs(), root, udid); fault.Of(err) != fault.DestNotFolder {
		t.Errorf("a file in the way: %v", err)
	}
	if d := cmp.Diff(map[string]string{udid: "a file of the user's"}, tree(t, root)); d != "" {
		t.Error(d)
	}
}

// TestReplaceUndoes: when the second rename fails, the first is undone.
func TestReplaceUndoes(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(Dir(root, udid), "f"), "old")
	s := open(t, layered{Fs: afero.NewOsFs()}, root)
	if err := s.Discard(); err != nil { // nothing to put in place any more
		t.Fatal(err)
	}
	if err := s.Promote(); fault.Of(err) != fault.DestFailed {
		t.Errorf("got %v", err)
	}
	if d := cmp.Diff(map[string]string{udid + "/f": "old"}, tree(t, root)); d != "" {
		t.Error(d)
	}
}

// unsettled fails to make a folder's names durable.
type unsettled struct {
	afero.Fs
	folder string
}

func (u unsettled) Open(name string) (afero.File, error) {
	f, err := u.Fs.Open(name)
	if err == nil && name == u.folder {
		return deafFile{f}, nil
	}
	return f, err
}

type deafFile struct{ afero.File }

func (deafFile) Sync() error { return syscall.EIO }

// TestUnsettledIsUndone: renames that cannot be made durable are taken back,
// whether an earlier backup stands there or not.
func TestUnsettledIsUndone(t *testing.T) {
	for _, earlier := range []map[string]string{{udid + "/f": "old"}, {}} {
		root := t.TempDir()
		for name, data := range earlier {
			put(t, filepath.Join(root, name), data)
		}
		s := open(t, unsettled{afero.NewOsFs(), root}, root)
		put(t, filepath.Join(s.Incoming(), "f"), "new")
		if err := s.Promote(); fault.Of(err) != fault.DestFailed {
			t.Errorf("got %v", err)
		}
		if err := errors.Join(s.Discard(), s.Close()); err != nil {
			t.Error(err)
		}
		if d := cmp.Diff(earlier, tree(t, root)); d != "" {
			t.Error(d)
		}
	}
}

// refusing fails the creation of files.
type refusing struct {
	afero.Fs
	err error
}

func (r refusing) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	if flag&os.O_CREATE != 0 {
		return nil, &os.PathError{Op: "open", Path: name, Err: r.err}
	}
	return r.Fs.OpenFile(name, flag, perm)
}

func TestPreflight(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(root, "file"), "x")
	native := afero.NewOsFs()
	for name, c := range map[string]struct {
		fs   afero.Fs
		path string
		want fault.Code
	}{
		"good":         {native, root, ""},
		"missing":      {native, filepath.Join(root, "none"), fault.DestMissing},
		"a file":       {native, filepath.Join(root, "file"), fault.DestNotFolder},
		"under a file": {native, filepath.Join(root, "file", "x"), fault.DestMissing},
		"not writable": {refusing{native, syscall.EACCES}, root, fault.DestNotAllowed},
		"read-only":    {refusing{native, syscall.EROFS}, root, fault.DestNotAllowed},
		"full":         {refusing{native, syscall.ENOSPC}, root, fault.DestFull},
		"broken":       {refusing{native, syscall.EIO}, root, fault.DestFailed},
	} {
		if err := Preflight(c.fs, c.path); fault.Of(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if d := cmp.Diff(map[string]string{"file": "x"}, tree(t, root)); d != "" {
		t.Errorf("left behind: %s", d)
	}
}

func TestSyncEndsWithContext(t *testing.T) {
	for name, fsys := range systems {
		s := open(t, fsys, t.TempDir())
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := s.Sync(ctx); fault.Of(err) != fault.Cancelled {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
