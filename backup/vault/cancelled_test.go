package vault

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"
)

// finishing lets a phone send and place all of a second backup, and has the run
// cancelled while that is written through. What stays the same in size has
// other bytes now, as after a change of the password.
func finishing(t *testing.T, root string) (after files) {
	t.Helper()
	before := files{}.with(1, files{"a": "a1", "b": "b1"})
	after = before.with(2, files{"a": "a2", "b": "b2"})
	v := open(t, afero.NewOsFs(), root)
	must(t, backUp(v, Plan{}, 1, nil, before))
	r, err := v.Begin(Plan{Now: epoch})
	must(t, err, upload(r, before, after), placeAll(r, before, after))
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Seal(cancelled, epoch); err == nil {
		t.Fatal("it was not cancelled")
	}
	must(t, r.Keep(context.Background(), errors.New("cancelled"), epoch), v.Close())
	return after
}

// TestCancelledWhileFinishing: all that had arrived is there for the next run.
func TestCancelledWhileFinishing(t *testing.T) {
	for name, fsys := range systems {
		root := t.TempDir()
		after := finishing(t, root)
		v := open(t, fsys, root)
		r, err := v.Begin(Plan{Now: epoch})
		must(t, err)
		if d := cmp.Diff(after, treeOf(t, r.FS(), r.Dir())); d != "" || !r.Resumed() {
			t.Errorf("%s: resumed %v: %s", name, r.Resumed(), d)
		}
		must(t, r.Discard(), v.Close())
	}
}

// TestForgottenAfterFinishing: where the phone takes for stored what nobody
// remembers, the earlier content must not show in its place.
func TestForgottenAfterFinishing(t *testing.T) {
	root := t.TempDir()
	finishing(t, root)
	must(t, os.RemoveAll(filepath.Join(root, hidden, udid, "run", segmentName)))
	v := open(t, afero.NewOsFs(), root)
	r, err := v.Begin(Plan{Now: epoch})
	must(t, err)
	if r.Resumed() {
		t.Errorf("it goes on with %v", treeOf(t, r.FS(), r.Dir()))
	}
	must(t, r.Discard(), v.Close())
}
