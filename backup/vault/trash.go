package vault

import (
	"errors"
	"slices"
	"time"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/device/fault"
)

// Trash deletes versions so that it can be undone: they are only marked. It
// refuses, with [fault.LastVerified], to delete the current version, or one
// without which no verified backup would be left, and, with
// [fault.VersionNeeded], one that cannot be read while another may need it.
func (v *Vault) Trash(now time.Time, numbers ...int) error {
	if err := v.MayTrash(numbers...); err != nil {
		return err
	}
	return v.mark(numbers, now.UTC().Truncate(time.Second))
}

// MayTrash gives the error that Trash would, and deletes nothing.
func (v *Vault) MayTrash(numbers ...int) error {
	if err := v.current(); err != nil {
		return err
	}
	best := bestOf(v.live())
	verified, left := 0, 0
	for _, version := range v.versions {
		doomed := slices.Contains(numbers, version.Number)
		if version.Current && doomed {
			return fault.New(fault.LastVerified, "delete the version", nil).With("Version", version.Number)
		}
		if doomed {
			going := func(after Version) bool { return slices.Contains(numbers, after.Number) || !after.Trashed.IsZero() }
			if err := unneeded(v.versions, version.Number, going); err != nil {
				return err
			}
		}
		if best != unknown && version.known() == best && version.Trashed.IsZero() {
			verified++
			if !doomed {
				left++
			}
		}
	}
	if verified > 0 && left == 0 {
		return fault.New(fault.LastVerified, "delete the version", nil).With("Version", numbers[0])
	}
	return nil
}

// live are the versions that are not in the trash.
func (v *Vault) live() []Version {
	return slices.DeleteFunc(v.Versions(), func(version Version) bool { return !version.Trashed.IsZero() })
}

// current sees to it that what is known of the versions is known of what
// stands there now, before one of them goes.
func (v *Vault) current() error {
	const op = "look at the newest backup"
	if err := v.finishPending(); err != nil {
		return disk.Fault("finish what was begun", v.root, err)
	}
	if now, has := v.Current(); has && now.reason != nil && !now.Unread {
		return disk.Fault(op, v.root, now.reason)
	}
	return disk.Fault(op, v.root, v.adopt())
}

// Undelete takes versions out of the trash.
func (v *Vault) Undelete(numbers ...int) error {
	if err := v.finishPending(); err != nil {
		return disk.Fault("finish what was begun", v.root, err)
	}
	return v.mark(numbers, time.Time{})
}

func (v *Vault) mark(numbers []int, when time.Time) error {
	for _, version := range v.Versions() {
		if !slices.Contains(numbers, version.Number) || version.Trashed.IsZero() == when.IsZero() {
			continue
		}
		err := v.withRoom(func() error {
			if version.Unread {
				return v.markUnread(version, when)
			}
			m := version.meta
			m.Trashed = when
			return v.writeMeta(m)
		})
		if err != nil {
			return disk.Fault("mark the version", v.root, err)
		}
	}
	return nil
}

// Purge removes a version that is in the trash, for good. What the versions
// before it still need of its data is handed to the one right before it. It
// refuses, with [fault.VersionDamaged], while a list that it needs is damaged,
// and, with [fault.VersionNeeded], a version that cannot be read while the one
// after it may need it.
func (v *Vault) Purge(number int) error {
	if err := v.finishPending(); err != nil {
		return disk.Fault("finish what was begun", v.root, err)
	}
	const op = "remove the version"
	at := indexOf(v.versions, number)
	if at < 0 || v.versions[at].Current || v.versions[at].Trashed.IsZero() {
		return fault.New(fault.VersionUnknown, op, nil).With("Version", number)
	}
	if known := v.versions[at].known(); known != unknown && bestOf(v.live()) < known {
		return fault.New(fault.LastVerified, op, nil).With("Version", number)
	}
	if err := v.purgeable(at); err != nil {
		return disk.Fault(op, v.root, err)
	}
	j := journal{Op: opPurge, Number: number}
	if err := v.withRoom(func() error { return v.writeJSON(v.own(journalName), j) }); err != nil {
		return disk.Fault("write the journal", v.root, err)
	}
	err := v.withRoom(func() error { return v.redo(j) })
	if stuck(err) {
		err = errors.Join(err, v.abandonPurge(j))
	}
	return disk.Fault(op, v.root, err)
}

// purgeable reads the lists that are needed to remove the version at a place in the
// list. What is begun must be carried through, so that has to be known before.
func (v *Vault) purgeable(at int) error {
	version, after := v.versions[at], v.versions[at+1] // the current version is not removed
	if version.Unread {
		return unneeded(v.versions, version.Number, func(Version) bool { return false })
	}
	if after.Unread {
		return damaged(after.Number, after.reason)
	}
	merges := !after.meta.Base
	if merges || at > 0 && !version.meta.Base {
		if err := v.readThrough(version); err != nil {
			return err
		}
	}
	if merges {
		return v.readThrough(after)
	}
	return nil
}

