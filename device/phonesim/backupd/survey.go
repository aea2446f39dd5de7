package backupd

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"strings"

	"lifeboat/device/phonesim/content"
)

// Estimates of what a row of Manifest.db takes and what the frame of an upload
// takes, in bytes.
const (
	rowSize   = 950
	frameSize = 220
)

// scan walks over the content once, before anything is sent. Where there may be
// something to compare it with, its entries are put into a spool.
func (j *job) scan() error {
	if j.engine.remembers() && !j.order.lazy {
		var err error
		if j.present, err = newSpool(filepath.Join(j.work, "present")); err != nil {
			return err
		}
	}
	installed := map[string]bool{}
	j.survey = survey{apps: append([]Application(nil), j.engine.cfg.Applications...)}
	for _, app := range j.survey.apps {
		installed[app.BundleID] = true
	}
	err := j.content.Walk(func(file content.File) error {
		r := record{stored: noContent, number: uint32(j.survey.entries)}
		j.survey.entries++
		if file.Kind == content.Regular {
			r.stored = sealedSize(file.Size, j.state.Encrypted)
			j.survey.files++
			j.survey.bytes += r.stored
		}
		if j.present != nil {
			r.key, r.sign = keyOf(file.Domain, file.Path), signature(&file)
			j.survey.sum = j.survey.after(r.key, r.sign)
			if err := j.present.add(r); err != nil {
				return err
			}
		}
		bundle, isApp := strings.CutPrefix(file.Domain, "AppDomain-")
		if isApp && !installed[bundle] {
			installed[strings.Clone(bundle)] = true
			j.survey.apps = append(j.survey.apps, Application{BundleID: bundle, Version: "1.0"})
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("backupd: content: %w", err)
	}
	j.plan.files, j.plan.bytes = j.survey.files, j.survey.bytes
	return nil
}

// after is the sum of a walk after one more entry.
func (s *survey) after(key fileKey, sign uint64) uint64 {
	return stir(stir(s.sum, binary.BigEndian.Uint64(key[:])), sign)
}

// armFaults works out how much there is to do, and at which point of it the
// connection shall fail.
func (j *job) armFaults() {
	j.count()
	j.link.out.arm(j.strike())
}

// count estimates all work.
func (j *job) count() {
	batches := int64(j.plan.files/j.order.batch + 1)
	messages := 2*prefixes + 2 + 2*batches + prefixes + 16
	if j.plan.fates != nil {
		messages += prefixes
	}
	if j.snapshot != nil {
		messages += prefixes
	}
	j.total = j.plan.bytes + int64(j.plan.files)*frameSize + int64(j.survey.entries)*rowSize + messages*messageWork
}

// rearm works the faults out again when it is known how much there really is
// to do.
func (j *job) rearm() {
	j.count()
	j.link.out.rearm(j.strike())
}

// strike is the fault that the outbox has to watch for.
func (j *job) strike() strike {
	switch f := j.faults; {
	case f.DetachAt > 0:
		return strike{work: j.share(f.DetachAt), err: errDetached}
	case f.DetachAtMessage > 0:
		return strike{messages: f.DetachAtMessage, err: errDetached}
	case f.SilentAfter > 0:
		return strike{work: j.share(f.SilentAfter), err: errSilent}
	case f.SilentAtMessage > 0:
		return strike{messages: f.SilentAtMessage, err: errSilent}
	}
	return strike{}
}

// share is a share of all work, and no less than the first byte.
func (j *job) share(of float64) int64 { return max(int64(of*float64(j.total)), 1) }

// progress is how far a backup is before and after a step, in percent.
type progress struct{ start, end float64 }

// progress tells where the backup stands, and where it will be after some more work.
func (j *job) progress(more int64) progress {
	done := j.link.out.done()
	// The closing check shows nothing on hosts and counts nothing here.
	all := max(j.total-prefixes*messageWork, 1)
	percent := func(work int64) float64 { return min(100*float64(work)/float64(all), 100) }
	p := progress{percent(done), percent(done + more)}
	if j.faults.PercentFalls && j.uploads > 0 {
		p.end = max(p.end-20, 0)
	}
	return p
}
