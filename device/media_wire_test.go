package device_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"lifeboat/device/services/afc"
)

// TestMediaIsWritten: a file of several packets lies in the media folder as it
// was written, also over a longer one, and is taken away again.
func TestMediaIsWritten(t *testing.T) {
	d := newDesk(t)
	sim, phone := d.paired()
	media, err := phone.AFC(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer media.Close()
	for range 2 { // a folder that is there is no error
		if err := media.MakeDir(t.Context(), "/iTunesRestore"); err != nil {
			t.Fatal(err)
		}
	}
	const name = "/iTunesRestore/RestoreApplications.plist"
	for _, size := range []int{300_000, 5, 0} {
		data := bytes.Repeat([]byte("plist"), size/5)
		if err := media.WriteFile(t.Context(), name, data); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(sim.StateDir(), "media", filepath.FromSlash(name)))
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes of %d, %v", len(got), size, err)
		}
	}
	if err := media.WriteFile(t.Context(), "/none/file", nil); !errors.Is(err, afc.ErrNotFound) {
		t.Errorf("without a folder: %v", err)
	}
	for _, what := range []string{name, "/iTunesRestore"} {
		if err := media.Remove(t.Context(), what); err != nil {
			t.Error(err)
		}
		if err := media.Remove(t.Context(), what); !errors.Is(err, afc.ErrNotFound) {
			t.Errorf("removed twice: %v", err)
		}
	}
}
