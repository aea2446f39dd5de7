// Package restore puts a backup onto a phone, all of it, as Apple's programs do.
//
// A [Job] looks first at everything that would make the phone refuse, proves
// the backup, and has what is on the phone backed up; only then does it ask the
// phone, which reads the backup file by file and restarts. Nothing is written
// into the backup. Whenever it ends, [Result] says what became of the phone.
package restore

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/afero"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/backup/audit"
	"lifeboat/backup/conversation"
	"lifeboat/backup/keybag"
	"lifeboat/backup/mobilebackup2"
	"lifeboat/backup/sleepinhibit"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device"
	"lifeboat/device/fault"
)

const op = "restore"

// Job is one restore. Fields are not changed by its methods.
type Job struct {
	// Phone is the phone that is restored. Its own content is replaced.
	Phone *device.Phone
	// Name is what the person typed as the phone's name; another one is
	// [fault.RestoreOtherName].
	Name string
	// First backs up what is on the phone now, and passes the events of that on;
	// nil was refused by the person in so many words. It must not let any
	// version go.
	First func(ctx context.Context, report func(backup.Event)) (backup.Result, error)

	// Fs is the file system of the backup; nil is the computer's own.
	Fs afero.Fs
	// Root is the folder of the backups and UDID the backup's folder in it, which
	// may be another phone's.
	Root, UDID string
	// Version is the number of the version; 0 is the newest that was finished, of
	// those that are there when the job begins.
	Version int
	// Password opens an encrypted backup.
	Password keybag.Password

	// Program names itself in the proof, such as "Lifeboat 0.1.0".
	Program string
	// Log is where to; nil discards.
	Log *slog.Logger
	// Sessions of this program; nil waits for none that was interrupted.
	Sessions *conversation.Sessions
	// Busy is called for the names of the programs here that may be busy with the
	// phone; nil looks at what runs.
	Busy func() []string
	// Timeouts is how long to wait; the zero value waits as it should.
	Timeouts conversation.Timeouts
}

// State is what became of the phone. Each but Restored has words at
// restore.state.<state>.
type State string

const (
	// Untouched: as it was.
	Untouched State = "untouched"
	// FirstFailed: as it was, since the backup before the restore failed.
	FirstFailed State = "first"
	// Partial: it was sent files, and most likely still has its own content.
	Partial State = "partial"
	// Erased: it may have erased itself already, as from iOS 27 on.
	Erased State = "erased"
	// Sent: it was sent everything, and did not say what came of it.
	Sent State = "sent"
	// Restored: it says that all went well, and restarts.
	Restored State = "restored"
)

// Result is what came of a job. It is valid with an error too.
type Result struct {
	State State
	// Refused: it ended before anything was touched, for a reason that is
	// nobody's failure. Only with an error.
	Refused bool
	// Plan is what was found out before; empty if nothing could be.
	Plan Plan
	// First is the backup that was made first, nil if none was.
	First *backup.Result
	// Files and Bytes are what was sent of the backup.
	Files int
	Bytes int64
	// Apps are how many apps the phone was given to download again.
	Apps     int
	Duration time.Duration
}

// silence is how long a phone may say nothing: it puts everything in place before
// its last word, and giving up on it then would be worse than waiting.
const silence = time.Hour

// Run restores the phone. report is called from one goroutine at a time, ten
// times a second at most and at every change of phase; it may be nil, must return
// soon, and may not call back. Errors are *fault.Error, and have what became of
// the phone as their meaning.
func (j *Job) Run(ctx context.Context, report func(backup.Event)) (Result, error) {
	r := j.begin(report)
	defer r.progress.End()
	defer func() { r.spelled.Wipe() }()
	err := r.run(ctx)
	r.result.Duration = time.Since(r.began)
	if err == nil {
		r.result.State, r.result.Plan = Restored, r.plan
		r.progress.Phase(backup.Done)
		return r.result, nil
	}
	err = r.explain(ctx, err)
	r.Log.Warn("the restore failed", "code", fault.Of(err), "state", r.result.State, "err", err)
	return r.result, err
}

