// Package verify proves that a backup is intact: everything that a restore
// would need is there, can be read, and opens with the password.
//
// What a proof covers, by its level:
//
//   - quick: Status.plist says "finished"; Manifest.plist and the keybag open;
//     the files at the top are what they were, bit for bit; Manifest.db
//     decrypts, and every page of its list is read; the content of each entry
//     is there with the length that it had when it arrived.
//   - sample: also, a share of the contents is read. What is read must have
//     the digest that was remembered, a key that unwraps, and an end that
//     decrypts to right padding. What is before the end decrypts to something
//     whatever it holds, so that there is nothing to find.
//   - full: all contents are read, and SQLite looks over all of Manifest.db,
//     its indexes too, which the list alone does not need.
//
// What came in this run is read whatever the level. Without the password, a
// backup of which a catalogue is remembered is proven by that: what has its
// digest is what once arrived.
//
// What the list itself says of a file decides nothing but whether it should be
// there, and with which key it opens. Real phones list lengths that are not
// those of what they send, and rows of shapes that nobody has written down:
// these are oddities ([Report.Oddities]), and no problems.
//
// Where no digest is known, nothing in Apple's format can show a changed byte
// in the middle of an encrypted file: there is no checksum over it.
//
// # How
//
// Three lists sorted by file ID are joined: the rows of Manifest.db, the
// catalogue, and what lies in the 256 folders. So memory does not grow with
// the number of files, and no disk is asked for anything twice.
package verify

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"runtime"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/backup/extsort"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
)

const op = "verify the backup"

// Subject is a backup to be proven, and what is known of it.
type Subject struct {
	// Fs and Dir are the backup as a restore would see it; Dir holds
	// Manifest.db. Fs may be a view on several folders.
	Fs  afero.Fs
	Dir string
	// Catalog gives what is remembered of the contents, without those that
	// are gone. It may be called more than once. nil: nothing is remembered.
	Catalog func() (catalog.Stream, error)
	// Arrived gives contents that are read in full whatever the level. Beside
	// it, what Catalog does not give counts as missing, wherever it lies now:
	// it will be no part of the new backup. It may be nil.
	Arrived func() (catalog.Stream, error)
	// Computed is called with the digests of contents that are right, and whose
	// digest was not known. It is called by one goroutine at a time, in no
	// order, and may be nil.
	Computed func(catalog.Entry)
	// Found is called with all problems, named, in the order of their files, up to
	// some ten thousand, of which a [Report] lists the first. It may be nil.
	Found func(Problem)
	// Tops are size and digest (zero: not known) of Info.plist, Status.plist,
	// Manifest.plist and Manifest.db as remembered. It may be nil.
	Tops map[string]Top
	// Bound: Catalog was proven equal to the list in Manifest.db when that
	// had the digest of Tops. As long as it has, quick need not read the
	// list again.
	Bound bool
	// UDID is the phone whose backup it should be, or the name of the folder,
	// which may have more behind it; Info.plist must not be another's. "" does
	// not look at Info.plist.
	UDID string
	// Temp is the folder for temporary files; "" is the system's.
	Temp string
}

// Run proves a backup with a password, which may be empty for one that is
// not encrypted. It is Open, Unlock and Prove; report may be nil.
func Run(ctx context.Context, s Subject, password keybag.Password, level Level, report func(Progress)) (Report, error) {
	b, err := Open(s)
	if err != nil {
		return Report{}, err
	}
	if err := b.Unlock(ctx, password); err != nil {
		return Report{}, err
	}
	return b.Prove(ctx, level, report)
}

// Backup is a backup whose plists were read.
type Backup struct {
	Manifest format.Manifest
	Status   format.Status

	subject Subject
	keys    *keybag.Keys

	// Tests set these.
	seed       [2]uint64 // of samples; zero: another one each time
	recordsMax int
	folderMax  int
	workers    int
}

// Open reads the plists of a backup. The errors are [fault.NotABackup], [fault.OlderFormat],
// [fault.BackupUnfinished], [fault.BackupDamaged] and those of disk.
func Open(s Subject) (*Backup, error) {
	b := &Backup{subject: s, recordsMax: recordsMax, folderMax: folderMax, workers: min(runtime.GOMAXPROCS(0), maxWorkers)}
	if b.older() {
		return nil, fault.New(fault.OlderFormat, op, nil).With("Path", s.Dir)
	}
	var err error
	if b.Status, err = format.ReadStatus(s.Fs, s.Dir); err != nil {
		return nil, b.explain(format.StatusName, err)
	}
	if !b.Status.Finished() {
		return nil, fault.New(fault.BackupUnfinished, op, nil).With("Path", s.Dir).With("State", b.Status.SnapshotState)
	}
	if b.Manifest, err = format.ReadManifest(s.Fs, s.Dir); err != nil {
		return nil, b.explain(format.ManifestName, err)
	}
	return b, nil
}

