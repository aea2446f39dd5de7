package changes

import (
	"testing"

	"howett.net/plist"

	"lifeboat/assets/words"
	"lifeboat/backup/verify"
)

// record is an MBFile with some fields.
func record(t *testing.T, fields map[string]any) []byte {
	t.Helper()
	data, err := plist.Marshal(map[string]any{
		"$version": 100000, "$archiver": "NSKeyedArchiver", "$top": map[string]any{"root": plist.UID(1)}, "$objects": []any{"$null", fields},
	}, plist.BinaryFormat)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestSameFile: only two records that both note the same length and moment are of
// one content.
func TestSameFile(t *testing.T) {
	noted := map[string]any{"Size": 5, "LastModified": 1700000000}
	for name, c := range map[string]struct {
		now  map[string]any
		want bool
	}{
		"the same":        {noted, true},
		"later":           {map[string]any{"Size": 5, "LastModified": 1700000001}, false},
		"longer":          {map[string]any{"Size": 6, "LastModified": 1700000000}, false},
		"without a date":  {map[string]any{"Size": 5}, false},
		"without a size":  {map[string]any{"LastModified": 1700000000}, false},
		"with a new mode": {map[string]any{"Size": 5, "LastModified": 1700000000, "Mode": 1}, true},
	} {
		if got := sameFile(record(t, noted), record(t, c.now)); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	empty := record(t, map[string]any{})
	if sameFile(empty, empty) || sameFile(nil, nil) {
		t.Error("records that say nothing are not the same")
	}
}

// TestWords: each kind of things has its name.
func TestWords(t *testing.T) {
	for _, g := range verify.Groups {
		p := Part{Group: g}
		said := words.English().Text(p.Words())
		if said[0] == '[' || len(said) < 20 {
			t.Errorf("%s: %q", g, said)
		}
	}
	p := Part{Group: verify.Apps, Bundle: "net.example", App: "Example"}
	if said := words.English().Text(p.Words()); said[:8] != "Example:" {
		t.Error(said)
	}
}
