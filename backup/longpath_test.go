package backup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lifeboat/backup/verify"
)

// TestLongPath: a backup, and the next one upon it, in a folder that lies
// deeper than the 260 characters of Windows' older functions.
func TestLongPath(t *testing.T) {
	r := newRig(t, nil)
	for range 5 {
		r.root = filepath.Join(r.root, strings.Repeat("x", 60))
	}
	if err := os.MkdirAll(r.root, 0o700); err != nil {
		t.Fatal(err)
	}
	if len(r.root) <= 260 {
		t.Fatalf("%d characters are not many", len(r.root))
	}
	first := r.job()
	first.Level = verify.Level{Depth: verify.Full}
	one := r.mustRun(first)
	two := r.mustRun(r.job())
	if one.Files == 0 || two.Files == 0 || one.Doubtful+two.Doubtful > 0 {
		t.Errorf("%+v, %+v", one, two)
	}
}
