package history

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"lifeboat/checks"
)

const (
	anna = "00008101-000A1B2C3D4E5F60"
	ben  = "00008030-00AABBCCDDEEFF00"
)

// now is the moment of every test.
var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

// writer is the variable that makes this program another process that saves
// runs: "<path> <phone> <how many>", without an end if that is 0.
const writer = "LIFEBOAT_HISTORY_WRITER"

func TestMain(m *testing.M) {
	if order := os.Getenv(writer); order != "" {
		if err := write(order); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// write saves runs, and says the number of each as soon as it is kept.
func write(order string) error {
	var path, udid string
	var count int
	if _, err := fmt.Sscan(order, &path, &udid, &count); err != nil {
		return err
	}
	s, err := Open(path, clock)
	if err != nil {
		return err
	}
	for n := 0; count == 0 || n < count; n++ {
		if err := s.SaveRun(context.Background(), udid, Run{At: now.Add(time.Duration(n) * time.Second), Version: strconv.Itoa(n)}); err != nil {
			return err
		}
		fmt.Println(n)
	}
	return s.Close()
}

// opened is a store in a folder of its own.
func opened(t *testing.T) *Store {
	t.Helper()
	return openedAt(t, filepath.Join(t.TempDir(), "data", "history.db"))
}

func openedAt(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(path, clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// no fails the test at once for an error.
func no(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// run is a run after so long whose checks said this, by id.
func run(after time.Duration, said ...any) Run {
	r := Run{At: now.Add(after), Version: "27.0.1"}
	for i := 0; i < len(said); i += 2 {
		r.Results = append(r.Results, Result{ID: said[i].(string), Status: said[i+1].(checks.Status)})
	}
	return r
}
