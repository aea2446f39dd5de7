package vault

import (
	"io"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/backup/extsort"
)

// OwnBytes calculates, for each of the versions by its number, the bytes that
// only this version takes on the disk: what its removal would give free.
// versions are all of them, as [List] returns them. Those of which that cannot
// be known, for a list is damaged, are left out.
func OwnBytes(fsys afero.Fs, root, udid string, versions []Version) (map[int]int64, error) {
	p, err := find(fsys, root, udid)
	if err != nil {
		return nil, err
	}
	defer p.close()
	own, err := p.ownBytes(versions)
	return own, disk.Fault("calculate what the versions take", root, err)
}

func (p *place) ownBytes(versions []Version) (map[int]int64, error) {
	own := map[int]int64{}
	if unmanaged, err := p.exists(p.versionDir(1)); len(versions) == 1 && !unmanaged {
		own[versions[0].Number] = versions[0].Bytes
		return own, err
	}
	var lists []*peeker
	bad := make([]bool, len(versions)+1)
	for i, v := range versions {
		f, err := catalog.Open(p.fs, p.versionDir(v.Number, changesName))
		if err == nil {
			defer f.Close()
			lists = append(lists, extsort.Peek(f.Stream()))
		} else if illegible(err) {
			lists = append(lists, &peeker{Err: err})
		} else {
			return nil, err
		}
		bad[i] = v.Unread
		for _, t := range v.meta.Tops {
			own[v.Number] += t.Size
		}
	}
	for id, ok := lowest(lists); ok; id, ok = lowest(lists) {
		for i, v := range versions {
			e, there, err := seek(lists[i], id)
			if err != nil && !illegible(err) {
				return nil, err
			}
			if !there {
				continue
			}
			lists[i].Advance()
			if e.Size != catalog.Gone && (i == len(versions)-1 || changedBy(lists[i+1], versions[i+1], id)) {
				own[v.Number] += e.Size
			}
		}
	}
	for i, l := range lists {
		if l.Err != io.EOF && !illegible(l.Err) {
			return nil, l.Err
		}
		bad[i] = bad[i] || l.Err != io.EOF
	}
	for i, v := range versions {
		if bad[i] || bad[i+1] { // what a version alone has, the next one's list shows
			delete(own, v.Number)
		}
	}
	return own, nil
}

// lowest is the next ID of all lists.
func lowest(lists []*peeker) (id catalog.ID, ok bool) {
	for _, l := range lists {
		if l.Err == nil && (!ok || l.Head.ID.Compare(id) < 0) {
			id, ok = l.Head.ID, true
		}
	}
	return id, ok
}

// changedBy reports whether a version has another content under id than the one
// before it. Its list must stand at id or behind.
func changedBy(list *peeker, v Version, id catalog.ID) bool {
	return v.meta.Base || list.Err == nil && list.Head.ID == id
}

// Stored calculates how many bytes all versions together take on the disk, those in
// the trash too, by what their lists add up to; each content lies there once. known
// is false where a list cannot be read, or for a backup that no vault knows: then it
// is more than that.
func Stored(fsys afero.Fs, root, udid string, versions []Version) (bytes int64, known bool, err error) {
	p, err := find(fsys, root, udid)
	if err != nil {
		return 0, false, err
	}
	defer p.close()
	known = true
	for _, v := range versions {
		for _, t := range v.meta.Tops {
			bytes += t.Size
		}
		list, err := catalog.Open(p.fs, p.versionDir(v.Number, changesName))
		if illegible(err) {
			known = false
			continue
		}
		if err != nil {
			return bytes, false, disk.Reading("calculate what the versions take", root, err)
		}
		bytes += list.Totals().Bytes
		list.Close()
	}
	return bytes, known, nil
}
