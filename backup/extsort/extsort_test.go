package extsort

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// numbered is a value to be sorted by its key; n counts what was added.
type numbered struct{ key, n uint32 }

func byKey(a, b numbered) int { return cmp.Compare(a.key, b.key) }

var errBad = errors.New("no such value")

func kind(both func(newer, older numbered) numbered) Kind[numbered] {
	return Kind[numbered]{
		Compare: byKey, Both: both, Size: 8,
		Encode: func(v *numbered, b []byte) {
			binary.BigEndian.PutUint32(b, v.key)
			binary.BigEndian.PutUint32(b[4:], v.n)
		},
		Decode: func(v *numbered, b []byte) error {
			if *v = (numbered{binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])}); v.n == 0 {
				return errBad
			}
			return nil
		},
	}
}

func collect(t *testing.T, s Stream[numbered]) (all []numbered) {
	t.Helper()
	for v, err := range All(s) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if _, err := s.Next(); err != io.EOF {
		t.Errorf("after the end: %v", err)
	}
	return all
}

// TestSorter: in memory and through a file of many runs, all comes out in order,
// of equal ones each, or the newest, and again when it is asked for again.
func TestSorter(t *testing.T) {
	keepNewest := func(newer, older numbered) numbered {
		if newer.n <= older.n {
			t.Errorf("%v was taken for newer than %v", newer, older)
		}
		return newer
	}
	for _, most := range []int{0, 1, 7, 100, 999, 1000, 5000} {
		for name, both := range map[string]func(newer, older numbered) numbered{"each": nil, "newest": keepNewest} {
			t.Run(fmt.Sprintf("%s of %d", name, most), func(t *testing.T) {
				dir := t.TempDir()
				s := New(kind(both), dir, most)
				random := rand.New(rand.NewPCG(1, 2))
				var want []numbered
				for i := range 1000 {
					v := numbered{random.Uint32N(400), uint32(i + 1)}
					if both != nil {
						want = slices.DeleteFunc(want, func(old numbered) bool { return old.key == v.key })
					}
					want = append(want, v)
					if err := s.Add(v); err != nil {
						t.Fatal(err)
					}
				}
				if (s.file != nil) != (most < 1000) || s.Len() != 1000 || len(s.memory) > max(most, 1) {
					t.Errorf("file %v, %d values, %d in memory", s.file, s.Len(), len(s.memory))
				}
				whole := func(a, b numbered) int { return cmp.Or(byKey(a, b), cmp.Compare(a.n, b.n)) }
				slices.SortFunc(want, whole)
				for range 2 {
					got := collect(t, s.Sorted())
					if !slices.IsSortedFunc(got, byKey) {
						t.Error("it is not in order")
					}
					slices.SortFunc(got, whole)
					if !slices.Equal(got, want) {
						t.Errorf("got %v, want %v", got, want)
					}
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				if left, err := os.ReadDir(dir); len(left) > 0 || err != nil {
					t.Errorf("left behind: %v, %v", left, err)
				}
			})
		}
	}
}

// TestSorterDamage: what the file no longer holds as it was written is an error,
// and no end.
func TestSorterDamage(t *testing.T) {
	for name, damage := range map[string]func(*os.File) error{
		"cut off":    func(f *os.File) error { return f.Truncate(4) },
		"other text": func(f *os.File) error { _, err := f.WriteAt(bytes.Repeat([]byte{0}, 8), 0); return err },
	} {
		s := New(kind(nil), t.TempDir(), 1)
		defer s.Close()
		if err := errors.Join(s.Add(numbered{1, 1}), s.Add(numbered{2, 2}), damage(s.file)); err != nil {
			t.Fatal(err)
		}
		all := s.Sorted()
		for range 2 {
			if _, err := all.Next(); !errors.Is(err, ErrTemporary) || err == io.EOF {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// failing gives some values and then an error.
type failing struct{ rest []numbered }

func (f *failing) Next() (v numbered, err error) {
	if len(f.rest) == 0 {
		return v, errBad
	}
	v, f.rest = f.rest[0], f.rest[1:]
	return v, nil
}

func TestMergeFails(t *testing.T) {
	newest := func(newer, _ numbered) numbered { return newer }
	s := Merge(byKey, newest, Slice([]numbered{{1, 1}, {4, 1}}), Stream[numbered](&failing{[]numbered{{2, 2}, {3, 2}}}))
	var got []uint32
	var failed error
	for v, err := range All(s) {
		if failed = err; err == nil {
			got = append(got, v.key)
		}
	}
	if !slices.Equal(got, []uint32{1, 2}) || failed != errBad {
		t.Errorf("%v, %v", got, failed)
	}
}

func TestPeeker(t *testing.T) {
	to := func(key uint32) func(*numbered) int { return func(v *numbered) int { return cmp.Compare(v.key, key) } }
	p := Peek(Slice([]numbered{{1, 1}, {3, 1}}))
	for _, step := range []struct {
		key         uint32
		found, more bool
	}{{0, false, true}, {1, true, true}, {1, true, true}, {2, false, true}, {3, true, true}, {4, false, false}, {5, false, false}} {
		if found, err := p.Seek(to(step.key)); found != step.found || err != nil || (p.Err == nil) != step.more {
			t.Errorf("%d: found %v, %v, then %v", step.key, found, err, p.Err)
		}
	}
	if p := Peek[numbered](nil); p.Err != io.EOF {
		t.Errorf("of nothing: %v", p.Err)
	}
	bad := Peek(Stream[numbered](&failing{[]numbered{{1, 1}}}))
	if found, err := bad.Seek(to(2)); found || err != errBad {
		t.Errorf("%v, %v", found, err)
	}
}
