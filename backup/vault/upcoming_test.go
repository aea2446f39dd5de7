package vault

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"
)

// TestUpcoming: what goes next is what the next backup and the next Prune let go.
func TestUpcoming(t *testing.T) {
	fsys, root, all := afero.NewOsFs(), t.TempDir(), history()
	record(t, fsys, root, all)
	now := epoch.AddDate(0, 0, 6)
	policy := Policy{All: 3, Trash: 2} // the newest of three days
	list, err := List(fsys, root, udid)
	must(t, err)
	own, err := OwnBytes(fsys, root, udid, list)
	must(t, err)
	upcoming := func() (trash, gone []int, when []time.Time) {
		for _, u := range policy.Upcoming(list, own, now) {
			if u.Removed {
				gone, when = append(gone, u.Version.Number), append(when, u.When)
			} else if trash = append(trash, u.Version.Number); !u.When.IsZero() {
				t.Errorf("%+v", u)
			}
		}
		return trash, gone, when
	}
	trash, gone, _ := upcoming()
	v := open(t, fsys, root)
	must(t, backUp(v, Plan{}, 6, all[4], all[4].with(6, files{"a": "a6"})))
	trashed, _, err := v.Prune(policy, now)
	must(t, err)
	if d := cmp.Diff(trashed, trash); d != "" || len(gone) != 0 || len(trash) != 3 {
		t.Errorf("%v: %s", gone, d)
	}
	list = v.Versions()
	_, gone, when := upcoming()
	for i := range when {
		if !when[i].Equal(now.AddDate(0, 0, 2)) {
			t.Errorf("%v", when[i])
		}
	}
	// None before its time, all at it.
	if _, purged, err := v.Prune(policy, when[0].Add(-time.Second)); err != nil || len(purged) > 0 {
		t.Errorf("%v, %v", purged, err)
	}
	_, purged, err := v.Prune(policy, when[0])
	must(t, err, v.Close())
	if d := cmp.Diff(purged, gone); d != "" {
		t.Error(d)
	}
}

// TestStored: what all versions take is what lies in their folders.
func TestStored(t *testing.T) {
	for name, fsys := range systems {
		root, all := t.TempDir(), bigger()
		record(t, fsys, root, all)
		check := func(what string) {
			list, err := List(fsys, root, udid)
			must(t, err)
			got, known, err := Stored(fsys, root, udid, list)
			var want int64
			for file, data := range tree(t, root) {
				if _, is := content(file[max(0, len(file)-43):]); is || file[len(file)-len("Manifest.db"):] == "Manifest.db" {
					want += int64(len(data))
				}
			}
			for _, v := range list {
				for top, t := range v.meta.Tops {
					if top != "Manifest.db" {
						want += t.Size
					}
				}
			}
			if err != nil || !known || got != want {
				t.Errorf("%s, %s: %d bytes, not %d: %v, %v", name, what, got, want, known, err)
			}
		}
		check("all")
		v := open(t, fsys, root)
		must(t, v.Trash(epoch, 1, 3), v.Purge(1), v.Purge(3), v.Close())
		check("after two went")
	}
}
