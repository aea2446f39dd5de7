package rootfs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/links"
)

// open gives the file system of a new folder, and the folder.
func open(t *testing.T) (*FS, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "root")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	fsys, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fsys.Close() })
	return fsys, dir
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, fsys afero.Fs, name, content string) {
	t.Helper()
	file, err := fsys.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = file.WriteString(content)
		err = errors.Join(err, file.Close())
	}
	must(t, err)
}

func wantContent(t *testing.T, path, want string) {
	t.Helper()
	if b, err := os.ReadFile(path); err != nil || string(b) != want {
		t.Errorf("%s holds %q (%v), want %q", path, b, err, want)
	}
}

// operations are all that take a name. Each is to be refused the same way.
var operations = map[string]func(f *FS, name string) error{
	"open":   func(f *FS, name string) error { return closed(f.Open(name)) },
	"create": func(f *FS, name string) error { return closed(f.Create(name)) },
	"exclude": func(f *FS, name string) error {
		return closed(f.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600))
	},
	"mkdir":    func(f *FS, name string) error { return f.Mkdir(name, 0o700) },
	"mkdirall": func(f *FS, name string) error { return f.MkdirAll(name, 0o700) },
	"remove":   func(f *FS, name string) error { return f.Remove(name) },
	"all":      func(f *FS, name string) error { return f.RemoveAll(name) },
	"from":     func(f *FS, name string) error { return f.Rename(name, "elsewhere") },
	"to":       func(f *FS, name string) error { return f.Rename("file", name) },
	"stat":     func(f *FS, name string) error { _, err := f.Stat(name); return err },
	"lstat":    func(f *FS, name string) error { _, _, err := f.LstatIfPossible(name); return err },
	"chmod":    func(f *FS, name string) error { return f.Chmod(name, 0o777) },
	"chtimes":  func(f *FS, name string) error { return f.Chtimes(name, time.Unix(1, 0), time.Unix(1, 0)) },
}

func closed(file afero.File, err error) error {
	if err == nil {
		file.Close()
	}
	return err
}

func TestNamesAreContained(t *testing.T) {
	fsys, dir := open(t)
	write(t, fsys, "file", "inside")
	must(t, os.WriteFile(filepath.Join(dir, "..", "outside"), []byte("outside"), 0o600))
	for op, do := range operations {
		for _, name := range []string{"..", "../outside", "/../outside", "a/../../outside", "a/..", "file/../file", "nul\x00", strings.Repeat("a/", 2100)} {
			want := fs.ErrInvalid
			if len(name) > maxName {
				want = syscall.ENAMETOOLONG
			}
			if err := do(fsys, name); !errors.Is(err, want) {
				t.Errorf("%s of %.20q: %v", op, name, err)
			}
		}
	}
	// What looks absolute is below the root.
	absolute := strings.TrimPrefix(filepath.Join(dir, "x"), filepath.VolumeName(dir))
	must(t, fsys.MkdirAll(absolute, 0o700))
	if _, err := os.Stat(filepath.Join(dir, absolute)); err != nil {
		t.Error(err)
	}
	if runtime.GOOS == "windows" {
		for _, name := range []string{`C:\x`, "C:x", `\\nas\share\x`, "a/C:/x", "nul", "a/COM1", "x:y"} {
			if err := fsys.MkdirAll(name, 0o700); !errors.Is(err, fs.ErrInvalid) && !strings.HasPrefix(name, `\\`) {
				t.Errorf("%q: %v", name, err)
			}
		}
	}
	for _, name := range []string{"", "/", "."} {
		if info, err := fsys.Stat(name); err != nil || !info.IsDir() {
			t.Errorf("the root as %q: %v", name, err)
		}
		for _, op := range []string{"remove", "all", "from", "to", "create"} {
			if err := operations[op](fsys, name); err == nil {
				t.Errorf("%s of the root as %q went through", op, name)
			}
		}
	}
	wantContent(t, filepath.Join(dir, "file"), "inside")
	wantContent(t, filepath.Join(dir, "..", "outside"), "outside")
}