// Check finds out what a restore would do and what stands in its way, without
// anything being asked of the phone but what it is, and nothing written. Name,
// First and Password are not looked at, but that a phone that is not set up
// cannot be backed up first. An error says that not even that could be found out.
func (j *Job) Check(ctx context.Context) (Plan, error) {
	r := j.begin(nil)
	defer r.progress.End()
	err := r.check(ctx)
	if err != nil {
		return r.plan, r.explain(ctx, err)
	}
	return r.plan, nil
}

// run is the state of one Run.
type run struct {
	Job
	began    time.Time
	progress *backup.Progress
	result   Result
	plan     Plan
	spelled  keybag.Password // as the backup has it
	stage    stage
	host     *mobilebackup2.Host
	answered bool // the phone gave a final answer
	asked    bool // the phone was asked to restore
	spoke    bool // and has wanted something of the backup
}

// stage is how far a job got.
type stage int

const (
	checking stage = iota
	first
	restoring
)

func (j *Job) begin(report func(backup.Event)) *run {
	r := &run{Job: *j, began: time.Now()}
	r.result.State = Untouched
	if r.Log == nil {
		r.Log = slog.New(slog.DiscardHandler)
	}
	if r.Fs == nil {
		r.Fs = afero.NewOsFs()
	}
	if root, err := filepath.Abs(r.Root); err == nil {
		r.Root = root
	}
	r.Timeouts.Silence = cmp.Or(r.Timeouts.Silence, silence)
	r.Timeouts = r.Timeouts.OrDefault()
	r.progress = backup.StartProgress(report, r.Timeouts, scale)
	return r
}

func (r *run) run(ctx context.Context) error {
	r.progress.Phase(Checking)
	if err := r.check(ctx); err != nil {
		return err
	}
	if !r.plan.Named(r.Name) {
		return fault.New(fault.RestoreOtherName, op, nil).With("Phone", r.plan.Phone.Name)
	}
	if len(r.plan.Refusals) > 0 {
		return r.plan.Refusals[0]
	}
	release, err := sleepinhibit.Hold(ctx, "Restoring an iPhone")
	if err != nil {
		r.Log.Info("the computer may fall asleep", "err", err)
	}
	defer release()
	if err := r.prove(ctx); err != nil {
		return err
	}
	if r.First != nil {
		r.stage = first
		r.progress.Phase(BackingUp)
		made, err := r.First(ctx, r.progress.First)
		if err != nil {
			return err
		}
		r.result.First = &made
	}
	r.stage = restoring
	return r.restore(ctx)
}

// prove reads all of the version: what was intact once may not be now, and a
// phone that finds out has given up its own content for it. Notes of an earlier
// proof that still hold stay as they are; damage is repaired where it can be.
func (r *run) prove(ctx context.Context) error {
	manifest := r.plan.manifest
	if manifest.Encrypted && r.Password.Empty() {
		return fault.New(fault.PasswordNeeded, op, nil)
	}
	r.progress.Phase(Proving)
	version := r.plan.Backup.Version
	job := &audit.Job{
		Fs: r.Fs, Root: r.Root, UDID: r.UDID, Version: version.Number, Program: r.Program, Log: r.Log,
		Level:    verify.Level{Depth: verify.Full},
		LookOnly: version.Proof.Intact() && !version.Altered && !version.Touched && !version.Unread,
	}
	if manifest.Encrypted {
		job.Password = r.Password
	}
	report, _, err := job.Run(ctx, r.progress.Verified)
	if job.LookOnly && fault.Of(err) == fault.BackupDamaged {
		job.LookOnly = false
		report, _, err = job.Run(ctx, r.progress.Verified)
	}
	if err != nil {
		return err
	}
	r.plan.Backup.Files, r.plan.Backup.Bytes = report.Files, report.Bytes
	if refusal := r.plan.roomRefusal(); refusal != nil { // of another program's backup nothing was known before
		return refusal
	}
	if !manifest.Encrypted {
		return nil
	}
	bag, err := keybag.Parse(manifest.KeyBag)
	if err != nil {
		return fault.New(fault.BackupDamaged, op, err)
	}
	r.spelled, err = bag.Spelling(ctx, r.Password)
	return err
}

