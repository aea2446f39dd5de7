package backupd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lifeboat/device/phonesim/content"
)

// batchSize is how many files iPhones upload or move with one message.
const batchSize = 128

// Free space that an iPhone wants beyond what it is going to send, and what it
// asks the host to make room for beyond what is missing, in bytes.
const (
	spareSpace = 128 << 20
	purgeSpace = 2 << 30
)

// job is one backup under way.
type job struct {
	*session
	request request
	state   *state
	faults  Faults
	content content.Source // as it was when the backup began
	survey  survey
	total   int64 // all work, as the outbox counts it
	plan    plan
	work    string // folder for what is being prepared
	order   order
	status  statusFile // of the host
	uuid    string
	date    time.Time

	snapshot *snapshot // what can be resumed; nil before that is decided
	manifest *manifestDB
	present  *spool                       // the phone's entries, where there may be something to compare them with
	final    *spool                       // the entries of this backup
	gone     *spool                       // what the backup before had and this one has not
	kept     *os.File                     // records of what was uploaded before, by their number in the walk
	stored   map[string]storedFile        // the manifests and Status.plist as the host must have them
	batches  int                          // sent so far
	uploads  int                          // files begun so far
	folders  map[string]bool              // made so far, in a lazy order
	drafted  bool                         // files that are sent twice were, once
	noted    struct{ files, folders int } // put into the manifest so far
}

// survey is what a first walk over the content finds.
type survey struct {
	files, entries int
	bytes          int64 // as they will be stored
	apps           []Application
	sum            uint64 // reports whether a second walk found the same
}

// backup does a backup as iPhones do: see the steps.
func (s *session) backup(ctx context.Context, r request) (err error) {
	state, faults := s.engine.begin()
	s.engine.exchanges.reset()
	j := &job{session: s, request: r, state: state, faults: faults, date: s.engine.cfg.Now().UTC().Truncate(time.Second), uuid: newUUID(), stored: map[string]storedFile{}}
	j.content = content.Freeze(s.engine.cfg.Content)
	j.order = orderOfPhones
	if faults.MixedOrder {
		j.order = mixedOrder
	}
	j.work = filepath.Join(s.engine.cfg.StateDir, "work")
	j.spoil()
	defer j.behave()
	defer func() { err = j.end(err) }()
	if err := j.clearWork(); err != nil {
		return err
	}
	if err := j.admit(ctx, r); err != nil {
		return err
	}
	for _, step := range j.order.steps {
		if err := step(j, ctx); err != nil {
			return err
		}
	}
	if faults.AtEnd.Code != 0 {
		return &refusal{code: faults.AtEnd.Code, text: faults.AtEnd.Text}
	}
	if s.engine.cfg.BackedUp != nil {
		s.engine.cfg.BackedUp()
	}
	s.link.out.hasten()
	return nil
}

// end puts away what is of use after a backup, however it ended: what was
// uploaded of a broken one. One that was refused after it seemed to be
// finished is not remembered.
func (j *job) end(err error) error {
	if j.manifest != nil {
		_ = j.manifest.abandon() // what matters was reported by close
	}
	if j.kept != nil {
		_ = j.kept.Close()
	}
	var refused *refusal
	switch {
	case errors.As(err, &refused):
		if ferr := j.engine.forget(j.uuid); ferr != nil {
			err = ferr
		}
	case err != nil:
		j.engine.broke(err)
	}
	if kerr := j.keepSnapshot(); err == nil {
		err = kerr
	}
	_ = os.RemoveAll(j.work)
	return err
}

// clearWork makes the folder for what is prepared, without what an earlier run
// may have left.
func (j *job) clearWork() error {
	if err := os.RemoveAll(j.work); err != nil {
		return fmt.Errorf("backupd: %w", err)
	}
	if err := os.Mkdir(j.work, 0o700); err != nil {
		return fmt.Errorf("backupd: %w", err)
	}
	return j.clearSpools()
}

// clearSpools empties the lists of this backup.
func (j *job) clearSpools() error {
	for name, at := range map[string]**spool{"final": &j.final, "gone": &j.gone} {
		dir := filepath.Join(j.work, name)
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("backupd: %w", err)
		}
		var err error
		if *at, err = newSpool(dir); err != nil {
			return err
		}
	}
	return nil
}

// order is a way through a backup.
type order struct {
	steps []func(*job, context.Context) error
	batch int    // files in an upload
	into  string // folder within the backup that files are uploaded to
	lazy  bool   // folders are made when the first file goes there
}

// orderOfPhones is the way of iPhones.
var orderOfPhones = order{
	batch: batchSize,
	into:  "Snapshot",
	steps: []func(*job, context.Context) error{
		(*job).look,
		(*job).compare,
		(*job).lookAround,
		(*job).findRoom,
		(*job).clearSnapshot,
		(*job).beginSnapshot,
		(*job).beginManifest,
		(*job).makeFolders,
		(*job).misbehave,
		tell("uploading"),
		(*job).sendFiles,
		(*job).sendProperties,
		(*job).sendManifest,
		(*job).beginMoving,
		tell("moving"),
		(*job).moveFiles,
		(*job).moveManifest,
		tell("removing"),
		(*job).removeObsolete,
		(*job).removeTwice,
		(*job).remember,
		tell("finished"),
		(*job).check,
		(*job).endSnapshot,
	},
}

// admit decides whether there will be a backup at all, and arms the faults.
func (j *job) admit(ctx context.Context, r request) error {
	cfg := &j.engine.cfg
	if err := j.checkTarget(r); err != nil {
		return err
	}
	switch {
	case j.engine.inSetup():
		return &refusal{code: mbNotSetUp, text: "Device setup is not finished"}
	case cfg.RequiresEncryption && !j.state.Encrypted:
		return &refusal{code: mbPassword, text: "Backup encryption is required"}
	case j.faults.AtStart.Code != 0:
		return &refusal{code: j.faults.AtStart.Code, text: j.faults.AtStart.Text}
	}
	if j.faults.SnapshotLeft {
		return &refusal{code: mbSnapshot, text: `Failed to create snapshot: File exists (17) at path "/private/var" (MBErrorDomain/3)`}
	}
	if err := j.askPasscode(ctx, version{16, 1}); err != nil {
		return err
	}
	if err := j.scan(); err != nil {
		return err
	}
	j.armFaults()
	return nil
}

// remember is the step that makes the backup one that the next may add to.
func (j *job) remember(context.Context) error {
	if err := j.final.keep(); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(j.work, plainName), filepath.Join(j.final.dir, plainName)); err != nil {
		return fmt.Errorf("backupd: %w", err)
	}
	m := &memory{UUID: j.uuid, Keybag: j.state.fingerprint(), Stored: map[string]storedFile{}, dir: j.final.dir}
	for _, name := range []string{"Manifest.plist", "Manifest.db"} {
		m.Stored[name] = j.stored[name]
	}
	if err := j.engine.memorize(m); err != nil {
		return err
	}
	j.final.dir = filepath.Join(j.engine.backupsDir(), m.UUID)
	return nil
}
