// Package audit proves a backup again, at any time after it was made. What is
// wrong it repairs from where the same content is still intact, and of the rest
// it says in which version it can still be had. What came of it is noted beside
// the backup.
package audit

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/spf13/afero"

	"lifeboat/assets/words"
	"lifeboat/backup/catalog"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// Job proves a backup that stands on a disk. Fields are not changed by Run.
type Job struct {
	// Fs is the file system; nil is the computer's own.
	Fs afero.Fs
	// Root is the folder of the backups, and UDID the phone.
	Root, UDID string
	// Version is the number of the version; 0 is the current one.
	Version int
	// Level is how deeply to look; the zero value reads everything.
	Level verify.Level
	// Password opens an encrypted backup. Without it (empty), a backup whose
	// contents are remembered is proven by their sizes and digests, which is
	// [verify.Report.Locked]; of another one it is [fault.PasswordNeeded]. One that
	// opens the newest version and not this is [fault.PasswordOlder], any other
	// that does not is [fault.PasswordWrong].
	Password keybag.Password
	// LookOnly leaves the backup as it is: nothing is repaired or noted.
	LookOnly bool
	// Program names itself in the proof, such as "Lifeboat 0.1.0".
	Program string
	// Now is called for the time of what is noted; nil is time.Now.
	Now func() time.Time
	// Log is where to; nil discards.
	Log *slog.Logger
}

// Findings is what a [Job] found beyond the proof's own report.
type Findings struct {
	// Version is the one that was proven. Of a backup that no vault manages
	// its Number is 1.
	Version vault.Version
	// Current: it is the one that stands at Root/<UDID>.
	Current bool
	// Managed: what once arrived is remembered of it.
	Managed bool
	// Noted: the result was written down beside the backup. It is not
	// where nothing can be written, or no vault manages the backup.
	Noted bool
	// Problems are those of the report, in its order.
	Problems []Finding
	// Repaired are the first problems that are no longer problems, RepairedCount is
	// how many there were, and RepairedGroups counts all by what they are to a
	// person. The report leaves them out.
	Repaired       []verify.Problem
	RepairedCount  int
	RepairedGroups []verify.GroupCount
	// NextFull: because of the problems, the next backup will build on
	// nothing, and bring everything from the phone again.
	NextFull bool
}

// Finding is a problem that is left.
type Finding struct {
	verify.Problem
	// Intact is the newest other version that holds an intact content of the same
	// file, an earlier or later one of it; nil if there is none.
	Intact *vault.Version
}

// Run proves the backup. A nil error says that it is intact, now that what
// could be repaired is repaired. [fault.BackupDamaged] comes with a report and
// findings, unless one of the phone's own lists cannot be read at all. While a
// backup is being made in the place, the error is [fault.DestBusy]. report may
// be nil; it is called as [verify.Backup.Prove] does.
func (j *Job) Run(ctx context.Context, report func(verify.Progress)) (verify.Report, Findings, error) {
	r := j.begin(report)
	if r.Level == (verify.Level{}) {
		r.Level = verify.Level{Depth: verify.Full}
	}
	defer r.close()
	err := r.open()
	if err == nil {
		err = r.prove(ctx)
	}
	if errors.Is(err, catalog.ErrDamaged) && fault.Of(err) != fault.VersionDamaged {
		err = fault.New(fault.VersionDamaged, "verify the backup", err).With("Version", r.findings.Version.Number)
	}
	var known *fault.Error
	if errors.As(err, &known) && known.Args["Path"] != nil {
		known.With("Path", vault.Dir(r.Root, r.UDID)) // a view has paths of its own
	}
	return r.result, r.findings, err
}

// Encrypted reports whether the version needs a password. One that cannot be read
// does not; Run says what is wrong with it.
func (j *Job) Encrypted() bool {
	r := j.begin(nil)
	defer r.close()
	if r.look() != nil {
		return false
	}
	manifest, err := format.ReadManifest(r.View.FS(), "/")
	return err == nil && manifest.Encrypted
}

// run is the state of one Run.
type run struct {
	Job
	report func(verify.Progress)

	*vault.Held
	managed bool            // what is remembered of the backup holds
	sorter  *catalog.Sorter // of digests that were not known

	result   verify.Report
	problems []verify.Problem // more than the report lists
	findings Findings
}

// Opens returns nil if the password opens the version, which takes seconds of
// processor time, or if the version needs none. The errors about the password are
// [fault.PasswordNeeded], [fault.PasswordWrong] and [fault.PasswordOlder].
func (j *Job) Opens(ctx context.Context) error {
	r := j.begin(nil)
	defer r.close()
	if err := r.look(); err != nil {
		return err
	}
	subject, done := r.subject()
	defer done()
	b, err := verify.Open(subject)
	if err != nil {
		return err
	}
	return r.honest(ctx, b.Manifest, b.Unlock(ctx, r.Password))
}

// honest tells a password that is wrong for a version, but opens the newest, from
// one that is plainly wrong: the phone had another one when the version was made.
// To know costs as long as it took to find it wrong, and is not tried where the
// two have the same keys.
func (r *run) honest(ctx context.Context, manifest format.Manifest, err error) error {
	if fault.Of(err) != fault.PasswordWrong || r.findings.Current {
		return err
	}
	newest, readErr := format.ReadManifest(r.Fs, vault.Dir(r.Root, r.UDID))
	if readErr != nil || !newest.Encrypted || bytes.Equal(newest.KeyBag, manifest.KeyBag) {
		return err
	}
	bag, parseErr := keybag.Parse(newest.KeyBag)
	if parseErr != nil {
		return err
	}
	switch _, unlockErr := bag.Unlock(ctx, r.Password); {
	case ctx.Err() != nil:
		return fault.New(fault.Cancelled, "try the password", ctx.Err())
	case unlockErr == nil:
		return fault.New(fault.PasswordOlder, "unlock the backup", err).With("Date", words.Date(r.findings.Version.Date))
	}
	return err
}

