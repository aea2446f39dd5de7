package ui

import (
	"context"

	"lifeboat/backup"
	"lifeboat/backup/audit"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/checks"
	"lifeboat/checks/devicelog"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/feeds"
	"lifeboat/checks/report"
	"lifeboat/device"
	"lifeboat/device/fault"
)

// Engine is all that the window has done for it. [Live] does it with real
// phones; tests script it, so that every state can be shown. Each method may
// take long and is called off the UI goroutine.
type Engine interface {
	// Watch tells of every change in the phones that are connected until ctx ends.
	Watch(ctx context.Context, each func(device.Change))
	// Inspect looks at a phone without making it show a dialog.
	Inspect(ctx context.Context, p *device.Phone) (device.Summary, error)
	// Pair returns when the phone trusts this computer; waiting tells what the user has to do.
	Pair(ctx context.Context, p *device.Phone, waiting func(fault.Code)) error

	// Diagnose examines a phone until ctx ends and hands over each new state:
	// the first within about two seconds, more as slow facts, the network or
	// the phone's own changes arrive. It returns an error if the phone cannot
	// be examined, nil when ctx ended.
	Diagnose(ctx context.Context, p *device.Phone, s device.Summary, destination string, each func(diagnosis.State)) error
	// Look has a diagnosis that runs read everything again.
	Look(p *device.Phone)
	// FixOpen reports whether the user works on a step now, so that facts are
	// read every few seconds.
	FixOpen(p *device.Phone, open bool)
	// Answer takes what the user says to a question and remembers it.
	Answer(ctx context.Context, p *device.Phone, id checks.QuestionID, a checks.Answer) error
	// Tick takes the user's word that a step was done, or not done after all.
	Tick(ctx context.Context, p *device.Phone, fixID string, done bool) error
	// Attempt listens while the phone tries to back up to iCloud. It ends with
	// ctx, or soon after the outcome, which the diagnosis that runs takes in.
	Attempt(ctx context.Context, p *device.Phone, each func(devicelog.Attempt)) error
	// SwitchOn switches iCloud Backup on; nil means that it was read back as on.
	SwitchOn(ctx context.Context, p *device.Phone) error
	// Restart restarts the phone.
	Restart(ctx context.Context, p *device.Phone) error
	// Report writes the report for Apple Support.
	Report(p *device.Phone, include report.Include) report.Report
	// SaveReport writes text, which the user may have edited, in the form
	// that the path's extension asks for: .txt or .html.
	SaveReport(path, text string) error
	// Record begins or ends a recording of what is said between phones and this
	// computer, without what is on them, and returns the path of its file.
	Record(on bool) (path string, err error)
	// ForgetHistory forgets all that is remembered of a phone.
	ForgetHistory(ctx context.Context, p *device.Phone) error
	// Allow says which sources in the network may be asked.
	Allow(feeds.Allowed)

	BackupStore

	// Destination reports whether backups can be made in a folder, and makes it if it is Lifeboat's own.
	Destination(ctx context.Context, dir string) error
	// BackUp makes a backup; report may be called often and from any goroutine.
	BackUp(ctx context.Context, order Order, report func(backup.Event)) (backup.Result, error)
	// Password returns the password kept in the system keyring, "" if there is none.
	Password(ctx context.Context, udid string) (keybag.Password, error)
	// KeepPassword puts a password into the system keyring.
	KeepPassword(ctx context.Context, udid string, password keybag.Password) error
}

// Order is what one backup needs to know.
type Order struct {
	Phone    *device.Phone
	Root     string
	Password keybag.Password
	AskAgain func(context.Context) (keybag.Password, error)
	// Full asks for a backup that builds upon nothing.
	Full bool
	// Policy says which earlier backups are kept.
	Policy vault.Policy
	// Level is how deeply the backup is proven, as [backup.Job] takes it.
	Level verify.Level
}

// BackupStore is the part of [Engine] that looks after the backups that are kept.
// A phone is named by the folder and the UDID of [Kept].
type BackupStore interface {
	// Backups lists what is kept in a folder; none is an empty list. A folder
	// on a drive that is not connected is [fault.DestOffline].
	Backups(ctx context.Context, dir string) ([]Kept, error)
	// Sizes calculates the bytes that each backup alone takes, by its number.
	Sizes(ctx context.Context, k Kept) (map[int]int64, error)
	// Recheck proves a backup again, repairs what can be repaired, and keeps the
	// proof beside it. Problems are part of the report, and no error.
	// [fault.PasswordNeeded] means that it cannot be proven without its
	// password.
	Recheck(ctx context.Context, k Kept, number int, password keybag.Password, level verify.Level, report func(verify.Progress)) (verify.Report, audit.Findings, error)
	// LayOut copies a backup into a folder, ready to be restored, and returns
	// where it is. report is called with the bytes that were copied so far.
	LayOut(ctx context.Context, k Kept, number int, to string, report func(bytes int64)) (vault.Copy, error)
	// Trash deletes a backup so that Undelete can take it back.
	Trash(ctx context.Context, k Kept, number int) error
	Undelete(ctx context.Context, k Kept, number int) error
}

// Kept are the backups of one phone in a folder.
type Kept = library.Kept
