package history

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"lifeboat/checks"
)

// FuzzOpen takes any bytes for the file: it opens, new or old, and works, or
// says why it does not.
func FuzzOpen(f *testing.F) {
	path := filepath.Join(f.TempDir(), "seed.db")
	seed, err := Open(path, clock)
	if err != nil {
		f.Fatal(err)
	}
	if err := seed.SaveRun(f.Context(), anna, run(0, "wifi", checks.Fail)); err != nil {
		f.Fatal(err)
	}
	seed.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("SQLite format 3\x00"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "history.db")
		no(t, os.WriteFile(path, data, 0o600))
		s, err := Open(path, clock)
		if err != nil {
			return
		}
		defer s.Close()
		s.Runs(t.Context(), anna, 10)
		s.Answers(t.Context(), anna)
		s.Tried(t.Context(), anna)
		s.Attempts(t.Context(), anna, 10)
		s.FailingSince(t.Context(), anna, "wifi")
		if s.Damage() != nil {
			no(t, s.SaveRun(t.Context(), anna, run(time.Hour, "wifi", checks.Pass)))
		}
	})
}
