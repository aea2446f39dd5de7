package catalog

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/afero"
)

var update = flag.Bool("update", false, "rewrite the golden file of the current format")

func crcOf(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// described reads a golden file's text: a line for each entry.
func described(t *testing.T, path string) []Entry {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []Entry
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		words := strings.Fields(line)
		if len(words) != 3 {
			t.Fatalf("%s: %q", path, line)
		}
		var e Entry
		var ok bool
		if e.ID, ok = ParseID(words[0]); !ok {
			t.Fatalf("%s: %q", path, line)
		}
		if e.Size = Gone; words[1] != "gone" {
			if e.Size, err = strconv.ParseInt(words[1], 10, 64); err != nil {
				t.Fatal(err)
			}
		}
		if words[2] != "-" {
			if n, err := fmt.Sscanf(words[2], "%x", (*hexDigest)(&e.Digest)); n != 1 || err != nil {
				t.Fatalf("%s: %q: %v", path, line, err)
			}
		}
		all = append(all, e)
	}
	return all
}

type hexDigest Digest

func (d *hexDigest) Scan(state fmt.ScanState, _ rune) error {
	word, err := state.Token(true, nil)
	if err != nil {
		return err
	}
	for i := range d {
		if len(word) != 2*len(d) {
			return errors.New("no digest")
		}
		n, err := strconv.ParseUint(string(word[2*i:2*i+2]), 16, 8)
		if err != nil {
			return err
		}
		d[i] = byte(n)
	}
	return nil
}

// A catalogue of format 1 is read in all years to come, and until there is
// another format, written to the byte.
func TestGolden(t *testing.T) {
	const binary, text = "testdata/format1.catalog", "testdata/format1.txt"
	want := described(t, text)
	if len(want) < 5 {
		t.Fatalf("%s has %d entries", text, len(want))
	}
	fsys := afero.NewOsFs()
	if *update {
		if _, err := Write(fsys, binary, Slice(want)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := readAll(fsys, binary)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want)

	written := path.Join(t.TempDir(), "written")
	if _, err := Write(fsys, written, Slice(want)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(contents(t, fsys, written), contents(t, fsys, binary)) {
		t.Error("what is written today is not what was written then")
	}
}

// Whatever is opened without an error is a catalogue as Write writes it.
func FuzzOpen(f *testing.F) {
	for _, n := range []int{0, 1, 5} {
		f.Add(bytesOf(f, many(n)))
	}
	whole := bytesOf(f, []Entry{entry(1, 100, 1), entry(2, Gone, 0), entry(0xff00, 5, 0)})
	f.Add(whole)
	f.Add(whole[:len(whole)-blockSize])
	f.Add(append(slices.Clone(whole), whole...))
	golden, err := os.ReadFile("testdata/format1.catalog")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Fuzz(func(t *testing.T, b []byte) {
		// As it is, and with CRCs as good as a stranger can make them.
		fuzzOpen(t, b)
		if len(b) >= 2*blockSize && len(b)%blockSize == 0 {
			fuzzOpen(t, resealed(bytes.Clone(b)))
		}
	})
}

func fuzzOpen(t *testing.T, b []byte) {
	fsys := afero.NewMemMapFs()
	put(t, fsys, "/c", b)
	f, err := Open(fsys, "/c")
	if err != nil {
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNewer) {
			t.Fatal(err)
		}
		return
	}
	defer f.Close()
	all, err := read(f.Stream())
	if err != nil {
		if !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
		return
	}
	if len(all) != f.records || !bytes.Equal(b, bytesOf(t, all)) {
		t.Error("it was read, but is not what is written")
	}
	for _, e := range all {
		if got, found, err := f.Find(e.ID); got != e || !found || err != nil {
			t.Errorf("Find: %v, %t, %v", got, found, err)
		}
	}
}

// A million entries.
func BenchmarkCatalog(b *testing.B) {
	const n = 1_000_000
	all := many(n)
	fsys, dir := afero.NewOsFs(), b.TempDir()
	list := path.Join(dir, "c")
	if _, err := Write(fsys, list, Slice(all)); err != nil {
		b.Fatal(err)
	}
	f, err := Open(fsys, list)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	count := func(b *testing.B, s Stream, want int) {
		got := 0
		for ; ; got++ {
			if _, err := s.Next(); err != nil {
				break
			}
		}
		if got != want {
			b.Fatalf("%d entries, want %d", got, want)
		}
	}
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			if _, err := Write(fsys, path.Join(dir, "w"), Slice(all)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("stream", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			count(b, f.Stream(), n)
		}
	})
	b.Run("merge of 16", func(b *testing.B) {
		b.ReportAllocs()
		parts := make([][]Entry, 16)
		for i, e := range all {
			parts[i%16] = append(parts[i%16], e)
		}
		for b.Loop() {
			streams := make([]Stream, 16)
			for i := range parts {
				streams[i] = Slice(parts[i])
			}
			count(b, Merge(streams...), n)
		}
	})
	b.Run("sort", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s := NewSorter(dir, DefaultLimit)
			for i := range n {
				if err := s.Add(all[i*7919%n]); err != nil {
					b.Fatal(err)
				}
			}
			count(b, s.Sorted(), n)
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
