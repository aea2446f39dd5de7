package afc

import (
	"slices"
	"testing"
)

func TestParseInfo(t *testing.T) {
	cases := map[string]struct {
		in   string
		want Info
	}{
		"file":              {"st_size\x0012\x00st_nlink\x001\x00st_ifmt\x00S_IFREG\x00", Info{Size: 12}},
		"folder":            {"st_ifmt\x00S_IFDIR\x00st_size\x0064\x00", Info{Size: 64, Folder: true}},
		"link":              {"st_ifmt\x00S_IFLNK\x00", Info{}},
		"negative":          {"st_size\x00-5\x00", Info{}},
		"no number":         {"st_size\x00many\x00", Info{}},
		"too large":         {"st_size\x0099999999999999999999\x00", Info{}},
		"a name alone":      {"st_size\x00", Info{}},
		"no zero at end":    {"st_size\x007", Info{Size: 7}},
		"nothing":           {"", Info{}},
		"value like a name": {"st_nlink\x00st_size\x00st_size\x003\x00", Info{Size: 3}},
	}
	for name, c := range cases {
		if got := parseInfo([]byte(c.in)); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func FuzzInfo(f *testing.F) {
	f.Add([]byte("st_size\x0012\x00st_ifmt\x00S_IFREG\x00"))
	f.Add([]byte("\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if info := parseInfo(in); info.Size < 0 {
			t.Fatalf("got %+v", info)
		}
		if got := texts(in); len(got) > len(in) || slices.Contains(got, "\x00") {
			t.Fatalf("got %q", got)
		}
	})
}
