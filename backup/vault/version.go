package vault

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/backup/format"
	"lifeboat/device/fault"
)

// Version is one backup among those that are kept.
type Version struct {
	// Number counts the versions of a phone, from 1 on. It is never used twice.
	Number int
	// Date is when the backup was made, UTC.
	Date time.Time
	// Files and Bytes are all its contents, with the phone's lists: what a
	// copy of it would take.
	Files int
	Bytes int64
	// Added, Changed and Removed count content files against the version before.
	Added, Changed, Removed int
	// Proof is what was proven last.
	Proof Proof
	// Rehearsed is what was found when it was last restored onto a simulated phone.
	Rehearsed Rehearsal
	// Trashed is when it was deleted; zero if it was not.
	Trashed time.Time
	// Current: it is the one at DIR/<UDID>.
	Current bool
	// Unfinished: it is what another program left half-way. It is kept, but
	// cannot be restored.
	Unfinished bool
	// Uncounted: Files and Bytes are not known, as of another program's backup.
	Uncounted bool
	// Doubtful are the IDs of the files, up to some thousand, in which the
	// proof found something when the backup was made. The phone had finished it.
	Doubtful []string
	// Encrypted: it needs the password that the phone had when it was made.
	Encrypted bool
	// Unread: what the vault wrote down about it cannot be read. Its files are
	// left as they are; what is known of it is what Apple's own files say, and
	// nothing is proven of it.
	Unread bool

	// Touched: another program wrote over files that it shared, so that what
	// had been proven of it holds no longer. It was not proven since.
	Touched bool
	// Altered: another program has written to the phone's folder since the
	// vault put a version there, and this one shares files with what stands
	// there. That it is intact holds no longer, so Proof does not say it.
	Altered bool

	meta   meta
	reason error // of Unread, or why it is not known whether it is Altered
}

// ID is the version's number as users write it.
func (v Version) ID() string { return strconv.Itoa(v.Number) }

// Proof is what is known of whether a version is intact.
type Proof struct {
	// Level is "quick", "sample" or "full"; "" means that nothing was proven.
	Level string `json:"level,omitempty"`
	// Percent is the share of the contents that was read, for "sample".
	Percent float64 `json:"percent,omitempty"`
	// Date is when, UTC.
	Date time.Time `json:"date,omitzero"`
	// By is the program and its version.
	By string `json:"by,omitempty"`
	// Problems counts what was found wrong; 0 is an intact backup.
	Problems int `json:"problems,omitempty"`
	// Digests: every content was compared with its digest, or had its digest
	// taken while it arrived.
	Digests bool `json:"digests,omitempty"`
	// Bound: it found the catalogue to list exactly what Manifest.db lists. It
	// is kept beside the proof.
	Bound bool `json:"-"`
}

// Intact reports whether the proof found the version intact.
func (p Proof) Intact() bool { return p.Level != "" && p.Problems == 0 }

// meta is meta.json of a version.
type meta struct {
	Number int `json:"number"`
	// Base: changes lists all that the version has, so that versions before
	// it are not needed to know it.
	Base bool `json:"base,omitempty"`
	// Date, Files, …: see Version.
	Date       time.Time `json:"date"`
	Files      int       `json:"files"`
	Bytes      int64     `json:"bytes"`
	Added      int       `json:"added,omitempty"`
	Changed    int       `json:"changed,omitempty"`
	Removed    int       `json:"removed,omitempty"`
	Unfinished bool      `json:"unfinished,omitempty"`
	Trashed    time.Time `json:"trashed,omitzero"`
	// Tops are the files beside the content, by name.
	Tops  map[string]top `json:"tops"`
	Proof Proof          `json:"proof,omitzero"`
	// Rehearsed: see Version.
	Rehearsed Rehearsal `json:"rehearsed,omitzero"`
	// GoneTops are those that the version before had and this one has not.
	GoneTops []string `json:"gone_tops,omitempty"`
	// Touched: its proof was taken back, since another program wrote over files
	// that it shared.
	Touched bool `json:"touched,omitempty"`
	// Bound: changes, with those before, list exactly what Manifest.db does.
	Bound bool `json:"bound,omitempty"`
	// Doubtful and DoubtLasts: see [Run.Doubt].
	Doubtful   []string `json:"doubtful,omitempty"`
	DoubtLasts bool     `json:"doubt_lasts,omitempty"`
	// Encrypted, DeviceName and ProductVersion are for people who look.
	Encrypted      bool   `json:"encrypted"`
	DeviceName     string `json:"device_name,omitempty"`
	ProductVersion string `json:"product_version,omitempty"`
}

// top is what is remembered of a file beside the content.
type top struct {
	Size   int64  `json:"size"`
	Digest string `json:"sha256,omitempty"` // hexadecimal
}

