package backup

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"lifeboat/backup/catalog"
	"lifeboat/backup/format"
	"lifeboat/backup/places"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// finalize makes what was received durable, proves it and puts it in place.
func (r *run) finalize(ctx context.Context, got received) (Result, error) {
	r.progress.Phase(Finishing)
	if err := r.backup.Seal(ctx, r.Now()); err != nil {
		return Result{}, r.withSpace(err)
	}
	r.progress.Phase(Verifying)
	report, err := r.prove(ctx, got.bytes)
	doubtful := fault.Of(err) == fault.BackupDamaged && report.Rows
	if err != nil && !doubtful {
		return Result{}, r.unfit(err)
	}
	if ctx.Err() != nil {
		return Result{}, ctx.Err()
	}
	if doubtful {
		r.doubt(report)
	}
	r.progress.Phase(Placing)
	version, err := r.backup.Commit(r.proof(report))
	if fault.Of(err) == fault.BackupDamaged && version.Number > 0 {
		doubtful, err = true, nil // it stands in its place, and not as it was proven
	}
	if err != nil {
		return Result{}, r.withSpace(err)
	}
	result := Result{
		Dir: vault.Dir(r.Root, r.Phone.UDID), Files: report.Files, Bytes: report.Bytes,
		Encrypted: report.Encrypted, Verified: report, SkippedCount: got.count,
		Version: version, Resumed: r.backup.Resumed() && got.files < version.Added+version.Changed,
	}
	if doubtful {
		result.Doubtful = max(version.Proof.Problems, 1)
		result.LastProven = r.lastProven()
	}
	result.Trashed = r.thin()
	r.noteSeen()
	for _, s := range got.skipped {
		result.Skipped = append(result.Skipped, s.Device)
	}
	return result, nil
}

// unfit words why what the phone finished is no backup that could be restored.
// It is not put in its place, and what has arrived stays for the next run.
func (r *run) unfit(err error) error {
	switch fault.Of(err) {
	case fault.BackupDamaged, fault.BackupUnfinished, fault.NotABackup:
	default:
		return err // such as a wrong password, or the disk
	}
	unfit := fault.New(fault.NewBackupUnfit, "prove the new backup", err)
	if file := fault.As(err).Args["File"]; file != nil {
		unfit.With("File", file)
	}
	return unfit
}

// doubt remembers in which files the proof found something.
func (r *run) doubt(report verify.Report) {
	var ids []catalog.ID
	for _, p := range r.problems {
		if id, ok := catalog.ParseID(p.FileID); ok {
			ids = append(ids, id)
		}
	}
	r.backup.Doubt(ids)
	r.Log.Warn("the new backup is finished, but some files are doubtful", "files", report.ProblemCount)
}

// lastProven is the newest version that was proven intact; nil if there is none.
func (r *run) lastProven() *vault.Version {
	for _, v := range slices.Backward(r.vault.Versions()) {
		if v.Proof.Intact() && v.Trashed.IsZero() {
			return &v
		}
	}
	return nil
}

// noteSeen notes where the backup lies, so that the drive is known when it is
// not plugged in.
func (r *run) noteSeen() {
	if r.Places == nil {
		return
	}
	if err := r.Places.Remember(places.Place{Root: r.Root, LastSeen: r.Now()}); err != nil {
		r.Log.Warn("where the backup lies is not remembered", "err", err)
	}
}

// thin lets earlier versions go as the policy says. The new backup stands,
// whatever comes of it.
func (r *run) thin() []int {
	if r.Policy == (vault.Policy{}) {
		return nil // all are kept, those in the trash too
	}
	trashed, purged, err := r.vault.Prune(r.Policy, r.Now())
	if err != nil {
		r.Log.Warn("earlier versions were not thinned out", "err", err)
	}
	if len(trashed)+len(purged) > 0 {
		r.Log.Info("earlier versions were thinned out", "trashed", trashed, "removed", purged)
	}
	return trashed
}

