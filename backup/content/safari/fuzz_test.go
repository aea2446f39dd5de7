package safari

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"
	"unicode/utf8"

	"howett.net/plist"
)

// FuzzListed: whatever the Reading List keeps of a page, it is a text and two times.
func FuzzListed(f *testing.F) {
	for _, kept := range []any{map[string]any{"DateAdded": time.Unix(1_700_000_000, 0), "DateLastViewed": 5, "PreviewText": "Boats"}, "x"} {
		var out bytes.Buffer
		if err := plist.NewBinaryEncoder(&out).Encode(map[string]any{"com.apple.ReadingList": kept}); err != nil {
			f.Fatal(err)
		}
		f.Add(out.Bytes())
		f.Add(bytes.ReplaceAll(out.Bytes(), []byte("Boats"), []byte("Bo\xffts")))
	}
	f.Fuzz(func(t *testing.T, entry []byte) {
		var m Bookmark
		if m.listed(entry); !utf8.ValidString(m.Preview) {
			t.Errorf("%q", m.Preview)
		}
	})
}

// FuzzGrow: however rows lie in each other, a walk comes by each once, but for what is on a list
// of parents and the folders that stand for others.
func FuzzGrow(f *testing.F) {
	f.Add([]byte{0, 0, 1, 0, 1, 0, 1, 1, 2, 1, 0, 0, 3, 1, 1, 2, 4, 3, 0, 0})
	f.Add([]byte{1, 2, 1, 0, 2, 1, 1, 0, 3, 1, 0, 0, 4, 4, 1, 0, 4, 5, 0, 0, 5, 4, 1, 0})
	f.Add([]byte{1, 0, 1, 4, 2, 1, 0, 0, 1, 2, 1, 3})
	f.Add([]byte{1, 3, 1, 0, 2, 2, 1, 0, 3, 2, 0, 0}) // folders that lie in each other
	f.Fuzz(func(t *testing.T, data []byte) {
		var rows []*Bookmark
		for ; len(data) >= 4 && len(rows) < 10_000; data = data[4:] {
			rows = append(rows, &Bookmark{id: int64(data[0]), parent: int64(data[1]) - 1, Folder: data[2]&1 != 0, special: int64(data[3] % 6), Ref: string(binary.BigEndian.AppendUint32(nil, uint32(len(rows))))})
		}
		all := grow(rows)
		seen := map[*Bookmark]int{}
		for _, list := range [][]*Bookmark{all.Bar, all.Menu, all.ReadingList} {
			if err := walk(list, func(s step) error {
				if !s.ends {
					seen[s.Bookmark]++
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		filtered := false
		for _, one := range rows {
			filtered = filtered || one.special == specialFilter
		}
		for i, one := range rows {
			if n := seen[one]; n > 1 || n == 0 && !one.Folder && !filtered {
				t.Errorf("row %d is there %d times", i, n)
			}
		}
	})
}