// TestLinks plants links in place of folders and of files, to what is outside
// and to what is inside.
func TestLinks(t *testing.T) {
	for _, target := range []string{"../out", "in"} {
		for op, do := range operations {
			fsys, dir := open(t)
			outside := filepath.Join(dir, target)
			must(t, os.MkdirAll(filepath.Join(outside, "folder"), 0o700),
				os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600))
			write(t, fsys, "file", "inside")
			must(t, fsys.MkdirAll("a/b", 0o700))
			links.Make(t, outside, filepath.Join(dir, "a", "link"))
			links.Make(t, filepath.Join(outside, "secret"), filepath.Join(dir, "a", "last"))
			links.Make(t, filepath.Join(outside, "none"), filepath.Join(dir, "a", "dangling"))
			for _, name := range []string{"a/link/secret", "a/link/folder/x", "a/link/new", "a/link/none/x"} {
				if err := do(fsys, name); !errors.Is(err, syscall.ELOOP) {
					t.Errorf("%s of %s: %v", op, name, err)
				}
			}
			for _, name := range []string{"a/last", "a/link", "a/dangling"} {
				err := do(fsys, name)
				switch op {
				case "remove", "all", "from", "to", "lstat": // of the link itself
					if err != nil {
						t.Errorf("%s of %s: %v", op, name, err)
					}
					must(t, fsys.RemoveAll("elsewhere"))
					if op == "to" {
						write(t, fsys, "file", "inside")
					}
				case "exclude", "mkdir":
					if !errors.Is(err, fs.ErrExist) {
						t.Errorf("%s of %s: %v", op, name, err)
					}
				default:
					if !errors.Is(err, syscall.ELOOP) {
						t.Errorf("%s of %s: %v", op, name, err)
					}
				}
			}
			wantContent(t, filepath.Join(outside, "secret"), "secret")
			info, err := os.Stat(filepath.Join(outside, "secret"))
			if err != nil || info.Mode().Perm() != 0o600 || info.ModTime().Unix() < 1000 {
				t.Errorf("%s changed what the link leads to: %v %v", op, info, err)
			}
			if _, err := os.Stat(filepath.Join(outside, "none")); err == nil {
				t.Errorf("%s made a file through a link", op)
			}
		}
	}
}

func TestRemoveAllLeavesWhatLinksLeadTo(t *testing.T) {
	more := 2 * atOnce
	if testing.Short() {
		more = 10 // Wine reads the folder from its beginning for each name that is new
	}
	fsys, dir := open(t)
	outside := filepath.Join(dir, "..", "out")
	must(t, os.Mkdir(outside, 0o700), os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600))
	must(t, fsys.MkdirAll("a/b/c", 0o700))
	for n := range atOnce + more {
		write(t, fsys, fmt.Sprintf("a/b/c/%d", n), "")
	}
	links.Made(t, outside, filepath.Join(dir, "a", "b", "link"))
	must(t, fsys.RemoveAll("a"), fsys.RemoveAll("a"))
	if _, err := fsys.Stat("a"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	wantContent(t, filepath.Join(outside, "secret"), "secret")

	deep := strings.TrimSuffix(strings.Repeat("d/", maxLevels+5), "/")
	must(t, fsys.MkdirAll(deep, 0o700))
	if err := fsys.RemoveAll("d"); !errors.Is(err, syscall.ENAMETOOLONG) {
		t.Errorf("a bottomless tree: %v", err)
	}
}