func (j *Job) begin(report func(verify.Progress)) *run {
	r := &run{Job: *j, report: report}
	if r.Fs == nil {
		r.Fs = afero.NewOsFs()
	}
	if r.Log == nil {
		r.Log = slog.New(slog.DiscardHandler)
	}
	if r.Now == nil {
		r.Now = time.Now
	}
	if root, err := filepath.Abs(r.Root); err == nil {
		r.Root = root
	}
	r.Held = vault.Hold(r.Fs, r.Root, r.UDID, r.Version, r.Log)
	return r
}

// open takes the place, if it may and can be written to, and looks at the version.
func (r *run) open() error {
	take := r.Take
	if r.LookOnly {
		take = r.Look
	}
	err := r.seen(take())
	if r.View != nil {
		r.managed = r.Known()
		r.findings.Managed = r.managed
	}
	return err
}

// look opens the view of the version.
func (r *run) look() error { return r.seen(r.Look()) }

// seen notes which version the view shows, if there is one.
func (r *run) seen(err error) error {
	if r.View != nil {
		r.findings.Version = r.View.Version()
		r.findings.Current = r.findings.Version.Current
	}
	return err
}

func (r *run) close() {
	r.Close()
	if r.sorter != nil {
		r.sorter.Close()
	}
}

func (r *run) prove(ctx context.Context) error {
	subject, done := r.subject()
	defer done()
	if r.Vault != nil && r.managed {
		r.collect(&subject)
	}
	subject.Found = func(p verify.Problem) { r.problems = append(r.problems, p) }
	b, err := verify.Open(subject)
	if err == nil && !r.Password.Empty() {
		err = r.honest(ctx, b.Manifest, b.Unlock(ctx, r.Password))
	}
	if err == nil {
		r.result, err = b.Prove(ctx, r.Level, r.report)
	}
	damaged := fault.Of(err) == fault.BackupDamaged
	if err != nil && !damaged {
		return err
	}
	if r.result.ProblemCount > 0 {
		if err := r.repair(ctx); err != nil {
			return err
		}
		if damaged = r.result.ProblemCount > 0; !damaged {
			err = nil
		}
	}
	done() // some disks replace no list that is open
	if noteErr := r.note(damaged); noteErr != nil {
		r.Log.Warn("the proof could not be noted", "err", noteErr)
	}
	r.findings.NextFull = damaged && r.findings.Current && r.findings.Noted
	if findErr := r.findIntact(ctx); findErr != nil {
		return findErr
	}
	if damaged && r.result.ProblemCount > 0 {
		err = fault.New(fault.BackupDamaged, "verify the backup", nil).
			With("Path", vault.Dir(r.Root, r.UDID)).With("Problems", r.result.ProblemCount)
	}
	return err
}

// subject is the backup and what is remembered of it. The caller must call done.
func (r *run) subject() (s verify.Subject, done func()) {
	var ends []func()
	s = verify.Subject{Fs: r.View.FS(), Dir: "/", UDID: r.UDID}
	if !r.managed && r.findings.Current {
		s.Fs, s.Dir = r.Fs, vault.Dir(r.Root, r.UDID)
	}
	if !r.managed {
		return s, func() {}
	}
	s.Tops, s.Bound = r.View.Tops(), r.View.Bound()
	s.Catalog = func() (catalog.Stream, error) {
		stream, end, err := r.View.Catalog()
		if err == nil {
			ends = append(ends, end)
		}
		return stream, err
	}
	return s, func() {
		for _, end := range ends {
			end()
		}
	}
}

// collect has digests that are not known gathered, on this computer's disk.
func (r *run) collect(s *verify.Subject) {
	r.sorter = catalog.NewSorter("", catalog.DefaultLimit)
	var failed error
	s.Computed = func(e catalog.Entry) {
		if failed != nil {
			return
		}
		if failed = r.sorter.Add(e); failed != nil {
			r.Log.Warn("not all digests are remembered", "err", failed)
		}
	}
}

// note writes down the result of the proof.
func (r *run) note(damaged bool) error {
	if r.Vault == nil || !r.managed {
		return nil
	}
	proof := vault.Proof{
		Level: string(r.Level.Depth), Percent: r.Level.Percent, Date: r.Now().UTC().Truncate(time.Second),
		By: r.Program, Problems: r.result.ProblemCount, Digests: r.result.Digests,
		Bound: r.result.Bound && r.Level.Depth == verify.Full,
	}
	if damaged {
		proof.Problems = max(proof.Problems, 1) // one of the phone's own lists
	}
	number := r.View.Version().Number
	if err := r.Vault.RecordProof(number, proof, r.result.Tops); err != nil {
		return err
	}
	r.findings.Noted = true
	r.View.Close() // the lists that it reads are replaced
	r.View = nil
	n, err := r.Vault.FillDigests(number, r.sorter)
	if n > 0 {
		r.Log.Info("digests are remembered from now on", "files", n)
	}
	err = errors.Join(err, r.look())
	for _, v := range r.Vault.Versions() {
		if v.Number == number {
			r.findings.Version = v
		}
	}
	return err
}
