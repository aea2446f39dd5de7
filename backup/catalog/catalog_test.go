package catalog

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"
)

// systems runs a test in memory and on a disk.
func systems(t *testing.T, test func(t *testing.T, fsys afero.Fs, dir string)) {
	t.Run("memory", func(t *testing.T) {
		fsys := afero.NewMemMapFs()
		if err := fsys.MkdirAll("/dir", 0o700); err != nil {
			t.Fatal(err)
		}
		test(t, fsys, "/dir")
	})
	t.Run("disk", func(t *testing.T) { test(t, afero.NewOsFs(), t.TempDir()) })
}

// drain reads a stream to its end.
func drain(t testing.TB, s Stream) []Entry {
	t.Helper()
	all, err := read(s)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func read(s Stream) ([]Entry, error) {
	var all []Entry
	for {
		e, err := s.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, e)
	}
}

// entry is a file whose ID begins with a number of four digits.
func entry(id int, size int64, digest byte) Entry {
	var e Entry
	parsed, ok := ParseID(fmt.Sprintf("%04x%036x", id, 7))
	if !ok {
		panic("no ID")
	}
	e.ID, e.Size = parsed, size
	if digest > 0 {
		e.Digest = Digest{digest, 31: digest}
	}
	return e
}

// many makes sorted entries with random IDs.
func many(n int) []Entry {
	random := rand.New(rand.NewPCG(1, uint64(n)))
	all := make([]Entry, n)
	for i := range all {
		for j := 0; j < len(all[i].ID); j += 4 {
			v := random.Uint32()
			copy(all[i].ID[j:], []byte{byte(v), byte(v >> 8), byte(v >> 16), byte(v >> 24)})
		}
		all[i].Size = random.Int64N(1 << 20)
		all[i].Digest = Digest{byte(i), byte(i >> 8), 5}
	}
	slices.SortFunc(all, func(a, b Entry) int { return a.ID.Compare(b.ID) })
	return all
}

func TestParseID(t *testing.T) {
	const good = "00ff0123456789abcdef00112233445566778899"
	if id, ok := ParseID(good); !ok || id.String() != good {
		t.Errorf("%s is read as %s, %t", good, id, ok)
	}
	for _, bad := range []string{"", good[1:], good + "0", "00FF0123456789abcdef00112233445566778899",
		"g0ff0123456789abcdef00112233445566778899", "0/ff0123456789abcdef00112233445566778899"} {
		if _, ok := ParseID(bad); ok {
			t.Errorf("%q is an ID", bad)
		}
	}
}

