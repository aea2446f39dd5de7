package vault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/extsort"
	"lifeboat/device/fault"
)

// breaks are ways in which a small file may break.
var breaks = []struct {
	name string
	do   func(fsys afero.Fs, name string, data []byte) error
}{
	{"empty", func(fsys afero.Fs, name string, _ []byte) error { return afero.WriteFile(fsys, name, nil, 0o600) }},
	{"cut in half", func(fsys afero.Fs, name string, data []byte) error {
		return afero.WriteFile(fsys, name, data[:len(data)/2], 0o600)
	}},
	{"one bit turned", func(fsys afero.Fs, name string, data []byte) error {
		data = slices.Clone(data)
		data[len(data)/2] ^= 4
		return afero.WriteFile(fsys, name, data, 0o600)
	}},
	{"all zeros", func(fsys afero.Fs, name string, data []byte) error {
		return afero.WriteFile(fsys, name, make([]byte, len(data)), 0o600)
	}},
	{"missing", func(fsys afero.Fs, name string, _ []byte) error { return fsys.Remove(name) }},
	{"a directory", func(fsys afero.Fs, name string, _ []byte) error {
		return errors.Join(fsys.Remove(name), fsys.Mkdir(name, 0o700))
	}},
	{"unreadable", func(fsys afero.Fs, name string, _ []byte) error {
		fsys.(*denied).name = name
		return nil
	}},
}

// denied lets nobody read one file, until another takes its name.
type denied struct {
	afero.Fs
	name string
}

func (d *denied) is(name string) bool {
	return d.name != "" && slashed(name) == d.name
}

// slashed is a name as the vault gives it, which afero's files beside it give
// with the separators of the system.
func slashed(name string) string { return path.Clean("/" + filepath.ToSlash(name)) }

func (d *denied) Open(name string) (afero.File, error) { return d.OpenFile(name, os.O_RDONLY, 0) }

func (d *denied) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	if d.is(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.EACCES}
	}
	return d.Fs.OpenFile(name, flag, perm)
}

func (d *denied) Rename(from, to string) error {
	if d.is(to) || d.is(from) {
		d.name = ""
	} else if rest, ok := strings.CutPrefix(d.name, slashed(from)+"/"); ok {
		d.name = slashed(to) + "/" + rest
	}
	return d.Fs.Rename(from, to)
}

func (d *denied) Remove(name string) error {
	if d.is(name) {
		d.name = ""
	}
	return d.Fs.Remove(name)
}

// copyOf is a copy of a file system in memory.
func copyOf(t *testing.T, from afero.Fs) *denied {
	t.Helper()
	to := afero.NewMemMapFs()
	must(t, afero.Walk(from, "/root", func(name string, info fs.FileInfo, err error) error {
		if err != nil {
			return err
		}
		if info.IsDir() {
			return to.MkdirAll(name, 0o700)
		}
		data, err := afero.ReadFile(from, name)
		return errors.Join(err, afero.WriteFile(to, name, data, 0o600), to.Chtimes(name, info.ModTime(), info.ModTime()))
	}))
	return &denied{Fs: to}
}

// state is a vault at some moment, and which versions it has.
type state struct {
	fs afero.Fs
	// may are the versions that there may be, has the numbers of those that
	// have to be.
	may map[int]files
	has []int
}

// states are moments at which small files of all kinds are there.
func states(t *testing.T) map[string]state {
	all := history()
	versions := map[int]files{}
	for i, f := range all {
		versions[i+1] = f
	}
	make := func(n int) (afero.Fs, *Vault) {
		fsys := afero.NewMemMapFs()
		must(t, fsys.MkdirAll("/root", 0o700))
		record(t, fsys, "/root", all[:n])
		return fsys, open(t, fsys, "/root")
	}
	states := map[string]state{}

	fsys, v := make(5)
	must(t, v.Trash(epoch, 2))
	r, err := v.Begin(Plan{Now: epoch})
	must(t, err, upload(r, all[4], all[4].with(6, files{"a": "a6"})), r.Keep(context.Background(), fault.New(fault.PhoneGone, "test", nil), epoch), v.Close())
	states["at rest"] = state{fsys, versions, []int{1, 2, 3, 4, 5}}

	for _, full := range []bool{false, true} {
		fsys, v = make(4)
		before := all[3]
		if full {
			before = nil
		}
		r, err = v.Begin(Plan{Now: epoch, Full: full})
		must(t, err, upload(r, before, all[4]), placeAll(r, before, all[4]), r.Seal(context.Background(), epoch))
		m := *r.sealed
		m.Proof = Proof{Level: "full", Date: epoch}
		must(t, v.writeJSON(v.own("run", versionName, metaName), m), r.closeFiles())
		j := journal{Op: opChangeOver, Number: 5, Old: 4, Base: r.state.Base}
		must(t, v.writeJSON(v.own(journalName), j))
		name := "within a change-over"
		if full {
			name += " of a full one"
			must(t, v.fs.Rename(udid, v.versionDir(4, dataName)))
		} else { // half of what is replaced is aside
			m := mover{place: &v.place, data: v.versionDir(4, dataName), touched: map[string]bool{}}
			n := 0
			must(t, v.eachFile(v.own("run", treeName, udid), func(rel string) error {
				if n++; n > 3 {
					return nil
				}
				return m.setAside(rel)
			}))
		}
		states[name] = state{fsys, versions, []int{1, 2, 3, 4}}
	}

	fsys, v = make(5)
	must(t, v.Trash(epoch, 2), v.writeJSON(v.own(journalName), journal{Op: opPurge, Number: 2}))
	must(t, v.inherit(v.versions[1], v.versions[0]))
	states["within a removal"] = state{fsys, versions, []int{1, 3, 4, 5}}
	return states
}

