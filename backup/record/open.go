// Package record reads what a phone itself remembers of its iCloud backups out
// of a backup on this computer: two small property lists, which are decrypted in
// memory and nowhere else.
package record

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"github.com/spf13/afero"

	"lifeboat/backup/content/source"
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
	b, err := source.OpenDir(ctx, fsys, dir, password)
	if code := fault.Of(err); code == fault.PasswordWrong || code == fault.PasswordNeeded {
		return facts.Datum[facts.Record]{Value: facts.Record{Of: status.Date}, Reason: facts.RecordLocked}, nil
	}
	if err != nil {
		return notRead("backup"), explain(dir, err)
	}
	defer b.Close()
	own, err := first(ctx, b, backupPlaces)
	if err != nil {
		return notRead("file"), explain(dir, err)
	}
	lockdown, err := first(ctx, b, lockdownPlaces)
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
	var number syscall.Errno // a failure of the disk, but for what is not there
	switch {
	case fault.Of(err) == fault.Cancelled, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fault.New(fault.Cancelled, op, err)
	case errors.Is(err, format.ErrContent), errors.Is(err, source.ErrDamaged) && (errors.Is(err, fs.ErrNotExist) || !errors.As(err, &number)):
		return fault.New(fault.BackupDamaged, op, err).With("Path", dir)
	}
	return disk.Reading(op, dir, err)
}

// first reads the first of some places that the backup holds, nil if it holds none.
func first(ctx context.Context, b *source.Backup, places []place) ([]byte, error) {
	for _, p := range places {
		data, err := b.ReadAll(ctx, source.File{ID: format.FileID(p.domain, p.path), Domain: p.domain, Path: p.path}, maxFile)
		if !source.NotListed(err) {
			return data, err
		}
	}
	return nil, nil
}