// older reports whether the backup has the list of files of iOS up to 9.
func (b *Backup) older() bool {
	_, err := b.lstat(path.Join(b.subject.Dir, format.ManifestDBName))
	_, olderErr := b.lstat(path.Join(b.subject.Dir, format.OlderName))
	return errors.Is(err, fs.ErrNotExist) && olderErr == nil
}

// explain gives the *fault.Error of a file that cannot be read as it should.
func (b *Backup) explain(name string, err error) error {
	dir := b.subject.Dir
	if known := (*fault.Error)(nil); errors.As(err, &known) {
		return err
	}
	switch {
	case errors.Is(err, format.ErrContent), errors.Is(err, keybag.ErrMalformed), disk.Misplaced(err):
		return fault.New(fault.BackupDamaged, op, err).With("Path", dir).With("File", name)
	case !errors.Is(err, fs.ErrNotExist):
		return disk.Reading(op, path.Join(dir, name), err)
	}
	// One of its files is gone: of a backup, of one whose drive has gone, or
	// of no backup at all?
	for _, other := range []string{format.StatusName, format.ManifestName, format.ManifestDBName} {
		switch _, there := b.lstat(path.Join(dir, other)); {
		case there == nil:
			return fault.New(fault.BackupDamaged, op, err).With("Path", dir).With("File", name)
		case !errors.Is(there, fs.ErrNotExist):
			return disk.Reading(op, path.Join(dir, other), there)
		}
	}
	if b.Status.Finished() { // it was read
		return fault.New(fault.DestOffline, op, err).With("Path", dir)
	}
	return fault.New(fault.NotABackup, op, err).With("Path", dir)
}

// Unlock opens the keybag with the password. It takes seconds of processor
// time; a backup that is not encrypted needs none. The errors are those of
// [keybag.Bag.Unlock].
func (b *Backup) Unlock(ctx context.Context, password keybag.Password) error {
	if !b.Manifest.Encrypted {
		return nil
	}
	bag, err := keybag.Parse(b.Manifest.KeyBag)
	if err != nil {
		return b.explain(format.ManifestName, err)
	}
	if b.keys, err = bag.Unlock(ctx, password); err != nil {
		if errors.Is(err, keybag.ErrMalformed) {
			return b.explain(format.ManifestName, err)
		}
		return err
	}
	return nil
}

// Prove proves all the rest. A nil error means that everything was proven
// that the level asks for; [fault.BackupDamaged] comes with a Report of what
// was found. An encrypted backup that was not unlocked is proven by its
// catalogue; without one the error is [fault.PasswordNeeded]. Errors of
// Catalog and Arrived are passed on, wrapped. report may be nil; it is called
// by one goroutine at a time.
func (b *Backup) Prove(ctx context.Context, level Level, report func(Progress)) (Report, error) {
	if level == (Level{}) {
		level = everything
	}
	if !level.valid() {
		return Report{}, fault.New(fault.Internal, op, errLevel)
	}
	if b.locked() && b.subject.Catalog == nil {
		return Report{}, fault.New(fault.PasswordNeeded, op, nil)
	}
	p := newProof(b, level, report)
	err := p.run(ctx)
	r := p.result
	switch {
	case ctx.Err() != nil:
		return r, fault.New(fault.Cancelled, op, ctx.Err())
	case errors.Is(err, extsort.ErrTemporary):
		return r, disk.Fault(op, cmp.Or(b.subject.Temp, os.TempDir()), err)
	case errors.Is(err, errRemembered) && errors.Is(err, catalog.ErrDamaged):
		return r, fault.New(fault.VersionDamaged, op, err)
	case errors.Is(err, errRemembered):
		var known *fault.Error
		var ofDisk *fs.PathError
		if errors.As(err, &known) || errors.As(err, &ofDisk) {
			return r, disk.Fault(op, b.subject.Dir, err)
		}
		return r, fault.New(fault.Internal, op, err)
	case err != nil:
		return r, b.explain(format.ManifestDBName, err)
	case r.ProblemCount > 0:
		return r, fault.New(fault.BackupDamaged, op, nil).With("Path", b.subject.Dir).With("Problems", r.ProblemCount)
	}
	return r, nil
}

// locked reports whether only the password would show what the backup holds.
func (b *Backup) locked() bool { return b.Manifest.Encrypted && b.keys == nil }

// database opens Manifest.db.
func (b *Backup) database(ctx context.Context) (*format.ManifestDB, error) {
	var key []byte
	if b.Manifest.Encrypted {
		var err error
		if key, err = b.keys.UnwrapPrefixed(b.Manifest.ManifestKey); err != nil {
			return nil, errors.Join(format.ErrContent, err)
		}
		defer clear(key)
	}
	return format.OpenManifestDB(ctx, b.subject.Fs, b.subject.Dir, key)
}

// lstat does not follow a link, which has no place in a backup.
func (b *Backup) lstat(path string) (fs.FileInfo, error) { return disk.Lstat(b.subject.Fs, path) }
