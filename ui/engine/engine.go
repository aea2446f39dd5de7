// Package engine is what a person can ask for, written once for the window and
// the command line: a phone connected, a diagnosis, a backup, the backups that are
// kept, a report. It joins the rooms below, which know nothing of each other, and
// holds no rule of theirs; it knows neither the window nor the terminal.
package engine

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"lifeboat/assets"
	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/backup/audit"
	"lifeboat/backup/changes"
	"lifeboat/backup/conversation"
	"lifeboat/backup/keybag"
	"lifeboat/backup/keyring"
	"lifeboat/backup/library"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/feeds"
	"lifeboat/checks/history"
	"lifeboat/checks/host"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/transcript"
	"lifeboat/ui/engine/logfile"
)

// Engine does it with real phones, and with simulated ones on a real wire. Its
// methods may take long and may be called by several goroutines. Mux must be set
// for whatever needs a phone; the fields are not changed while it is in use.
type Engine struct {
	// Library are the backups that are kept, with Lifeboat's own folder and the
	// drives that are remembered.
	library.Library
	Mux *device.Mux
	// Keyring keeps backup passwords; nil keeps none.
	Keyring keyring.Store
	// KeyringTimeout is how long the keyring may ask its own questions; 0 is two
	// minutes.
	KeyringTimeout time.Duration
	// History remembers what was found, answered and tried; nil forgets it.
	History *history.Store
	// Cache is a folder for lists from the network, "" for none.
	Cache string
	// Home is the folder for recordings.
	Home string
	// Program names this program, such as "Lifeboat", in proofs and recordings.
	Program string
	// LogFile is the log of this program, nil if there is none.
	LogFile *logfile.Log
	// Words are those of the reports.
	Words *words.Catalogue

	connections diagnosis.ConnectionTracker
	broken      conversation.Sessions
	mu          sync.Mutex
	allowed     feeds.Allowed
	running     map[string]*diagnosis.Session // by UDID
	ending      sync.WaitGroup                // the diagnoses that run or end, and what is done after backups
	// recorder is what is recorded for a bug report, nil while nothing is.
	recorder   *transcript.Recorder
	recordedIn string
	// keeping is held while the keyring is changed, which takes several steps.
	keeping sync.Mutex
}

// Watch reports every change in the phones that are connected until ctx ends.
// each is called one call at a time.
func (e *Engine) Watch(ctx context.Context, each func(device.Change)) {
	e.Mux.Watch(ctx, func(c device.Change) {
		e.connections.ObserveChange(c, time.Now())
		each(c)
	})
}

// TrustTakes is how long a phone may be away from its cable after it was
// trusted, when it resets its port, without that counting against the cable.
const TrustTakes = 10 * time.Second

// Connect is [device.Phone.Connect], and calls each as that does.
func (e *Engine) Connect(ctx context.Context, p *device.Phone, until device.Stage, each func(device.Connection)) error {
	return p.Connect(ctx, until, func(c device.Connection) {
		if c.Stage == device.Trusted {
			e.connections.Expect(p.UDID, time.Now().Add(TrustTakes))
		}
		each(c)
	})
}

// restartTakes is how long a phone that restarts may be away.
const restartTakes = 3 * time.Minute

// Restart restarts the phone.
func (e *Engine) Restart(ctx context.Context, p *device.Phone) error {
	e.connections.Expect(p.UDID, time.Now().Add(restartTakes))
	return p.Restart(ctx)
}

// program is this program and its version, as proofs and recordings name it.
func (e *Engine) program() string { return e.Program + " " + assets.Version }

// Order is what one backup needs to know. Fs, Places, Program, Sessions and Log are
// the engine's own.
type Order = backup.Job

