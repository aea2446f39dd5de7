package vault

import (
	"context"
	"errors"
	"io/fs"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/backup/extsort"
	"lifeboat/backup/format"
	"lifeboat/device/fault"
)

// Commit makes the sealed run the current version. It must come after a proof
// that could open its list; what that found wrong in single files is remembered
// ([Run.Doubt]), and makes it one that is not relied on alone. An error before the journal is written means that
// nothing has happened; [fault.PlacePending] means that the new version counts
// and is intact, and that the next [Open] will put it in its place.
func (r *Run) Commit(proof Proof) (Version, error) {
	m := *r.sealed
	m.Proof, m.Bound = proof, proof.Intact() && proof.Bound
	v := r.vault
	if err := v.keepCopies(r.files, r.Dir(), v.own("run", versionName)); err != nil {
		return Version{}, disk.Fault("write down the version", v.root, err)
	}
	if err := errors.Join(v.writeJSON(v.own("run", versionName, metaName), m), r.closeFiles()); err != nil {
		return Version{}, disk.Fault("write down the version", v.root, err)
	}
	if err := v.sync(context.Background(), v.own("run")); err != nil {
		return Version{}, disk.Fault("write through to the disk", v.root, err)
	}
	if err := v.lock.check(); err != nil {
		return Version{}, err
	}
	j := journal{Op: opChangeOver, Number: m.Number, Base: r.state.Base}
	if old, has := v.Current(); has {
		j.Old = old.Number
	}
	if err := v.writeJSON(v.own(journalName), j); err != nil {
		// Whether it was written is not known; the next Open sees.
		return Version{}, disk.Fault("write the journal", v.root, err)
	}
	if err := v.redo(j); err != nil {
		return Version{}, fault.New(fault.PlacePending, "put the backup in its place", err).With("Path", Dir(v.root, v.udid))
	}
	current, _ := v.Current()
	if n := current.Proof.Problems; n > proof.Problems {
		return current, fault.New(fault.BackupDamaged, "look at the new backup in its place", nil).
			With("Path", Dir(v.root, v.udid)).With("Problems", n)
	}
	return current, nil
}

// journal is journal.json: what has been decided and is to be carried out,
// again after a crash.
type journal struct {
	Op string `json:"op"`
	// Number is the version that comes, or that goes.
	Number int `json:"number"`
	// Old is the version that was the current one, 0 if there was none.
	Old int `json:"old,omitempty"`
	// Base is the version that the new one builds on; 0 for a full one.
	Base int `json:"base,omitempty"`
}

const (
	journalName  = "journal.json"
	opChangeOver = "change-over"
	opPurge      = "purge"
)

