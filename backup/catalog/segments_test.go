package catalog

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/links"
)

func newSegments(t *testing.T, fsys afero.Fs, dir string) *Segments {
	t.Helper()
	s, err := NewSegments(fsys, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func openSegments(t *testing.T, fsys afero.Fs, dir string, dropped int) *Segments {
	t.Helper()
	s, n, err := OpenSegments(fsys, dir)
	if err != nil {
		t.Fatal(err)
	}
	if n != dropped {
		t.Errorf("%d files were dropped, want %d", n, dropped)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func add(t *testing.T, s *Segments, entries ...Entry) {
	t.Helper()
	s.Add(entries...)
}

func flush(t *testing.T, s *Segments) {
	t.Helper()
	if err := s.Flush(); err != nil {
		t.Fatal(err)
	}
}

func sorted(t *testing.T, s *Segments) []Entry {
	t.Helper()
	all, err := s.Stream()
	if err != nil {
		t.Fatal(err)
	}
	return drain(t, all)
}

func same(t *testing.T, got, want []Entry) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpEmpty); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What was added twice comes out the same wherever the two entries lie: both
// in memory, in segments, or one here and one there.
func TestAddedTwice(t *testing.T) {
	for _, test := range []struct {
		name  string
		added []Entry
		want  Entry
	}{
		{"once", []Entry{entry(1, 1, 1)}, entry(1, 1, 1)},
		{"the same again", []Entry{entry(1, 1, 1), entry(1, 1, 1), entry(1, 1, 1)}, entry(1, 1, 1)},
		{"another digest", []Entry{entry(1, 1, 1), entry(1, 1, 2)}, entry(1, 1, 0)},
		{"another size", []Entry{entry(1, 1, 1), entry(1, 2, 1)}, entry(1, 2, 0)},
		{"there and back", []Entry{entry(1, 1, 1), entry(1, 2, 2), entry(1, 1, 1)}, entry(1, 1, 0)},
		{"no digest at first", []Entry{entry(1, 1, 0), entry(1, 1, 1)}, entry(1, 1, 0)},
		{"no digest at last", []Entry{entry(1, 1, 1), entry(1, 1, 0)}, entry(1, 1, 0)},
		{"gone", []Entry{entry(1, 1, 1), entry(1, Gone, 0)}, entry(1, Gone, 0)},
		{"gone and back", []Entry{entry(1, 1, 1), entry(1, Gone, 0), entry(1, 1, 1)}, entry(1, 1, 0)},
		{"gone with a digest", []Entry{entry(1, Gone, 3)}, entry(1, Gone, 0)},
	} {
		for how, between := range map[string]func(t *testing.T, s *Segments){
			"memory":  func(*testing.T, *Segments) {},
			"flushed": flush,
			"others": func(t *testing.T, s *Segments) {
				add(t, s, entry(2, 2, 2), entry(3, 3, 3), entry(4, 4, 4), entry(5, 5, 5))
			},
			"compact": func(t *testing.T, s *Segments) { flushOften(t, s) },
		} {
			t.Run(test.name+"/"+how, func(t *testing.T) {
				s := newSegments(t, afero.NewMemMapFs(), "/segments")
				for _, e := range test.added {
					add(t, s, e)
					between(t, s)
				}
				got := sorted(t, s)
				if got[0] != test.want {
					t.Errorf("got %v, want %v", got[0], test.want)
				}
				flush(t, s)
				same(t, sorted(t, s), got)
			})
		}
		for _, most := range []int{1, 2, 9} {
			if test.added[0].Digest != (Digest{}) && test.added[0].Size == Gone {
				continue // only what is kept is put right
			}
			t.Run(fmt.Sprintf("%s/sorter of %d", test.name, most), func(t *testing.T) {
				s := NewSorter(t.TempDir(), most)
				defer s.Close()
				for i, e := range test.added {
					if err := errors.Join(s.Add(e), s.Add(entry(10+i, 1, 1))); err != nil {
						t.Fatal(err)
					}
				}
				if got := drain(t, s.Sorted()); got[0] != test.want || len(got) != 1+len(test.added) {
					t.Errorf("got %v, want %v", got, test.want)
				}
			})
		}
	}
}

func flushOften(t *testing.T, s *Segments) {
	for i := range 2 * maxSegments {
		add(t, s, entry(10+i, 1, 1))
		flush(t, s)
	}
}

// However often it is flushed, there are few segments to open.
func TestSegmentsStayFew(t *testing.T) {
	fsys := afero.NewMemMapFs()
	s := newSegments(t, fsys, "/segments")
	for i := range 5 * maxSegments {
		add(t, s, entry(i, 1, 1))
		flush(t, s)
		if n := len(list(t, fsys, "/segments")); n > maxSegments {
			t.Fatalf("%d segments lie there", n)
		}
	}
	if got := sorted(t, s); len(got) != 5*maxSegments {
		t.Errorf("there are %d entries", len(got))
	}
}

// backwards is a disk that lists what came last first.
type backwards struct{ afero.Fs }

type backwardsDir struct{ afero.File }

func (b backwards) Open(name string) (afero.File, error) {
	file, err := b.Fs.Open(name)
	return backwardsDir{file}, err
}

func (d backwardsDir) Readdir(n int) ([]os.FileInfo, error) {
	infos, err := d.File.Readdir(n)
	slices.Reverse(infos)
	return infos, err
}

// Which segment is newer is in its name.
func TestOpenSegmentsKnowsTheNewest(t *testing.T) {
	fsys := backwards{afero.NewMemMapFs()}
	s := newSegments(t, fsys, "/segments")
	for i := range 12 {
		add(t, s, entry(1, int64(i), 1))
		flush(t, s)
	}
	s.Close()
	same(t, sorted(t, openSegments(t, fsys, "/segments", 0)), []Entry{entry(1, 11, 0)})
}

func TestSegmentsSortMuch(t *testing.T) {
	systems(t, func(t *testing.T, fsys afero.Fs, dir string) {
		dir = path.Join(dir, "segments")
		want := many(3000)
		mixed := slices.Clone(want)
		random := rand.New(rand.NewPCG(5, 6))
		random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		s := newSegments(t, fsys, dir)
		for i, e := range mixed {
			add(t, s, e)
			switch i {
			case 700, 701, 1500:
				flush(t, s)
			case 800, 1501, 2900:
				if got := sorted(t, s); len(got) != i+1 {
					t.Errorf("after %d entries there are %d", i+1, len(got))
				}
			}
			if n := len(list(t, fsys, dir)); n > maxSegments+3 {
				t.Fatalf("%d segments lie there", n)
			}
		}
		same(t, sorted(t, s), want)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// After a crash there is what was flushed, and nothing else: what came later
// may tell of files that never reached the disk.
func TestOpenSegments(t *testing.T) {
	systems(t, func(t *testing.T, fsys afero.Fs, dir string) {
		dir = path.Join(dir, "segments")
		s := newSegments(t, fsys, dir)
		add(t, s, entry(4, 4, 4), entry(2, 2, 2))
		flush(t, s)
		flush(t, s) // of nothing
		add(t, s, entry(1, 1, 1), entry(4, 4, 4))
		flush(t, s)
		if names := list(t, fsys, dir); !slices.Equal(names, []string{"000001", "000002"}) {
			t.Fatalf("there are %v", names)
		}
		flushed := []Entry{entry(1, 1, 1), entry(2, 2, 2), entry(4, 4, 4)}
		add(t, s, entry(5, 5, 5), entry(6, 6, 6), entry(7, 7, 7), entry(8, 8, 8))
		if names := list(t, fsys, dir); !slices.Equal(names, []string{"000001", "000002"}) {
			t.Fatalf("there are %v", names)
		}
		s.Close()

		s = openSegments(t, fsys, dir, 0)
		same(t, sorted(t, s), flushed)
		add(t, s, entry(3, 3, 3), entry(2, 2, 9))
		flush(t, s)
		s.Close()

		s = openSegments(t, fsys, dir, 0)
		flushed = []Entry{entry(1, 1, 1), entry(2, 2, 0), entry(3, 3, 3), entry(4, 4, 4)}
		same(t, sorted(t, s), flushed)
		s.Close()

		// Nothing of an earlier run is in a new one.
		s = newSegments(t, fsys, dir)
		same(t, sorted(t, s), nil)
	})
}

func TestOpenSegmentsDropsIncomplete(t *testing.T) {
	systems(t, func(t *testing.T, fsys afero.Fs, dir string) {
		dir = path.Join(dir, "segments")
		s := newSegments(t, fsys, dir)
		for i := range 3 {
			add(t, s, entry(i, 1, 1))
			flush(t, s)
		}
		s.Close()
		second := path.Join(dir, "000002")
		b := contents(t, fsys, second)
		b[70] ^= 4 // within the record
		put(t, fsys, second, b)
		for _, name := range []string{"000009", "000004.new", "4", "0000005", "-00001", "+00006", "notes.txt", "1000000000"} {
			put(t, fsys, path.Join(dir, name), nil)
		}
		if err := fsys.MkdirAll(path.Join(dir, "000007", "inside"), 0o700); err != nil {
			t.Fatal(err)
		}
		s = openSegments(t, fsys, dir, 10)
		if names := list(t, fsys, dir); !slices.Equal(names, []string{"000001", "000003"}) {
			t.Fatalf("there are %v", names)
		}
		same(t, sorted(t, s), []Entry{entry(0, 1, 1), entry(2, 1, 1)})
		// The name of a segment that was dropped is not used again.
		add(t, s, entry(5, 5, 5))
		flush(t, s)
		if names := list(t, fsys, dir); !slices.Equal(names, []string{"000001", "000003", "000010"}) {
			t.Fatalf("there are %v", names)
		}
	})
}

// Links are for whoever made them: they are removed and not followed.
func TestOpenSegmentsFollowsNoLink(t *testing.T) {
	fsys, dir := afero.NewOsFs(), t.TempDir()
	outside := path.Join(t.TempDir(), "outside")
	if _, err := Write(fsys, outside, Slice(many(3))); err != nil {
		t.Fatal(err)
	}
	links.Make(t, outside, path.Join(dir, "000001"))
	same(t, sorted(t, openSegments(t, fsys, dir, 1)), nil)
	if _, err := os.Stat(outside); err != nil {
		t.Error(err)
	}
}

// refusing is a disk on which files cannot be opened to read.
type refusing struct{ afero.Fs }

var errRefused = errors.New("refused")

func (r refusing) Open(name string) (afero.File, error) {
	if path.Base(name) == "000002" {
		return nil, errRefused
	}
	return r.Fs.Open(name)
}

// A drive that was pulled out is no reason to remove anything.
func TestOpenSegmentsKeepsWhatItCannotRead(t *testing.T) {
	fsys := afero.NewMemMapFs()
	s := newSegments(t, fsys, "/segments")
	for i := range 3 {
		add(t, s, entry(i, 1, 1))
		flush(t, s)
	}
	put(t, fsys, "/segments/000001", nil)
	before := list(t, fsys, "/segments")
	if _, _, err := OpenSegments(refusing{fsys}, "/segments"); !errors.Is(err, errRefused) {
		t.Errorf("it says %v", err)
	}
	if after := list(t, fsys, "/segments"); !slices.Equal(before, after) {
		t.Errorf("there were %v and are %v", before, after)
	}
}

// A random walk of adds, flushes, and crashes against a model.
func TestSegmentsWalk(t *testing.T) {
	for seed := range uint64(30) {
		random := rand.New(rand.NewPCG(seed, 1))
		fsys := afero.NewMemMapFs()
		s := newSegments(t, fsys, "/segments")
		durable, all := map[ID]Entry{}, map[ID]Entry{}
		for range 300 {
			switch n := random.IntN(40); {
			case n < 33:
				e := entry(random.IntN(60), random.Int64N(3)-1, byte(1+random.IntN(2)))
				add(t, s, e)
				if e.Size == Gone {
					e.Digest = Digest{}
				}
				if old, there := all[e.ID]; there {
					e = doubted(e, old)
				}
				all[e.ID] = e
			case n < 38:
				flush(t, s)
				durable = maps.Clone(all)
			default:
				s.Close()
				var err error
				if s, _, err = OpenSegments(fsys, "/segments"); err != nil {
					t.Fatal(err)
				}
				all = maps.Clone(durable)
			}
			want := slices.SortedFunc(maps.Values(all), func(a, b Entry) int { return a.ID.Compare(b.ID) })
			if got := sorted(t, s); !slices.Equal(got, want) {
				t.Fatalf("seed %d: got %v\nwant %v", seed, got, want)
			}
		}
		s.Close()
	}
}

func contents(t testing.TB, fsys afero.Fs, path string) []byte {
	t.Helper()
	b, err := afero.ReadFile(fsys, path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func put(t testing.TB, fsys afero.Fs, path string, b []byte) {
	t.Helper()
	if err := afero.WriteFile(fsys, path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
