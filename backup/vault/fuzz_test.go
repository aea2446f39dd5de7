package vault

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/format"
)

// FuzzOwnFiles gives the vault any content for one of its own files. It must
// end in order, and nothing outside the folder of the phone may change.
func FuzzOwnFiles(f *testing.F) {
	names := []string{"journal.json", "run/run.json", "versions/000001/meta.json", "run/version/meta.json", "vault.json", "versions/000001/changes", "run/gone", "run/version/changes", "run/segments/000001", "versions/000001/Status.plist", "reserve", "aside/run.json", "aside/segments/000001", "aside/gone", "versions/000001/trashed.json"}
	for i, seeds := range [][]any{
		{journal{Op: opChangeOver, Number: 2, Old: 1, Base: 1}, journal{Op: opPurge, Number: 1}, journal{Op: opChangeOver, Number: 2, Old: 1}, journal{Op: "x", Number: -1}},
		{runState{Number: 2, Base: 1, Started: epoch, Clean: true}},
		{meta{Number: 1, Base: true, Date: epoch}, meta{Number: 1, Files: -1}},
		{meta{Number: 2, GoneTops: []string{"../../outside", "Info.plist"}, Tops: map[string]top{"../x": {Size: -1}}}},
		{map[string]int{"format": 3}},
	} {
		for _, seed := range seeds {
			data, _ := json.Marshal(seed)
			f.Add(uint8(i), data)
		}
	}
	// What came to the format later.
	odd := meta{
		Number: 1, Base: true, Date: epoch, Proof: Proof{Level: "full", Problems: -1}, Rehearsed: Rehearsal{Date: epoch, Problems: -1}, Touched: true, DoubtLasts: true,
		Doubtful: []string{"", "../x", blob("a"), format.FileID("HomeDomain", "a"), strings.Repeat("f", 40)},
	}
	for which, seed := range map[string]any{
		"versions/000001/meta.json": odd, "run/version/meta.json": odd,
		"versions/000001/trashed.json": trashedMark{Trashed: epoch},
		"aside/run.json":               runState{Number: 2, Base: 7, Started: epoch, Failures: make([]failure, 99)},
	} {
		data, _ := json.Marshal(seed)
		f.Add(uint8(slices.Index(names, which)), data)
	}
	for i := range names {
		f.Add(uint8(i), []byte("{"))
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		fsys := afero.NewMemMapFs()
		must(t, fsys.MkdirAll("/root", 0o700), write(fsys, "/outside", "outside"), write(fsys, "/root/photo.jpg", "the user's"))
		one := files{}.with(1, files{"a": "a1", "b": "b1"})
		two := one.with(2, files{"a": "a2", "b": ""})
		v := open(t, fsys, "/root")
		must(t, backUp(v, Plan{}, 1, nil, one))
		r, err := v.Begin(Plan{Now: epoch})
		must(t, err, upload(r, one, two), r.Keep(context.Background(), errors.New("interrupted"), epoch))
		r, err = v.Begin(Plan{Now: epoch, Fresh: true})
		must(t, err, upload(r, one, two), placeAll(r, one, two), r.Seal(context.Background(), epoch))
		must(t, v.writeJSON(v.own("run", versionName, metaName), *r.sealed), r.closeFiles(), v.Close())
		must(t, write(fsys, "/root/"+v.own(names[int(which)%len(names)]), string(data)))
		if strings.HasSuffix(names[int(which)%len(names)], ".json") {
			// Sealed, so that the content itself is looked at.
			must(t, write(fsys, "/root/"+v.own(names[int(which)%len(names)]), string(seal(data))))
		}
		if strings.HasSuffix(names[int(which)%len(names)], trashedName) { // it counts only beside a meta.json that cannot be read
			must(t, write(fsys, "/root/"+v.own("versions/000001/meta.json"), "{"))
		}

		if versions, err := List(fsys, "/root", udid); err == nil {
			OwnBytes(fsys, "/root", udid, versions)
			for _, version := range versions {
				if w, err := OpenView(fsys, "/root", udid, version.Number); err == nil {
					if s, done, err := w.Catalog(); err == nil {
						for e, err := s.Next(); err == nil; e, err = s.Next() {
							_ = e.Digest
						}
						done()
					}
					w.Close()
				}
				(&Run{base: version}).Doubtful() // as a run that builds upon it asks
			}
		}
		if v, err := Open(fsys, "/root", udid, nil); err == nil {
			if r, err := v.Begin(Plan{Now: epoch}); err == nil {
				r.Keep(context.Background(), nil, epoch)
			}
			v.Close()
		}
		outside, err := afero.ReadFile(fsys, "/outside")
		photo, err2 := afero.ReadFile(fsys, "/root/photo.jpg")
		must(t, err, err2)
		if d := cmp.Diff([]string{"outside", "the user's"}, []string{string(outside), string(photo)}); d != "" {
			t.Error(d)
		}
	})
}