// proof is what the vault keeps of a report.
func (r *run) proof(report verify.Report) vault.Proof {
	return vault.Proof{
		Level: string(report.Level.Depth), Percent: report.Level.Percent,
		Date: r.Now().UTC().Truncate(time.Second), By: r.Program, Problems: report.ProblemCount,
		Digests: report.Digests, Bound: report.Bound,
	}
}

// level is how deeply to look: all of a backup that is wholly new, and else
// what arrived, if nothing else was asked for.
//
// Where the phone resumed an interrupted run, or has other keys than the version
// before, it may have taken a file of that version for one that it had sent: it
// knows them by their sizes. Only reading everything can show it.
func (r *run) level(b *verify.Backup) verify.Level {
	switch {
	case !r.backup.Incremental() && r.Level != (verify.Level{}):
		return r.Level
	case !r.backup.Incremental(), r.backup.Resumed(), !r.sameKeys(b):
		return verify.Level{Depth: verify.Full}
	case r.Level != (verify.Level{}):
		return r.Level
	}
	return verify.Level{Depth: verify.Quick}
}

// sameKeys reports whether the new backup is sealed with the keys of the one that
// it builds on.
func (r *run) sameKeys(b *verify.Backup) bool {
	before, err := format.ReadManifest(r.Fs, vault.Dir(r.Root, r.Phone.UDID))
	return err == nil && bytes.Equal(before.KeyBag, b.Manifest.KeyBag)
}

func (r *run) prove(ctx context.Context, bytes int64) (verify.Report, error) {
	subject, done := r.subject()
	defer done()
	r.problems = nil
	subject.Found = func(p verify.Problem) { r.problems = append(r.problems, p) }
	b, err := verify.Open(subject)
	if err != nil {
		return verify.Report{}, err
	}
	if r.sealed && !b.Manifest.Encrypted {
		return verify.Report{}, fault.New(fault.PhoneNonsense, "verify the backup",
			errors.New("the phone says that it encrypts, but what it sent is not encrypted"))
	}
	if err := r.unlock(ctx, b); err != nil {
		return verify.Report{}, err
	}
	report, err := b.Prove(ctx, r.level(b), func(p verify.Progress) {
		p.BytesTotal = bytes
		r.progress.Verified(p)
	})
	for _, problem := range report.Problems {
		r.Log.Error("the proof failed", "kind", problem.Kind, "file", problem.FileID, "detail", problem.Detail)
	}
	return report, err
}

// subject is the new backup, as it will stand. The caller must call done when
// it has been proven.
func (r *run) subject() (s verify.Subject, done func()) {
	var ends []func()
	lasting := func(open func() (catalog.Stream, func(), error)) func() (catalog.Stream, error) {
		return func() (catalog.Stream, error) {
			stream, end, err := open()
			if err == nil {
				ends = append(ends, end)
			}
			return stream, err
		}
	}
	s = verify.Subject{
		Fs: r.backup.FS(), Dir: r.backup.Dir(), Tops: r.backup.Tops(), UDID: r.Phone.UDID,
		Catalog: lasting(r.backup.Catalog), Arrived: lasting(r.backup.Arrived),
	}
	if doubtful := r.backup.Doubtful(); len(doubtful) > 0 {
		arrived := s.Arrived
		s.Arrived = func() (catalog.Stream, error) { return withDoubtful(arrived, s.Catalog, doubtful) }
	}
	return s, func() {
		for _, end := range ends {
			end()
		}
	}
}

// withDoubtful adds contents that were doubtful before to those that arrived,
// so that they are read again.
func withDoubtful(arrived, all func() (catalog.Stream, error), doubtful []catalog.ID) (catalog.Stream, error) {
	slices.SortFunc(doubtful, catalog.ID.Compare)
	stream, err := all()
	if err != nil {
		return nil, err
	}
	var again []catalog.Entry
	for {
		e, err := stream.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if _, is := slices.BinarySearchFunc(doubtful, e.ID, catalog.ID.Compare); is {
			again = append(again, e)
		}
	}
	came, err := arrived()
	if err != nil {
		return nil, err
	}
	return catalog.Merge(came, catalog.Slice(again)), nil
}
