package vault

import (
	"context"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
)

// leftovers are names that end in that of a content, or nearly, and are none.
func leftovers() map[string]string {
	b, unknown := path.Base(blob("b")), path.Base(blob("unknown"))
	return map[string]string{
		"what another program sent and never moved": "Snapshot/" + blob("b"),
		"the same of a file that nobody knows":      "Snapshot/" + blob("unknown"),
		"one folder too deep":                       b[:2] + "/yy/" + b,
		"in the folder of another":                  "00/" + b,
		"not in a folder":                           b,
		"a digit less":                              b[:2] + "/" + b[:39],
		"a digit more":                              b[:2] + "/" + b + "0",
		"upper case":                                strings.ToUpper(unknown[:2] + "x/" + unknown),
		"in a folder of no meaning":                 "Backup/" + blob("b"),
	}
}

// TestOnlyContentIsContent: whatever else than xx/id lay in the folder and
// went, the next version has all that the phone says, and the one before stays
// what it was.
func TestOnlyContentIsContent(t *testing.T) {
	for name, left := range leftovers() {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			one := files{}.with(1, files{"a": "a1", "b": "b1"})
			two := one.with(2, files{"a": "a2"})
			v := open(t, afero.NewOsFs(), root)
			must(t, backUp(v, Plan{}, 1, nil, one))
			put(t, filepath.Join(root, udid, filepath.FromSlash(left)), "left")
			archive := Dir(root, udid) + "-20261101-080000"
			put(t, filepath.Join(archive, blob("b")), "of Finder")

			r, err := v.Begin(Plan{Now: epoch})
			if must(t, err); !r.Incremental() {
				t.Fatal("a full run")
			}
			// The phone clears what it finds and does not want.
			must(t, r.FS().RemoveAll(r.Dir()+"/Snapshot"), r.FS().RemoveAll(r.Dir()+"/"+left))
			must(t, upload(r, one, two), placeAll(r, one, two), r.Seal(context.Background(), epoch))
			_, err = r.Commit(full(2))
			must(t, err, v.Close())
			if left != "Snapshot" {
				os.Remove(filepath.Join(root, udid, filepath.FromSlash(left))) // of no version
			}
			if d := cmp.Diff(two, tree(t, Dir(root, udid))); d != "" {
				t.Errorf("the folder: %s", d)
			}
			shows(t, afero.NewOsFs(), root, 1, one)
			shows(t, afero.NewOsFs(), root, 2, two)
			if d := cmp.Diff(files{blob("b"): "of Finder"}, tree(t, archive)); d != "" {
				t.Errorf("the archive beside: %s", d)
			}
			if got := entries(t, root, 2); len(got) != 2 {
				t.Errorf("the list: %v", got)
			}
			v = open(t, afero.NewOsFs(), root)
			must(t, v.Trash(epoch, 1), v.Purge(1), v.Close())
			shows(t, afero.NewOsFs(), root, 2, two)
		})
	}
}

// TestSnapshotGoes: what a phone sent to Snapshot and never moved is no part of
// the version, and does not stand in its place; what it moved has the digest of
// what it moved, also where files of that name came twice.
func TestSnapshotGoes(t *testing.T) {
	for _, full := range []bool{true, false} {
		for _, first := range []string{"", "Snapshot/"} {
			root := t.TempDir()
			one := files{}.with(1, files{"a": "a1", "b": "b1"})
			two := one.with(2, files{"a": "a2", "b": "b2"})
			v := open(t, afero.NewOsFs(), root)
			must(t, backUp(v, Plan{}, 1, nil, one))
			put(t, filepath.Join(root, udid, "Snapshot", "of", "old"), "left")
			r, err := v.Begin(Plan{Full: full, Now: epoch})
			must(t, err)
			for _, name := range slices.Sorted(maps.Keys(two)) {
				must(t, write(r.FS(), r.Dir()+"/"+name, two[name]))
			}
			// b lies at both places, of the same length; which came last differs.
			twin := "Snapshot/" + blob("b")
			must(t, write(r.FS(), r.Dir()+"/"+twin, "zz"))
			if first != "" {
				must(t, write(r.FS(), r.Dir()+"/"+blob("b"), "b2"))
			}
			must(t, r.Seal(context.Background(), epoch))
			_, err = r.Commit(Proof{Level: "full"})
			must(t, err, v.Close())
			if d := cmp.Diff(two, tree(t, Dir(root, udid))); d != "" {
				t.Errorf("full %v: the folder: %s", full, d)
			}
			shows(t, afero.NewOsFs(), root, 1, one)
			hash := catalog.NewHash()
			hash.Write([]byte("b2"))
			if got := entries(t, root, 2)[idOf("b")]; got.Digest != catalog.Sum(hash) {
				t.Errorf("full %v, first %q: the digest of b is another's", full, first)
			}
		}
	}
}

// TestLooksAfterwards: a file that is not there after the change-over makes the
// new version one with problems, and the one before the last that is intact.
func TestLooksAfterwards(t *testing.T) {
	for name, spoil := range map[string]func(*Vault){
		"lost":    func(v *Vault) { v.fs.Remove(join(v.udid, blob("a"))) },
		"shorter": func(v *Vault) { write(v.fs, join(v.udid, blob("a")), "a") },
		"a list":  func(v *Vault) { v.fs.Remove(join(v.udid, "Manifest.db")) },
		"still":   func(v *Vault) { write(v.fs, join(v.udid, blob("b")), "b") },
	} {
		root := t.TempDir()
		one := files{}.with(1, files{"a": "a1", "b": "b1"})
		two := one.with(2, files{"a": "a2", "b": ""})
		v := open(t, afero.NewOsFs(), root)
		must(t, backUp(v, Plan{}, 1, nil, one))
		r, err := v.Begin(Plan{Now: epoch})
		must(t, err, upload(r, one, two), placeAll(r, one, two), r.Seal(context.Background(), epoch))
		must(t, v.writeJSON(v.own("run", versionName, metaName), *r.sealed), r.closeFiles())
		j := journal{Op: opChangeOver, Number: 2, Old: 1, Base: 1}
		must(t, v.applyIncremental(j))
		spoil(v)
		must(t, v.writeJSON(v.own(journalName), j), v.Close())
		v = open(t, afero.NewOsFs(), root)
		current, _ := v.Current()
		if current.Number != 2 || current.Proof.Problems != 1 || v.usable(current) {
			t.Errorf("%s: %+v", name, current)
		}
		if err := v.Trash(epoch, 1); err == nil {
			t.Errorf("%s: the last intact one could be deleted", name)
		}
		must(t, v.Close())
		shows(t, afero.NewOsFs(), root, 1, one)
	}
}
