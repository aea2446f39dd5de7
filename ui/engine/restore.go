package engine

import (
	"context"
	"time"

	"lifeboat/backup"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/restore"
	"lifeboat/backup/verify"
	"lifeboat/device"
	"lifeboat/device/fault"
)

// RestoreOrder is what one restore needs to know.
type RestoreOrder struct {
	Phone *device.Phone
	// Kept and Number are the version that is restored, as [library.Library.List]
	// and [library.Foreign.Kept] give them; 0 is the newest.
	Kept   library.Kept
	Number int
	// Password opens that version; empty if it is not encrypted.
	Password keybag.Password
	// Name is what the person typed as the phone's name.
	Name string
	// NoBackupFirst: the person wants what is on the phone now to be lost.
	NoBackupFirst bool
	// FirstPassword is the password of the phone's backups, if it encrypts them.
	// Else it is the one that is set for the backup that is made first, which is
	// not encrypted without. AskAgain is as in [Order].
	FirstPassword keybag.Password
	AskAgain      func(context.Context) (keybag.Password, error)
}

// FirstRoot is where the backup that is made before a restore goes: to those that
// the version is of, or to Lifeboat's own folder if they are another program's.
func (e *Engine) FirstRoot(k library.Kept) string {
	if e.IsForeign(k) {
		return e.Own
	}
	return k.Root
}

// CheckRestore finds out what a restore would do and what stands in its way. Nothing
// is changed. Errors are *fault.Error: not even that could be found out.
func (e *Engine) CheckRestore(ctx context.Context, o RestoreOrder) (restore.Plan, error) {
	return e.restore(o).Check(ctx)
}

// restartsIn is how long a phone that was restored may be away from its cable.
const restartsIn = time.Hour

// Restore restores a phone. report is called as [restore.Job.Run] does. The
// diagnosis of the phone that runs leaves it alone meanwhile.
func (e *Engine) Restore(ctx context.Context, o RestoreOrder, report func(backup.Event)) (restore.Result, error) {
	if s := e.diagnosis(o.Phone); s != nil {
		s.Hold(true)
		defer s.Hold(false)
	}
	result, err := e.restore(o).Run(ctx, report)
	if err == nil {
		e.connections.Expect(o.Phone.UDID, time.Now().Add(restartsIn))
	}
	return result, err
}

func (e *Engine) restore(o RestoreOrder) *restore.Job {
	job := &restore.Job{
		Phone: o.Phone, Name: o.Name, Fs: e.FilesOf(o.Kept), Root: o.Kept.Root, UDID: o.Kept.UDID, Version: o.Number,
		Password: o.Password, Program: e.program(), Sessions: &e.broken, Log: e.Log,
	}
	if !o.NoBackupFirst {
		job.First = func(ctx context.Context, report func(backup.Event)) (backup.Result, error) {
			return e.backUpFirst(ctx, o, report)
		}
	}
	return job
}

// backUpFirst backs up what is on the phone, and lets no version go. It is proven
// in full: there will be nothing else that has it.
func (e *Engine) backUpFirst(ctx context.Context, o RestoreOrder, report func(backup.Event)) (backup.Result, error) {
	root := e.FirstRoot(o.Kept)
	if err := e.Destination(root); err != nil {
		return backup.Result{}, err
	}
	result, err := e.BackUp(ctx, Order{
		Phone: o.Phone, Root: root, Password: o.FirstPassword, Unencrypted: o.FirstPassword.Empty(), AskAgain: o.AskAgain,
		Level: verify.Level{Depth: verify.Full},
	}, report)
	if err == nil && result.Doubtful > 0 {
		err = fault.New(fault.BackupDamaged, "back up before the restore", nil).With("Path", result.Dir)
	}
	return result, err
}
