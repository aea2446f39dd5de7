package backupd

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"howett.net/plist"
)

// This file is a restore, as far as it is known how phones do it: which files
// they ask for, what they refuse, and in which order. What is on the simulated
// phone stays: of what would have been put there it keeps the digests, see
// restored.go. What is not known and taken so here: that a locked phone refuses
// at once, and that from iOS 27 on the phone is erased once everything else was
// found right and before the first file comes.

// restore is one restore under way.
type restore struct {
	*session
	ctx     context.Context
	request request
	options map[string]bool
	faults  Faults
	source  string // the folder of the backup on the host

	manifest restoreManifest
	hasInfo  bool        // there is an Info.plist
	stored   *storedList // Manifest.db
	keys     map[uint32][]byte
	rows     *restoreRows
	list     restoreSink
	done     int64 // files
	arrived  int64 // bytes of content, as the host stores it
}

// restoreManifest is what a restore needs of Manifest.plist.
type restoreManifest struct {
	IsEncrypted            bool
	BackupKeyBag           []byte
	ManifestKey            []byte
	RequiredProductVersion string
}

// restoreOptions are the switches of a request, with what an absent one means.
var restoreOptions = map[string]bool{
	"RestoreSystemFiles":      true,
	"RestorePreserveSettings": false,
	"RestoreShouldReboot":     true,
	"RestoreDontCopyBackup":   false,
	"RemoveItemsNotRestored":  true,
}

