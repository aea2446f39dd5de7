package backupd

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// fate is what a backup does about an entry.
type fate byte

const (
	fateSend   fate = iota // upload it; also the fate of all entries of a plain full backup
	fateKeep               // nothing: it is as it was
	fateRow                // it has no content and a new row in the manifest
	fateHave               // it was uploaded before, and lies in Snapshot
	fatePlaced             // it was uploaded and moved before

	fateMask fate = 0x0F
	// fateKnown is added where the backup before has the entry.
	fateKnown fate = 0x10
)

// weigh compares the phone with what it remembers and with what the host
// lists, folder by folder, and decides each entry's fate. Where the host lacks
// anything plan.why says so.
func (j *job) weigh(ctx context.Context) error {
	if err := j.checkTop(); err != nil || j.plan.why != "" {
		return err
	}
	kept, err := os.Create(filepath.Join(j.work, "kept"))
	if err != nil {
		return fmt.Errorf("backupd: %w", err)
	}
	j.kept = kept
	j.plan.fates = make([]fate, j.survey.entries)
	j.plan.files, j.plan.bytes = 0, 0 // counted by judge
	for prefix := range prefixes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := j.checkCancel(); err != nil {
			return err
		}
		if err := j.weighPrefix(byte(prefix)); err != nil || j.plan.why != "" {
			return err
		}
	}
	return nil
}

// checkTop lists the folder of the backup.
func (j *job) checkTop() error {
	top, err := j.list(j.host())
	if err != nil {
		return err
	}
	if j.snapshot != nil {
		if _, err := j.list(j.host(j.order.into)); err != nil {
			return err
		}
	}
	if j.plan.base == nil || j.snapshot != nil && j.snapshot.Moving {
		return nil
	}
	for name, stored := range j.plan.base.Stored {
		if size, there := top[name]; !there || size != stored.Size {
			j.doesNotFit("%s is not listed as it was sent", name)
		}
	}
	return nil
}

// folder is one prefix folder in all its forms.
type folder struct {
	base, uploaded   map[fileKey]record
	main, unfinished map[string]int64 // sizes that the host lists
	wasMoved         bool
}

func (j *job) weighPrefix(prefix byte) error {
	f, err := j.openFolder(prefix)
	if err != nil {
		return err
	}
	if !f.wasMoved {
		for key, r := range f.base {
			if r.stored == noContent {
				continue
			}
			if size, there := f.main[key.String()]; !there || size != r.stored {
				j.doesNotFit("the host lacks %s", key)
				return nil
			}
		}
	}
	err = j.present.each(prefix, func(r record) error { return j.judge(f, r) })
	if err != nil || j.plan.why != "" {
		return err
	}
	for key, r := range f.uploaded { // what was moved and is no longer on the phone
		if _, there := f.main[key.String()]; f.wasMoved && there {
			f.base[key] = r
		}
	}
	for _, r := range f.base {
		if err := j.gone.add(r); err != nil {
			return err
		}
	}
	return nil
}

func (j *job) openFolder(prefix byte) (f folder, err error) {
	name := prefixName(prefix)
	f.base = map[fileKey]record{}
	if j.plan.base != nil {
		if f.base, err = j.plan.base.entries.load(prefix); err != nil {
			return f, err
		}
	}
	if j.snapshot != nil {
		f.wasMoved = j.snapshot.Moving
		if f.uploaded, err = j.snapshot.uploaded.load(prefix); err != nil {
			return f, err
		}
	}
	if j.faults.FewFolders && len(f.base)+len(f.uploaded) == 0 {
		return f, nil
	}
	if f.main, err = j.list(j.host(name)); err != nil || j.snapshot == nil {
		return f, err
	}
	f.unfinished, err = j.list(j.host(j.order.into, name))
	return f, err
}

// judge decides about one entry of the phone, and takes it out of the folder's
// lists, in which what is no longer on the phone stays.
func (j *job) judge(f folder, r record) error {
	before, known := f.base[r.key]
	sent, wasSent := f.uploaded[r.key]
	delete(f.base, r.key)
	delete(f.uploaded, r.key)
	name := r.key.String()
	size, there := f.main[name]
	chosen := fateSend
	switch {
	case known && before.sign == r.sign:
		if before.stored != noContent && (!there || size != before.stored) {
			j.doesNotFit("the host lacks %s", r.key)
			return nil
		}
		before.moves = false
		if err := j.final.add(before); err != nil {
			return err
		}
		chosen = fateKeep
	case r.stored == noContent:
		chosen = fateRow
	case wasSent && sent.sign == r.sign:
		waiting, waits := f.unfinished[name]
		switch {
		case waits && waiting == sent.stored:
			chosen = fateHave
		case f.wasMoved && there && size == sent.stored:
			chosen = fatePlaced
		}
	}
	if known && before.stored != noContent && r.stored == noContent { // a folder by now
		if err := j.gone.add(before); err != nil {
			return err
		}
	}
	switch chosen {
	case fateSend:
		j.plan.files++
		j.plan.bytes += r.stored
	case fateHave, fatePlaced:
		if _, err := j.kept.WriteAt(sent.append(nil), int64(r.number)*recordSize); err != nil {
			return fmt.Errorf("backupd: %w", err)
		}
	}
	if known {
		chosen |= fateKnown
	}
	j.plan.fates[r.number] = chosen
	return nil
}

// fateOf is what becomes of the entry with a number of the walk.
func (j *job) fateOf(number int) fate {
	if j.plan.fates == nil {
		return fateSend
	}
	if number >= len(j.plan.fates) {
		return fateKeep // noticed by checkWalk
	}
	return j.plan.fates[number]
}

// keptRecord is what is known of an entry that was uploaded before.
func (j *job) keptRecord(number int) (record, error) {
	var data [recordSize]byte
	if _, err := j.kept.ReadAt(data[:], int64(number)*recordSize); err != nil {
		return record{}, fmt.Errorf("backupd: %w", err)
	}
	return parseRecord(data[:]), nil
}