// broken are the failures that are no refusal, wherever they happen.
var broken = []fault.Code{
	fault.PhoneGone, fault.PhoneSilent, fault.PhoneNonsense, fault.Cancelled, fault.CancelledPhone, fault.Internal,
	fault.MuxMissing, fault.MuxStopped, fault.MuxDenied, fault.MuxUnexpected, fault.DestFailed, fault.DestOffline,
}

// Refused reports whether a failure of a job that has touched nothing is a refusal:
// neither the link nor a disk has failed, and nobody has stopped it.
func Refused(err error) bool { return !slices.Contains(broken, fault.Of(err)) }

// firstRefusals are the failures of the backup before a restore that come before
// anything is asked of the phone.
var firstRefusals = []fault.Code{fault.PasswordNeeded, fault.PasswordEmpty, fault.SyncLockBusy, fault.DestBusy, fault.DestMissing, fault.NotOurs}

// explain gives a failure its code, and what became of the phone.
func (r *run) explain(ctx context.Context, err error) error {
	known := fault.As(err)
	if known.Code == fault.Internal && ctx.Err() != nil {
		known = fault.New(fault.Cancelled, op, errors.Join(ctx.Err(), err))
	}
	r.result.Plan = r.plan
	r.result.State = r.state(known)
	switch r.result.State {
	case Untouched:
		r.result.Refused = Refused(known)
	case FirstFailed:
		r.result.Refused = slices.Contains(firstRefusals, known.Code)
	}
	known.With("Restore", string(r.result.State))
	if made := r.result.First; made != nil {
		known.With("First", made.Version.ID())
	}
	return known
}

// refusals are what a phone answers before it touches anything, also one that
// erases itself first.
var refusals = []fault.Code{
	fault.PolicyForbids, fault.RestoreInProgress, fault.FindMyOn, fault.DeviceLocked, fault.PasswordWrong,
	fault.BackupVersion, fault.BackupEmpty, fault.DeviceSpace, fault.RestoreLeftover, fault.DeviceBusy, fault.SetupUnfinished,
}

// erasing is the first iOS that erases itself before a restore
// (device/PROTOCOL.md#what-a-phone-checks-before-it-restores).
const erasing = 27

// state is what became of the phone when the job ended with a failure.
func (r *run) state(err *fault.Error) State {
	sent := r.host != nil && (r.result.Files > 0)
	erases := r.plan.Erases()
	switch {
	case r.stage == first:
		return FirstFailed
	case r.stage < restoring, !r.asked, !r.spoke && !r.answered:
		return Untouched
	case !sent && (!erases || r.answered && slices.Contains(refusals, err.Code)):
		return Untouched
	case sent && !r.answered && r.result.Files >= r.plan.Backup.Files:
		return Sent
	case erases:
		return Erased
	}
	return Partial
}

// After says what happens once a phone was restored, and how long it takes.
func (r Result) After() []words.Text {
	after := []words.Text{words.T("restore.after.restarts", nil), words.T("restore.after.setup", nil)}
	if r.Apps > 0 {
		after = append(after, words.T("restore.after.apps", words.Args{"N": words.Count(r.Apps)}))
	} else {
		after = append(after, words.T("restore.after.no-apps", nil))
	}
	if r.Plan.Backup.Encrypted {
		after = append(after, words.T("restore.after.password", nil))
	}
	return append(after, words.T("restore.after.find-my", nil))
}

// newest is the version with a number, or for 0 the newest that was finished and
// not deleted.
func newest(list []vault.Version, number int) (vault.Version, bool) {
	for _, v := range slices.Backward(list) {
		if v.Number == number || number == 0 && v.Trashed.IsZero() && !v.Unfinished {
			return v, true
		}
	}
	return vault.Version{}, false
}
