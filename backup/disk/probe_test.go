package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/assets/words"
	"lifeboat/backup/backuptest/links"
	"lifeboat/device/fault"
)

// poor is a file system that cannot do everything.
type poor struct {
	afero.Fs
	open   func(name string, flag int) (int, error)
	rename func(from, to string) error
	mkdir  error
	file   func(afero.File) afero.File
}

func (p poor) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	if p.open != nil {
		var err error
		if flag, err = p.open(name, flag); err != nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: err}
		}
	}
	file, err := p.Fs.OpenFile(name, flag, perm)
	if err == nil && p.file != nil {
		file = p.file(file)
	}
	return file, err
}

func (p poor) Open(name string) (afero.File, error) {
	file, err := p.Fs.Open(name)
	if err == nil && p.file != nil {
		file = p.file(file)
	}
	return file, err
}

func (p poor) Mkdir(name string, perm os.FileMode) error {
	if p.mkdir != nil {
		return &fs.PathError{Op: "mkdir", Path: name, Err: p.mkdir}
	}
	return p.Fs.Mkdir(name, perm)
}

func (p poor) Rename(from, to string) error {
	if p.rename != nil {
		if err := p.rename(from, to); err != nil {
			return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
		}
	}
	return p.Fs.Rename(from, to)
}

// syncless is a file that cannot be written through.
type syncless struct {
	afero.File
	err error
}

func (s syncless) Sync() error { return s.err }

// folderless is a folder that cannot be.
type folderless struct{ afero.File }

func (f folderless) Sync() error {
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return syscall.EINVAL
	}
	return f.File.Sync()
}

// blind swallows what is written.
type blind struct{ afero.File }

func (b blind) Write(p []byte) (int, error) { return b.File.Write(make([]byte, len(p))) }

func isFolder(fsys afero.Fs, path string) bool {
	ok, _ := afero.IsDir(fsys, path)
	return ok
}

// TestProbeRefuses: each thing that a place may lack is found before anything
// starts, said in words, and nothing is left there.
func TestProbeRefuses(t *testing.T) {
	disk := afero.NewOsFs()
	onRename := func(when func(from, to string) bool, err error) poor {
		return poor{Fs: disk, rename: func(from, to string) error {
			if when(from, to) {
				return err
			}
			return nil
		}}
	}
	onSync := func(err error) poor {
		return poor{Fs: disk, file: func(f afero.File) afero.File { return syncless{f, err} }}
	}
	always := func(err error) func(string, int) (int, error) {
		return func(_ string, flag int) (int, error) { return flag, err }
	}
	for name, c := range map[string]struct {
		fs    poor
		want  fault.Code
		lacks string
	}{
		"no sync":       {onSync(syscall.ENOSYS), fault.DestUnfit, "through to the disk"},
		"a broken disk": {onSync(syscall.EIO), fault.DestFailed, ""},
		"full":          {onSync(syscall.ENOSPC), fault.DestFull, ""},
		"loses bytes":   {poor{Fs: disk, file: func(f afero.File) afero.File { return blind{f} }}, fault.DestUnfit, "through to the disk"},
		"makes a file twice": {poor{Fs: disk, open: func(_ string, flag int) (int, error) { return flag &^ os.O_EXCL, nil }},
			fault.DestUnfit, "one program"},
		"no folders": {poor{Fs: disk, mkdir: syscall.EOPNOTSUPP}, fault.DestUnfit, "folder"},
		"no moves": {onRename(func(from, to string) bool { return filepath.Dir(from) != filepath.Dir(to) && !isFolder(disk, from) },
			syscall.EXDEV), fault.DestUnfit, "another folder"},
		"no replacing": {onRename(func(_, to string) bool { _, err := disk.Stat(to); return err == nil }, syscall.EEXIST),
			fault.DestUnfit, "place of another"},
		"no folder moves": {onRename(func(from, _ string) bool { return isFolder(disk, from) }, syscall.EINVAL),
			fault.DestUnfit, "move a folder"},
		"short names": {poor{Fs: disk, open: func(name string, flag int) (int, error) {
			if len(filepath.Base(name)) > 32 {
				return flag, syscall.ENAMETOOLONG
			}
			return flag, nil
		}}, fault.DestUnfit, "40"},
		"read only": {poor{Fs: disk, mkdir: syscall.EROFS}, fault.DestNotAllowed, ""},
		"denied":    {poor{Fs: disk, open: always(syscall.EACCES)}, fault.DestNotAllowed, ""},
		"unplugged": {poor{Fs: disk, open: always(syscall.ENODEV)}, fault.DestFailed, ""},
	} {
		root := t.TempDir()
		_, err := Probe(c.fs, root)
		if fault.Of(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
			continue
		}
		said := words.English().Problem(string(c.want), "linux", fault.As(err).Args)
		if !strings.Contains(said.Happened, c.lacks) || !strings.Contains(said.Happened, root) || said.Next == "" {
			t.Errorf("%s: %+v", name, said)
		}
		if entries, err := os.ReadDir(root); err != nil || len(entries) != 0 {
			t.Errorf("%s: left %v, %v", name, entries, err)
		}
	}
}

