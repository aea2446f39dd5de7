package ui

import (
	"context"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/backup/keybag"
	"lifeboat/checks"
	"lifeboat/device"
	"lifeboat/device/facts"
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
	// Check gathers the facts of the phone and of destination, and judges them.
	Check(ctx context.Context, p *device.Phone, destination string) (Checkup, error)
	// Destination says whether backups can be made in a folder, and makes it if it is Lifeboat's own.
	Destination(ctx context.Context, dir string) error
	// BackUp makes a backup; report may be called often and from any goroutine.
	BackUp(ctx context.Context, order Order, report func(backup.Event)) (backup.Result, error)
	// Password returns the password kept in the system keyring, "" if there is none.
	Password(ctx context.Context, udid string) (keybag.Password, error)
	// KeepPassword puts a password into the system keyring.
	KeepPassword(ctx context.Context, udid string, password keybag.Password) error
}

// Checkup is what was found out about one phone at one moment.
type Checkup struct {
	Phone   facts.Phone
	Model   string // "iPhone 15 Pro", or the product type if it is not known
	Results []checks.Result
	Verdict words.Text
	Here    Here
}

// Here is the backup of a phone that stands in the destination.
type Here struct {
	Exists   bool
	Finished time.Time // zero if it is not known
}

// Order is what one backup needs to know.
type Order struct {
	Phone    *device.Phone
	Root     string
	Password keybag.Password
	AskAgain func(context.Context) (keybag.Password, error)
}
