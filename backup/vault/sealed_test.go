package vault

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/device/fault"
)

// TestUnprovenIsNotPutInPlace: a run that was written through and never found
// fit is not put in place because the journal of something else is damaged, or
// because a change-over seems to have begun.
func TestUnprovenIsNotPutInPlace(t *testing.T) {
	one := files{}.with(1, files{"a": "a1", "b": "b1"})
	two := one.with(2, files{"a": "a2", "b": ""})
	ends := map[string]func(r *Run) error{
		"found unfit and kept": func(r *Run) error {
			return r.Keep(context.Background(), fault.New(fault.NewBackupUnfit, "test", nil), epoch)
		},
		"killed before the proof":      func(r *Run) error { return r.closeFiles() },
		"kept after the commit failed": func(r *Run) error { return failedCommit(r) },
	}
	spoilt := map[string]func(v *Vault) error{
		"the journal is damaged": func(v *Vault) error { return write(v.fs, v.own(journalName), "{") },
		"a folder was left of an earlier change-over": func(v *Vault) error {
			return v.fs.MkdirAll(v.versionDir(1, dataName, "00"), 0o700)
		},
	}
	for how, end := range ends {
		for what, spoil := range spoilt {
			t.Run(how+", "+what, func(t *testing.T) {
				root := t.TempDir()
				v := open(t, afero.NewOsFs(), root)
				must(t, backUp(v, Plan{}, 1, nil, one))
				r, err := v.Begin(Plan{Now: epoch})
				must(t, err, upload(r, one, two), placeAll(r, one, two), r.Seal(context.Background(), epoch), end(r))
				must(t, spoil(v), v.Close())
				v = open(t, afero.NewOsFs(), root)
				if n := len(v.Versions()); n != 1 {
					t.Errorf("%d versions", n)
				}
				r, err = v.Begin(Plan{Now: epoch})
				must(t, err)
				if how != "found unfit and kept" && !r.Resumed() {
					t.Error("what has arrived is gone")
				}
				must(t, r.Discard(), v.Close())
				shows(t, afero.NewOsFs(), root, 1, one)
			})
		}
	}
}

// failedCommit ends a run whose journal could not be written.
func failedCommit(r *Run) error {
	v := r.vault
	whole := v.fs
	v.fs = unnamed{whole, false}
	_, err := r.Commit(full(2))
	v.fs = whole
	if err == nil {
		return errors.New("the commit did not fail")
	}
	return r.Keep(context.Background(), err, epoch)
}

// TestKeptWithItsJournal: where the journal came to lie there though that was
// reported as an error, the new version counts, and keeping takes nothing from it.
func TestKeptWithItsJournal(t *testing.T) {
	one := files{}.with(1, files{"a": "a1", "b": "b1"})
	two := one.with(2, files{"a": "a2", "b": ""})
	root := t.TempDir()
	v := open(t, afero.NewOsFs(), root)
	must(t, backUp(v, Plan{}, 1, nil, one))
	r, err := v.Begin(Plan{Now: epoch})
	must(t, err, upload(r, one, two), placeAll(r, one, two), r.Seal(context.Background(), epoch))
	whole := v.fs
	v.fs = unnamed{whole, true}
	_, err = r.Commit(full(2))
	v.fs = whole
	if err == nil {
		t.Fatal("the commit did not fail")
	}
	must(t, r.Keep(context.Background(), err, epoch), v.Close(), open(t, afero.NewOsFs(), root).Close())
	shows(t, afero.NewOsFs(), root, 1, one)
	shows(t, afero.NewOsFs(), root, 2, two)
}

// unnamed is a disk that fails as the journal gets its name; done, it has the
// name all the same.
type unnamed struct {
	afero.Fs
	done bool
}

func (u unnamed) Rename(from, to string) error {
	if !strings.HasSuffix(to, journalName) {
		return u.Fs.Rename(from, to)
	}
	if u.done {
		return errors.Join(syscall.EIO, u.Fs.Rename(from, to))
	}
	return syscall.EIO
}

// TestFullUponALeftFolder: what an earlier change-over left of the current
// version's own folder, which was taken back, is in the way of no full run.
func TestFullUponALeftFolder(t *testing.T) {
	one := files{}.with(1, files{"a": "a1", "b": "b1"})
	two := files{}.with(2, files{"a": "a2", "c": "c2"})
	for name, leave := range map[string]func(v *Vault) error{
		"folders":          func(v *Vault) error { return v.fs.MkdirAll(v.versionDir(1, dataName, "00"), 0o700) },
		"a file put aside": func(v *Vault) error { return v.move(join(udid, blob("a")), v.versionDir(1, dataName, blob("a"))) },
	} {
		root := t.TempDir()
		v := open(t, afero.NewOsFs(), root)
		must(t, backUp(v, Plan{}, 1, nil, one), leave(v))
		if err := backUp(v, Plan{Full: true}, 2, nil, two); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		must(t, v.Close(), open(t, afero.NewOsFs(), root).Close())
		shows(t, afero.NewOsFs(), root, 1, one)
		shows(t, afero.NewOsFs(), root, 2, two)
	}
}