// BackUp makes a backup and proves it. report is called as [backup.Job.Run] does. The
// diagnosis of the phone that runs leaves the phone alone meanwhile, and learns
// from the backup afterwards.
func (e *Engine) BackUp(ctx context.Context, o Order, report func(backup.Event)) (backup.Result, error) {
	if s := e.diagnosis(o.Phone); s != nil {
		s.Hold(true)
		defer s.Hold(false)
	}
	password := o.Password
	if ask := o.AskAgain; ask != nil {
		o.AskAgain = func(ctx context.Context) (again keybag.Password, err error) {
			if again, err = ask(ctx); err == nil {
				password = again
			}
			return again, err
		}
	}
	o.Fs, o.Program, o.Sessions, o.Places, o.Log = e.Fs, e.program(), &e.broken, e.Places, e.Log
	result, err := o.Run(ctx, report)
	if err == nil {
		e.ending.Go(func() { e.pruneMoved(o.Root, o.Policy) })
	}
	if s := e.diagnosis(o.Phone); err == nil && s != nil {
		// The diagnosis may know now why iCloud fails, whether the password is
		// kept or not. To derive its key takes seconds, for which only the end of
		// the diagnosis waits.
		own := keybag.NewPassword(password.Reveal())
		if !s.LearnFrom(func(ctx context.Context) facts.Datum[facts.Record] {
			defer own.Wipe()
			return e.ownRecord(ctx, o.Root, o.Phone.UDID, own)
		}) {
			own.Wipe()
		}
	}
	return result, err
}

// pruneMoved removes for good what was moved from a folder long enough ago, as a
// backup does with what is in the trash there. Nobody waits for it: the drive that
// it was moved to may hang.
func (e *Engine) pruneMoved(root string, policy vault.Policy) {
	if policy == (vault.Policy{}) {
		return // all are kept, those in the trash too
	}
	log := e.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	gone, err := e.PruneMoved(root, policy, time.Now())
	if err != nil {
		log.Warn("what was moved away was not removed", "err", err)
	}
	for _, m := range gone {
		log.Info("what was moved away is removed for good", "to", m.To)
	}
}

// WillEncrypt reads whether a phone encrypts its backups.
func WillEncrypt(ctx context.Context, p *device.Phone) (bool, error) {
	return conversation.WillEncrypt(ctx, p)
}

// CloudFolder names the service that uploads what is in a folder, such as
// "OneDrive"; "" is none that is known.
func CloudFolder(dir string) string { return host.CloudFolder(dir) }

// Audit prepares to prove a version of k again, which is number 0 for the newest.
// Of another program's backup nothing is repaired or noted.
func (e *Engine) Audit(k library.Kept, number int, level verify.Level) *audit.Job {
	return &audit.Job{Fs: e.FilesOf(k), Root: k.Root, UDID: k.UDID, Version: number, Level: level, Program: e.program(), Log: e.Log}
}

// Recheck proves a backup again, repairs what can be repaired, and notes the
// proof. Problems are part of the report, and no error. Where the password does
// not open it, those that the keyring has of the phone are tried, as a backup
// keeps the one that it was made with. report is called as
// [verify.Backup.Prove] does.
func (e *Engine) Recheck(ctx context.Context, k library.Kept, number int, password keybag.Password, level verify.Level, report func(verify.Progress)) (verify.Report, audit.Findings, error) {
	job := e.Audit(k, number, level)
	var r verify.Report
	var found audit.Findings
	err := e.orKept(ctx, k, number, password, func(p keybag.Password) (err error) {
		job.Password = p
		r, found, err = job.Run(ctx, report)
		return err
	})
	if fault.Of(err) == fault.BackupDamaged && r.ProblemCount > 0 {
		err = nil
	}
	return r, found, err
}

// Changes finds out what changed between two versions of k, by their numbers.
// See [changes.Between].
func (e *Engine) Changes(ctx context.Context, k library.Kept, from, to int, password keybag.Password) (changes.Changes, error) {
	return changes.Between(ctx, e.FilesOf(k), k.Root, k.UDID, from, to, password)
}
