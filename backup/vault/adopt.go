package vault

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
	"lifeboat/backup/extsort"
	"lifeboat/backup/format"
)

// adopt makes a version of a backup that the vault did not make: one of another
// program, or the current version after another program has written into it.
// Nothing of it is moved; it only gets its entry.
func (v *Vault) adopt() error {
	there, err := v.exists(v.udid)
	if !there || err != nil {
		return err
	}
	current, has := v.Current()
	if has {
		same, err := v.unchanged(current)
		if same || err != nil {
			return err
		}
	}
	if !has && v.fs.Remove(v.udid) == nil {
		return nil // it was empty
	}
	return v.adoptForeign(current)
}

// unchanged reports whether the current version is the one that the vault put
// there: phones write a new Status.plist with each backup.
func (v *Vault) unchanged(current Version) (bool, error) {
	for _, name := range []string{format.StatusName, format.ManifestName} {
		same, err := v.asRemembered(join(v.udid, name), current.meta.Tops, name)
		if errors.Is(err, fs.ErrNotExist) {
			// A file that is gone makes no new version: a proof will say so.
			continue
		}
		if !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

// digestOf reads a file to its end.
func digestOf(ctx context.Context, fsys afero.Fs, name string) (size int64, sum catalog.Digest, err error) {
	file, err := fsys.Open(name)
	if err != nil {
		return 0, sum, err
	}
	size, sum, err = catalog.DigestOf(ctx, file)
	return size, sum, errors.Join(err, file.Close())
}

// adoptFolder is the folder in which the entry of an adopted version is made.
const adoptFolder = "taking-in"

// adoptForeign makes a version of what stands at DIR/<UDID>. before is the version
// that stood there last, if any.
func (v *Vault) adoptForeign(before Version) error {
	m, err := v.describe(v.udid)
	if err != nil {
		return err
	}
	m.Number, m.Base = before.Number+1, before.Number == 0 || !v.known(before)
	dir := v.versionDir(m.Number)
	fresh := v.own(adoptFolder)
	if err := errors.Join(v.fs.RemoveAll(fresh), v.fs.MkdirAll(fresh, 0o700), v.fs.MkdirAll(v.own("versions"), 0o700)); err != nil {
		return err
	}
	inventory := &inventory{vault: v, meta: &m, before: extsort.Peek[catalog.Entry](nil)}
	if !m.Base {
		lists, err := v.lists(v.versions, before.Number)
		if err != nil {
			return err
		}
		defer closeAll(lists)
		inventory.before = extsort.Peek(stateOf(lists))
		inventory.lists = lists
		inventory.date = before.Date
	}
	if _, err := catalog.Fill(v.fs, join(fresh, changesName), inventory.list); err != nil {
		return err
	}
	if err := v.doubtShared(before, inventory); err != nil {
		return err
	}
	if err := v.keepCopies(v.fs, v.udid, fresh); err != nil {
		return err
	}
	if err := v.writeJSON(join(fresh, metaName), m); err != nil {
		return err
	}
	if err := v.fs.Rename(fresh, dir); err != nil {
		return err
	}
	if err := v.syncDirs(v.own("versions"), v.own()); err != nil {
		return err
	}
	v.versions, err = v.readVersions()
	return err
}

// describe reads what Apple's own files tell of the backup in a folder.
func (p *place) describe(dir string) (meta, error) {
	m := meta{Tops: map[string]top{}, Unfinished: true}
	for _, name := range format.TopNames {
		info, err := p.lstat(join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return m, err
		}
		m.Tops[name] = top{Size: info.Size()}
		m.Files++
		m.Bytes += info.Size()
		if m.Date.IsZero() || info.ModTime().After(m.Date) {
			m.Date = info.ModTime().UTC().Truncate(time.Second)
		}
	}
	if status, err := format.ReadStatus(p.fs, dir); err == nil {
		m.Unfinished = !status.Finished()
		if !status.Date.IsZero() {
			m.Date = status.Date.UTC()
		}
	}
	if manifest, err := format.ReadManifest(p.fs, dir); err == nil {
		m.Encrypted, m.DeviceName, m.ProductVersion = manifest.Encrypted, manifest.DeviceName, manifest.ProductVersion
	} else {
		m.Unfinished = true
	}
	return m, nil
}

// inventory lists what lies in a backup that is adopted, as far as it is
// not as it was in the version before. Digests are not known.
type inventory struct {
	vault  *Vault
	meta   *meta
	before *peeker // of nothing, if there was none
	date   time.Time

	lists []*catalog.File // of before, newest first
	// lost is how many of the lists, from the newest on, are of versions that
	// had a content which the other program wrote over or removed.
	lost int
}

// gone notes that a content which before had is not there any more.
func (i *inventory) gone(id catalog.ID) error {
	for at, list := range i.lists {
		if _, came, err := list.Find(id); err != nil {
			return err
		} else if came {
			i.lost = max(i.lost, at+1)
			return nil
		}
	}
	return nil
}

// doubtShared takes back the proofs of versions that lost files to another
// program: those which had contents that it wrote over or removed, and the one
// that stood there, of which it wrote over the lists.
func (v *Vault) doubtShared(before Version, i *inventory) error {
	if before.Number == 0 {
		return nil
	}
	lost := i.lost
	if i.lists == nil { // what they had is not known
		lost = len(v.versions)
	}
	if intact, err := v.topsKept(before); err != nil {
		return err
	} else if !intact {
		lost = max(lost, 1)
	}
	for at := len(v.versions) - 1; at >= 0 && lost > 0; at, lost = at-1, lost-1 {
		version := v.versions[at]
		if m := version.meta; !version.Unread && (m.Proof.Intact() || m.Rehearsed.Passed()) {
			if m.Proof.Intact() { // what was found wrong is so still
				m.Proof, m.Touched = Proof{}, true
			}
			m.Rehearsed = Rehearsal{}
			v.log.Warn("another program wrote over files of a version: what was proven of it holds no longer", "version", m.Number)
			if err := v.writeMeta(m); err != nil {
				return err
			}
		}
		if version.meta.Base {
			break
		}
	}
	return nil
}

// list gives all that is not as it was to put, in the order of the IDs.
func (i *inventory) list(put func(catalog.Entry) error) error {
	for id, err := range i.vault.contents(i.vault.udid) {
		if err != nil {
			return err
		}
		info, err := i.vault.lstat(join(i.vault.udid, blobName(id)))
		if err != nil {
			return err
		}
		if err := i.listGone(put, func(other catalog.ID) bool { return other.Compare(id) < 0 }); err != nil {
			return err
		}
		i.meta.Files++
		i.meta.Bytes += info.Size()
		old, had, err := seek(i.before, id)
		switch {
		case err != nil:
			return err
		case had:
			i.before.Advance()
			if old.Size == info.Size() && !info.ModTime().After(i.date) {
				continue
			}
			i.meta.Changed++
			if err := i.gone(id); err != nil {
				return err
			}
		case !i.meta.Base:
			i.meta.Added++
		}
		if err := put(catalog.Entry{ID: id, Size: info.Size()}); err != nil {
			return err
		}
	}
	return i.listGone(put, func(catalog.ID) bool { return true })
}

// listGone gives what the version before had next, and is not there, to put.
func (i *inventory) listGone(put func(catalog.Entry) error, below func(catalog.ID) bool) error {
	for i.before.Err == nil && below(i.before.Head.ID) {
		id := i.before.Head.ID
		if err := i.gone(id); err != nil {
			return err
		}
		if err := put(catalog.Entry{ID: id, Size: catalog.Gone}); err != nil {
			return err
		}
		i.meta.Removed++
		i.before.Advance()
	}
	if i.before.Err != io.EOF {
		return i.before.Err
	}
	return nil
}

// unmanaged describes a backup that no vault knows, without writing anything.
func (p *place) unmanaged() ([]Version, error) {
	there, err := p.exists(p.udid)
	if !there || err != nil {
		return nil, err
	}
	m, err := p.describe(p.udid)
	if err != nil || len(m.Tops) == 0 {
		return nil, err
	}
	m.Number = 1
	m.Files, m.Bytes = 0, 0 // only the files at its top were looked at
	version := m.version()
	version.Current, version.Uncounted = true, true
	return []Version{version}, nil
}

// usable reports whether an incremental run can build on the current version:
// what a phone would look at must be intact, and nothing known to be wrong
// (device/PROTOCOL.md#full-or-incremental).
func (v *Vault) usable(current Version) bool {
	if current.Unread || current.Unfinished || !current.usableDoubt() {
		return false
	}
	status, err := format.ReadStatus(v.fs, v.udid)
	if err != nil || !status.Finished() || !incrementalVersion(status.Version) {
		return false
	}
	if _, err := format.ReadManifest(v.fs, v.udid); err != nil {
		return false
	}
	info, err := v.lstat(join(v.udid, format.ManifestDBName))
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return false
	}
	want, known := current.meta.Tops[format.ManifestDBName]
	return (!known || want.Size == info.Size()) && v.known(current)
}

// known reports whether what the vault remembers of a version can be read. It
// takes a moment, and hours may go into a run that fails for it in the end.
func (v *Vault) known(version Version) bool {
	for _, other := range slices.Backward(v.versions) {
		if other.Number > version.Number {
			continue
		}
		if other.Unread {
			v.log.Warn("nothing is built on the current version", "err", other.reason)
			return false
		}
		if err := v.readThrough(other); err != nil {
			v.log.Warn("nothing is built on the current version", "err", err)
			return false
		}
		if other.meta.Base {
			break
		}
	}
	return true
}

// incrementalVersion reports whether phones build on backups of this version of
// Status.plist: from 3.3 on, below 4.
func incrementalVersion(version string) bool {
	return len(version) >= 3 && version[:2] == "3." && (version[2] >= '3' || len(version) > 3 && version[3] != '.')
}
