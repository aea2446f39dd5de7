package vault

import (
	"errors"
	"slices"

	"lifeboat/backup/catalog"
	"lifeboat/device/fault"
)

// asideName is a run that was interrupted and kept, while one that does not
// resume it is under way. Only a run that has replaced it may drop it: a phone
// may refuse a run before it has sent anything.
const asideName = "aside"

// setAside puts an interrupted run out of the way of one that starts over.
func (v *Vault) setAside() error { return v.supersede("run", asideName) }

// bringBack gives the run that was put out of the way its place again, in place
// of the one that is there.
func (v *Vault) bringBack() error { return v.supersede(asideName, "run") }

// supersede gives the run in one folder, if there is one, the place of another.
func (v *Vault) supersede(from, to string) error {
	there, err := v.exists(v.own(from))
	if !there || err != nil {
		return err
	}
	if err := v.discard(v.own(to)); err != nil {
		return err
	}
	if err := v.fs.Rename(v.own(from), v.own(to)); err != nil {
		return err
	}
	return v.syncDirs(v.own())
}

// resolveAside drops the run that was put out of the way, or gives it its place
// again, by what a run like want could resume of the new one and of that: the one
// of which the next run has more is kept, after a run that failed as after a
// program that died between the two. Where why is that the disk was full it is the
// new one, as both have no room. An error says nothing of either: both stay, and
// the next run decides.
func (v *Vault) resolveAside(want runState, why error) error {
	if there, err := v.exists(v.own(asideName)); !there || err != nil {
		return err
	}
	arrived, err := v.worth("run", want)
	if err != nil {
		return err
	}
	kept, err := v.worth(asideName, want)
	if err != nil {
		return err
	}
	full := []fault.Code{fault.DestFull, fault.HostSpace}
	if arrived > 0 && slices.Contains(full, fault.Of(why)) || arrived >= kept {
		return v.discard(v.own(asideName))
	}
	return v.bringBack()
}

// worth is how many bytes a run like want could resume of what lies in a
// folder; 0 where the records are damaged, or the phone was putting things in
// order when the program died. An error of the disk says nothing of them.
func (v *Vault) worth(name string, want runState) (int64, error) {
	s, fits, err := v.broken(name, want)
	if !fits {
		return 0, err
	}
	if _, ok, err := v.inOrder(name, s); !ok {
		return 0, err
	}
	dir := v.own(name, segmentName)
	if there, err := v.exists(dir); !there || err != nil {
		return 0, err
	}
	segments, _, err := catalog.OpenSegments(v.fs, dir)
	if err == nil {
		a := arrivals{place: &v.place, segments: segments}
		if err = errors.Join(a.tally(), segments.Close()); err == nil {
			return a.total, nil
		}
	}
	if illegible(err) {
		return 0, nil
	}
	return 0, err
}
