//go:build linux || darwin

package host

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"lifeboat/backup/disk"
	"lifeboat/checks"
	"lifeboat/device/facts"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestGatherRealFolder(t *testing.T) {
	dir := t.TempDir()
	h := Gather(t.Context(), dir)
	if kind, ok := h.Kind.Known(); !ok || kind != checks.DestinationFolder {
		t.Errorf("kind = %+v", h.Kind)
	}
	if free, ok := h.FreeBytes.Known(); !ok || free <= 0 {
		t.Errorf("free = %+v", h.FreeBytes)
	}
	if name, ok := h.FileSystem.Known(); !ok || name == "" {
		t.Errorf("file system = %+v", h.FileSystem)
	}
	if writable, ok := h.Writable.Known(); !ok || !writable {
		t.Errorf("writable = %+v", h.Writable)
	}
	if h.OS != runtime.GOOS || h.Destination != dir {
		t.Errorf("OS %q, destination %q", h.OS, h.Destination)
	}
	empty(t, dir)
}

// empty wants that a look left nothing behind.
func empty(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestGatherKinds(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("a letter"), 0o600); err != nil {
		t.Fatal(err)
	}
	dangling, link := filepath.Join(dir, "dangling"), filepath.Join(dir, "link")
	if err := errors.Join(os.Symlink(filepath.Join(dir, "gone"), dangling), os.Symlink(dir, link)); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, path string
		want       checks.DestinationKind
		measured   bool
	}{
		{"a folder", dir, checks.DestinationFolder, true},
		{"a link to a folder", link, checks.DestinationFolder, true},
		{"yet to be made", filepath.Join(dir, "new"), checks.DestinationNew, true},
		{"two levels missing", filepath.Join(dir, "no", "drive"), checks.DestinationMissing, false},
		{"a file", file, checks.DestinationFile, false},
		{"below a file", filepath.Join(file, "x"), checks.DestinationMissing, false},
		{"far below a file", filepath.Join(file, "x", "y"), checks.DestinationMissing, false},
		{"a link that leads nowhere", dangling, checks.DestinationMissing, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := Gather(t.Context(), tc.path)
			if kind, ok := h.Kind.Known(); !ok || kind != tc.want {
				t.Errorf("kind = %+v, want %s", h.Kind, tc.want)
			}
			_, free := h.FreeBytes.Known()
			_, writable := h.Writable.Known()
			if free != tc.measured || writable != tc.measured {
				t.Errorf("free %+v, writable %+v, want measured = %v", h.FreeBytes, h.Writable, tc.measured)
			}
		})
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != "a letter" {
		t.Errorf("the file was changed: %q, %v", got, err)
	}
}

func TestGatherNothing(t *testing.T) {
	if got, want := Gather(t.Context(), ""), (checks.Host{OS: runtime.GOOS}); got != want {
		t.Errorf("Gather of nothing = %+v", got)
	}
}

// A share that hangs must not hang the checks: what it did not answer is not read.
func TestHangingShare(t *testing.T) {
	for _, hung := range []string{"kind", "free", "volume", "write"} {
		t.Run(hung, func(t *testing.T) {
			release := make(chan struct{})
			defer close(release)
			q := answering()
			ctx, cancel := context.WithCancel(t.Context())
			// Its time is up once the question was asked.
			hang := func() { cancel(); <-release }
			switch hung {
			case "kind":
				q.kind = func(string) (checks.DestinationKind, string, error) {
					hang()
					return checks.DestinationFolder, "/share", nil
				}
			case "free":
				q.free = func(string) (uint64, error) { hang(); return 1, nil }
			case "volume":
				q.volume = func(string) (disk.Volume, error) { hang(); return disk.Volume{System: "nfs", Remote: true}, nil }
			case "write":
				q.write = func(string) error { hang(); return nil }
			}
			h := q.gather(ctx, "/share")
			states := map[string]facts.State{
				"kind": h.Kind.State, "free": h.FreeBytes.State, "volume": h.FileSystem.State, "write": h.Writable.State,
			}
			if states[hung] != facts.NotRead {
				t.Errorf("%s is %s though it hung", hung, states[hung])
			}
			for _, r := range checks.Run(checks.Input{Host: h}) {
				if r.ID == "this-computer" && r.Status == checks.Pass {
					t.Error("a hanging share passes")
				}
			}
		})
	}
}

// answering answers every question at once.
func answering() questions {
	return questions{
		kind:   func(string) (checks.DestinationKind, string, error) { return checks.DestinationFolder, "/share", nil },
		free:   func(string) (uint64, error) { return 1000, nil },
		volume: func(string) (disk.Volume, error) { return disk.Volume{System: "nfs", Remote: true, Size: 4000}, nil },
		write:  func(string) error { return nil },
		itunes: func() facts.Datum[string] { return facts.Of("12.13.9.1") },
	}
}

func TestAnswers(t *testing.T) {
	path := &fs.PathError{Op: "open", Path: "/home/anna/secret", Err: unix.EROFS}
	for _, tc := range []struct {
		name  string
		set   func(*questions)
		check func(checks.Host) bool
	}{
		{"a share", func(*questions) {}, func(h checks.Host) bool {
			return h.Remote == facts.Of(true) && h.FileSystem == facts.Of("nfs") && h.FreeBytes == facts.Of[int64](1000) && h.TotalBytes == facts.Of[int64](4000)
		}},
		{"more than fits", func(q *questions) { q.free = func(string) (uint64, error) { return math.MaxUint64, nil } },
			func(h checks.Host) bool { return h.FreeBytes == facts.Of[int64](math.MaxInt64) }},
		{"free space fails", func(q *questions) { q.free = func(string) (uint64, error) { return 7, unix.EIO } },
			func(h checks.Host) bool { return h.FreeBytes.State == facts.NotRead && h.FreeBytes.Reason != "" }},
		{"read-only drive", func(q *questions) { q.write = func(string) error { return path } },
			func(h checks.Host) bool {
				return h.Writable == facts.Datum[bool]{State: facts.Read, Reason: "read-only file system"}
			}},
		{"no permission", func(q *questions) { q.write = func(string) error { return fs.ErrPermission } },
			func(h checks.Host) bool { return h.Writable == facts.Datum[bool]{State: facts.Read, Reason: denied} }},
		{"full drive", func(q *questions) { q.write = func(string) error { return unix.ENOSPC } },
			func(h checks.Host) bool { return h.Writable == facts.Datum[bool]{Reason: "drive full"} }},
		{"kept out of the folder around it", func(q *questions) {
			q.kind = func(string) (checks.DestinationKind, string, error) { return "", "", fs.ErrPermission }
		}, func(h checks.Host) bool {
			writable, known := h.Writable.Known()
			return known && !writable && h.Kind.State == facts.NotRead && h.FreeBytes.State == facts.NotRead
		}},
		{"volume fails", func(q *questions) { q.volume = func(string) (disk.Volume, error) { return disk.Volume{}, path } },
			func(h checks.Host) bool {
				return h.FileSystem.State == facts.NotRead && h.Remote.State == facts.NotRead && h.FileSystem.Reason == "read-only file system"
			}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			q := answering()
			tc.set(&q)
			if h := q.gather(t.Context(), "/share"); !tc.check(h) {
				t.Errorf("gathered %+v", h)
			}
		})
	}
}
