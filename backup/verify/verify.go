// Package verify proves that a backup is whole: everything that a restore
// would need is there, can be read, and opens with the password.
//
// What a proof covers: Status.plist says "finished"; Manifest.plist and the
// keybag open; Manifest.db decrypts and is sound; each file it lists has its
// content at the right size, a key that unwraps, and bytes that decrypt to
// right padding. What nothing in Apple's format can show is a changed byte in
// the middle of an encrypted file: there is no checksum over it.
package verify

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/spf13/afero"

	"lifeboat/backup/diskerr"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
)

const op = "verify the backup"

// Progress is how far a proof has come.
type Progress struct {
	Files, FilesTotal int
	Bytes             int64
}

// Report is what was proven. Bytes are those on the disk.
type Report struct {
	Files, Directories, Links int
	Bytes                     int64
	Encrypted                 bool
	Depth                     string // "full": every byte was read
	// Problems are the first findings, ProblemCount is how many there are.
	Problems     []Problem
	ProblemCount int
	// Notes are what does no harm: files that the backup does not list.
	Notes     []string
	NoteCount int
}

// Kind says what is wrong with one file.
type Kind string

// The kinds of problems.
const (
	Missing    Kind = "missing"    // listed, but not there
	WrongSize  Kind = "wrong-size" // longer or shorter than listed
	BadKey     Kind = "bad-key"    // its key does not unwrap
	BadPadding Kind = "bad-padding"
	Unreadable Kind = "unreadable" // the disk does not give it back
	BadRecord  Kind = "bad-record" // its entry in the list makes no sense
)

// Problem is one finding.
type Problem struct {
	Kind         Kind
	FileID       string
	Domain, Path string
	Detail       string
}

// listMax bounds the lists of a Report.
const listMax = 100

// Run proves the backup in dir, which is the folder that holds Manifest.db.
// A nil error means that all was proven; [fault.BackupDamaged] comes with a
// Report of what was found. password may be empty for a backup that is not
// encrypted. report may be nil.
func Run(ctx context.Context, fsys afero.Fs, dir string, password keybag.Password, report func(Progress)) (Report, error) {
	b, err := Open(fsys, dir)
	if err != nil {
		return Report{}, err
	}
	if err := b.Unlock(ctx, password); err != nil {
		return Report{}, err
	}
	return b.Prove(ctx, report)
}

// Backup is a backup whose plists were read.
type Backup struct {
	Manifest format.Manifest
	Status   format.Status

	fs   afero.Fs
	dir  string
	keys *keybag.Keys
}

// Open reads the plists of the backup in dir.
func Open(fsys afero.Fs, dir string) (*Backup, error) {
	b := &Backup{fs: fsys, dir: dir}
	var err error
	if b.Status, err = format.ReadStatus(fsys, dir); err != nil {
		return nil, b.explain(format.StatusName, err)
	}
	if !b.Status.Finished() {
		return nil, fault.New(fault.BackupUnfinished, op, nil).With("Path", dir).With("State", b.Status.SnapshotState)
	}
	if b.Manifest, err = format.ReadManifest(fsys, dir); err != nil {
		return nil, b.explain(format.ManifestName, err)
	}
	return b, nil
}

// explain gives the *fault.Error of a file that cannot be read as it should.
func (b *Backup) explain(name string, err error) error {
	switch {
	case errors.Is(err, format.ErrContent), errors.Is(err, keybag.ErrMalformed):
		return fault.New(fault.BackupDamaged, op, err).With("Path", b.dir).With("File", name)
	case !errors.Is(err, fs.ErrNotExist):
		return diskerr.Fault(op, filepath.Join(b.dir, name), err)
	}
	// One of its files is gone: of a backup, or of no backup at all?
	for _, other := range []string{format.StatusName, format.ManifestName, format.ManifestDBName} {
		if ok, _ := afero.Exists(b.fs, filepath.Join(b.dir, other)); ok {
			return fault.New(fault.BackupDamaged, op, err).With("Path", b.dir).With("File", name)
		}
	}
	return fault.New(fault.NotABackup, op, err).With("Path", b.dir)
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

// Prove proves all the rest. Unlock must have come before.
func (b *Backup) Prove(ctx context.Context, report func(Progress)) (Report, error) {
	r, err := b.prove(ctx, report)
	switch {
	case ctx.Err() != nil:
		return r, fault.New(fault.Cancelled, op, ctx.Err())
	case err != nil:
		return r, b.explain(format.ManifestDBName, err)
	case r.ProblemCount > 0:
		return r, fault.New(fault.BackupDamaged, op, nil).With("Path", b.dir).With("Problems", r.ProblemCount)
	}
	return r, nil
}

func (b *Backup) prove(ctx context.Context, report func(Progress)) (Report, error) {
	var key []byte
	if b.Manifest.Encrypted {
		var err error
		if key, err = b.keys.UnwrapPrefixed(b.Manifest.ManifestKey); err != nil {
			return Report{}, errors.Join(format.ErrContent, err)
		}
		defer clear(key)
	}
	db, err := format.OpenManifestDB(ctx, b.fs, b.dir, key)
	if err != nil {
		return Report{}, err
	}
	defer db.Close()
	if err := db.Check(ctx); err != nil {
		return Report{}, err
	}
	files, _, err := db.Totals(ctx)
	if err != nil {
		return Report{}, err
	}
	p := &proof{backup: b, report: report, total: files}
	p.result.Encrypted, p.result.Depth = b.Manifest.Encrypted, "full"
	if err := p.rows(ctx, db); err != nil {
		return p.result, err
	}
	return p.result, p.strays(ctx, db)
}