// restore does a restore: see the steps.
func (s *session) restore(ctx context.Context, r request) error {
	_, faults := s.engine.current()
	if err := s.checkTarget(r); err != nil {
		return err
	}
	if faults.Restore.Code != 0 && faults.RestoreErrorAt == (RestorePoint{}) {
		return &refusal{code: faults.Restore.Code, text: faults.Restore.Text}
	}
	s.engine.exchanges.reset()
	s.link.layout = newCallbacks(faults.OldLayout)
	j := &restore{session: s, ctx: ctx, request: r, faults: faults, source: cmp.Or(r.text("SourceIdentifier"), s.engine.cfg.UDID)}
	j.options = map[string]bool{}
	for name, absent := range restoreOptions {
		j.options[name] = r.optionOr(name, absent)
	}
	defer j.end()
	for _, step := range []func() error{
		j.askOwner, j.checkAllowed, j.readStatus, j.readProperties, j.readDatabase, j.checkVersion, j.unlock, j.openRows, j.checkSpace,
		j.checkLeft, j.copyBackup, j.erase, j.begin, j.readFiles, j.keep,
	} {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (j *restore) begin() (err error) {
	if j.engine.receiver != nil {
		j.list = j.engine.receiver
		return nil
	}
	j.list, err = newRestoredList(j.engine.cfg.StateDir, Restored{Source: j.source, Options: j.options, Apps: j.apps()})
	return err
}

func (j *restore) end() {
	if j.rows != nil {
		_ = j.rows.close()
	}
	if j.stored != nil {
		j.stored.close()
	}
	if j.list != nil {
		j.list.abandon()
	}
}

// host is a path in the folder of the backup.
func (j *restore) host(name string) string { return j.source + "/" + name }

// readFiles asks for the content, batch by batch, and tells at the end how
// many files did not come or are not what they should be.
func (j *restore) readFiles() error {
	var batch []*restoreRow
	failed, why := 0, ""
	flush := func() error {
		defer func() { batch = batch[:0] }()
		j.done += int64(len(batch))
		return j.readBatch(batch, func(row *restoreRow, problem string) {
			if failed++; why == "" {
				why = row.id + ": " + problem
			}
			j.list.failed(row.entry(), problem)
		})
	}
	err := j.rows.each(j.ctx, func(row *restoreRow) error {
		if !row.hasContent() {
			return j.list.add(row.entry())
		}
		if batch = append(batch, row); len(batch) < batchSize {
			return nil
		}
		return flush()
	})
	if err == nil && len(batch) > 0 {
		err = flush()
	}
	if err != nil {
		return err
	}
	if failed > 0 {
		return &refusal{code: mbCorrupt, text: fmt.Sprintf("Multiple errors downloading files: %d, such as %s", failed, why)}
	}
	return nil
}

// readBatch asks for some files with one message.
func (j *restore) readBatch(batch []*restoreRow, fail func(*restoreRow, string)) error {
	if err := j.ctx.Err(); err != nil {
		return err
	}
	files := make([]*wanted, len(batch))
	openers := make([]*opener, len(batch))
	for i, row := range batch {
		var err error
		files[i] = &wanted{path: j.host(row.id[:2] + "/" + row.id)}
		if openers[i], err = newOpener(j.keys, row.key); err != nil {
			fail(row, err.Error())
			openers[i], _ = newOpener(nil, nil)
			openers[i].useless = true
		}
		files[i].into = &arriving{restore: j, into: openers[i]}
	}
	percent := 100 * float64(j.done) / float64(max(j.rows.files, 1))
	if err := j.link.download(progress{end: percent}, files...); err != nil {
		return err
	}
	if err := j.stopped(); err != nil {
		return err
	}
	for i, row := range batch {
		switch o := openers[i]; {
		case o.useless:
		case files[i].code != 0:
			fail(row, fmt.Sprintf("status %d", files[i].code))
		default:
			if err := o.close(); err != nil {
				fail(row, err.Error())
				continue
			}
			if len(row.digest) > 0 && !bytes.Equal(row.digest, o.stored.Sum(nil)) {
				fail(row, "it has another digest")
				continue
			}
			entry := row.entry()
			entry.Size, entry.SHA256 = o.size, fmt.Sprintf("%x", o.plain.Sum(nil))
			if err := j.list.add(entry); err != nil {
				return err
			}
		}
	}
	return nil
}

// arriving takes the content of a file, and is where faults strike.
type arriving struct {
	*restore
	into *opener
}

// Write implements io.Writer.
func (a *arriving) Write(p []byte) (int, error) {
	if err := a.strike(int64(len(p))); err != nil {
		return 0, err
	}
	return a.into.Write(p)
}

// strike counts bytes that come, and does what was to happen then.
func (j *restore) strike(bytes int64) error {
	j.arrived += bytes
	if j.faults.RestoreDetach.reached(j.arrived, j.rows.bytes) {
		j.link.out.stopped(errDetached)
		return errDetached
	}
	return nil
}

// stopped is a refusal that was asked for at a moment that has come.
func (j *restore) stopped() error {
	if answer := j.faults.Restore; answer.Code != 0 && j.faults.RestoreErrorAt.reached(j.arrived, j.rows.bytes) {
		return &refusal{code: answer.Code, text: answer.Text}
	}
	return nil
}

// RestorePoint is a moment of a restore. The zero value never comes.
type RestorePoint struct {
	// Bytes of content have come, as the host stores them.
	Bytes int64
	// Share is that of the bytes that the backup lists, up to 1: everything has
	// come and been put in its place, and only the final answer is missing.
	Share float64
}

func (p RestorePoint) reached(bytes, all int64) bool {
	return p.Bytes > 0 && bytes >= p.Bytes || p.Share > 0 && p.Share < 1 && float64(bytes) >= p.Share*float64(all)
}

// keep makes what was restored last.
func (j *restore) keep() error {
	if err := j.list.keep(); err != nil {
		return err
	}
	j.engine.cfg.Log.Info("backup agent: restored", "from", j.source, "files", j.rows.files)
	if j.engine.cfg.Restored != nil {
		j.engine.cfg.Restored()
	}
	j.restarts = j.options["RestoreShouldReboot"]
	switch {
	case j.faults.RestoreDetach.Share >= 1:
		j.link.out.stopped(errDetached)
		return errDetached
	case j.faults.Restore.Code != 0 && j.faults.RestoreErrorAt.Share >= 1:
		return &refusal{code: j.faults.Restore.Code, text: j.faults.Restore.Text}
	}
	return nil
}

// apps are those that the host had the phone reinstall, by name.
func (j *restore) apps() []string {
	if j.engine.cfg.RestoreApplications == nil {
		return nil
	}
	var apps map[string]any
	if _, err := plist.Unmarshal(j.engine.cfg.RestoreApplications(), &apps); err != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(apps))
}

// optionOr is a switch of the request's Options, with what an absent one means.
func (r request) optionOr(key string, absent bool) bool {
	options, _ := r["Options"].(map[string]any)
	if on, given := options[key].(bool); given {
		return on
	}
	return absent
}