// TestFoldersThatMove works in folders that are renamed, removed and made
// again, so that a handle that was kept by mistake shows.
func TestFoldersThatMove(t *testing.T) {
	fsys, dir := open(t)
	must(t, fsys.MkdirAll("a/b/c", 0o700), fsys.MkdirAll("z", 0o700))
	write(t, fsys, "a/b/c/1", "one")
	must(t, fsys.Rename("a/b", "z/b"))
	write(t, fsys, "z/b/c/2", "two")
	if err := operations["exclude"](fsys, "a/b/c/3"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("made in a folder that was moved away: %v", err)
	}
	must(t, fsys.MkdirAll("a/b/c", 0o700))
	write(t, fsys, "a/b/c/3", "three")
	wantContent(t, filepath.Join(dir, "z/b/c/1"), "one")
	wantContent(t, filepath.Join(dir, "z/b/c/2"), "two")
	wantContent(t, filepath.Join(dir, "a/b/c/3"), "three")

	must(t, fsys.RemoveAll("a"), fsys.MkdirAll("a/b/c", 0o700))
	write(t, fsys, "a/b/c/4", "four")
	wantContent(t, filepath.Join(dir, "a/b/c/4"), "four")

	must(t, fsys.Remove("a/b/c/4"), fsys.Remove("a/b/c"), fsys.Mkdir("a/b/c", 0o700))
	write(t, fsys, "a/b/c/5", "five")
	must(t, fsys.MkdirAll("new/c", 0o700), fsys.RemoveAll("a/b"), fsys.Rename("new", "a/b")) // onto a name that was in use
	write(t, fsys, "a/b/c/6", "six")
	wantContent(t, filepath.Join(dir, "a/b/c/6"), "six")
	if _, err := fsys.Stat("a/b/c/5"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := fsys.Rename("a", "a/b/x"); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("a folder into itself: %v", err)
	}
}

func TestErrorsStayTheirOwn(t *testing.T) {
	fsys, _ := open(t)
	must(t, fsys.MkdirAll("full/x", 0o700))
	write(t, fsys, "file", "x")
	for _, c := range []struct {
		op, name string
		want     error
	}{
		{"open", "none", fs.ErrNotExist},
		{"stat", "none/x", fs.ErrNotExist},
		{"exclude", "none/x", fs.ErrNotExist},
		{"remove", "none", fs.ErrNotExist},
		{"from", "none", fs.ErrNotExist},
		{"exclude", "file", fs.ErrExist},
		{"mkdir", "full", fs.ErrExist},
		{"mkdir", "file", fs.ErrExist},
		{"mkdirall", "file", syscall.ENOTDIR},
		{"mkdirall", "file/x", syscall.ENOTDIR},
		{"lstat", "file/x", syscall.ENOTDIR},
		{"create", "full", syscall.EISDIR},
		{"remove", "full", syscall.ENOTEMPTY},
		{"all", "none", nil},
		{"mkdirall", "full/x", nil},
	} {
		if err := operations[c.op](fsys, c.name); !errors.Is(err, c.want) {
			t.Errorf("%s of %s: %v, want %v", c.op, c.name, err, c.want)
		}
	}
	if err := fsys.Chown("file", 0, 0); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
	_, err := fsys.Open("none")
	if path := new(fs.PathError); !errors.As(err, &path) || path.Path != "none" {
		t.Errorf("%v does not name the file", err)
	}
}

// mode is what this system makes of rights: Windows knows "read-only" alone.
func mode(perm fs.FileMode) fs.FileMode {
	switch {
	case runtime.GOOS != "windows":
		return perm
	case perm&0o200 == 0:
		return 0o444
	case perm&0o100 != 0:
		return 0o777
	}
	return 0o666
}

func TestFiles(t *testing.T) {
	fsys, dir := open(t)
	must(t, fsys.MkdirAll("a/b", 0o700))
	write(t, fsys, "a/b/f", "abc")
	info, _, err := fsys.LstatIfPossible("a/b/f")
	must(t, err)
	same, err := os.Lstat(filepath.Join(dir, "a/b/f"))
	must(t, err)
	if info.Name() != same.Name() || info.Size() != same.Size() || info.Mode() != same.Mode() || !info.ModTime().Equal(same.ModTime()) || info.IsDir() {
		t.Errorf("%v, want %v", info, same)
	}
	folder, err := fsys.Stat("/a/b/")
	must(t, err)
	if folder.Name() != "b" || folder.Mode() != fs.ModeDir|mode(0o700) {
		t.Errorf("%v %v", folder.Name(), folder.Mode())
	}
	when := time.Unix(1_500_000_000, 0)
	must(t, fsys.Chtimes("a/b/f", when, when), fsys.Chmod("a/b/f", 0o400))
	info, err = fsys.Stat("a/b/f")
	must(t, err)
	if !info.ModTime().Equal(when) || info.Mode() != mode(0o400) {
		t.Errorf("%v %v", info.ModTime(), info.Mode())
	}
	file, err := fsys.Create("a/b/g")
	must(t, err)
	if name := filepath.ToSlash(file.Name()); name != "a/b/g" && (runtime.GOOS != "windows" || !strings.HasSuffix(name, "/a/b/g")) {
		t.Error(file.Name())
	}
	_, err = file.WriteAt([]byte("x"), 10)
	must(t, err, file.Truncate(5), file.Sync(), file.Close())
	b, err := afero.ReadFile(fsys, "a/b/g")
	if err != nil || len(b) != 5 {
		t.Errorf("%q %v", b, err)
	}
}

