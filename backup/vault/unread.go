package vault

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"lifeboat/backup/disk"
	"lifeboat/device/fault"
)

// This file deletes versions whose meta.json cannot be read. Only a person
// does that: no policy names one. That it is in the trash is written into a
// file of its own, since rewriting its meta.json would be a guess.

// trashedName is that file, in the folder of the version. It counts only while
// meta.json cannot be read.
const trashedName = "trashed.json"

// trashedMark is what is in it.
type trashedMark struct {
	Trashed time.Time `json:"trashed"`
}

// readMark says when a version that cannot be read was deleted; zero if it was
// not, or if that cannot be read either.
func (p *place) readMark(number int) (time.Time, error) {
	var m trashedMark
	err := p.readJSON(p.versionDir(number, trashedName), &m)
	if illegible(err) {
		return time.Time{}, nil
	}
	return m.Trashed, err
}

// markUnread writes the mark, or takes it away for the zero time.
func (v *Vault) markUnread(version Version, when time.Time) (err error) {
	name := v.versionDir(version.Number, trashedName)
	if when.IsZero() {
		err = errors.Join(v.remove(name), disk.SyncFolder(v.fs, v.versionDir(version.Number)))
	} else {
		err = v.writeJSON(name, trashedMark{Trashed: when})
	}
	if err != nil {
		return err
	}
	if at := indexOf(v.versions, version.Number); at >= 0 {
		v.versions[at].Trashed = when
	}
	return nil
}

// unneeded refuses, with [fault.VersionNeeded], to delete a version that cannot
// be read while one after it lists only what changed since: whether that needs
// the lists of this one is not known. Those that going says will be gone by
// then do not count.
func unneeded(versions []Version, number int, going func(Version) bool) error {
	at := indexOf(versions, number)
	if at < 0 || !versions[at].Unread {
		return nil
	}
	for _, after := range versions[at+1:] {
		if going(after) && !after.Current {
			continue
		}
		if after.Unread || !after.meta.Base {
			return fault.New(fault.VersionNeeded, "delete the version", versions[at].reason).With("Version", number).With("After", after.Number)
		}
		break
	}
	return nil
}

// inPurgeOrder are versions oldest first, and those that cannot be read last
// and newest first: each needs the one after it to be gone.
func inPurgeOrder(versions []Version) []Version {
	slices.SortStableFunc(versions, func(a, b Version) int {
		switch {
		case a.Unread != b.Unread:
			if a.Unread {
				return 1
			}
			return -1
		case a.Unread:
			return cmp.Compare(b.Number, a.Number)
		}
		return cmp.Compare(a.Number, b.Number)
	})
	return versions
}