const (
	metaName    = "meta.json"
	changesName = "changes"
	dataName    = "data"
	// maxVersions bounds what is read of a vault.
	maxVersions = 10_000
)

func (p *place) versionDir(number int, parts ...string) string {
	return p.own(append([]string{"versions", fmt.Sprintf("%06d", number)}, parts...)...)
}

func (m meta) version() Version {
	return Version{
		Number: m.Number, Date: m.Date, Files: m.Files, Bytes: m.Bytes,
		Added: m.Added, Changed: m.Changed, Removed: m.Removed,
		Proof: m.Proof, Rehearsed: m.Rehearsed, Trashed: m.Trashed, Unfinished: m.Unfinished, Touched: m.Touched,
		Doubtful: m.Doubtful, Encrypted: m.Encrypted, meta: m,
	}
}

// readVersions reads all versions, in the order in which they came.
func (p *place) readVersions() (all []Version, err error) {
	err = p.eachName(p.own("versions"), func(name string) error {
		number, err := strconv.Atoi(name)
		if err != nil || number < 1 || fmt.Sprintf("%06d", number) != name || len(all) >= maxVersions {
			return nil // nothing of ours
		}
		v, err := p.readVersion(number)
		if err != nil {
			there, existsErr := p.exists(p.versionDir(number))
			if !there && existsErr == nil {
				return nil // it was removed just now
			}
			return errors.Join(err, existsErr)
		}
		all = append(all, v)
		return nil
	})
	slices.SortFunc(all, func(a, b Version) int { return a.Number - b.Number })
	if err != nil || len(all) == 0 {
		return all, err
	}
	current := &all[len(all)-1]
	if current.Unread {
		*current = p.unread(current.Number, p.udid, current.reason)
	}
	current.Current = true
	p.markAltered(all)
	return all, nil
}

// markAltered compares what stands at DIR/<UDID> with the current version: its
// Status.plist, which phones write again with each backup, and Manifest.plist.
// If they differ, proofs of it hold no longer, nor those of the versions whose
// files lie in the same folder.
func (p *place) markAltered(all []Version) {
	current := &all[len(all)-1]
	altered := false
	for _, name := range []string{format.StatusName, format.ManifestName} {
		same, err := p.asRemembered(join(p.udid, name), current.meta.Tops, name)
		if err != nil && !illegible(err) {
			current.reason = err
		}
		altered = altered || !same
	}
	if !altered {
		return
	}
	for i := len(all) - 1; i >= 0; i-- {
		all[i].Altered, all[i].Rehearsed = true, Rehearsal{}
		if all[i].Proof.Intact() { // what was found wrong is so still
			all[i].Proof = Proof{}
		}
		if all[i].meta.Base || all[i].Unread {
			break
		}
	}
}

// asRemembered reports whether a file is that of a name among tops, by its digest
// as far as that is known.
func (p *place) asRemembered(file string, tops map[string]top, name string) (bool, error) {
	want, known := tops[name]
	size, sum, err := digestOf(context.Background(), p.fs, file)
	if !known && errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	return err == nil && known && want.Size == size && (want.Digest == "" || want.Digest == hex.EncodeToString(sum[:])), err
}

// readVersion reads what is written down of a version. If that is damaged, the
// version is set aside, and all others are of use as before.
func (p *place) readVersion(number int) (Version, error) {
	dir, err := p.lstat(p.versionDir(number))
	if err != nil {
		return Version{}, err
	}
	if !dir.IsDir() {
		return p.unread(number, p.versionDir(number, dataName), errFormat), nil
	}
	var m meta
	err = p.readJSON(p.versionDir(number, metaName), &m)
	if err == nil && (m.Number != number || m.Files < 0 || m.Bytes < 0) {
		err = errFormat
	}
	switch {
	case err == nil:
		return m.version(), nil
	case !illegible(err):
		return Version{}, err
	}
	if there, existsErr := p.exists(p.versionDir(number)); existsErr != nil {
		return Version{}, existsErr // which says nothing of the version
	} else if !there {
		return Version{}, fs.ErrNotExist
	}
	v := p.unread(number, p.versionDir(number, dataName), err)
	v.Trashed, err = p.readMark(number)
	return v, err
}

// unread is a version of which nothing is known but what Apple's own files in
// a folder tell.
func (p *place) unread(number int, dir string, reason error) Version {
	m, _ := p.describe(dir)
	m.Number, m.Base, m.Proof, m.Rehearsed = number, false, Proof{}, Rehearsal{}
	m.Files, m.Bytes = 0, 0 // only the files at its top were looked at
	v := m.version()
	v.Unread, v.Uncounted, v.reason = true, true, reason
	return v
}

// illegible says of an error that it is about what one of the vault's own
// files holds, or that the file is not there or not ours to read. An error of
// the disk says nothing of that.
func illegible(err error) bool {
	kinds := []error{errFormat, catalog.ErrDamaged, catalog.ErrNewer, fs.ErrNotExist, fs.ErrPermission}
	return slices.ContainsFunc(kinds, func(kind error) bool { return errors.Is(err, kind) })
}

