package backup

import (
	"context"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/faultfs"
	"lifeboat/backup/library"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
)

// decided is a disk that breaks right after the vault has decided to put a new
// version in its place.
type decided struct {
	afero.Fs
	broken bool
}

func (d *decided) Rename(from, to string) error {
	if d.broken {
		return syscall.EIO
	}
	d.broken = strings.HasSuffix(to, "journal.json")
	return d.Fs.Rename(from, to)
}

func (d *decided) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	return d.Fs.(afero.Lstater).LstatIfPossible(name)
}

// A diagnosis asks what stands on this computer, and leaves it as it is, also
// where a program died while it put a new version in its place.
func TestStandingChangesNothing(t *testing.T) {
	r := newRig(t, nil)
	if _, stands, proven := new(library.Library).Standing(r.root, r.phone.UDID); stands || proven {
		t.Error("a backup stands before there is one")
	}
	r.mustRun(r.job())
	first, stands, proven := new(library.Library).Standing(r.root, r.phone.UDID)
	if !stands || !proven || first.IsZero() {
		t.Errorf("after a backup: %v, stands %v, proven %v", first, stands, proven)
	}
	j := r.job()
	j.Fs = &decided{Fs: afero.NewOsFs()}
	if _, err := j.Run(context.Background(), nil); fault.Of(err) != fault.PlacePending {
		t.Fatalf("the second: %v", err)
	}
	before := tree(t, r.root)
	disk := faultfs.New(afero.NewOsFs(), faultfs.Plan{})
	second, stands, proven := (&library.Library{Fs: disk}).Standing(r.root, r.phone.UDID)
	if !stands || proven || second.Before(first) {
		t.Errorf("in the middle: %v, stands %v, proven %v", second, stands, proven)
	}
	for _, kind := range []faultfs.Kind{faultfs.Create, faultfs.Mkdir, faultfs.Write, faultfs.Sync, faultfs.Rename, faultfs.Remove} {
		if n := disk.Count(kind); n > 0 {
			t.Errorf("to look took %d times %s", n, kind)
		}
	}
	if d := cmp.Diff(before, tree(t, r.root)); d != "" {
		t.Errorf("to look changed %s", d)
	}
	if list, err := vault.List(afero.NewOsFs(), r.root, r.phone.UDID); err != nil || len(list) != 2 {
		t.Fatalf("finished: %+v, %v", list, err)
	}
	existing, err := library.Inspect(afero.NewOsFs(), r.root, r.phone.UDID)
	must(t, err)
	// The date that was seen before is of this computer, and this one the phone's.
	if date, stands, proven := new(library.Library).Standing(r.root, r.phone.UDID); !stands || !proven || !date.Equal(existing.Date) || second.After(time.Now()) {
		t.Errorf("finished: %v, stands %v, proven %v; %v was seen before", date, stands, proven, second)
	}
}
