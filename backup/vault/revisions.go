package vault

import (
	"context"

	"lifeboat/backup/catalog"
)

// fileHistory is how single files came and went over all versions.
type fileHistory struct {
	place    *place
	versions []Version
	lists    []*catalog.File // the changes of each version
}

// revision is one content of a file, from the version with which it arrived to
// the last one that has it. from and to are places in the list of versions.
type revision struct {
	entry    catalog.Entry
	from, to int
}

// fileHistory opens the changes of all versions. The caller must close it.
func (p *place) fileHistory(versions []Version) (*fileHistory, error) {
	h := &fileHistory{place: p, versions: versions}
	for _, v := range versions {
		list, err := catalog.Open(p.fs, p.versionDir(v.Number, changesName))
		if err != nil {
			h.close()
			return nil, damaged(v.Number, err)
		}
		h.lists = append(h.lists, list)
	}
	return h, nil
}

// reopen opens the changes of one version again, after they were replaced.
func (h *fileHistory) reopen(at int) (err error) {
	h.lists[at].Close()
	number := h.versions[at].Number
	list, err := catalog.Open(h.place.fs, h.place.versionDir(number, changesName))
	if err != nil {
		return damaged(number, err)
	}
	h.lists[at] = list
	return nil
}

func (h *fileHistory) close() { closeAll(h.lists) }

// revisions lists the contents that a file has had, oldest first.
func (h *fileHistory) revisions(id catalog.ID) (all []revision, err error) {
	living := false
	for i, list := range h.lists {
		e, listed, err := list.Find(id)
		if err != nil {
			return nil, damaged(h.versions[i].Number, err)
		}
		if listed || h.versions[i].meta.Base {
			living = false
		}
		if listed && e.Size != catalog.Gone {
			all, living = append(all, revision{entry: e, from: i}), true
		}
		if living {
			all[len(all)-1].to = i
		}
	}
	return all, nil
}

// within is the content that a version has, among lives.
func within(lives []revision, at int) (revision, bool) {
	for _, l := range lives {
		if l.from <= at && at <= l.to {
			return l, true
		}
	}
	return revision{}, false
}

// dir is the folder in which a version's own files lie.
func (h *fileHistory) dir(at int) string {
	if h.versions[at].Current {
		return h.place.udid
	}
	return h.place.versionDir(h.versions[at].Number, dataName)
}

// find looks for a file as a version does: in its own folder, then in those of
// the versions after it, up to and with the one at last. "" means that it is
// in none.
func (h *fileHistory) find(rel string, first, last int) (string, error) {
	for at := first; at <= last; at++ {
		there, err := h.place.exists(join(h.dir(at), rel))
		if there || err != nil {
			return join(h.dir(at), rel), err
		}
	}
	return "", nil
}

// holds reports whether the file at name is what an entry says. A file that
// cannot be read, or is none, does not hold it.
func (p *place) holds(ctx context.Context, name string, e catalog.Entry) (bool, error) {
	info, err := p.lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() != e.Size {
		return false, nil
	}
	_, sum, err := digestOf(ctx, p.fs, name)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	return err == nil && sum == e.Digest, nil
}
