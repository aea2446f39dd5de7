package devicelink

import (
	"fmt"
	"io/fs"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"howett.net/plist"
)

// asMaps is what a listing says, as a property list library encodes it.
func asMaps(l Listing, status Status, text string) []any {
	entries := map[string]any{}
	for _, item := range l {
		name := "DLFileTypeUnknown"
		switch {
		case item.Mode.IsRegular():
			name = "DLFileTypeRegular"
		case item.Mode.IsDir():
			name = "DLFileTypeDirectory"
		}
		entries[item.Name] = map[string]any{"DLFileType": name, "DLFileSize": item.Size, "DLFileModificationDate": item.Modified.UTC()}
	}
	return []any{"DLMessageStatusResponse", int64(status), text, entries}
}

func decode(t *testing.T, data []byte) (v []any) {
	t.Helper()
	if _, err := plist.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestListing: what is written by hand says the same as what a library writes,
// in all sizes of counts and references.
func TestListing(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	when := time.Date(2026, 11, 23, 12, 0, 0, 250_000_000, time.UTC)
	odd := Listing{
		{"Status.plist", 0o600, 189, when}, {"00", fs.ModeDir | 0o700, 4096, when},
		{"a link", fs.ModeSymlink, 0, time.Unix(0, 0)}, {"Ünïcode 📱", 0, 5 << 32, time.Date(1984, 1, 24, 0, 0, 0, 0, time.UTC)},
		{"a name of more than fifteen letters", 0, 1, when}, {"ein Name von mehr als fünfzehn Zeichen", 0, 1, when},
	}
	cases := []Listing{nil, {}, odd}
	for _, n := range []int{14, 15, 61, 62, 300, 16_381, 16_382, 20_000} {
		var many Listing
		for i := range n {
			many = append(many, Item{fmt.Sprintf("%040x", i), 0o600, int64(i) * 1000, when.Add(time.Duration(i) * time.Second)})
		}
		cases = append(cases, many)
	}
	for _, l := range cases {
		want, err := plist.Marshal(asMaps(l, MultiStatus, "text"), plist.BinaryFormat)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(decode(t, want), decode(t, l.response(MultiStatus, "text")), cmpopts.EquateApproxTime(time.Millisecond)); d != "" {
			t.Errorf("%d entries: %s", len(l), d[:min(len(d), 1000)])
		}
	}
}

// FuzzListing gives it any name.
func FuzzListing(f *testing.F) {
	f.Add("name", "ü", int64(1), int64(0))
	f.Fuzz(func(t *testing.T, a, b string, size, seconds int64) {
		if a == b || size < 0 || seconds < -1<<32 || seconds > 1<<33 {
			return
		}
		for _, s := range []string{a, b} {
			for _, r := range s {
				if r == 0xFFFD {
					return // no name that a disk may have, or not to be distinguished from one
				}
			}
		}
		l := Listing{{a, 0, size, time.Unix(seconds, 0)}, {b, fs.ModeDir, 0, time.Unix(seconds, 0)}}
		want, err := plist.Marshal(asMaps(l, OK, none), plist.BinaryFormat)
		if err != nil {
			return
		}
		if d := cmp.Diff(decode(t, want), decode(t, l.response(OK, none))); d != "" {
			t.Error(d)
		}
	})
}