func TestProbe(t *testing.T) {
	root := t.TempDir()
	for name, fsys := range map[string]afero.Fs{
		"this computer": afero.NewOsFs(),
		"a share":       poor{Fs: afero.NewOsFs(), file: func(f afero.File) afero.File { return folderless{f} }},
	} {
		if place, err := Probe(fsys, root); err != nil || place != root {
			t.Errorf("%s: %s, %v", name, place, err)
		}
	}
	if entries, err := os.ReadDir(root); err != nil || len(entries) != 0 {
		t.Errorf("left %v, %v", entries, err)
	}
	if err := smallFiles(root, Volume{System: "exfat"}); err != nil {
		t.Error(err)
	}
	if err := smallFiles(root, Volume{System: "fat"}); !strings.Contains(fmt.Sprint(fault.As(err).Args), "FAT") || !errors.Is(err, fault.New(fault.DestSmallFiles, "", nil)) {
		t.Error(err)
	}
}

// TestProbeFollowsLinks: a link to another disk is measured there, and one
// that leads nowhere is a missing folder.
func TestProbeFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	real := filepath.Join(dir, "real")
	link := filepath.Join(dir, "link")
	links.Make(t, real, link)
	if _, err := Probe(afero.NewOsFs(), link); fault.Of(err) != fault.DestMissing {
		t.Errorf("leading nowhere: %v", err)
	}
	if err := os.Mkdir(real, 0o700); err != nil {
		t.Fatal(err)
	}
	if place, err := Probe(afero.NewOsFs(), link); err != nil || place != real {
		t.Errorf("%s, %v", place, err)
	}
}

// TestProbeClears: what a program left that died in a probe goes, and nothing
// else does.
func TestProbeClears(t *testing.T) {
	root, elsewhere := t.TempDir(), t.TempDir()
	long := time.Now().Add(-2 * probeAge)
	stays := map[string]bool{
		probeName + "ABCDEFGHIJKLMNOPQRSTUVWXYZ": false,
		probeName + "A2CDEFGHIJKLMNOPQRSTUVWXYZ": true, // young
		probeName + "ABC":                        true,
		"photos":                                 true,
	}
	for name := range stays {
		must(t, os.Mkdir(filepath.Join(root, name), 0o700))
		must(t, os.WriteFile(filepath.Join(root, name, "a"), nil, 0o600))
		if !strings.Contains(name, "2") {
			must(t, os.Chtimes(filepath.Join(root, name), long, long))
		}
	}
	must(t, os.WriteFile(filepath.Join(elsewhere, "a"), nil, 0o600))
	link := probeName + "LBCDEFGHIJKLMNOPQRSTUVWXYZ"
	must(t, os.Chtimes(elsewhere, long, long))
	if links.Made(t, elsewhere, filepath.Join(root, link)) {
		stays[link] = true
	}
	if _, err := Probe(afero.NewOsFs(), root); err != nil {
		t.Fatal(err)
	}
	for name, want := range stays {
		if _, err := os.Stat(filepath.Join(root, name, "a")); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
