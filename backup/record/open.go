// Package record reads what a phone itself remembers of its iCloud backups out
// of a backup on this computer: two small property lists, which are decrypted in
// memory and nowhere else.
package record

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"github.com/spf13/afero"

	"lifeboat/backup/disk"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
)

const op = "read the phone's own record"

// maxFile bounds the files that are read, in bytes. Those of real phones have
// some ten KiB.
const maxFile = 4 << 20

// place is where a file lies on the phone. Old versions of iOS have the record
// in another domain.
type place struct{ domain, path string }

var (
	backupPlaces = []place{
		{"HomeDomain", "Library/Preferences/com.apple.MobileBackup.plist"},
		{"RootDomain", "Library/Preferences/com.apple.MobileBackup.plist"},
	}
	lockdownPlaces = []place{{"HomeDomain", "Library/Preferences/com.apple.mobile.ldbackup.plist"}}
)

// Read reads the record in the finished backup in dir. It is NotRead for the
// Reason [facts.RecordNone] without such a backup, and for [facts.RecordLocked] if the
// password does not open it, of which an empty one is no attempt; it is Absent
// where the backup holds no record, and Refused where what it holds is none.
// An error is that of the disk, of a damaged backup, or of ctx.
func Read(ctx context.Context, fsys afero.Fs, dir string, password keybag.Password) (facts.Datum[facts.Record], error) {
	notRead := func(reason string) facts.Datum[facts.Record] { return facts.Datum[facts.Record]{Reason: reason} }
	status, err := format.ReadStatus(fsys, dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return notRead(facts.RecordNone), nil
	case err != nil:
		return notRead("status"), explain(dir, err)
	case !status.Finished():
		return notRead(facts.RecordNone), nil
	}
	b, err := open(ctx, fsys, dir, password)
	if code := fault.Of(err); code == fault.PasswordWrong || code == fault.PasswordNeeded {
		return facts.Datum[facts.Record]{Value: facts.Record{Of: status.Date}, Reason: facts.RecordLocked}, nil
	}
	if err != nil {
		return notRead("backup"), explain(dir, err)
	}
	defer b.close()
	own, err := b.first(ctx, backupPlaces)
	if err != nil {
		return notRead("file"), explain(dir, err)
	}
	lockdown, err := b.first(ctx, lockdownPlaces)
	if err != nil {
		lockdown = nil // one more witness is missing, and no more than that
	}
	defer clear(own)
	defer clear(lockdown)
	if own == nil && lockdown == nil {
		return facts.Gone[facts.Record](), nil
	}
	record, ok := Parse(own, lockdown)
	if record.Of = status.Date; !ok {
		return facts.Datum[facts.Record]{Value: facts.Record{Of: status.Date}, State: facts.Refused, Reason: "WrongType"}, nil
	}
	return facts.Of(record), nil
}

// Newest reads the record in the backup of a phone that stands below root, as
// Read does. There is none while an interrupted program has left a version half
// in its place, which is not finished for this. password is called at most once,
// only where the backup needs one; an empty one leaves the record locked.
func Newest(ctx context.Context, fsys afero.Fs, root, udid string, password func(context.Context) keybag.Password) (facts.Datum[facts.Record], error) {
	dir := vault.Dir(root, udid)
	// While a version is being put in its place, what stands there is none.
	if seen, err := vault.Look(fsys, root, udid); err == nil && seen.Pending {
		return facts.Datum[facts.Record]{Reason: facts.RecordNone}, nil
	}
	record, err := Read(ctx, fsys, dir, keybag.Password{})
	if err != nil || record.Reason != facts.RecordLocked {
		return record, err
	}
	if p := password(ctx); !p.Empty() {
		return Read(ctx, fsys, dir, p)
	}
	return record, nil
}

// explain gives an error its code.
func explain(dir string, err error) error {
	switch {
	case fault.Of(err) == fault.Cancelled, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fault.New(fault.Cancelled, op, err)
	case errors.Is(err, format.ErrContent), errors.Is(err, keybag.ErrMalformed), errors.Is(err, fs.ErrNotExist), errors.Is(err, keybag.ErrNoClass):
		return fault.New(fault.BackupDamaged, op, err).With("Path", dir)
	}
	return disk.Reading(op, dir, err)
}

// opened is a backup whose list can be read.
type opened struct {
	fs   afero.Fs
	dir  string
	keys *keybag.Keys // nil: not encrypted
	db   *format.ManifestDB
}

func open(ctx context.Context, fsys afero.Fs, dir string, password keybag.Password) (*opened, error) {
	manifest, err := format.ReadManifest(fsys, dir)
	if err != nil {
		return nil, err
	}
	o := &opened{fs: fsys, dir: dir}
	var key []byte
	if manifest.Encrypted {
		bag, err := keybag.Parse(manifest.KeyBag)
		if err != nil {
			return nil, err
		}
		if o.keys, err = bag.Unlock(ctx, password); err != nil {
			return nil, err
		}
		if key, err = o.keys.UnwrapPrefixed(manifest.ManifestKey); err != nil {
			return nil, errors.Join(format.ErrContent, err)
		}
		defer clear(key)
	}
	o.db, err = format.OpenManifestDB(ctx, fsys, dir, key)
	return o, err
}

func (o *opened) close() { o.db.Close() }

// first reads the first of some places that the backup holds, nil if it holds none.
func (o *opened) first(ctx context.Context, places []place) ([]byte, error) {
	for _, p := range places {
		data, err := o.file(ctx, format.FileID(p.domain, p.path))
		if data != nil || err != nil {
			return data, err
		}
	}
	return nil, nil
}

// file is the plain content of one file, nil if the backup does not list it.
func (o *opened) file(ctx context.Context, id string) ([]byte, error) {
	row, found, err := o.db.Row(ctx, id)
	if err != nil || !found || row.Flags != format.FlagFile {
		return nil, err
	}
	var key cipher.Block
	if o.keys != nil {
		if key, err = o.key(row); err != nil {
			return nil, err
		}
	}
	data, err := o.stored(path.Join(o.dir, format.BlobPath(id)))
	if err != nil || key == nil || len(data) == 0 {
		return data, err
	}
	if len(data)%aes.BlockSize != 0 {
		return nil, fmt.Errorf("%w: %d bytes are no whole number of blocks", format.ErrContent, len(data))
	}
	cipher.NewCBCDecrypter(key, make([]byte, aes.BlockSize)).CryptBlocks(data, data)
	pad := int(data[len(data)-1])
	if pad < 1 || pad > aes.BlockSize || !bytes.HasSuffix(data, bytes.Repeat([]byte{byte(pad)}, pad)) {
		clear(data)
		return nil, fmt.Errorf("%w: the end does not decrypt", format.ErrContent)
	}
	return data[:len(data)-pad], nil
}

// key is that of one file; nil for a file without one, which is stored plain.
func (o *opened) key(row format.Row) (cipher.Block, error) {
	entry, err := format.ParseFile(row.Record)
	if err != nil || entry.EncryptionKey == nil {
		return nil, err
	}
	plain, err := o.keys.UnwrapPrefixed(entry.EncryptionKey)
	if err != nil {
		return nil, errors.Join(format.ErrContent, err)
	}
	defer clear(plain)
	return aes.NewCipher(plain)
}

// stored reads what lies on the disk, which must be a plain file.
func (o *opened) stored(name string) ([]byte, error) {
	info, err := disk.Lstat(o.fs, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("%w: no file of a usual size", format.ErrContent)
	}
	file, err := o.fs.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%w: longer than %d bytes", format.ErrContent, maxFile)
	}
	return data, err
}
