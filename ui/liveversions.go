package ui

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup"
	"lifeboat/backup/disk"
	"lifeboat/backup/keybag"
	"lifeboat/backup/places"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// Backups lists what is kept in dir.
func (l *Live) Backups(_ context.Context, dir string) ([]Kept, error) {
	fsys := afero.NewOsFs()
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		if dir == l.Own {
			return nil, nil // it is made with the first backup
		}
		return nil, l.explain(dir, fault.New(fault.DestMissing, "look at the backups", err).With("Path", dir))
	} else if err != nil {
		return nil, disk.Fault("look at the backups", dir, err)
	}
	dirs, err := backup.Locate(fsys, dir)
	if fault.Of(err) == fault.NotABackup {
		dirs, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Kept
	for _, d := range dirs {
		k := Kept{Root: filepath.Dir(d), UDID: filepath.Base(d)}
		if k.Versions, err = vault.List(fsys, k.Root, k.UDID); err != nil {
			return nil, err
		}
		slices.Reverse(k.Versions)
		// A backup that cannot tell whose it is is listed all the same.
		if existing, err := backup.Inspect(fsys, k.Root, k.UDID); err == nil {
			k.Name, k.Encrypted = existing.DeviceName, existing.Encrypted
		}
		all = append(all, k)
	}
	l.seen(dir)
	return all, nil
}

// explain knows a folder that is not there as one on a drive that is offline.
func (l *Live) explain(dir string, err error) error {
	if err == nil || l.Places == nil {
		return err
	}
	return l.Places.Explain(dir, err)
}

// seen remembers that a folder is there.
func (l *Live) seen(dir string) {
	if l.Places == nil {
		return
	}
	log := l.Log
	if err := l.Places.Remember(places.Place{Root: dir}); err != nil && log != nil {
		log.Warn("the place of the backups is not remembered", "err", err)
	}
}

// Sizes calculates what each backup alone takes.
func (l *Live) Sizes(_ context.Context, k Kept) (map[int]int64, error) {
	oldestFirst := slices.Clone(k.Versions)
	slices.Reverse(oldestFirst)
	return vault.OwnBytes(afero.NewOsFs(), k.Root, k.UDID, oldestFirst)
}

// LayOut copies a backup into a folder.
func (l *Live) LayOut(ctx context.Context, k Kept, number int, to string, report func(bytes int64)) (vault.Copy, error) {
	fsys := afero.NewOsFs()
	if err := l.Destination(ctx, to); err != nil {
		return vault.Copy{}, err
	}
	view, err := vault.OpenView(fsys, k.Root, k.UDID, number)
	if err != nil {
		return vault.Copy{}, err
	}
	defer view.Close()
	return view.LayOut(ctx, fsys, to, report)
}

// Trash deletes a backup so that it can be taken back.
func (l *Live) Trash(_ context.Context, k Kept, number int) error {
	return l.inVault(k, func(v *vault.Vault) error { return v.Trash(time.Now(), number) })
}

// Undelete takes a backup back.
func (l *Live) Undelete(_ context.Context, k Kept, number int) error {
	return l.inVault(k, func(v *vault.Vault) error { return v.Undelete(number) })
}

func (l *Live) inVault(k Kept, do func(*vault.Vault) error) error {
	v, err := vault.Open(afero.NewOsFs(), k.Root, k.UDID, l.Log)
	if err != nil {
		return err
	}
	return errors.Join(do(v), v.Close())
}

// Recheck proves a backup again, repairs what can be repaired, and notes the proof.
func (l *Live) Recheck(ctx context.Context, k Kept, number int, password keybag.Password, level verify.Level, report func(verify.Progress)) (verify.Report, backup.Findings, error) {
	check := &backup.Audit{Fs: afero.NewOsFs(), Root: k.Root, UDID: k.UDID, Version: number, Level: level,
		Password: password, Program: l.program(), Log: l.Log}
	r, found, err := check.Run(ctx, report)
	if fault.Of(err) == fault.BackupDamaged && r.ProblemCount > 0 {
		err = nil
	}
	return r, found, err
}
