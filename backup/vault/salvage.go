package vault

import (
	"errors"
	"io/fs"

	"lifeboat/backup/extsort"
	"lifeboat/backup/format"
)

// salvage makes what an interrupted run left fit to be resumed: content that was
// never recorded as complete goes. ok is false if nothing can be resumed:
// the phone reads in Status.plist what is there.
func (r *Run) salvage() (ok bool, err error) {
	tree := r.vault.own("run", treeName)
	status, ok, err := r.vault.inOrder("run", r.state)
	if !ok {
		return false, err
	}
	for _, folder := range []string{"", "/Snapshot"} {
		dir := join(tree, r.vault.udid) + folder
		removed, err := r.salvageContents(dir)
		if err != nil {
			return false, err
		}
		if removed > 0 && status.SnapshotState != "uploading" {
			// The phone does not look any more at what is there, and the
			// earlier content of the same name would pass for the new one.
			return false, nil
		}
		if r.state.Clean {
			continue
		}
		for _, name := range []string{format.ManifestName, format.ManifestDBName} {
			if err := r.vault.fs.Remove(join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return false, err
			}
		}
	}
	return true, nil
}

// inOrder reports whether what an interrupted run left in a folder can be resumed
// by its Status.plist, which it returns.
func (v *Vault) inOrder(name string, s runState) (status format.Status, ok bool, err error) {
	status, err = format.ReadStatus(v.fs, v.own(name, treeName, v.udid))
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, format.ErrContent):
		return status, false, nil
	case err != nil:
		return status, false, err
	}
	// It died, or the power went, while the phone was putting things in order:
	// nobody knows what of that has come to pass.
	return status, s.Clean || status.SnapshotState == "uploading", nil
}

// salvageContents removes what is not recorded, or has another size than is
// recorded, below dir, and counts it.
func (r *Run) salvageContents(dir string) (removed int, err error) {
	recorded, err := r.arrived.segments.Stream()
	if err != nil {
		return 0, err
	}
	known := extsort.Peek(recorded)
	for id, err := range r.vault.contents(dir) {
		if err != nil {
			return removed, err
		}
		name := join(dir, blobName(id))
		info, err := r.vault.lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return removed, err
		}
		entry, there, err := seek(known, id)
		if err != nil {
			return removed, err
		}
		if there && info.Mode().IsRegular() && info.Size() == entry.Size {
			continue
		}
		removed++
		if err := r.vault.fs.RemoveAll(name); err != nil {
			return removed, err
		}
	}
	return removed, nil
}
