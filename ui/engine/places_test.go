package engine

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"lifeboat/backup/library"
	"lifeboat/backup/places"
	"lifeboat/device/fault"
)

// A place that was never seen is missing, and Lifeboat's own is just empty.
func TestBackupsOfNoPlace(t *testing.T) {
	live := &Engine{Library: library.Library{Own: filepath.Join(t.TempDir(), "own"), Places: &places.Registry{Path: filepath.Join(t.TempDir(), "places.json")}}}
	if kept, err := live.List(t.Context(), live.Own); len(kept) != 0 || err != nil {
		t.Errorf("%v, %v", kept, err)
	}
	if _, err := live.List(t.Context(), filepath.Join(t.TempDir(), "gone")); fault.Of(err) != fault.DestMissing {
		t.Error(err)
	}
	empty := t.TempDir()
	if kept, err := live.List(t.Context(), empty); len(kept) != 0 || err != nil {
		t.Errorf("%v, %v", kept, err)
	}
	if err := os.Remove(empty); err != nil {
		t.Fatal(err)
	}
	if _, err := live.List(t.Context(), empty); fault.Of(err) != fault.DestOffline {
		t.Error(err)
	}
	if err := live.Destination(empty); fault.Of(err) != fault.DestOffline {
		t.Error(err)
	}
	var known *fault.Error
	if _, err := live.List(t.Context(), empty); !errors.As(err, &known) || known.Args["LastSeen"] == nil {
		t.Error("it is not said when the place was last seen")
	}
}
