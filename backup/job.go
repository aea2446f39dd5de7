// Package backup is Back Up Now from start to end.
//
// A [Job] looks at the destination before it touches the phone, has the
// phone encrypt, receives the backup apart from the earlier one, makes it
// durable, proves it with the password, and only then puts it in place and
// says that it is done. Window and command line read the same [Event]s.
package backup

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/conversation"
	"lifeboat/backup/disk"
	"lifeboat/backup/keybag"
	"lifeboat/backup/places"
	"lifeboat/backup/sleepinhibit"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device"
	"lifeboat/device/fault"
)

// Job is one backup of one phone. Fields are not changed by Run.
type Job struct {
	Phone *device.Phone
	// Fs is the file system; nil is the computer's own.
	Fs afero.Fs
	// Root is an existing folder. The backup stands at Root/<UDID> afterwards.
	Root string
	// Password is the phone's backup password if it encrypts already, and
	// otherwise the one to set, which is set as [keybag.Password.Clean] gives it.
	Password keybag.Password
	// Unencrypted allows a backup without a password of a phone that has
	// none. Otherwise that is [fault.PasswordNeeded].
	Unencrypted bool
	// AskAgain is called for the phone's password once more, when the one that was
	// given does not open the earlier backup, or the one just received. The
	// same password again means: it is right. Its error ends the run. The run waits
	// for it, so it must end with ctx. May be nil.
	AskAgain func(ctx context.Context) (keybag.Password, error)
	// Full asks for a run that builds on nothing: no earlier version, and
	// nothing that a broken run left.
	Full bool
	// Level is how deeply the backup is proven. The zero value reads all of a
	// full backup; of an incremental one all that arrived, and of the rest it
	// looks whether it is there with the right size.
	Level verify.Level
	// Policy says which earlier versions are kept; the zero value keeps all.
	Policy vault.Policy
	// Places is where to note that backups were seen here; nil is nowhere.
	Places *places.Registry
	// Program names itself in the proof, such as "Lifeboat 0.1.0".
	Program string
	// Log is where to; nil discards.
	Log *slog.Logger
	// Now is called for the time that is written into the backup; nil is time.Now.
	Now func() time.Time
	// FreeSpace is called for the free bytes of a folder's disk; nil asks the
	// operating system.
	FreeSpace func(dir string) (uint64, error)
	// Sessions of this program; nil waits for none that was interrupted.
	Sessions *conversation.Sessions
	// Busy is called for the names of the programs here that may be busy with the
	// phone; nil looks at what runs.
	Busy func() []string
	// Timeouts is how long to wait; the zero value waits as it should.
	Timeouts conversation.Timeouts
}

// Result is a backup that stands in its place. It was proven intact, unless
// Doubtful says otherwise.
type Result struct {
	Dir       string // the folder of the backup, Root/<UDID>
	Files     int    // how many contents it has
	Bytes     int64  // of these, on the disk
	Duration  time.Duration
	Encrypted bool
	Verified  verify.Report
	// Version is the backup among the versions that are kept.
	Version vault.Version
	// Trashed are the numbers of earlier versions that the policy let go.
	Trashed []int
	// Spent is how long each phase took.
	Spent map[Phase]time.Duration
	// Doubtful is in how many files the proof found something, though the phone
	// had finished the backup; Verified names them. The next run has the phone
	// send everything again. LastProven is the newest version without doubt, nil
	// if there is none.
	Doubtful   int
	LastProven *vault.Version
	// Resumed: some of what an interrupted run had left did not have to be sent
	// again. A phone that does not know that run sends all of it.
	Resumed bool
	// Skipped are files that the phone itself could not read, by their names
	// there; SkippedCount is how many there are.
	Skipped      []string
	SkippedCount int
}

// Run makes the backup. report is called from one goroutine at a time, ten
// times a second at most and at every change of phase; it may be nil, and must
// return soon, as the run waits for it. Errors
// are *fault.Error. Whenever there is one, the earlier backup is untouched.
func (j *Job) Run(ctx context.Context, report func(Event)) (Result, error) {
	r := j.begin(report)
	defer r.progress.End()
	result, err := r.run(ctx)
	if err != nil {
		err = r.explain(ctx, err)
		r.Log.Warn("the backup failed", "code", fault.Of(err), "err", err)
		return Result{}, err
	}
	result.Duration = time.Since(r.began)
	r.progress.Phase(Done)
	result.Spent = r.watch.spent
	return result, nil
}

// run is the state of one Run.
type run struct {
	Job
	progress *Progress
	watch    phaseTimer
	vault    *vault.Vault
	backup   *vault.Run // nil until the phone is about to be asked
	began    time.Time
	sealed   bool             // the phone says that it encrypts
	brought  bool             // the phone has sent something in this run
	problems []verify.Problem // of the proof, more than its report names
}

func (j *Job) begin(report func(Event)) *run {
	r := &run{Job: *j, began: time.Now()}
	if r.Log == nil {
		r.Log = slog.New(slog.DiscardHandler)
	}
	if r.Now == nil {
		r.Now = time.Now
	}
	if r.Fs == nil {
		r.Fs = afero.NewOsFs()
	}
	if r.FreeSpace == nil {
		r.FreeSpace = disk.Free
	}
	if root, err := filepath.Abs(r.Root); err == nil {
		r.Root = root
	}
	r.Timeouts = r.Timeouts.OrDefault()
	r.progress = StartProgress(func(e Event) {
		r.watch.see(e.Phase)
		if report != nil {
			report(e)
		}
	}, r.Timeouts, scale)
	return r
}

func (r *run) run(ctx context.Context) (result Result, err error) {
	r.progress.Phase(Preparing)
	if r.Places != nil {
		if err := r.Places.Away(r.Root); err != nil {
			return Result{}, err
		}
	}
	if err := vault.Preflight(r.Fs, r.Root); err != nil {
		return Result{}, r.withSpace(err)
	}
	if r.vault, err = vault.Open(r.Fs, r.Root, r.Phone.UDID, r.Log); err != nil {
		return Result{}, r.withSpace(err)
	}
	defer func() {
		if err != nil {
			err = r.abort(ctx, r.tellEarlier(ctx, err))
		}
		if closeErr := r.vault.Close(); closeErr != nil {
			r.Log.Warn("closing the place of the backups", "err", closeErr)
		}
	}()
	rest, err := sleepinhibit.Hold(ctx, "Backing up an iPhone")
	if err != nil {
		r.Log.Info("the computer may fall asleep", "err", err)
	}
	defer rest()
	received, err := r.fetch(ctx)
	if err != nil {
		return Result{}, err
	}
	// From here on the phone is not needed any more, and may be unplugged.
	return r.finalize(ctx, received)
}

// explain gives every failure its code.
func (r *run) explain(ctx context.Context, err error) error {
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	if ctx.Err() != nil {
		return fault.New(fault.Cancelled, "back up", errors.Join(ctx.Err(), err))
	}
	return fault.As(err)
}