func TestWriteAndRead(t *testing.T) {
	systems(t, func(t *testing.T, fsys afero.Fs, dir string) {
		path := path.Join(dir, "changes")
		for _, n := range []int{0, 1, 2, 255, 256, 257, 5000} {
			want := many(n)
			var sum Totals
			for i := range want {
				if i%7 == 3 {
					want[i].Size, want[i].Digest = Gone, Digest{}
					sum.Gone++
					continue
				}
				sum.Files++
				sum.Bytes += want[i].Size
			}
			// Each one replaces the one before.
			got, err := Write(fsys, path, Slice(want))
			if err != nil || got != sum {
				t.Fatalf("%d entries: %+v, %v, want %+v", n, got, err, sum)
			}
			f, err := Open(fsys, path)
			if err != nil {
				t.Fatal(err)
			}
			if f.records != n || f.Totals() != sum {
				t.Errorf("it has %d entries, %+v; want %d, %+v", f.records, f.Totals(), n, sum)
			}
			if diff := cmp.Diff(want, drain(t, f.Stream()), cmpEmpty); diff != "" {
				t.Errorf("%d entries: (-want +got)\n%s", n, diff)
			}
			for i := 0; i < n; i += 1 + n/50 {
				if e, found, err := f.Find(want[i].ID); e != want[i] || !found || err != nil {
					t.Errorf("Find(%s): %v, %t, %v", want[i].ID, e, found, err)
				}
				other := want[i].ID
				other[19]++
				if e, found, err := f.Find(other); found || err != nil {
					t.Errorf("Find(%s): %v, %t, %v", other, e, found, err)
				}
			}
			for _, id := range []ID{{}, {0xff, 0xff, 0xff, 0xff}} {
				if _, found, err := f.Find(id); found || err != nil {
					t.Errorf("Find(%s): %t, %v", id, found, err)
				}
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			if names := list(t, fsys, dir); !slices.Equal(names, []string{"changes"}) {
				t.Fatalf("there are %v", names)
			}
		}
	})
}

// cmpEmpty takes no entries and no slice for the same.
var cmpEmpty = cmp.Transformer("empty", func(all []Entry) []string {
	lines := make([]string, len(all))
	for i, e := range all {
		lines[i] = fmt.Sprintf("%s %d %s", e.ID, e.Size, e.Digest)
	}
	return lines
})

func list(t *testing.T, fsys afero.Fs, dir string) []string {
	t.Helper()
	infos, err := afero.ReadDir(fsys, dir)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, info := range infos {
		names = append(names, info.Name())
	}
	return names
}

func TestMerge(t *testing.T) {
	for _, test := range []struct {
		name    string
		streams [][]Entry // newest first
		want    []Entry
	}{
		{name: "nothing"},
		{name: "nothing of two", streams: [][]Entry{{}, {}}},
		{name: "one", streams: [][]Entry{{entry(1, 1, 1), entry(2, 2, 2)}}, want: []Entry{entry(1, 1, 1), entry(2, 2, 2)}},
		{name: "side by side", streams: [][]Entry{{entry(2, 2, 2)}, {entry(1, 1, 1), entry(3, 3, 3)}},
			want: []Entry{entry(1, 1, 1), entry(2, 2, 2), entry(3, 3, 3)}},
		{name: "the newest wins", streams: [][]Entry{{entry(1, 1, 1)}, {entry(1, 2, 2)}, {entry(1, 3, 3), entry(2, 3, 3)}},
			want: []Entry{entry(1, 1, 1), entry(2, 3, 3)}},
		{name: "gone is kept", streams: [][]Entry{{entry(1, Gone, 0)}, {entry(1, 2, 2)}}, want: []Entry{entry(1, Gone, 0)}},
		{name: "back again", streams: [][]Entry{{entry(1, 5, 5)}, {entry(1, Gone, 0)}, {entry(1, 2, 2)}}, want: []Entry{entry(1, 5, 5)}},
		{name: "one digest is as good as another", streams: [][]Entry{{entry(1, 2, 0)}, {entry(1, 2, 2)}}, want: []Entry{entry(1, 2, 0)}},
	} {
		var streams []Stream
		for _, s := range test.streams {
			streams = append(streams, Slice(s))
		}
		merged := Merge(streams...)
		if diff := cmp.Diff(test.want, drain(t, merged), cmpEmpty); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
		if _, err := merged.Next(); err != io.EOF {
			t.Errorf("%s: after the end comes %v", test.name, err)
		}
	}
}

// Many streams make many shapes of the heap.
func TestMergeOfMany(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var streams []Stream
	want := map[int]Entry{}
	for range 37 {
		var s []Entry
		for id := range 200 {
			if random.IntN(9) == 0 {
				e := entry(id, random.Int64N(100)-1, 0)
				s = append(s, e)
				if _, there := want[id]; !there {
					want[id] = e
				}
			}
		}
		streams = append(streams, Slice(s))
	}
	var all, live []Entry
	for id := range 200 {
		if e, there := want[id]; there {
			all = append(all, e)
			if e.Size != Gone {
				live = append(live, e)
			}
		}
	}
	got := drain(t, Merge(streams...))
	if diff := cmp.Diff(all, got, cmpEmpty); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(live, drain(t, Live(Slice(got))), cmpEmpty); diff != "" || len(live) == len(all) {
		t.Errorf("live: (-want +got)\n%s", diff)
	}
}

// failing gives some entries and then an error.
type failing struct {
	rest Stream
	err  error
}

func (f *failing) Next() (Entry, error) {
	e, err := f.rest.Next()
	if errors.Is(err, io.EOF) {
		return Entry{}, f.err
	}
	return e, err
}

func TestMergeGivesErrors(t *testing.T) {
	broken := errors.New("broken")
	for n := range 4 {
		own := []Entry{entry(1, 1, 1), entry(3, 3, 3), entry(5, 5, 5)}[:n]
		s := Merge(Slice([]Entry{entry(2, 2, 2), entry(9, 9, 9)}), &failing{Slice(own), broken})
		got, err := read(s)
		if !errors.Is(err, broken) || len(got) > 2*n {
			t.Errorf("after %d entries: %d entries, %v", n, len(got), err)
		}
		if _, again := s.Next(); again != err {
			t.Errorf("then %v", again)
		}
	}
}