// smallFilesOf lists what the vault itself writes: all but contents and the
// phone's own lists.
func smallFilesOf(t *testing.T, fsys afero.Fs) (names []string) {
	own := "/root/" + join(hidden, udid)
	must(t, afero.Walk(fsys, own, func(name string, info fs.FileInfo, err error) error {
		name = filepath.ToSlash(name)
		rel := strings.TrimPrefix(name, own)
		if err != nil || info.IsDir() || strings.Contains(rel, "/data/") || strings.HasPrefix(rel, "/run/tree/") || info.Size() == 0 {
			return err
		}
		if strings.HasSuffix(name, ".plist") && !strings.Contains(name, "/000004/") {
			return nil // a copy is like another
		}
		names = append(names, name)
		return nil
	}))
	return names
}

// entryPoints are what the commands do with a vault.
var entryPoints = map[string]func(fsys afero.Fs) error{
	"look": func(fsys afero.Fs) error {
		list, err := List(fsys, "/root", udid)
		if err != nil {
			return err
		}
		if _, err := OwnBytes(fsys, "/root", udid, list); err != nil {
			return err
		}
		for _, v := range list {
			w, err := OpenView(fsys, "/root", udid, v.Number)
			if err != nil {
				return fmt.Errorf("version %d: %w", v.Number, err)
			}
			if w.Managed() {
				s, done, err := w.Catalog()
				if err == nil {
					for _, failed := range extsort.All(s) {
						err = failed
					}
					done()
				}
				if err != nil {
					return err
				}
			}
			w.Close()
		}
		return nil
	},
	"open": func(fsys afero.Fs) error {
		v, err := Open(fsys, "/root", udid, nil)
		if err != nil {
			return err
		}
		return v.Close()
	},
	"prune": func(fsys afero.Fs) error {
		v, err := Open(fsys, "/root", udid, nil)
		if err != nil {
			return err
		}
		_, _, err = v.Prune(Policy{Limit: 1 << 40, All: 100000, Trash: 1}, epoch.AddDate(1, 0, 0))
		if fault.Of(err) == fault.VersionDamaged {
			err = nil
		}
		return errors.Join(err, v.Close())
	},
	"the next run": func(fsys afero.Fs) error {
		v, err := Open(fsys, "/root", udid, nil)
		if err != nil {
			return err
		}
		r, err := v.Begin(Plan{Now: epoch.AddDate(0, 1, 0)})
		if err != nil {
			return errors.Join(err, v.Close())
		}
		before := files{}
		if r.Incremental() {
			before, err = filesOf(v.fs, udid)
		}
		if r.Resumed() {
			v.Close()
			return errors.New("resumed after a month")
		}
		after := before.with(9, files{"next": "n9", "a": "a9"})
		err = errors.Join(err, upload(r, before, after), placeAll(r, before, after), r.Seal(context.Background(), epoch))
		if err == nil {
			var got Version
			got, err = r.Commit(full(9))
			if err == nil && !got.Proof.Intact() {
				err = fmt.Errorf("what came of it: %+v", got.Proof)
			}
		}
		if err == nil {
			var stands files
			stands, err = filesOf(v.fs, udid)
			for name, data := range after {
				if stands[name] != data {
					err = fmt.Errorf("the new backup lacks %s", name)
				}
			}
		}
		return errors.Join(err, v.Close())
	},
}

func filesOf(fsys afero.Fs, dir string) (files, error) {
	all := files{}
	err := afero.Walk(fsys, dir, func(name string, info fs.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := afero.ReadFile(fsys, name)
		all[strings.TrimPrefix(filepath.ToSlash(name), dir+"/")] = string(data)
		return err
	})
	return all, err
}

