package backup

import (
	"context"
	"errors"
	"time"

	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// settle makes what was received durable, proves it and puts it in place.
func (r *run) settle(ctx context.Context, got received) (Result, error) {
	r.progress.phase(Finishing)
	if err := r.backup.Seal(ctx, r.Now()); err != nil {
		return Result{}, r.withSpace(err)
	}
	r.progress.phase(Verifying)
	report, err := r.prove(ctx, got.bytes)
	if err != nil {
		return Result{}, err
	}
	if ctx.Err() != nil {
		return Result{}, ctx.Err()
	}
	r.progress.phase(Placing)
	version, err := r.backup.Commit(r.proof(report))
	if err != nil {
		return Result{}, err
	}
	result := Result{
		Dir: vault.Dir(r.Root, r.Phone.UDID), Files: report.Files, Bytes: report.Bytes,
		Encrypted: report.Encrypted, Verified: report, SkippedCount: got.count,
		Version: version, Resumed: r.backup.Resumed(),
	}
	for _, s := range got.skipped {
		result.Skipped = append(result.Skipped, s.Device)
	}
	return result, nil
}

// proof is what the vault keeps of a report.
func (r *run) proof(report verify.Report) vault.Proof {
	return vault.Proof{
		Level: report.Depth,
		Date:  r.Now().UTC().Truncate(time.Second), By: r.Program, Problems: report.ProblemCount, Digests: true,
	}
}

func (r *run) prove(ctx context.Context, bytes int64) (verify.Report, error) {
	b, err := verify.Open(r.backup.FS(), r.backup.Dir())
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
	report, err := b.Prove(ctx, func(p verify.Progress) {
		r.progress.verified(p.Files, p.FilesTotal, p.Bytes, bytes)
	})
	for _, problem := range report.Problems {
		r.Log.Error("the proof failed", "kind", problem.Kind, "file", problem.FileID, "detail", problem.Detail)
	}
	return report, err
}
