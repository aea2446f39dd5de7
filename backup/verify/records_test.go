package verify

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"lifeboat/backup/extsort"
)

// TestRecords sorts in memory and through files of many runs.
func TestRecords(t *testing.T) {
	for _, most := range []int{1, 7, 100, 1000, 5000} {
		dir := t.TempDir()
		random := rand.New(rand.NewPCG(1, 2))
		r := newRecords(dir, most)
		want := map[[20]byte]record{}
		for range 1000 {
			one := record{size: random.Int64(), how: withKey}
			for i := range one.id {
				one.id[i] = byte(random.Uint32())
			}
			one.key[43] = byte(random.Uint32())
			want[one.id] = one
			if err := r.Add(one); err != nil {
				t.Fatal(err)
			}
		}
		if r.Len() != 1000 {
			t.Errorf("at most %d: %d records", most, r.Len())
		}
		all := r.Sorted()
		var last [20]byte
		for n := 0; ; n++ {
			one, err := all.Next()
			if err == io.EOF {
				if n != 1000 {
					t.Errorf("at most %d: %d records", most, n)
				}
				break
			}
			if err != nil || string(one.id[:]) <= string(last[:]) || want[one.id] != one {
				t.Fatalf("at most %d: %+v after %x, %v", most, one, last, err)
			}
			last = one.id
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(dir); len(left) > 0 || err != nil {
			t.Errorf("left behind: %v, %v", left, err)
		}
	}
}

func TestRecordsNowhere(t *testing.T) {
	r := newRecords(filepath.Join(t.TempDir(), "no such folder"), 1)
	if err := errors.Join(r.Add(record{}), r.Add(record{})); !errors.Is(err, extsort.ErrTemporary) {
		t.Errorf("got %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
