//go:build !windows

package instance

import (
	"io/fs"
	"os"
	"testing"
)

// A file of that name which is no socket is nobody's to remove, and only the
// user may speak to the socket.
func TestSocketFile(t *testing.T) {
	dir := folder(t)
	if err := os.WriteFile(socket(dir, "x"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	first, release, err := Claim(t.Context(), dir, "x", ByUser, nil)
	if release(); !first || err == nil {
		t.Errorf("first %v, %v", first, err)
	}
	if data, err := os.ReadFile(socket(dir, "x")); string(data) != "mine" {
		t.Errorf("%q, %v", data, err)
	}
	_, release = claim(t, dir, "y", ByUser, func() {})
	defer release()
	if info, err := os.Lstat(socket(dir, "y")); err != nil || info.Mode() != fs.ModeSocket|0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}
