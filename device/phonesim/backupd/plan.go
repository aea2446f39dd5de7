package backupd

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"strconv"

	"howett.net/plist"
)

// plan is what to do in view of what the host has.
type plan struct {
	earlier bool    // a backup is there; what it has beyond ours must go
	clear   bool    // a folder Snapshot is there that does not fit
	base    *memory // the backup that this one adds to; nil makes a full one
	why     string  // why it is no incremental one

	files int   // to upload
	bytes int64 // of them, as they will be stored
	fates []fate
}

// Run tells what a Backup request came to, for tests of hosts.
type Run struct {
	// Incremental says that only changes were sent; Resumed that the run went
	// on with an unfinished one.
	Incremental, Resumed bool
	// Why says why it was a full one.
	Why string
	// Files and Bytes are what there was to upload, as it is stored, without
	// the manifests.
	Files int
	Bytes int64
}

// LastRun tells what the last Backup request came to, as far as that was
// decided.
func (e *Engine) LastRun() Run {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.run
}

// look asks for Status.plist: the backup that the host has is finished, or
// not, or there is none.
func (j *job) look(context.Context) error {
	var status, properties limitedBuffer
	files := []*wanted{{path: j.host("Status.plist"), into: &status}}
	if j.faults.StatusWithManifest {
		files = append(files, &wanted{path: j.host("Manifest.plist"), into: &properties})
	}
	if err := j.link.download(j.progress(0), files...); err != nil {
		return err
	}
	switch {
	case files[0].code == dlNotFound:
		return nil
	case !files[0].got:
		return reading(files[0].code, files[0].path)
	}
	if _, err := plist.Unmarshal(status.Bytes(), &j.status); err != nil {
		return &refusal{code: mbCorrupt, text: "Error reading backup properties"}
	}
	j.plan.earlier = true
	return nil
}

// compare decides what kind of backup this will be and, for one that is not a
// plain full one, what has to be done about each entry.
func (j *job) compare(ctx context.Context) error {
	if err := j.link.pause(ctx, j.faults.CompareFor); err != nil {
		return err
	}
	base, snap, err := j.candidate()
	if err != nil {
		return err
	}
	if j.plan.why == "" {
		j.plan.base, j.snapshot = base, snap
		if err := j.weigh(ctx); err != nil {
			return err
		}
	}
	if j.plan.why != "" {
		if err := j.beFull(); err != nil {
			return err
		}
	}
	run := Run{
		Incremental: j.plan.base != nil, Resumed: j.snapshot != nil, Why: j.plan.why,
		Files: j.plan.files, Bytes: j.plan.bytes,
	}
	if run.Resumed {
		run.Why = ""
	}
	j.engine.setRun(run)
	j.engine.cfg.Log.Info("backup agent: plan", "incremental", run.Incremental, "resumed", run.Resumed, "why", run.Why, "files", run.Files, "bytes", run.Bytes)
	j.rearm()
	return nil
}

// beFull makes the plan that of a full backup, from the beginning.
func (j *job) beFull() error {
	j.plan = plan{
		earlier: j.plan.earlier, why: j.plan.why,
		clear: j.plan.earlier && j.status.SnapshotState != "finished",
		files: j.survey.files, bytes: j.survey.bytes,
	}
	j.snapshot = nil
	return j.clearSpools()
}

// candidate finds what this backup could add to and what it could resume;
// plan.why says why it can do neither.
func (j *job) candidate() (*memory, *snapshot, error) {
	no := func(why string) (*memory, *snapshot, error) {
		j.plan.why = why
		return nil, nil, nil
	}
	version, err := strconv.ParseFloat(j.status.Version, 64)
	switch {
	case !j.plan.earlier:
		return no("the host has no backup")
	case j.order.lazy:
		return no("another order")
	case err != nil || version < 3.3 || version >= 4:
		return no("a backup of another format")
	case j.status.SnapshotState != "finished":
		return j.unfinished(no)
	}
	base, err := j.engine.recall(j.status.UUID)
	if err != nil {
		return nil, nil, err
	}
	// A phone that means to add to a backup stumbles over a Manifest.plist of
	// no bytes, also when it was asked for a full one
	// (device/PROTOCOL.md#full-or-incremental).
	fits := true
	if base != nil || !j.status.IsFullBackup {
		if fits, err = j.readProperties(base); err != nil {
			return nil, nil, err
		}
	}
	switch {
	case j.request.option("ForceFullBackup"):
		return no("a full one was asked for")
	case base == nil:
		return no("a backup that this phone does not know")
	case !bytes.Equal(base.Keybag, j.state.fingerprint()):
		return no("the encryption is another")
	case !fits:
		return no("Manifest.plist is not the one that was sent")
	}
	if fits, err = j.readDatabase(base); err != nil {
		return nil, nil, err
	}
	if !fits {
		return no("Manifest.db is not the one that was sent")
	}
	return base, nil, nil
}

