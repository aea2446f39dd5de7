package state

import (
	"context"
	"time"

	"lifeboat/backup"
	"lifeboat/backup/audit"
	"lifeboat/backup/changes"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/rehearsal"
	"lifeboat/backup/restore"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/checks"
	"lifeboat/checks/devicelog"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/feeds"
	"lifeboat/checks/report"
	"lifeboat/device"
	"lifeboat/ui/engine"
)

// Engine is all that is done for the window: [engine.Engine], which says what
// each method does. Tests script it, so that every state can be shown. Each method
// may take long and is called off the UI goroutine.
type Engine interface {
	Watch(ctx context.Context, each func(device.Change))
	Follow(ctx context.Context, x engine.Examination, connected func(device.Connection), each func(diagnosis.State)) error

	Diagnose(ctx context.Context, x engine.Examination, s device.Summary, each func(diagnosis.State)) error
	Look(p *device.Phone)
	FixOpen(p *device.Phone, open bool)
	Answer(ctx context.Context, p *device.Phone, id checks.QuestionID, a checks.Answer) error
	Tick(ctx context.Context, p *device.Phone, fixID string, done bool) error
	Attempt(ctx context.Context, p *device.Phone, each func(devicelog.Attempt)) error
	SwitchCloud(ctx context.Context, p *device.Phone, on bool, onPasscode func(shown bool)) error
	Restart(ctx context.Context, p *device.Phone) error
	Report(p *device.Phone, include report.Include) report.Report
	SaveReport(path, text string) error
	Record(on bool) (path string, err error)
	ForgetHistory(ctx context.Context, p *device.Phone) error
	Allow(feeds.Allowed)

	Destination(dir string) error
	BackUp(ctx context.Context, order engine.Order, report func(backup.Event)) (backup.Result, error)
	Password(ctx context.Context, udid string) (keybag.Password, error)
	KeepPassword(ctx context.Context, udid string, password keybag.Password) error
	PasswordsKept(ctx context.Context, udid string) (engine.KeptPasswords, error)
	ForgetPassword(ctx context.Context, udid string) error
	Encrypt(ctx context.Context, p *device.Phone, old, new keybag.Password, onPasscode func(shown bool)) (engine.Encrypted, error)
	SaveRecoverySheet(path string, s engine.Sheet) error

	List(ctx context.Context, dir string) ([]Kept, error)
	Foreign(ctx context.Context, except ...string) ([]library.Foreign, []library.Unread, error)
	Remembered(ctx context.Context) ([]library.Remembered, error)
	Room(ctx context.Context, dir string, all []Kept, policy vault.Policy, now time.Time) (library.Room, error)
	Copy(ctx context.Context, k Kept, number int, to string, report func(bytes int64)) (vault.Transferred, error)
	Move(ctx context.Context, k Kept, number int, to string, now time.Time, report func(bytes int64)) (done vault.Transferred, away bool, err error)
	Changes(ctx context.Context, k Kept, from, to int, password keybag.Password) (changes.Changes, error)
	LayOut(ctx context.Context, k Kept, number int, to string, report func(bytes int64)) (vault.Copy, error)
	HandOver() (dir string, program library.Program)
	Trash(k Kept, now time.Time, numbers ...int) error
	Undelete(k Kept, numbers ...int) error
	OpenContent(ctx context.Context, k Kept, number int, password keybag.Password) (engine.Content, error)
	CheckRestore(ctx context.Context, o engine.RestoreOrder) (restore.Plan, error)
	Restore(ctx context.Context, o engine.RestoreOrder, report func(backup.Event)) (restore.Result, error)
	Rehearse(ctx context.Context, k Kept, number int, password keybag.Password, report func(rehearsal.Progress)) (rehearsal.Result, error)
	Recheck(ctx context.Context, k Kept, number int, password keybag.Password, level verify.Level, report func(verify.Progress)) (verify.Report, audit.Findings, error)
}

// Kept are the backups of one phone in a folder.
type Kept = library.Kept
