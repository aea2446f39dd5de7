package content

import (
	"bytes"
	"errors"
	"image/jpeg"
	"path"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// byName lists the files of a source; folders and links are left out.
func byName(t *testing.T, source Source) map[string]File {
	t.Helper()
	files := map[string]File{}
	for _, f := range all(t, source) {
		if _, twice := files[f.Domain+"-"+f.Path]; twice {
			t.Errorf("%s comes twice", f.Path)
		}
		files[f.Domain+"-"+f.Path] = f
	}
	for name, f := range files {
		if f.Kind != Regular {
			delete(files, name)
		}
	}
	return files
}

// difference counts what became of the files between two states, and checks
// that what changed is noticed by its size and has other bytes.
func difference(t *testing.T, before, after Source) (e Edits) {
	t.Helper()
	old, fresh := byName(t, before), byName(t, after)
	for name, f := range fresh {
		was, known := old[name]
		data := read(t, after, f, whole)
		if int64(len(data)) != f.Size {
			t.Errorf("%s has %d bytes and tells %d", name, len(data), f.Size)
		}
		switch {
		case !known:
			e.Added++
		case was != f:
			e.Changed++
			if was.Size == f.Size || was.ModTime.Equal(f.ModTime) || bytes.Equal(data, read(t, before, was, whole)) {
				t.Errorf("%s was changed from %+v to %+v", name, was, f)
			}
			if path.Ext(f.Path) == ".JPG" {
				if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
					t.Errorf("%s is no photo any more: %v", name, err)
				}
			}
		case !bytes.Equal(data, read(t, before, was, whole)):
			t.Errorf("%s has other bytes and tells nothing of it", name)
		}
		delete(old, name)
	}
	e.Removed = len(old)
	return e
}

// Each edit does what it says, on top of those before, and alike on two phones.
func TestEdit(t *testing.T) {
	source := Generate(3, 400, 2<<20)
	phone, twin, other := Edit(source, 9), Edit(source, 9), Edit(source, 10)
	if d := cmp.Diff(all(t, source), all(t, phone)); d != "" {
		t.Errorf("without an edit it is another: %s", d)
	}
	for _, n := range []Edits{{20, 5, 10}, {0, 0, 0}, {0, 30, 0}, {50, 0, 50}, {1, 1, 1}} {
		before := Freeze(phone)
		for _, p := range []*Edited{phone, twin, other} {
			if err := p.Apply(n); err != nil {
				t.Fatal(err)
			}
		}
		if got := difference(t, before, phone); got != n {
			t.Errorf("%+v did %+v", n, got)
		}
		if d := cmp.Diff(all(t, phone), all(t, twin)); d != "" {
			t.Errorf("after %+v the twin is another: %s", n, d)
		}
		for name, f := range byName(t, phone) {
			if !bytes.Equal(read(t, phone, f, whole), read(t, twin, f, whole)) {
				t.Errorf("after %+v the twin has another %s", n, name)
			}
		}
	}
	if cmp.Equal(all(t, phone), all(t, other)) {
		t.Error("another seed edits the same")
	}
}

// More than there is is all there is, and folders of its own come once.
func TestEditMuch(t *testing.T) {
	phone := Edit(Generate(3, 30, 1<<20), 1)
	for _, n := range []Edits{{Changed: 1000}, {Added: 3, Removed: 1000}, {Added: 2, Changed: 2}} {
		if err := phone.Apply(n); err != nil {
			t.Fatal(err)
		}
	}
	added := 0
	for _, f := range byName(t, phone) {
		if path.Dir(f.Path) == addedFolder {
			added++
		} else if editable(&f) {
			t.Errorf("%s is left", f.Path)
		}
	}
	if added != 5 {
		t.Errorf("%d files were added", added)
	}
	empty := Edit(Generate(1, 0, 0), 1)
	if err := empty.Apply(Edits{1, 1, 1}); err != nil || len(all(t, empty)) != 4 { // with three folders
		t.Errorf("an empty phone has %v, %v", all(t, empty), err)
	}
	if err := phone.Apply(Edits{Changed: -1}); err == nil {
		t.Error("less than nothing was changed")
	}
	stop := errors.New("stop")
	if err := phone.Walk(func(File) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the walk ended with %v", err)
	}
	for name, f := range byName(t, Generate(3, 30, 1<<20)) {
		if editable(&f) {
			if _, err := phone.Open(f); err == nil {
				t.Errorf("%s can be read after it was removed", name)
			}
		}
	}
}
