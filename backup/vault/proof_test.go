package vault

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
)

// TestRecordProof: the last proof counts, but nothing that looked less deeply
// makes problems forgotten.
func TestRecordProof(t *testing.T) {
	root := t.TempDir()
	record(t, afero.NewOsFs(), root, history()[:2])
	v := open(t, afero.NewOsFs(), root)
	defer v.Close()
	for i, c := range []struct {
		level    string
		problems int
		want     string
		left     int
	}{
		{"quick", 0, "quick", 0},
		{"sample", 2, "sample", 2},
		{"quick", 0, "sample", 2},
		{"quick", 1, "quick", 1},
		{"full", 3, "full", 3},
		{"sample", 0, "full", 3},
		{"full", 0, "full", 0},
	} {
		must(t, v.RecordProof(1, Proof{Level: c.level, Problems: c.problems, Date: epoch}, nil))
		list, err := List(afero.NewOsFs(), root, udid)
		must(t, err)
		if p := list[0].Proof; p.Level != c.want || p.Problems != c.left {
			t.Errorf("step %d: %+v", i, p)
		}
		if d := cmp.Diff(v.Versions()[0].Proof, list[0].Proof); d != "" || !v.Versions()[1].Current {
			t.Errorf("step %d: what the vault says: %s", i, d)
		}
	}
	if err := v.RecordProof(7, Proof{}, nil); err == nil {
		t.Error("noted for a version that is not there")
	}
}

// entries lists what the catalogue of a version says.
func entries(t *testing.T, root string, number int) map[catalog.ID]catalog.Entry {
	t.Helper()
	w, err := OpenView(afero.NewOsFs(), root, udid, number)
	must(t, err)
	defer w.Close()
	s, done, err := w.Catalog()
	must(t, err)
	defer done()
	all := map[catalog.ID]catalog.Entry{}
	for {
		e, err := s.Next()
		if err == io.EOF {
			return all
		}
		must(t, err)
		all[e.ID] = e
	}
}

// TestFillDigests: an adopted backup gets the digests that a proof computed,
// where they belong and nowhere else.
func TestFillDigests(t *testing.T) {
	root := t.TempDir()
	first := files{}.with(1, files{"a": "a1", "b": "b1", "c": "c1", "d": "d1"})
	for name, data := range first {
		put(t, filepath.Join(root, udid, name), data)
	}
	second := first.with(2, files{"a": "a2", "c": "c2"})
	v := open(t, afero.NewOsFs(), root)
	defer v.Close()
	must(t, backUp(v, Plan{}, 2, first, second))
	// The first version's c is lost, and what lies under its name is not its.
	must(t, os.Remove(filepath.Join(root, hidden, udid, "versions", "000001", dataName, blob("c"))))

	computed := catalog.NewHash()
	sum := func(data string) catalog.Digest {
		computed.Reset()
		io.WriteString(computed, data)
		return catalog.Sum(computed)
	}
	sorter := catalog.NewSorter(t.TempDir(), 2)
	defer sorter.Close()
	for name, data := range map[string]string{"a": "a1", "b": "b1", "c": "c2", "d": "longer", "x": "x1"} {
		must(t, sorter.Add(catalog.Entry{ID: idOf(name), Size: int64(len(data)), Digest: sum(data)}))
	}
	if n, err := v.FillDigests(1, sorter); n != 2 || err != nil {
		t.Errorf("%d digests filled in, %v", n, err)
	}
	if n, err := v.FillDigests(1, sorter); n != 0 || err != nil {
		t.Errorf("%d digests filled in again, %v", n, err)
	}
	want := map[string][4]string{"1": {"a1", "b1", "", ""}, "2": {"a2", "b1", "c2", ""}}
	for number, contents := range want {
		all := entries(t, root, int(number[0]-'0'))
		for i, name := range []string{"a", "b", "c", "d"} {
			var digest catalog.Digest
			if contents[i] != "" {
				digest = sum(contents[i])
			}
			if all[idOf(name)].Digest != digest {
				t.Errorf("version %s, %s: %s", number, name, all[idOf(name)].Digest)
			}
		}
	}
	// Read as part of the second version, d belongs to the first one.
	must(t, sorter.Add(catalog.Entry{ID: idOf("d"), Size: 2, Digest: sum("d1")}), sorter.Close())
	other := catalog.NewSorter(t.TempDir(), 2)
	defer other.Close()
	must(t, other.Add(catalog.Entry{ID: idOf("d"), Size: 2, Digest: sum("d1")}), other.Add(catalog.Entry{ID: idOf("a"), Size: 2, Digest: sum("zz")}))
	if n, err := v.FillDigests(2, other); n != 1 || err != nil {
		t.Errorf("%d digests filled in, %v", n, err)
	}
	if e := entries(t, root, 1)[idOf("d")]; e.Digest != sum("d1") {
		t.Errorf("d: %+v", e)
	}
}

// TestForeign: only another program's finished backup counts as one.
func TestForeign(t *testing.T) {
	for name, c := range map[string]struct {
		status string
		want   bool
	}{
		"as it was":  {status("finished", "2"), false},
		"another":    {status("finished", "3"), true},
		"unfinished": {status("uploading", "3"), false},
		"damaged":    {"bplist00", false},
	} {
		root := t.TempDir()
		record(t, afero.NewOsFs(), root, history()[:2])
		put(t, filepath.Join(root, udid, "Status.plist"), c.status)
		w, err := OpenView(afero.NewOsFs(), root, udid, 2)
		must(t, err)
		if got := w.Foreign(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
		must(t, w.Close())
	}
}
