package vault

import (
	"encoding/hex"
	"errors"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/backup/extsort"
	"lifeboat/backup/format"
	"lifeboat/device/fault"
)

// depths orders the levels of proofs.
var depths = map[string]int{"quick": 1, "sample": 2, "full": 3}

// RecordProof notes the result of a proof of a version. found are the files
// beside the contents as it found them, so that they are known from now on
// where they were not.
//
// A proof that found nothing does not take back what a deeper one found.
func (v *Vault) RecordProof(number int, proof Proof, found map[string]Top) error {
	const op = "note the proof"
	at := indexOf(v.versions, number)
	if at < 0 {
		return fault.New(fault.VersionUnknown, op, nil).With("Version", number)
	}
	m := v.versions[at].meta
	bound := proof.Bound
	proof.Bound = false
	if proof.Problems == 0 && m.Proof.Problems > 0 && depths[proof.Level] < depths[m.Proof.Level] {
		return nil
	}
	m.Proof, m.Touched = proof, false
	if proof.Problems == 0 {
		m.Bound = m.Bound || bound
		m.Tops = withDigests(m.Tops, found)
	}
	return disk.Fault(op, v.root, v.writeMeta(m))
}

// withDigests fills in the digests that are not known of files of the same size.
func withDigests(remembered map[string]top, found map[string]Top) map[string]top {
	all := map[string]top{}
	for name, t := range remembered {
		if f, ok := found[name]; ok && t.Digest == "" && t.Size == f.Size && !f.Digest.IsZero() {
			t.Digest = hex.EncodeToString(f.Digest[:])
		}
		all[name] = t
	}
	return all
}

// FillDigests remembers the digests of contents of a version that were not
// known, as of a backup that another program made. Contents that are not
// listed, have another size, or whose digest is known are left as they are.
// It returns how many were filled in.
func (v *Vault) FillDigests(number int, computed *catalog.Sorter) (filled int, err error) {
	const op = "note the digests"
	c, err := v.fileHistory(v.versions)
	if err != nil {
		return 0, err
	}
	defer c.close()
	at := indexOf(v.versions, number)
	if at < 0 {
		return 0, fault.New(fault.VersionUnknown, op, nil).With("Version", number)
	}
	for from := at; from >= 0; from-- {
		f, err := c.filling(computed, from, at)
		if err == nil && f != nil {
			_, err = catalog.Write(v.fs, v.versionDir(c.versions[from].Number, changesName), f, c.lists[from])
			err = errors.Join(err, c.reopen(from))
		}
		if err != nil {
			return filled, disk.Fault(op, v.root, err)
		}
		if f != nil {
			filled += f.filled
		}
		if c.versions[from].meta.Base {
			break
		}
	}
	return filled, nil
}

// filling streams the changes of one version with the digests that were
// computed of the contents of another one, which may be later.
type filling struct {
	history  *fileHistory
	from, at int // where the two stand
	list     catalog.Stream
	computed *peeker
	later    []*peeker // the changes after from
	filled   int
}

// filling returns nil if the digests are all known.
func (c *fileHistory) filling(computed *catalog.Sorter, from, at int) (*filling, error) {
	if any, err := unknownDigests(c.lists[from].Stream()); !any || err != nil {
		return nil, err
	}
	f := &filling{history: c, from: from, at: at, list: c.lists[from].Stream(), computed: extsort.Peek(computed.Sorted())}
	for _, list := range c.lists[from+1:] {
		f.later = append(f.later, extsort.Peek(list.Stream()))
	}
	return f, nil
}

func unknownDigests(s catalog.Stream) (bool, error) {
	for e, err := range extsort.All(s) {
		if err != nil || e.Size != catalog.Gone && e.Digest.IsZero() {
			return err == nil, err
		}
	}
	return false, nil
}

// Next implements [catalog.Stream].
func (f *filling) Next() (catalog.Entry, error) {
	e, err := f.list.Next()
	if err != nil || e.Size == catalog.Gone || !e.Digest.IsZero() {
		return e, err
	}
	c, there, err := seek(f.computed, e.ID)
	if err != nil || !there || c.Size != e.Size || c.Digest.IsZero() {
		return e, err
	}
	lies, err := f.lies(e.ID)
	if lies && err == nil {
		e.Digest = c.Digest
		f.filled++
	}
	return e, err
}

// lies reports whether the version that was read has the content of this one, and
// that it was this which was read: beyond the last version that has it lies
// another content of the same name.
func (f *filling) lies(id catalog.ID) (bool, error) {
	to := len(f.history.versions) - 1
	for i, later := range f.later {
		at := f.from + 1 + i
		_, listed, err := seek(later, id)
		if err != nil {
			return false, err
		}
		if listed || f.history.versions[at].meta.Base {
			to = at - 1
			break
		}
	}
	name, err := f.history.find(blobName(id), f.at, to)
	return name != "", err
}

// Foreign says that another program has made a backup in the place of the
// current version since the vault put it there, so that what is remembered of
// it no longer holds: phones write a new Status.plist with each backup. One
// that cannot be read is damage, and no new backup.
func (w *View) Foreign() bool {
	if !w.version.Current {
		return false
	}
	status, err := format.ReadStatus(w.place.fs, w.place.udid)
	if err != nil || !status.Finished() {
		return false
	}
	same, err := w.place.asRemembered(join(w.place.udid, format.StatusName), w.version.meta.Tops, format.StatusName)
	return err == nil && !same
}

// Overwritten says that another program has begun or made a backup in the
// place of the current version: what stands there is no longer what the vault
// put there, and it can be read.
func (w *View) Overwritten() bool {
	current, _ := last(w.versions)
	if !current.Altered {
		return false
	}
	same, err := w.place.asRemembered(join(w.place.udid, format.StatusName), current.meta.Tops, format.StatusName)
	if err != nil || same {
		return false
	}
	_, err = format.ReadStatus(w.place.fs, w.place.udid)
	return err == nil
}

// Adopt gives a backup that another program made at DIR/<UDID> its entry
// among the versions. See [View.Foreign]. Errors are those of the disk.
func (v *Vault) Adopt() error {
	return disk.Fault("adopt the backup", v.root, v.adopt())
}
