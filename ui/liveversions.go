package ui

import (
	"context"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/audit"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// library is what is kept on this computer's disks.
func (l *Live) library() *library.Library {
	return &library.Library{Fs: afero.NewOsFs(), Own: l.Own, Places: l.Places, Log: l.Log}
}

// Backups lists what is kept in dir.
func (l *Live) Backups(_ context.Context, dir string) ([]Kept, error) { return l.library().List(dir) }

// Sizes calculates what each backup alone takes.
func (l *Live) Sizes(_ context.Context, k Kept) (map[int]int64, error) { return l.library().Sizes(k) }

// LayOut copies a backup into a folder.
func (l *Live) LayOut(ctx context.Context, k Kept, number int, to string, report func(bytes int64)) (vault.Copy, error) {
	return l.library().LayOut(ctx, k, number, to, report)
}

// Trash deletes a backup so that it can be taken back.
func (l *Live) Trash(_ context.Context, k Kept, number int) error {
	return l.library().Trash(k, time.Now(), number)
}

// Undelete takes a backup back.
func (l *Live) Undelete(_ context.Context, k Kept, number int) error {
	return l.library().Undelete(k, number)
}

// Recheck proves a backup again, repairs what can be repaired, and notes the proof.
func (l *Live) Recheck(ctx context.Context, k Kept, number int, password keybag.Password, level verify.Level, report func(verify.Progress)) (verify.Report, audit.Findings, error) {
	check := &audit.Job{Fs: afero.NewOsFs(), Root: k.Root, UDID: k.UDID, Version: number, Level: level,
		Password: password, Program: l.program(), Log: l.Log}
	r, found, err := check.Run(ctx, report)
	if fault.Of(err) == fault.BackupDamaged && r.ProblemCount > 0 {
		err = nil
	}
	return r, found, err
}
