// Package library knows which backups exist, of which phone and where, and does
// to them whatever needs no phone: it lists them, copies them out, deletes them
// and takes them back. The window and the command line both ask it, so that each
// guard stands here once.
package library

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/disk"
	"lifeboat/backup/places"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/device/phoneid"
)

// Library is the backups on the disks of this computer. Its methods may be
// called by several goroutines at once; their errors are *fault.Error.
type Library struct {
	// Fs is the file system; nil is the computer's own.
	Fs afero.Fs
	// Own is Lifeboat's own folder for backups: the only destination that is made
	// when it is not there. "" is none.
	Own string
	// Places remembers the drives that backups were seen on; nil forgets them.
	Places *places.Registry
	// Usual are the places in which other programs keep backups; nil are those of
	// this system.
	Usual []UsualPlace
	Log   *slog.Logger // nil discards
}

// Kept is what is kept of one phone in a folder.
type Kept struct {
	Root, UDID string
	Name       string // of the phone; "" if it is not known
	Encrypted  bool
	Versions   []vault.Version // newest first
	// Foreign: it is another program's backup, which is read and never written to.
	Foreign bool
}

// OwnFolder is Lifeboat's own folder for backups, in the user's home.
func OwnFolder() (string, error) {
	home, err := os.UserHomeDir()
	return filepath.Join(home, "Lifeboat Backups"), err
}

// Files is the file system that the backups lie in.
func (l *Library) Files() afero.Fs {
	if l.Fs == nil {
		return afero.NewOsFs()
	}
	return l.Fs
}

// Destination reports whether backups can be made in dir. A folder that somebody
// chose and that is not there stays so, as its drive may be unplugged: the error
// is [fault.DestOffline] if backups were seen there, else [fault.DestMissing].
func (l *Library) Destination(dir string) error {
	if dir == l.Own && dir != "" {
		if err := l.Files().MkdirAll(dir, 0o700); err != nil {
			return disk.Fault("make the folder for backups", dir, err)
		}
	}
	if err := l.away(dir); err != nil {
		return err
	}
	return l.explain(dir, vault.Preflight(l.Files(), dir))
}

// Find lists whose backups lie in dir, which is a folder of backups or one of the
// backups itself: those of one phone, or with a udid of "" of all. Their versions
// are not read. None is [fault.NotABackup]; a folder that is not there but was
// seen is [fault.DestOffline].
func (l *Library) Find(dir, udid string) ([]Kept, error) {
	const op = "find the backups"
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fault.New(fault.NotABackup, op, err).With("Path", dir)
	}
	dirs, err := Locate(l.Files(), abs)
	if err != nil {
		return nil, l.offline(abs, err)
	}
	var all []Kept
	for _, d := range dirs {
		if udid == "" || phoneid.Same(udid, filepath.Base(d)) {
			all = append(all, Kept{Root: filepath.Dir(d), UDID: filepath.Base(d)})
		}
	}
	if len(all) == 0 {
		return nil, fault.New(fault.NotABackup, op, nil).With("Path", dir)
	}
	return all, nil
}

// List is Find with the versions of all phones and what is known of the phones.
// That there is none is no error here, nor that Own is not made yet. A folder in
// which backups are seen is remembered. It ends with ctx between two phones.
func (l *Library) List(ctx context.Context, dir string) ([]Kept, error) {
	const op = "look at the backups"
	if _, err := l.Files().Stat(dir); errors.Is(err, fs.ErrNotExist) {
		if dir == l.Own {
			return nil, nil // it is made with the first backup
		}
		return nil, l.explain(dir, fault.New(fault.DestMissing, op, err).With("Path", dir))
	} else if err != nil {
		return nil, disk.Fault(op, dir, err)
	}
	all, err := l.Find(dir, "")
	if err != nil && fault.Of(err) != fault.NotABackup {
		return nil, err
	}
	for i := range all {
		if ctx.Err() != nil {
			return nil, fault.New(fault.Cancelled, op, context.Cause(ctx))
		}
		k := &all[i]
		if k.Versions, err = l.Versions(*k); err != nil {
			return nil, err
		}
		// A backup that does not say whose it is is listed all the same.
		if existing, err := Inspect(l.Files(), k.Root, k.UDID); err == nil {
			k.Name, k.Encrypted = existing.DeviceName, existing.Encrypted
		}
	}
	l.seen(dir)
	return all, nil
}

// Versions reads which versions there are, newest first.
func (l *Library) Versions(k Kept) ([]vault.Version, error) {
	all, err := vault.List(l.FilesOf(k), k.Root, k.UDID)
	slices.Reverse(all)
	return all, err
}

