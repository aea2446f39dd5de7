package backupd

import (
	"fmt"
	"strings"

	"lifeboat/device/phonesim/content"
)

// Estimates of what a row of Manifest.db takes and what the frame of an upload
// takes, in bytes.
const (
	rowSize   = 950
	frameSize = 220
)

// scan walks over the content once, before anything is sent.
func (j *job) scan() error {
	installed := map[string]bool{}
	j.survey = survey{apps: append([]Application(nil), j.engine.cfg.Applications...)}
	for _, app := range j.survey.apps {
		installed[app.BundleID] = true
	}
	err := j.engine.cfg.Content.Walk(func(file content.File) error {
		j.survey.entries++
		if file.Kind == content.Regular {
			j.survey.files++
			j.survey.bytes += sealedSize(file.Size, j.state.Encrypted)
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
	return nil
}

// armFaults works out how much there is to do, and at which point of it the
// connection shall fail.
func (j *job) armFaults() {
	batches := int64(j.survey.files/j.order.batch + 1)
	messages := 2*prefixes + 2 + 2*batches + prefixes + 16
	j.total = j.survey.bytes + int64(j.survey.files)*frameSize + int64(j.survey.entries)*rowSize + messages*messageWork
	var s strike
	switch f := j.faults; {
	case f.DetachAt > 0:
		s = strike{work: j.share(f.DetachAt), err: errDetached}
	case f.DetachAtMessage > 0:
		s = strike{messages: f.DetachAtMessage, err: errDetached}
	case f.SilentAfter > 0:
		s = strike{work: j.share(f.SilentAfter), err: errSilent}
	}
	j.link.out.arm(s)
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
	return progress{percent(done), percent(done + more)}
}

// checkCancel ends the backup when the owner is to cancel it by now.
func (j *job) checkCancel() error {
	if j.faults.CancelAt <= 0 || j.link.out.done() < j.share(j.faults.CancelAt) {
		return nil
	}
	j.engine.cfg.Notify(noteCancelled)
	return &refusal{code: mbCancelled, text: "Backup was cancelled on the device"}
}