// damaged says that a version's own files do not hold what they should. An
// error of the disk says nothing of them, and is passed on.
func damaged(number int, err error) error {
	if !illegible(err) {
		return err
	}
	return fault.New(fault.VersionDamaged, "read the version", err).With("Version", number)
}

// writeMeta makes a version's meta.json last.
//
// Of a version whose own cannot be read it would make a guess into what is
// written, so there it is refused.
func (v *Vault) writeMeta(m meta) error {
	at := indexOf(v.versions, m.Number)
	if at >= 0 && v.versions[at].Unread {
		return damaged(m.Number, v.versions[at].reason)
	}
	if err := v.writeJSON(v.versionDir(m.Number, metaName), m); err != nil {
		return err
	}
	if at < 0 {
		return nil
	}
	old, now := v.versions[at], m.version()
	now.Current, now.Altered = old.Current, old.Altered
	if old.Altered && m.Proof.Intact() {
		now.Proof = Proof{}
	}
	if old.Altered {
		now.Rehearsed = Rehearsal{}
	}
	v.versions[at] = now
	return nil
}

// checkFormat writes down the format of a new vault, and refuses those of
// programs to come.
func (v *Vault) checkFormat() error {
	type format struct {
		Format int `json:"format"`
	}
	var f format
	err := v.readJSON(v.own("vault.json"), &f)
	switch {
	case illegible(err):
		if !errors.Is(err, fs.ErrNotExist) {
			v.log.Warn("the number of the format cannot be read, and is rewritten", "err", err)
		}
		return v.writeJSON(v.own("vault.json"), format{formatNumber})
	case err != nil:
		return err
	case f.Format > formatNumber:
		return fault.New(fault.VaultNewer, "read vault.json", nil).With("Path", v.root)
	}
	return nil
}

// Versions lists all versions in the order in which they came, those in the
// trash too. The last is the current one.
func (v *Vault) Versions() []Version { return slices.Clone(v.versions) }

// Current returns the current version, if there is one.
func (v *Vault) Current() (Version, bool) { return last(v.versions) }

func last(versions []Version) (Version, bool) {
	if len(versions) == 0 {
		return Version{}, false
	}
	return versions[len(versions)-1], true
}

// indexOf is where a version stands in a list; -1 if there is none.
func indexOf(versions []Version, number int) int {
	return slices.IndexFunc(versions, func(v Version) bool { return v.Number == number })
}

// Find returns the version that a user names by its ID; none is [fault.VersionUnknown].
func Find(versions []Version, id string) (Version, error) {
	for _, v := range versions {
		if v.ID() == strings.TrimSpace(id) {
			return v, nil
		}
	}
	return Version{}, fault.New(fault.VersionUnknown, "look for the version", nil).With("Version", id)
}

// List reads the versions of a phone without a lock. What an interrupted
// program had decided is carried out before, where that is possible; [Look]
// leaves it.
// A backup of another program, which no vault knows, is version 1, of which only
// the date is known. None is an empty list.
func List(fsys afero.Fs, root, udid string) ([]Version, error) {
	finish(fsys, root, udid)
	p, err := find(fsys, root, udid)
	if err != nil {
		return nil, err
	}
	defer p.close()
	all, err := p.listed()
	return all, disk.Reading("list the versions", root, err)
}

// state streams all contents of a version: what arrived up to it, newest first.
// The caller must call done.
func (p *place) state(versions []Version, number int) (s catalog.Stream, done func(), err error) {
	lists, err := p.lists(versions, number)
	if err != nil {
		return nil, nil, err
	}
	return stateOf(lists), func() { closeAll(lists) }, nil
}

// stateOf streams all contents of a version by its lists.
func stateOf(lists []*catalog.File) catalog.Stream {
	var streams []catalog.Stream
	for _, list := range lists {
		streams = append(streams, list.Stream())
	}
	return catalog.Live(catalog.Merge(streams...))
}

// lists opens the changes of a version and of those before it, newest first,
// down to one that lists everything.
func (p *place) lists(versions []Version, number int) (all []*catalog.File, err error) {
	for _, v := range slices.Backward(versions) {
		if v.Number > number {
			continue
		}
		if v.Unread { // whether it lists all that it has is not known
			closeAll(all)
			return nil, damaged(v.Number, v.reason)
		}
		list, err := catalog.Open(p.fs, p.versionDir(v.Number, changesName))
		if err != nil {
			closeAll(all)
			return nil, damaged(v.Number, err)
		}
		if all = append(all, list); v.meta.Base {
			break
		}
	}
	return all, nil
}

func closeAll(lists []*catalog.File) {
	for _, list := range lists {
		list.Close()
	}
}