// unfinished finds what the backup was to become that the host has begun.
func (j *job) unfinished(no func(string) (*memory, *snapshot, error)) (*memory, *snapshot, error) {
	snap, err := j.engine.loadSnapshot()
	if err != nil {
		return nil, nil, err
	}
	switch {
	case j.faults.NoResume:
		return no("this phone does not resume backups")
	case snap == nil || snap.UUID != j.status.UUID:
		return no("an unfinished backup that this phone does not know")
	case !bytes.Equal(snap.Keybag, j.state.fingerprint()):
		return no("the encryption is another")
	case snap.Base == "":
		return nil, snap, nil
	case j.request.option("ForceFullBackup"):
		return no("a full one was asked for")
	}
	base, err := j.engine.recall(snap.Base)
	if err != nil {
		return nil, nil, err
	}
	if base == nil {
		return no("an unfinished backup that adds to one that this phone does not know")
	}
	if snap.Moving { // the manifests may be the old or the new ones
		return base, snap, nil
	}
	fits, err := j.readProperties(base)
	if err == nil && fits {
		fits, err = j.readDatabase(base)
	}
	if err != nil {
		return nil, nil, err
	}
	if !fits {
		return no("the manifests are not those that were sent")
	}
	return base, snap, nil
}

// readProperties reads Manifest.plist and reports whether it is the one of a
// backup. What is no property list ends the backup.
func (j *job) readProperties(of *memory) (bool, error) {
	var data limitedBuffer
	file := &wanted{path: j.host("Manifest.plist"), into: &data}
	if err := j.link.download(j.progress(messageWork), file); err != nil {
		return false, err
	}
	if file.code == dlNotFound {
		return false, nil
	}
	if !file.got {
		return false, reading(file.code, file.path)
	}
	var properties map[string]any
	if data.Len() == 0 {
		return false, &refusal{code: mbCorrupt, text: "Error deserializing properties: NULL or zero-length data (MBErrorDomain/11)"}
	}
	if _, err := plist.Unmarshal(data.Bytes(), &properties); err != nil {
		return false, &refusal{code: mbCorrupt, text: "Error deserializing properties (MBErrorDomain/11)"}
	}
	if of == nil {
		return false, nil
	}
	sum := sha256.Sum256(data.Bytes())
	return bytes.Equal(sum[:], of.Stored["Manifest.plist"].Sum), nil
}

// readDatabase reads Manifest.db, which takes a phone as long as it is large,
// and reports whether it is the one of a backup.
func (j *job) readDatabase(of *memory) (bool, error) {
	stored, code, err := j.readBack("Manifest.db")
	if err != nil {
		return false, err
	}
	if code != 0 && code != dlNotFound {
		return false, reading(code, j.host("Manifest.db"))
	}
	return code == 0 && stored.same(of.Stored["Manifest.db"]), nil
}

// readBack reads a file of the host. Code is why it did not come.
func (j *job) readBack(name string) (stored storedFile, code int, err error) {
	sum := &summer{hash: sha256.New()}
	file := &wanted{path: j.host(name), into: sum}
	if err := j.link.download(j.progress(messageWork), file); err != nil {
		return stored, 0, err
	}
	return storedFile{Size: sum.size, Sum: sum.hash.Sum(nil)}, file.code, nil
}

// doesNotFit makes the backup a full one.
func (j *job) doesNotFit(format string, a ...any) { j.plan.why = fmt.Sprintf(format, a...) }
