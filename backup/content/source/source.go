// Package source opens a backup to read what is in it: any version that Lifeboat
// keeps, and any backup of another program, encrypted or not. Files and databases
// are decrypted as they are read, in memory: nothing decrypted is written anywhere,
// and nothing at all into the backup.
//
// Everything in a backup is untrusted. Names are compared and never made part of a
// path of this computer; the content of a file is found by its id, which has the form
// of a digest.
package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/spf13/afero"

	"lifeboat/assets/words"
	"lifeboat/backup/disk"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/device/safeplist"
)

const op = "look into the backup"

// ErrNotListed: the backup does not list a file of this name, as when the kind of
// backup leaves it out, or the phone had none.
var ErrNotListed = errors.New("the backup does not have this file")

// ErrDamaged: a file is listed, but what is stored of it is not there, or is no
// content of such a file.
var ErrDamaged = errors.New("what is stored of this file cannot be read")

// Info is what a backup says of itself. Texts that the phone does not give are "".
type Info struct {
	UDID, DeviceName, ProductType, ProductVersion string
	// Date is when the phone finished the backup, UTC; zero if it is not known.
	Date      time.Time
	Encrypted bool
	// Version is the number that the vault gave it; 1 for another program's backup.
	Version int
}

// Backup is an opened backup. Its methods may be called by several goroutines.
type Backup struct {
	info Info
	view *vault.View // nil: of OpenDir
	fs   afero.Fs
	keys *keybag.Keys // nil: not encrypted
	bag  []byte
	key  []byte // of the list of files; nil: not encrypted

	mu   sync.Mutex // guards db, which is for one goroutine
	db   *format.ManifestDB
	apps map[string]string // names of apps by their ids; nil until one is asked for
}

// Open opens a version of a phone's backups below root; the caller must Close it.
// Another program's backup has the version 1 only. password is needed if it is
// encrypted: without the right one the error is fault.PasswordNeeded or
// fault.PasswordWrong. Its derivation takes seconds of processor time. A backup
// whose list of files cannot be read is fault.BackupDamaged, one of iOS up to 9
// fault.OlderFormat.
func Open(ctx context.Context, fsys afero.Fs, root, udid string, number int, password keybag.Password) (*Backup, error) {
	return open(ctx, fsys, root, udid, number, password, nil)
}

// OpenLike opens a version of the same phone as Open does, with the keys of other,
// where these fit, so that they are derived once; a second password is derived
// where they do not.
func OpenLike(ctx context.Context, other *Backup, fsys afero.Fs, root, udid string, number int, password keybag.Password) (*Backup, error) {
	return open(ctx, fsys, root, udid, number, password, other)
}

func open(ctx context.Context, fsys afero.Fs, root, udid string, number int, password keybag.Password, other *Backup) (*Backup, error) {
	view, err := vault.OpenView(fsys, root, udid, number)
	if err != nil {
		return nil, err
	}
	b := &Backup{view: view, fs: view.FS(), info: Info{UDID: udid, Version: number}}
	return b.opened(vault.Dir(root, udid), b.unlock(ctx, password, other))
}

// OpenDir opens the backup that stands in dir, as it stands there, without a look at
// what a vault knows of it, nor at whose it is: Info has no UDID. Otherwise it is as Open.
func OpenDir(ctx context.Context, fsys afero.Fs, dir string, password keybag.Password) (*Backup, error) {
	b := &Backup{fs: afero.NewBasePathFs(fsys, dir), info: Info{Version: 1}}
	return b.opened(dir, b.unlock(ctx, password, nil))
}

// opened is the backup in dir, or what kept it from being opened.
func (b *Backup) opened(dir string, err error) (*Backup, error) {
	if err == nil {
		return b, nil
	}
	older := b.older()
	b.Close()
	if older {
		return nil, fault.New(fault.OlderFormat, op, err).With("Path", dir)
	}
	return nil, explain(dir, err)
}