// recover carries out what an interrupted program had decided, and removes
// what is of no use.
func (v *Vault) recover() error {
	var j journal
	err := v.readJSON(v.own(journalName), &j)
	if err == nil && (j.Number < 1 || j.Op != opChangeOver && j.Op != opPurge) {
		err = errFormat
	}
	lost := illegible(err) && !errors.Is(err, fs.ErrNotExist)
	if errors.Is(err, fs.ErrNotExist) {
		var begunErr error
		if lost, begunErr = v.begun(); begunErr != nil {
			return begunErr
		}
	}
	if lost {
		j, err = v.lostJournal(err)
	}
	if err == nil {
		v.log.Info("finishing what was interrupted", "op", j.Op, "version", j.Number)
		if err = v.catchUp(j); err == nil {
			err = v.redo(j)
		}
		if j.Op == opPurge && stuck(err) {
			v.log.Warn("a version cannot be removed now", "version", j.Number, "err", err)
			err = v.abandonPurge(j)
		}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return v.sweep()
}

// finishPending carries out what this program had decided and could not, such as
// the removal of a version on a disk that failed, before it decides on anything
// else: there is one journal.
func (v *Vault) finishPending() error {
	if there, err := v.exists(v.own(journalName)); !there {
		return err
	}
	return v.recover()
}

// catchUp makes durable what an interrupted program had done for a journal.
// Otherwise what redo finds done could still be lost with the power, after the
// journal is gone.
func (v *Vault) catchUp(j journal) error {
	dirs := []string{".", hidden, v.own(), v.own("run"), v.own("run", treeName), v.own("versions"), v.own(removingName)}
	dirs = append(dirs, backupDirs(v.udid)...)
	dirs = append(dirs, backupDirs(v.own("run", treeName, v.udid))...)
	numbers := []int{j.Old, j.Number}
	if versions, err := v.readVersions(); err == nil && j.Op == opPurge {
		for i, version := range versions { // the one that inherits, and the one whose changes are merged
			if version.Number >= j.Number {
				numbers = append(numbers, version.Number, versions[max(i-1, 0)].Number)
				break
			}
		}
		if i := len(versions) - 1; i >= 0 {
			numbers = append(numbers, versions[i].Number)
		}
	}
	for _, number := range numbers {
		if number > 0 {
			dirs = append(append(dirs, v.versionDir(number)), backupDirs(v.versionDir(number, dataName))...)
		}
	}
	return v.syncDirs(dirs...)
}

// backupDirs are a backup's folder and the 256 in it.
func backupDirs(dir string) []string {
	all := []string{dir}
	for prefix := range 256 {
		all = append(all, join(dir, prefixName(byte(prefix))))
	}
	return all
}

// redo carries out a journal, from wherever it had come to.
func (v *Vault) redo(j journal) error {
	operations := map[string]func(journal) error{opChangeOver: v.changeOver, opPurge: v.purge}
	do, ok := operations[j.Op]
	if !ok || j.Number < 1 {
		return fault.New(fault.VersionDamaged, "read the journal", errFormat).With("Version", j.Number)
	}
	if err := do(j); err != nil {
		return err
	}
	if err := v.fs.Remove(v.own(journalName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := disk.SyncFolder(v.fs, v.own()); err != nil {
		return err
	}
	var err error
	v.versions, err = v.readVersions()
	return err
}

// changeOver puts the run's version in its place. Everything in it may have
// been done before.
func (v *Vault) changeOver(j journal) error {
	there, err := v.sealed()
	if err != nil {
		return err
	}
	if there { // else the last step was done
		if j.Base > 0 {
			err = v.applyIncremental(j)
		} else {
			err = v.replace(j)
		}
		if err == nil {
			err = v.confirm(j)
		}
		if err != nil {
			return err
		}
		if err := v.fs.MkdirAll(v.own("versions"), 0o700); err != nil {
			return err
		}
		if err := v.fs.Rename(v.own("run", versionName), v.versionDir(j.Number)); err != nil {
			return err
		}
		if err := v.syncDirs(v.own(), v.own("versions"), v.own("run")); err != nil {
			return err
		}
	}
	if err := v.discard(v.own("run")); err != nil {
		return err
	}
	return v.discard(v.own(asideName))
}

// confirm looks whether the new version stands as it was proven, before it is
// one of the versions: whether each file that it brought is there with its
// size, and what it removed is not. It reads no file. What is not as it should
// be counts as problems of the version, so that the one before keeps being the
// last that is intact, and the next run builds on nothing.
func (v *Vault) confirm(j journal) error {
	name := v.own("run", versionName, metaName)
	var m meta
	if err := v.readJSON(name, &m); illegible(err) {
		v.log.Error("what was written down of the new backup cannot be read", "err", err)
		return nil // it will be set aside; all its files are there
	} else if err != nil {
		return err
	}
	wrong := 0
	look := func(rel string, size int64) {
		info, err := v.lstat(join(v.udid, rel))
		if size == catalog.Gone && !errors.Is(err, fs.ErrNotExist) || size != catalog.Gone && (err != nil || info.Size() != size) {
			v.log.Error("the new backup is not as it was proven", "file", rel, "err", err)
			wrong++
		}
	}
	for rel, t := range m.Tops {
		if format.IsTop(rel) {
			look(rel, t.Size)
		}
	}
	if j.Base > 0 { // a full one was moved as one folder
		if err := v.eachChange(m.Number, func(e catalog.Entry) error {
			look(blobName(e.ID), e.Size)
			return nil
		}); fault.Of(err) == fault.VersionDamaged {
			v.log.Error("the list of the new backup is damaged", "err", err)
			wrong++
		} else if err != nil {
			return err
		}
	}
	if wrong == 0 {
		return nil
	}
	m.Proof.Problems, m.Rehearsed, m.Bound = m.Proof.Problems+wrong, Rehearsal{}, false
	return v.writeJSON(name, m)
}

// replace puts a full backup in the place of the current version, which
// becomes the data of its own version as a whole.
func (v *Vault) replace(j journal) error {
	fresh := v.own("run", treeName, v.udid)
	there, err := v.exists(fresh)
	if !there {
		return err
	}
	if j.Old > 0 {
		if err := v.retireAll(v.versionDir(j.Old, dataName)); err != nil {
			return err
		}
		if err := v.syncDirs(v.versionDir(j.Old), "."); err != nil {
			return err
		}
	}
	if err := v.discard(join(fresh, snapshotName)); err != nil {
		return err
	}
	if err := v.fs.Rename(fresh, v.udid); err != nil {
		return err
	}
	return v.syncDirs(".", v.own("run", treeName))
}

// retireAll makes what stands at DIR/<UDID> the data of its version. Where some
// of that is there already, of a change-over that was taken back, the rest
// follows it.
func (v *Vault) retireAll(kept string) error {
	stands, err := v.exists(v.udid)
	if !stands || err != nil {
		return err // the rename was done
	}
	left, err := v.exists(kept)
	if err != nil {
		return err
	}
	if !left {
		return v.fs.Rename(v.udid, kept)
	}
	m := mover{place: &v.place, data: kept, touched: map[string]bool{}}
	if err := v.eachFile(v.udid, m.setAside); err != nil {
		return err
	}
	if err := m.settle(); err != nil {
		return err
	}
	return v.discard(v.udid)
}

// applyIncremental puts an incremental run's files in their places. First all that they
// replace, or that is gone, is put aside and that made durable: from then on
// nothing of the old version can be lost by what follows.
func (v *Vault) applyIncremental(j journal) error {
	m := mover{place: &v.place, data: v.versionDir(j.Old, dataName), touched: map[string]bool{}}
	tree := v.own("run", treeName, v.udid)
	if err := v.eachFile(tree, m.setAside); err != nil {
		return err
	}
	// Without the list, what the phone removed stays where it is: of no use to
	// the new version, and in its place for the one before.
	if err := v.eachGone(m.setAside); err != nil && fault.Of(err) != fault.VersionDamaged {
		return err
	}
	if err := m.settle(); err != nil {
		return err
	}
	err := v.eachFile(tree, func(rel string) error {
		m.touch(join(v.udid, rel), join(tree, rel))
		return v.move(join(tree, rel), join(v.udid, rel))
	})
	if err != nil {
		return err
	}
	if err := m.settle(); err != nil {
		return err
	}
	return v.discard(join(v.udid, snapshotName))
}

// mover renames files and remembers the folders whose names changed.
type mover struct {
	place   *place
	data    string
	touched map[string]bool
}

// setAside puts a file of the current version aside, unless that was done.
func (m *mover) setAside(rel string) error {
	kept := join(m.data, rel)
	done, err := m.place.exists(kept)
	if done || err != nil {
		return err
	}
	old := join(m.place.udid, rel)
	if there, err := m.place.exists(old); !there {
		return err
	}
	m.touch(old, kept)
	return m.place.move(old, kept)
}

func (m *mover) touch(names ...string) {
	for _, name := range names {
		for dir := parent(name); !m.touched[dir] && dir != "."; dir = parent(dir) {
			m.touched[dir] = true
		}
	}
}

// settle makes the renames durable.
func (m *mover) settle() error {
	dirs := make([]string, 0, len(m.touched))
	for dir := range m.touched {
		dirs = append(dirs, dir)
	}
	clear(m.touched)
	return m.place.syncDirs(dirs...)
}

// eachFile visits the files of a backup's folder that belong to it: those at
// its top, and the content in the 256 folders. Paths are relative to it.
func (p *place) eachFile(dir string, visit func(rel string) error) error {
	for _, name := range format.TopNames {
		there, err := p.exists(join(dir, name))
		if err != nil {
			return err
		}
		if !there {
			continue
		}
		if err := visit(name); err != nil {
			return err
		}
	}
	for id, err := range p.contents(dir) {
		if err == nil {
			err = visit(blobName(id))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// eachGone visits what the version to be has no longer.
func (v *Vault) eachGone(visit func(rel string) error) error {
	var m meta
	if err := v.readJSON(v.own("run", versionName, metaName), &m); err != nil {
		return damaged(m.Number, err)
	}
	for _, rel := range m.GoneTops {
		if !format.IsTop(rel) {
			continue
		}
		if err := visit(rel); err != nil {
			return err
		}
	}
	return v.eachChange(m.Number, func(e catalog.Entry) error {
		if e.Size != catalog.Gone {
			return nil
		}
		return visit(blobName(e.ID))
	})
}

// eachChange visits what the version to be has otherwise than the one before.
func (v *Vault) eachChange(number int, visit func(catalog.Entry) error) error {
	f, err := catalog.Open(v.fs, v.own("run", versionName, changesName))
	if err != nil {
		return damaged(number, err)
	}
	defer f.Close()
	for e, err := range extsort.All(f.Stream()) {
		if err != nil {
			return damaged(number, err)
		}
		if err := visit(e); err != nil {
			return err
		}
	}
	return nil
}
