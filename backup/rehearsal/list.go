package rehearsal

import (
	"context"
	"errors"
	"hash/maphash"
	"io/fs"
	"slices"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/backup/format"
)

// list is what must arrive, by the client's own reading of Manifest.db.
type list struct {
	seed    maphash.Seed
	entries []entry // by ID
	seen    []uint64
	files   int
	bytes   int64 // of the files, as the rows tell
}

// entry is one file, folder or link. Its looks are a sum of all that is known of
// it beside its content, which saves keeping the names of all files in memory.
type entry struct {
	id    catalog.ID
	looks uint64
}

// looksOf sums up an entry.
func (l *list) looksOf(domain, path string, kind uint8, mode uint32, target string) uint64 {
	var h maphash.Hash
	h.SetSeed(l.seed)
	for _, text := range []string{domain, path, target} {
		_, _ = h.WriteString(text)
		_ = h.WriteByte(0)
	}
	maphash.WriteComparable(&h, kind)
	maphash.WriteComparable(&h, mode)
	return h.Sum64()
}

// find gives the place of an entry in the list; there is false for none.
func (l *list) find(id catalog.ID) (at int, there bool) {
	return slices.BinarySearchFunc(l.entries, id, func(e entry, id catalog.ID) int { return e.id.Compare(id) })
}

// see notes that an entry came, and reports whether it did so before.
func (l *list) see(at int) (before bool) {
	bit := uint64(1) << (at % 64)
	before = l.seen[at/64]&bit != 0
	l.seen[at/64] |= bit
	return before
}

// unseen calls with each entry that never came.
func (l *list) unseen(each func(catalog.ID)) {
	for at := range l.entries {
		if l.seen[at/64]&(1<<(at%64)) == 0 {
			each(l.entries[at].id)
		}
	}
}

// readList opens Manifest.db and reads what must arrive.
func (r *run) readList(ctx context.Context) error {
	var key []byte
	if r.manifest.Encrypted {
		var err error
		if key, err = r.keys.UnwrapPrefixed(r.manifest.ManifestKey); err != nil {
			return damaged(format.ManifestDBName, err)
		}
		defer clear(key)
	}
	var err error
	if r.rows, err = format.OpenManifestDB(ctx, r.View.FS(), "/", key); err != nil {
		return listFault(err)
	}
	l := &list{seed: maphash.MakeSeed()}
	for row, err := range r.rows.Rows(ctx) {
		if err != nil {
			return listFault(err)
		}
		if row.Record == nil {
			continue // it tells of nothing that could be restored
		}
		id, isID := catalog.ParseID(row.FileID)
		file, parseErr := format.ParseFile(row.Record)
		if !isID || parseErr != nil {
			return damaged(format.ManifestDBName, errors.Join(format.ErrContent, parseErr))
		}
		kind := kindOf(row.Flags, file.Mode)
		if kind == 0 {
			continue
		}
		if kind == format.FlagFile {
			l.files++
			l.bytes += file.Size
		}
		l.entries = append(l.entries, entry{id, l.looksOf(row.Domain, row.Path, kind, file.Mode, file.Target)})
	}
	slices.SortFunc(l.entries, func(a, b entry) int { return a.id.Compare(b.id) })
	l.seen = make([]uint64, len(l.entries)/64+1)
	r.list = l
	return nil
}

// listFault is what is wrong when Manifest.db cannot be read.
func listFault(err error) error {
	switch {
	case errors.Is(err, format.ErrContent), errors.Is(err, fs.ErrNotExist), disk.Misplaced(err):
		return damaged(format.ManifestDBName, err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return disk.Reading(op, format.ManifestDBName, err)
}

// kindOf is what an entry is: where its flags do not tell, its mode does.
func kindOf(flags int64, mode uint32) uint8 {
	const typeBits, regular, directory, link = 0o170000, 0o100000, 0o040000, 0o120000
	switch {
	case flags == format.FlagFile, flags == format.FlagDirectory, flags == format.FlagLink:
		return uint8(flags)
	case mode&typeBits == regular:
		return format.FlagFile
	case mode&typeBits == directory:
		return format.FlagDirectory
	case mode&typeBits == link:
		return format.FlagLink
	}
	return 0
}
