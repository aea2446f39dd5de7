package rehearsal

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"lifeboat/backup/catalog"
	"lifeboat/backup/format"
	"lifeboat/backup/verify"
	"lifeboat/device/phonesim/backupd"
)

// compared is what both sides of the conversation say, brought together. The
// side that sends and the phone are two goroutines.
type compared struct {
	mu         sync.Mutex
	underway   map[catalog.ID]*sent // sent, and the phone has not said what it got
	progress   Progress
	reportedAt time.Time
	unknown    bool // the digest of some content is not remembered
}

// hold keeps what was sent until the phone says what it got: of one batch at the
// most.
func (r *run) hold(id catalog.ID, s *sent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.underway[id] = s
	r.unknown = r.unknown || !s.had || s.remembered.Digest.IsZero()
}

// count counts contents, and bytes of them, that the phone is sent.
func (r *run) count(files, bytes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.progress.Files += files
	r.progress.Bytes += int64(bytes)
	r.tell(false)
}

// tell reports the progress, some ten times a second. r.mu is held.
func (r *run) tell(always bool) {
	now := time.Now()
	if r.report == nil || !always && !r.everything && now.Sub(r.reportedAt) < 100*time.Millisecond {
		return
	}
	r.reportedAt = now
	r.progress.FilesTotal, r.progress.BytesTotal = r.list.files, r.list.bytes
	r.report(r.progress)
}

// problems counts what was found so far.
func (r *run) problems() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.result.ProblemCount
}

// find notes a problem. r.mu is held.
func (r *run) find(kind verify.Kind, id, domain, path, detail string) {
	r.result.ProblemCount++
	if len(r.result.Problems) < problemsMax {
		p := verify.Problem{Kind: kind, FileID: id, Domain: domain, Path: path, Detail: detail}
		p.Group, p.Bundle = verify.Classify(domain, path)
		r.result.Problems = append(r.result.Problems, p)
	}
}

// received is the phone saying that an entry came, and how.
func (r *run) received(f backupd.RestoredFile) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	kind, detail := r.judge(f)
	if kind != "" {
		r.find(kind, f.ID, f.Domain, f.Path, detail)
		return nil
	}
	switch f.Kind {
	case format.FlagFile:
		r.result.Files++
		r.result.Bytes += f.Size
	case format.FlagDirectory:
		r.result.Directories++
	default:
		r.result.Links++
	}
	return nil
}

// judge says what is wrong with an entry that the phone has received; "" is
// nothing.
func (r *run) judge(f backupd.RestoredFile) (verify.Kind, string) {
	s, at, known := r.take(f)
	switch {
	case !known:
		return Different, "the phone was restored with something that the backup does not list"
	case r.list.see(at):
		return Different, "the phone was restored with it twice"
	case r.list.entries[at].looks != r.list.looksOf(f.Domain, f.Path, uint8(f.Kind), f.Mode, f.Target):
		return Different, "the phone has it with another name, mode or target"
	case f.Kind != format.FlagFile:
		return "", ""
	case s == nil:
		return Different, "the phone has a content that was not sent"
	}
	if kind, detail := s.judge(); kind != "" {
		return kind, detail
	}
	if f.Size != s.length || f.SHA256 != hex.EncodeToString(s.plain.Sum(nil)) {
		return Different, fmt.Sprintf("the phone has %d bytes of it, and the backup %d, or others", f.Size, s.length)
	}
	return "", ""
}

// failed is the phone saying that an entry did not come, and why.
func (r *run) failed(f backupd.RestoredFile, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, at, known := r.take(f)
	if known {
		r.list.see(at)
	}
	kind, detail := verify.Missing, "its content is missing"
	if s != nil {
		if kind, detail = s.judge(); kind == "" {
			kind, detail = Different, "the phone says: "+why
		}
	}
	r.find(kind, f.ID, f.Domain, f.Path, detail)
}

// take gives what was sent of an entry, which is nil for none, and its place in
// the list.
func (r *run) take(f backupd.RestoredFile) (s *sent, at int, known bool) {
	id, isID := catalog.ParseID(f.ID)
	if isID {
		at, known = r.list.find(id)
	}
	s = r.underway[id]
	delete(r.underway, id)
	return s, at, known
}

// judge says what is wrong with what was sent; "" is nothing.
func (s *sent) judge() (verify.Kind, string) {
	if errors.Is(s.err, errDisk) {
		return verify.Unreadable, s.err.Error()
	}
	if err := s.asRemembered(); err != nil {
		kind := verify.Changed
		if s.size != s.remembered.Size {
			kind = verify.WrongSize
		}
		return kind, err.Error()
	}
	switch {
	case s.err == nil:
		return "", ""
	case errors.Is(s.err, errKey):
		return verify.BadKey, s.err.Error()
	case errors.Is(s.err, errEnd):
		return verify.BadPadding, s.err.Error()
	}
	return verify.BadRecord, s.err.Error()
}

// missed finds what the list has and the phone never spoke of, and ends the
// count. Nobody else is at work any more.
func (r *run) missed(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.Digests = r.result.Managed && !r.unknown
	r.list.unseen(func(id catalog.ID) {
		var row format.Row
		if r.result.ProblemCount < problemsMax { // beyond, nobody reads the name
			row, _, _ = r.rows.Row(ctx, id.String())
		}
		r.find(Different, id.String(), row.Domain, row.Path, "the phone was not restored with it")
	})
	r.tell(true)
}
