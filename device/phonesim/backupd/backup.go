package backupd

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
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
	state  *state
	faults Faults
	survey survey
	total  int64 // all work, as the outbox counts it
	plan   plan
	work   string // folder for what is being prepared
	order  order
	uuid   string
	date   time.Time

	manifest *manifestDB
	spool    *spool
	stored   map[string]storedFile // Status.plist and the manifests as the host must have them
	batches  int                   // sent so far
	folders  map[string]bool       // made so far, in a lazy order
}

// survey is what a first walk over the content finds.
type survey struct {
	files, entries int
	bytes          int64 // as they will be stored
	apps           []Application
}

// plan is what to do in view of what the host has. An incremental backup would
// be decided here: for now every backup is a full one.
type plan struct {
	earlier    bool // a backup is there; what it has beyond ours must go
	unfinished bool // one was begun and not finished
}

// backup does a backup as iPhones do: see the steps.
func (s *session) backup(ctx context.Context, r request) error {
	state, faults := s.engine.current()
	s.engine.exchanges.reset()
	j := &job{session: s, state: state, faults: faults, date: s.engine.cfg.Now().UTC().Truncate(time.Second), uuid: newUUID(), stored: map[string]storedFile{}}
	j.order = orderOfPhones
	if faults.MixedOrder {
		j.order = mixedOrder
	}
	s.link.ping = faults.ExtraPing
	defer func() { s.link.ping = false }()
	if err := j.admit(ctx, r); err != nil {
		return err
	}
	j.work = filepath.Join(s.engine.cfg.StateDir, "work")
	if err := j.clearWork(); err != nil {
		return err
	}
	defer os.RemoveAll(j.work)
	j.spool = &spool{dir: j.work}
	j.manifest = newManifestDB(filepath.Join(j.work, "Manifest.plain"))
	defer j.manifest.abandon() //nolint:errcheck // what matters was told by close

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

// clearWork makes the folder for what is prepared, without what an earlier run
// may have left.
func (j *job) clearWork() error {
	if err := os.RemoveAll(j.work); err != nil {
		return fmt.Errorf("backupd: %w", err)
	}
	if err := os.Mkdir(j.work, 0o700); err != nil {
		return fmt.Errorf("backupd: %w", err)
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
		(*job).findRoom,
		(*job).clearSnapshot,
		(*job).makeFolders,
		(*job).misbehave,
		tell("uploading"),
		(*job).sendFiles,
		(*job).sendProperties,
		(*job).sendManifest,
		tell("moving"),
		(*job).moveFiles,
		(*job).moveManifest,
		tell("removing"),
		(*job).removeObsolete,
		(*job).removeSnapshot,
		tell("finished"),
		(*job).check,
	},
}

// admit decides whether there will be a backup at all, and arms the faults.
func (j *job) admit(ctx context.Context, r request) error {
	cfg := &j.engine.cfg
	if err := j.checkTarget(r); err != nil {
		return err
	}
	switch {
	case cfg.SetupUnfinished:
		return &refusal{code: mbNotSetUp, text: "Device setup is not finished"}
	case cfg.RequiresEncryption && !j.state.Encrypted:
		return &refusal{code: mbPassword, text: "Backup encryption is required"}
	case j.faults.AtStart.Code != 0:
		return &refusal{code: j.faults.AtStart.Code, text: j.faults.AtStart.Text}
	}
	if err := j.scan(); err != nil {
		return err
	}
	j.armFaults()
	return j.askPasscode(ctx, version{16, 1})
}