func (b *Backup) unlock(ctx context.Context, password keybag.Password, other *Backup) error {
	manifest, err := format.ReadManifest(b.fs, "/")
	if err != nil {
		return err
	}
	b.info.DeviceName, b.info.ProductType, b.info.ProductVersion = words.OneLine(manifest.DeviceName), words.OneLine(manifest.ProductType), words.OneLine(manifest.ProductVersion)
	b.info.Encrypted = manifest.Encrypted
	if status, err := format.ReadStatus(b.fs, "/"); err == nil {
		b.info.Date = status.Date
	}
	if manifest.Encrypted {
		if b.bag = manifest.KeyBag; other != nil && other.keys != nil && bytes.Equal(other.bag, b.bag) {
			b.keys = other.keys
		} else {
			bag, err := keybag.Parse(manifest.KeyBag)
			if err != nil {
				return err
			}
			if b.keys, err = bag.Unlock(ctx, password); err != nil {
				return err
			}
		}
		if b.key, err = b.keys.UnwrapPrefixed(manifest.ManifestKey); err != nil {
			return errors.Join(format.ErrContent, err)
		}
	}
	b.db, err = format.OpenManifestDB(ctx, b.fs, "/", b.key)
	return err
}

// older reports whether the backup has the list of files of iOS up to 9.
func (b *Backup) older() bool {
	_, err := disk.Lstat(b.fs, "/"+format.ManifestDBName)
	_, olderErr := disk.Lstat(b.fs, "/"+format.OlderName)
	return errors.Is(err, fs.ErrNotExist) && olderErr == nil
}

// explain gives an error its code.
func explain(dir string, err error) error {
	switch {
	case fault.Of(err) == fault.PasswordWrong, fault.Of(err) == fault.PasswordNeeded:
		return err
	case fault.Of(err) == fault.Cancelled, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fault.New(fault.Cancelled, op, err)
	case errors.Is(err, format.ErrContent), errors.Is(err, keybag.ErrMalformed), errors.Is(err, fs.ErrNotExist), errors.Is(err, keybag.ErrNoClass):
		return fault.New(fault.BackupDamaged, op, err).With("Path", dir)
	}
	return disk.Reading(op, dir, err)
}

// Close closes the backup. Whatever was opened of it must be closed before.
func (b *Backup) Close() error {
	var err error
	if b.db != nil {
		err = b.db.Close()
	}
	clear(b.key)
	if b.view != nil {
		err = errors.Join(err, b.view.Close())
	}
	return err
}

// Info is what the backup says of itself.
func (b *Backup) Info() Info { return b.info }

// mostApps bounds how many names of apps are kept.
const mostApps = 10_000

// AppName is the name of an app or of a part of one, by its id such as
// "net.whatsapp.WhatsApp", as Info.plist has it; "" if it has none.
func (b *Backup) AppName(bundle string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.apps == nil {
		b.apps = map[string]string{}
		info, _ := format.ReadInfo(b.fs, "/") // a help, and no condition
		apps, _ := info["Applications"].(map[string]any)
		for id, entry := range apps {
			one, _ := entry.(map[string]any)
			data, _ := one["iTunesMetadata"].([]byte)
			metadata, err := safeplist.Dict(data)
			if name, ok := metadata["itemName"].(string); ok && err == nil && len(b.apps) < mostApps {
				b.apps[id] = words.OneLine(name)
			}
		}
	}
	for id := bundle; id != ""; id = id[:max(strings.LastIndexByte(id, '.'), 0)] {
		if name := b.apps[id]; name != "" {
			return name
		}
	}
	return ""
}

// damaged says that a listed file cannot be read.
func damaged(f File, err error) error {
	return fmt.Errorf("%s of %s: %w: %w", f.Path, f.Domain, ErrDamaged, err)
}

// NotListed reports whether an error says that the backup does not have a file.
func NotListed(err error) bool { return errors.Is(err, ErrNotListed) }

// Unreadable reports whether an error is about what the backup holds, and not about
// the disk that was to take it, or a cancellation.
func Unreadable(err error) bool {
	return errors.Is(err, ErrDamaged) || errors.Is(err, ErrNotListed)
}
