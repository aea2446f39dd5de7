package apps

import (
	"bytes"
	"io"
	"path"
	"strings"
	"testing"

	"lifeboat/device/phonesim/content"
)

// A generated phone on which apps keep things has as many bytes as before
// beside them, each file once and after its folder, and reads as it is listed.
func TestOn(t *testing.T) {
	for _, files := range []int{0, 1, 15, 300} {
		base := content.Generate(7, files, 4<<20)
		calls := 0
		source := On(base, IOS18, func() Phone { calls++; return Nasty() })
		if calls != 0 {
			t.Error("what the apps keep is made before it is needed")
		}
		want, err := Build(IOS18, Nasty())
		if err != nil {
			t.Fatal(err)
		}
		before, after, extra := map[int64]int{}, map[int64]int{}, int64(0)
		walk := func(s content.Source, visit func(content.File)) {
			if err := s.Walk(func(f content.File) error { visit(f); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		walk(base, func(f content.File) {
			if f.Kind == content.Regular && (f.Domain != homeDomain || f.Path != smsPath) {
				before[f.Size]++
			}
		})
		added := map[string]content.Extra{}
		for _, e := range want {
			added[e.Domain+"/"+e.Path] = e
		}
		folders, seen := map[string]bool{}, map[string]bool{}
		walk(source, func(f content.File) {
			key := f.Domain + "/" + f.Path
			if seen[key] {
				t.Errorf("%s is listed twice", key)
			}
			seen[key] = true
			if parent := f.Domain + path.Dir("/"+f.Path); f.Path != "" && !folders[parent] {
				t.Errorf("%s is listed before its folder %s", key, parent)
			}
			if f.Kind == content.Directory {
				folders[key] = true
			}
			if f.Kind != content.Regular {
				return
			}
			if _, ours := added[key]; ours {
				extra++
			} else {
				after[f.Size]++
				if f.Domain == cameraDomain || f.Domain == mediaDomain {
					t.Errorf("%s has stayed", key)
				}
			}
			r, err := source.Open(f)
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(r)
			if r.Close(); err != nil || int64(len(data)) != f.Size {
				t.Errorf("%s has %d bytes, and %d are listed: %v", key, len(data), f.Size, err)
			}
			if path.Ext(f.Path) == ".JPG" && strings.Contains(f.Path, "Pictures/") && !bytes.HasPrefix(data, []byte{0xFF, 0xD8}) {
				t.Errorf("%s is no picture", key)
			}
		})
		for size, n := range before {
			if after[size] != n {
				t.Errorf("%d files: %d of %d bytes, before %d", files, after[size], size, n)
			}
		}
		if extra != int64(len(want)) || calls != 1 {
			t.Errorf("%d files of apps instead of %d, made %d times", extra, len(want), calls)
		}
	}
}
