package vault

import (
	"io"
	"iter"

	"lifeboat/backup/catalog"
	"lifeboat/backup/extsort"
	"lifeboat/backup/format"
)

// item is one file that is copied.
type item struct {
	from string // in the source
	to   string // in the folder in which it arrives
	size int64
	// want is what once arrived, if that is known.
	want catalog.Digest
}

// group is some files, of one folder, that are copied one after the other.
type group struct {
	index int
	items []item
	// gone are contents that should be there and are not.
	gone []string
}

// groups gives all contents that are copied, in an order that is always the same.
func (t *transfer) groups() iter.Seq2[group, error] {
	return func(yield func(group, error) bool) {
		index := 0
		each := func(items []item, gone []string, err error) bool {
			index++
			return yield(group{index - 1, items, gone}, err) && err == nil
		}
		if t.view != nil {
			t.groupsOfOne(each)
			return
		}
		for _, v := range t.versions {
			from, to := t.source.versionDir(v.Number, dataName), join("versions", t.numbered(v), dataName)
			if v.Current {
				from, to = t.source.udid, join("run", treeName, t.As)
			}
			if !t.groupsOfFolder(from, to, each) {
				return
			}
		}
	}
}

// numbered is the name of a version's folder.
func (t *transfer) numbered(v Version) string {
	dir := t.source.versionDir(v.Number)
	return dir[len(dir)-len("000000"):]
}

// groupsOfFolder gives what lies in a folder laid out as a backup.
func (t *transfer) groupsOfFolder(from, to string, each func([]item, []string, error) bool) bool {
	var tops []item
	for _, name := range format.TopNames {
		i, err := t.item(join(from, name), join(to, name))
		if missing(err) {
			continue
		}
		if err != nil {
			return each(nil, nil, err)
		}
		tops = append(tops, i)
	}
	if !each(tops, nil, nil) {
		return false
	}
	for prefix := range 256 {
		folder := prefixName(byte(prefix))
		names, err := t.source.names(join(from, folder))
		var items []item
		for _, name := range names {
			id, ok := catalog.ParseID(name)
			if !ok || id[0] != byte(prefix) || err != nil {
				continue
			}
			var i item
			if i, err = t.item(join(from, folder, name), join(to, folder, name)); err == nil {
				items = append(items, i)
			}
		}
		if !each(items, nil, err) {
			return false
		}
	}
	return true
}

// item looks at a file. What is none is an error: nothing that a link leads to is
// taken for a backup.
func (t *transfer) item(from, to string) (item, error) {
	info, err := t.source.lstat(from)
	if err == nil && !info.Mode().IsRegular() {
		err = errIrregular(from)
	}
	if err != nil {
		return item{}, err
	}
	return item{from: from, to: to, size: info.Size()}, nil
}

// groupsOfOne gives the contents of one version, wherever they lie.
func (t *transfer) groupsOfOne(each func([]item, []string, error) bool) {
	w, tree := t.view, join("run", treeName, t.As)
	one := func(rel string, want catalog.Digest, g *group) error {
		full, err := w.where(rel)
		var i item
		if err == nil {
			i, err = t.item(full, join(tree, rel))
		}
		if missing(err) {
			g.gone = append(g.gone, rel)
			return nil
		}
		if i.want = want; err == nil {
			g.items = append(g.items, i)
		}
		return err
	}
	var g group
	remembered := tops(w.version.meta)
	for _, name := range format.TopNames {
		if err := one(name, remembered[name].Digest, &g); err != nil {
			each(nil, nil, err)
			return
		}
		if _, known := remembered[name]; !known && len(g.gone) > 0 && g.gone[len(g.gone)-1] == name {
			g.gone = g.gone[:len(g.gone)-1] // it never had one
		}
	}
	if !each(g.items, g.gone, nil) {
		return
	}
	known := extsort.Peek[catalog.Entry](nil)
	if w.remembers() {
		stream, done, err := w.Catalog()
		if err != nil {
			each(nil, nil, err)
			return
		}
		defer done()
		known = extsort.Peek(stream)
	}
	for prefix := range 256 {
		g = group{}
		err := error(nil)
		if w.remembers() {
			for err == nil && known.Err == nil && known.Head.ID[0] == byte(prefix) {
				err = one(blobName(known.Head.ID), known.Head.Digest, &g)
				known.Advance()
			}
			if err == nil && known.Err != nil && known.Err != io.EOF {
				err = known.Err
			}
		} else {
			var names []string
			names, err = (&viewDir{view: w, rel: prefixName(byte(prefix))}).Readdirnames(-1)
			for _, name := range names {
				if id, ok := catalog.ParseID(name); ok && id[0] == byte(prefix) && err == nil {
					err = one(blobName(id), catalog.Digest{}, &g)
				}
			}
		}
		if !each(g.items, g.gone, err) {
			return
		}
	}
}