// Sizes calculates how many bytes removing each of k.Versions would give free, by
// its number. One whose list cannot be read has none.
func (l *Library) Sizes(k Kept) (map[int]int64, error) {
	return vault.OwnBytes(l.FilesOf(k), k.Root, k.UDID, oldestFirst(k.Versions))
}

// oldestFirst are versions in the order in which they came.
func oldestFirst(newestFirst []vault.Version) []vault.Version {
	all := slices.Clone(newestFirst)
	slices.Reverse(all)
	return all
}

// LayOut copies a version into a folder in Apple's own format, ready to be
// restored, and compares it meanwhile. The last folder of the path is made; a
// drive that is not there is not. "" is the place of [Library.HandOver]. report is
// called with the bytes that were copied so far; it may not call back.
func (l *Library) LayOut(ctx context.Context, k Kept, number int, to string, report func(bytes int64)) (_ vault.Copy, err error) {
	if to == "" {
		if to, err = l.makeHandOver(); err != nil {
			return vault.Copy{}, err
		}
	}
	view, err := vault.OpenView(l.FilesOf(k), k.Root, k.UDID, number)
	if err != nil {
		return vault.Copy{}, err
	}
	defer view.Close()
	if err := l.makeLast(to); err != nil {
		return vault.Copy{}, err
	}
	return view.LayOut(ctx, l.Files(), to, report)
}

// Trash deletes versions so that Undelete can take them back.
func (l *Library) Trash(k Kept, now time.Time, numbers ...int) error {
	return l.inVault(k, func(v *vault.Vault) error { return v.Trash(now, numbers...) })
}

// Undelete takes versions out of the trash.
func (l *Library) Undelete(k Kept, numbers ...int) error {
	return l.inVault(k, func(v *vault.Vault) error { return v.Undelete(numbers...) })
}

// Prune puts those versions into the trash that the policy lets go, and removes
// for good those whose time there is over. It returns the numbers of both.
func (l *Library) Prune(k Kept, policy vault.Policy, now time.Time) (trashed, purged []int, err error) {
	err = l.inVault(k, func(v *vault.Vault) (err error) {
		trashed, purged, err = v.Prune(policy, now)
		return err
	})
	return trashed, purged, err
}

// WouldPrune returns the numbers of those that Prune would put into the trash.
func (l *Library) WouldPrune(k Kept, policy vault.Policy, now time.Time) ([]int, error) {
	list, err := vault.List(l.FilesOf(k), k.Root, k.UDID)
	if err != nil {
		return nil, err
	}
	own, err := vault.OwnBytes(l.FilesOf(k), k.Root, k.UDID, list)
	if err != nil {
		return nil, err
	}
	return policy.Select(list, own, now), nil
}

// inVault does something to what Lifeboat keeps. Another program's backup is
// [fault.NotOurs], before anything is touched.
func (l *Library) inVault(k Kept, do func(*vault.Vault) error) error {
	if l.IsForeign(k) {
		return fault.New(fault.NotOurs, "change what is kept", nil).With("Path", vault.Dir(k.Root, k.UDID))
	}
	v, err := vault.Open(l.Files(), k.Root, k.UDID, l.Log)
	if err != nil {
		return err
	}
	return errors.Join(do(v), v.Close())
}

// explain knows a folder that is not there as one on a drive that is offline.
func (l *Library) explain(dir string, err error) error {
	if err == nil || l.Places == nil {
		return err
	}
	return l.Places.Explain(dir, err)
}

// offline says so of a folder that is not there now, but was seen before. Other
// errors about dir stay what they are.
func (l *Library) offline(dir string, err error) error {
	if _, statErr := l.Files().Stat(dir); errors.Is(statErr, fs.ErrNotExist) {
		missing := fault.New(fault.DestMissing, "find the backups", err).With("Path", dir)
		if explained := l.explain(dir, missing); fault.Of(explained) == fault.DestOffline {
			return explained
		}
	}
	return err
}

// away: dir is what its drive left when it was pulled.
func (l *Library) away(dir string) error {
	if l.Places == nil {
		return nil
	}
	return l.Places.Away(dir)
}

// seen remembers that a folder is there.
func (l *Library) seen(dir string) {
	if l.Places == nil {
		return
	}
	if err := l.Places.Remember(places.Place{Root: dir}); err != nil && l.Log != nil {
		l.Log.Warn("the place of the backups is not remembered", "err", err)
	}
}