// lost says what of a state is not to be had any more. A version of which
// nothing is known may show more than it had, none shows less; one that is
// known shows itself.
func (s state) lost(fsys afero.Fs, ignore map[int]bool) error {
	list, err := List(fsys, "/root", udid)
	if err != nil {
		return err
	}
	there := map[int]bool{}
	for _, version := range list {
		there[version.Number] = true
		want, known := s.may[version.Number]
		if !known || ignore[version.Number] || version.Proof.Problems > 0 && !version.Trashed.IsZero() {
			continue
		}
		if version.Number > 5 {
			continue
		}
		w, err := OpenView(fsys, "/root", udid, version.Number)
		if err != nil {
			return fmt.Errorf("version %d: %w", version.Number, err)
		}
		if version.Unread && version.Proof != (Proof{}) || w.Managed() && version.Unread {
			err = errors.New("something is said of it that is not known")
		}
		for _, name := range slices.Sorted(maps.Keys(want)) {
			if data, readErr := afero.ReadFile(w.FS(), "/"+name); readErr != nil || string(data) != want[name] {
				err = errors.Join(err, fmt.Errorf("lacks %s: %q, %v", name, data, readErr))
			}
		}
		w.Close()
		if err != nil {
			return fmt.Errorf("version %d: %w", version.Number, err)
		}
	}
	for _, number := range s.has {
		if !there[number] && !ignore[number] {
			return fmt.Errorf("version %d is not there: %v", number, there)
		}
	}
	return nil
}

// TestOwnFilesBreak breaks each of the vault's own small files in each way, at
// different moments, and then does what each command does. Nothing that is
// intact is lost, nothing is said that is not known, and a run that follows
// succeeds.
func TestOwnFilesBreak(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	for moment, s := range states(t) {
		for _, name := range smallFilesOf(t, s.fs) {
			rel := strings.TrimPrefix(name, "/root/"+join(hidden, udid)+"/")
			data, err := afero.ReadFile(s.fs, name)
			must(t, err)
			for _, b := range breaks {
				for _, what := range slices.Sorted(maps.Keys(entryPoints)) {
					fsys := copyOf(t, s.fs)
					must(t, b.do(fsys, name, data))
					at := fmt.Sprintf("%s: %s %s: %s", moment, rel, b.name, what)
					if err := entryPoints[what](fsys); err != nil {
						t.Errorf("%s: %v", at, err)
						continue
					}
					ignore := map[int]bool{2: what == "prune" || moment == "within a removal"}
					if err := s.lost(fsys, ignore); err != nil {
						t.Errorf("%s: afterwards: %v", at, err)
						continue
					}
					if what != "the next run" {
						if err := entryPoints["the next run"](fsys); err != nil {
							t.Errorf("%s: then the next run: %v", at, err)
						} else if err := s.lost(fsys, ignore); err != nil {
							t.Errorf("%s: after the next run: %v", at, err)
						}
					}
				}
			}
		}
	}
}

// TestUnreadIsNotGuessed: a proof of a version that cannot be read notes
// nothing. What would be written of it is a guess, which the next program would
// take for what was known.
func TestUnreadIsNotGuessed(t *testing.T) {
	fsys := afero.NewMemMapFs()
	must(t, fsys.MkdirAll("/root", 0o700))
	one := files{}.with(1, files{"a": "a1"})
	v := open(t, fsys, "/root")
	must(t, backUp(v, Plan{}, 1, nil, one), backUp(v, Plan{}, 2, one, one.with(2, files{"a": "a2"})), v.Close())
	breakMeta(t, fsys, "/root", "000001/meta.json")
	v = open(t, fsys, "/root")
	if !v.Versions()[0].Unread {
		t.Fatalf("%+v", v.Versions()[0])
	}
	if err := v.RecordProof(1, Proof{Level: "full"}, nil); fault.Of(err) != fault.VersionDamaged {
		t.Error(err)
	}
	if data, err := afero.ReadFile(fsys, join("/root", hidden, udid, "versions", "000001", metaName)); err != nil || string(data) != "{" {
		t.Errorf("%q, %v", data, err)
	}
}

// refuses refuses to rename one file.
type refuses struct {
	afero.Fs
	name string
}

func (r refuses) Rename(from, to string) error {
	if slashed(from) == r.name {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: syscall.EACCES}
	}
	return r.Fs.Rename(from, to)
}

// TestRefusedIsNotDamaged: a file that may not be put aside keeps the new one
// from its place, also where the error is one that a broken record could give.
func TestRefusedIsNotDamaged(t *testing.T) {
	for _, what := range []string{"a", "b"} { // replaced, and removed
		fsys := afero.NewMemMapFs()
		must(t, fsys.MkdirAll("/root", 0o700))
		one := files{}.with(1, files{"a": "a1", "b": "b1"})
		two := one.with(2, files{"a": "a2", "b": ""})
		v := open(t, fsys, "/root")
		must(t, backUp(v, Plan{}, 1, nil, one), v.Close())
		v = open(t, refuses{fsys, "/root/" + udid + "/" + blob(what)}, "/root")
		if err := backUp(v, Plan{}, 2, one, two); fault.Of(err) != fault.PlacePending {
			t.Errorf("%s: %v", what, err)
		}
		must(t, v.Close())
		v = open(t, fsys, "/root")
		must(t, v.Close())
		shows(t, fsys, "/root", 1, one)
		shows(t, fsys, "/root", 2, two)
	}
}