func TestFoldersAreListedInChunks(t *testing.T) {
	fsys, _ := open(t)
	must(t, fsys.MkdirAll("a/folder", 0o700))
	want := []string{"folder"}
	for n := range 1000 {
		name := fmt.Sprint(n)
		write(t, fsys, "a/"+name, name)
		want = append(want, name)
	}
	dir, err := fsys.Open("a")
	must(t, err)
	defer dir.Close()
	if runtime.GOOS != "windows" { // nothing there asks for it: see syncDir of backup/vault
		must(t, dir.Sync())
	}
	if _, err := dir.Write([]byte("x")); err == nil {
		t.Error("a folder was written")
	}
	var got []string
	for {
		infos, err := dir.Readdir(64)
		if len(infos) > 64 {
			t.Fatalf("%d at once", len(infos))
		}
		for _, info := range infos {
			got = append(got, info.Name())
			if info.IsDir() != (info.Name() == "folder") || !info.IsDir() && info.Size() != int64(len(info.Name())) {
				t.Errorf("%v", info)
			}
		}
		if err == io.EOF {
			break
		}
		must(t, err)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d names, want %d", len(got), len(want))
	}
	root, err := fsys.Open("/")
	must(t, err)
	defer root.Close()
	if names, err := root.Readdirnames(-1); err != nil || len(names) != 1 {
		t.Errorf("%q %v", names, err)
	}
}

func TestCloseEndsAll(t *testing.T) {
	fsys, _ := open(t)
	must(t, fsys.MkdirAll("a/b", 0o700))
	write(t, fsys, "a/b/f", "x")
	file, err := fsys.Open("a/b/f")
	must(t, err)
	defer file.Close()
	if info, err := fsys.Disk().Stat(); err != nil || !info.IsDir() {
		t.Errorf("%v %v", info, err)
	}
	must(t, fsys.Close())
	for op, do := range operations {
		if err := do(fsys, "a/b/f"); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%s after Close: %v", op, err)
		}
	}
	if b, err := io.ReadAll(file); err != nil || string(b) != "x" {
		t.Errorf("a file that was open: %q %v", b, err)
	}
	if len(fsys.folders.kept) != 0 || fsys.folders.recent.Len() != 0 {
		t.Error("folders are kept after Close")
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// TestManyAtOnce moves folders about while others work in them. Whatever
// is made is either found under its name, or was refused.
func TestManyAtOnce(t *testing.T) {
	fsys, dir := open(t)
	must(t, fsys.MkdirAll("stay", 0o700), fsys.MkdirAll("move0", 0o700))
	check := func(errs ...error) {
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
	}
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for n := range 300 {
				name := fmt.Sprintf("%d-%d", worker, n)
				check(operations["exclude"](fsys, "stay/"+name), fsys.Rename("stay/"+name, "stay/"+name+"x"))
				err := operations["exclude"](fsys, "move0/"+name)
				if err != nil && !errors.Is(err, fs.ErrNotExist) {
					t.Error(err)
				}
				if n%3 == 0 {
					check(fsys.Remove("stay/" + name + "x"))
				}
			}
		})
	}
	wg.Go(func() {
		for range 300 {
			check(fsys.Rename("move0", "move1"), fsys.Rename("move1", "move0"))
		}
	})
	wg.Wait()
	names, err := os.ReadDir(filepath.Join(dir, "stay"))
	if err != nil || len(names) != 4*200 {
		t.Errorf("%d files, %v", len(names), err)
	}
	for name, h := range fsys.folders.kept {
		if h.users != 0 {
			t.Errorf("%q is in use by %d", name, h.users)
		}
	}
}
