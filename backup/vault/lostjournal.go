package vault

import (
	"errors"
	"io/fs"

	"lifeboat/backup/disk"
)

// lostJournal finds out what a journal that cannot be read had decided. A new
// version's meta.json is written when it was found fit, right before its
// journal, so where it is there, or files were put aside for it, that is what is
// carried out. Else it was the end of that, or a version
// was being removed: which one is not known, so all that are to go count as
// damaged, and stay. fs.ErrNotExist says that there is nothing to carry out.
func (v *Vault) lostJournal(reason error) (j journal, err error) {
	v.log.Warn("the journal cannot be read", "err", reason)
	versions, err := v.readVersions()
	if err != nil {
		return j, err
	}
	fit, err := v.foundFit()
	if err != nil {
		return j, err
	}
	if fit {
		var m meta
		var s runState
		metaErr := v.readJSON(v.own("run", versionName, metaName), &m)
		runErr := v.readJSON(v.own("run", runName), &s)
		if metaErr == nil && m.Number > 0 {
			s.Number = m.Number
			if m.Base {
				s.Base = 0
			}
		}
		current, has := last(versions)
		if s.Number == current.Number+1 && (runErr == nil || metaErr == nil && (m.Base || has)) {
			j = journal{Op: opChangeOver, Number: s.Number, Old: current.Number, Base: s.Base}
			if metaErr == nil && !m.Base {
				j.Base = current.Number
			}
			return j, nil
		}
	}
	if err := v.putBack(versions); err != nil {
		return j, err
	}
	for _, version := range versions {
		if !version.Trashed.IsZero() {
			if err := v.doubt(version); err != nil {
				return j, err
			}
		}
	}
	if err := v.fs.RemoveAll(v.own(journalName)); err != nil {
		return j, err
	}
	return j, errors.Join(fs.ErrNotExist, disk.SyncFolder(v.fs, v.own()))
}

// doubt notes that files of a version may be missing.
func (v *Vault) doubt(version Version) error {
	if version.Unread {
		return nil
	}
	m := version.meta
	m.Proof.Problems = max(m.Proof.Problems, 1)
	return v.writeMeta(m)
}

// sealed reports whether a version to be stands ready in run/: what describes it
// goes with the last step of the change-over.
func (v *Vault) sealed() (bool, error) {
	for _, name := range []string{metaName, changesName} {
		if there, err := v.exists(v.own("run", versionName, name)); there || err != nil {
			return there, err
		}
	}
	return false, nil
}

// foundFit reports whether the run in run/ is one that was to be put in its place.
// What was only written through has its list of changes and no meta.json yet;
// but so has one whose meta.json was lost, and then files may have been moved.
func (v *Vault) foundFit() (bool, error) {
	if there, err := v.exists(v.own("run", versionName, metaName)); there || err != nil {
		return there, err
	}
	if there, err := v.sealed(); !there {
		return false, err
	}
	return v.begun()
}

// begun says that a change-over had begun, also where no journal says so: the
// current version has files put aside only within one.
func (v *Vault) begun() (found bool, err error) {
	versions, err := v.readVersions()
	current, has := last(versions)
	if !has || err != nil {
		return false, err
	}
	err = v.eachFile(v.versionDir(current.Number, dataName), func(string) error {
		found = true
		return nil
	})
	return found, err
}

// unsealed takes back that the run in run/ was sealed, for good: what of it goes
// first is what says that it was found fit.
func (v *Vault) unsealed() error {
	dir := v.own("run", versionName)
	if there, err := v.exists(dir); !there {
		return err
	}
	if err := errors.Join(v.remove(join(dir, metaName)), v.syncDirs(dir)); err != nil {
		return err
	}
	return errors.Join(v.fs.RemoveAll(dir), v.syncDirs(v.own("run")))
}

// putBack takes back what a change-over, of which nothing is left to carry
// out, had put aside.
func (v *Vault) putBack(versions []Version) error {
	current, has := last(versions)
	if !has {
		return nil
	}
	aside := v.versionDir(current.Number, dataName)
	there, err := v.exists(aside)
	if !there || err != nil {
		return err
	}
	m := mover{place: &v.place, touched: map[string]bool{}}
	err = v.eachFile(aside, func(rel string) error {
		stands, err := v.exists(join(v.udid, rel))
		if stands || err != nil {
			return err
		}
		m.touch(join(v.udid, rel), join(aside, rel))
		return v.move(join(aside, rel), join(v.udid, rel))
	})
	if err != nil {
		return err
	}
	return m.settle()
}
