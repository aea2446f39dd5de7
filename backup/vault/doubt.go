package vault

import (
	"slices"

	"lifeboat/backup/catalog"
)

// maxDoubtful bounds how many doubtful files of a version are remembered by
// name; its Proof counts all.
const maxDoubtful = 1000

// Doubt notes which contents of the sealed run the proof found doubtful. It is
// for between Seal and Commit.
//
// A run that follows doubt is a full one, in which the phone sends
// everything again ([Vault.Begin]). If the same files are doubtful then, that is
// how the phone has them: later runs need not be full for their sake.
func (r *Run) Doubt(ids []catalog.ID) {
	var names []string
	for _, id := range ids {
		if len(names) < maxDoubtful {
			names = append(names, id.String())
		}
	}
	slices.Sort(names)
	r.sealed.Doubtful = slices.Compact(names)
	before, has := r.vault.Current()
	r.sealed.DoubtLasts = has && r.state.Base == 0 && among(r.sealed.Doubtful, before.Doubtful) ||
		r.state.Base > 0 && r.base.meta.DoubtLasts && among(r.sealed.Doubtful, r.base.Doubtful)
}

// Doubtful returns the contents in which the version that this run builds on
// was found doubtful.
func (r *Run) Doubtful() (ids []catalog.ID) {
	for _, name := range r.base.Doubtful {
		if id, ok := catalog.ParseID(name); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// among reports whether all names are among those of all.
func among(names, all []string) bool {
	for _, name := range names {
		if !slices.Contains(all, name) {
			return false
		}
	}
	return len(names) > 0
}

// usableDoubt reports whether a version can be built on though it was found
// doubtful: everything that was found is what the phone has sent twice.
func (v Version) usableDoubt() bool {
	return v.Proof.Problems == 0 || v.meta.DoubtLasts && v.Proof.Problems <= len(v.Doubtful)
}
