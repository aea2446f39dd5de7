package vault

import (
	"context"
	"errors"
	"time"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/device/fault"
)

// ownFiles are the files of a version's folder beside its contents.
var ownFiles = append([]string{metaName, changesName, trashedName}, copied...)

// describe writes what is remembered of the versions into the folder of the copy.
// It comes after the contents, and anew each time: proofs are made meanwhile.
func (t *transfer) describe(ctx context.Context) error {
	if err := t.staging.writeJSON(t.staging.own("vault.json"), map[string]int{"format": formatNumber}); err != nil {
		return err
	}
	t.report = nil // these files are not counted
	if t.view != nil {
		return t.describeOne()
	}
	for _, v := range t.versions {
		to := join("versions", t.numbered(v))
		if v.Current {
			to = join("run", versionName)
		}
		if err := t.dest.fs.MkdirAll(t.staging.own(to), 0o700); err != nil {
			return err
		}
		var items []item
		for _, name := range ownFiles {
			i, err := t.item(t.source.versionDir(v.Number, name), join(to, name))
			if missing(err) {
				continue
			}
			if err == nil {
				_, err = t.pour(ctx, i)
			}
			if err != nil {
				return err
			}
			t.done.Bytes -= i.size
			items = append(items, i)
		}
		if err := t.through(ctx, items); err != nil {
			return err
		}
		for _, i := range items {
			if _, err := t.compared(ctx, i, catalog.Digest{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// describeOne makes one version that needs no other.
func (t *transfer) describeOne() error {
	w := t.view
	m := w.version.meta
	m.Base, m.Added, m.Changed, m.Removed, m.GoneTops, m.Trashed = true, 0, 0, 0, nil, time.Time{}
	m.Proof, m.Rehearsed, m.Touched = w.version.Proof, w.version.Rehearsed, w.version.Touched || w.version.Altered
	list, done, err := t.listOf(&m)
	if err != nil {
		return err
	}
	defer done()
	if _, err := catalog.Write(t.dest.fs, t.staging.own("run", versionName, changesName), list); err != nil {
		return err
	}
	if err := t.staging.keepCopies(w.FS(), "", t.staging.own("run", versionName)); err != nil {
		return err
	}
	return t.staging.writeJSON(t.staging.own("run", versionName, metaName), m)
}

// listOf lists the contents of the one version. Of a backup that no vault knows
// it lists what was copied; the digests are filled in by the first proof. The caller
// must call done.
func (t *transfer) listOf(m *meta) (s catalog.Stream, done func(), err error) {
	if t.view.remembers() {
		return t.view.Catalog()
	}
	sorter := catalog.NewSorter("", catalog.DefaultLimit)
	m.Files, m.Bytes = 0, 0
	for g, err := range t.groups() {
		for _, i := range g.items {
			m.Files++
			m.Bytes += i.size
			if id, ok := catalog.ParseID(i.to[len(parent(i.to))+1:]); ok && err == nil {
				err = sorter.Add(catalog.Entry{ID: id, Size: i.size})
			}
		}
		if err != nil {
			sorter.Close()
			return nil, nil, err
		}
	}
	return sorter.Sorted(), func() { sorter.Close() }, nil
}

// commit makes the copy the phone's vault at the destination, in one step.
func (t *transfer) commit(ctx context.Context) error {
	current, _ := last(t.versions)
	number := current.Number
	if t.view != nil {
		number = t.view.version.Number
	}
	j := journal{Op: opChangeOver, Number: number}
	if err := t.staging.writeJSON(t.staging.own(journalName), j); err != nil {
		return err
	}
	// The files are durable by now, and so are the names of all but these.
	run := t.staging.own("run")
	if err := t.dest.syncDirs(".", hidden, t.staging.own(), run, join(run, versionName), join(run, treeName)); err != nil {
		return err
	}
	if err := errors.Join(t.held.stillHeld(), t.lock.check(), t.free(), ctx.Err()); err != nil {
		return err
	}
	// From here on it is not interrupted: it takes a moment.
	if err := t.dest.fs.Rename(t.staging.own(), t.dest.own()); err != nil {
		return err
	}
	err := t.dest.syncDirs(hidden)
	var v *Vault
	if err == nil {
		v, err = Open(t.To, t.Dest, t.As, t.Log)
	}
	if err == nil {
		current, has := v.Current()
		if err = v.Close(); err == nil && (!has || current.Number != number) {
			err = errFormat
		}
	}
	t.done.Dir = Dir(t.Dest, t.As)
	if err != nil {
		return fault.New(fault.PlacePending, "put the copy in its place", err).With("Path", t.done.Dir)
	}
	// Where folders are not written through, a file writes all names up to here.
	return disk.SyncName(t.dest.fs, t.dest.own("vault.json"))
}

// stillHeld reports whether a vault's lock is still held. One that was never taken is.
func (v *Vault) stillHeld() error {
	if v == nil {
		return nil
	}
	return v.lock.check()
}