// readThrough reads what came with a version, to find damage.
func (p *place) readThrough(version Version) error {
	list, err := catalog.Open(p.fs, p.versionDir(version.Number, changesName))
	if err != nil {
		return damaged(version.Number, err)
	}
	defer list.Close()
	if err := list.Prove(); err != nil {
		return damaged(version.Number, err)
	}
	return nil
}

// stuck reports whether a purge failed for what another attempt would meet again:
// a list that is damaged, or a file that another program has open. Nothing
// else is to wait for that.
func stuck(err error) bool {
	return fault.Of(err) == fault.VersionDamaged || errors.Is(err, catalog.ErrDamaged) || errors.Is(err, catalog.ErrNewer) || disk.Held(err)
}

// abandonPurge forgets a purge that was interrupted, and cannot be carried through
// because a list has been damaged since, or because another program has open
// what would be replaced. The version stays in the trash; some of
// its contents may have been handed on already, so it counts as damaged.
func (v *Vault) abandonPurge(j journal) error {
	versions, err := v.readVersions()
	if err != nil {
		return err
	}
	if at := indexOf(versions, j.Number); at >= 0 {
		if err := v.doubt(versions[at]); err != nil {
			return err
		}
	}
	if err := v.fs.Remove(v.own(journalName)); err != nil {
		return err
	}
	if err := disk.SyncFolder(v.fs, v.own()); err != nil {
		return err
	}
	v.versions, err = v.readVersions()
	return err
}

// purge carries out a Purge. Everything in it may have been done before.
func (v *Vault) purge(j journal) error {
	versions, err := v.readVersions()
	if err != nil {
		return err
	}
	at := indexOf(versions, j.Number)
	if at < 0 || at == len(versions)-1 {
		return nil // the last step was done
	}
	going, after := versions[at], versions[at+1]
	if after.Unread {
		return damaged(after.Number, after.reason)
	}
	if going.Unread && !after.meta.Base {
		return damaged(going.Number, going.reason)
	}
	// Of one that cannot be read it is not known whether it is a base: if it
	// is, its list has all that it holds, and nothing is handed on.
	if at > 0 && (going.Unread || !going.meta.Base) {
		if err := v.inherit(going, versions[at-1]); err != nil {
			return err
		}
	}
	// What is left there is of no other version. It goes first, so that there
	// is room for what follows on a disk that is full.
	if err := v.discard(v.versionDir(going.Number, dataName)); err != nil {
		return err
	}
	if !after.meta.Base {
		if err := v.mergeChanges(going, after); err != nil {
			return err
		}
	}
	return v.discard(v.versionDir(going.Number))
}

// inherit hands the contents that did not arrive with the version that goes
// to the version before, which has them too. Where it is not known what
// arrived, the version before gets all that it has no content of its own for.
func (v *Vault) inherit(going, before Version) error {
	arrived, done, err := v.arrivedWith(going)
	if err != nil {
		return err
	}
	defer done()
	m := mover{place: &v.place, touched: map[string]bool{}}
	data := v.versionDir(going.Number, dataName)
	err = v.eachFile(data, func(rel string) error {
		id, ok := content(rel)
		if !ok {
			return nil // each version has its own lists
		}
		to := v.versionDir(before.Number, dataName, rel)
		if came, err := arrived(id, to); came || err != nil {
			return err
		}
		m.touch(to, join(data, rel))
		return v.move(join(data, rel), to)
	})
	if err != nil {
		return err
	}
	return m.settle()
}

// arrivedWith returns a function that reports whether a content came with a version, by its list;
// if neither that nor the rest of it can be read, whether another stands where
// they would be handed to.
func (v *Vault) arrivedWith(going Version) (arrived func(id catalog.ID, to string) (bool, error), done func(), err error) {
	changes, err := catalog.Open(v.fs, v.versionDir(going.Number, changesName))
	if err == nil && going.Unread {
		if err = changes.Prove(); err != nil {
			changes.Close()
		}
	}
	switch {
	case err == nil:
		return func(id catalog.ID, _ string) (bool, error) {
			_, came, err := changes.Find(id)
			return came, err
		}, func() { changes.Close() }, nil
	case going.Unread && illegible(err):
		return func(_ catalog.ID, to string) (bool, error) { return v.exists(to) }, func() {}, nil
	}
	return nil, nil, damaged(going.Number, err)
}

// mergeChanges makes the changes of the version after those since the version
// before the one that goes.
func (v *Vault) mergeChanges(going, after Version) error {
	older, err := catalog.Open(v.fs, v.versionDir(going.Number, changesName))
	if err != nil {
		return damaged(going.Number, err)
	}
	defer older.Close()
	newer, err := catalog.Open(v.fs, v.versionDir(after.Number, changesName))
	if err != nil {
		return damaged(after.Number, err)
	}
	defer newer.Close()
	// Entries of what is gone stay, even where nothing is left that they tell
	// of: done a second time, without them, this would bring files back.
	merged := catalog.Merge(newer.Stream(), older.Stream())
	if _, err := catalog.Write(v.fs, v.versionDir(after.Number, changesName), merged, newer); err != nil {
		return err
	}
	m := after.meta
	m.Base = going.meta.Base
	return v.writeMeta(m)
}
