package vault

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/backup/disk/rootfs"
	"lifeboat/backup/format"
	"lifeboat/backup/overlay"
	"lifeboat/device/fault"
)

// Plan is what a run is to be.
type Plan struct {
	// Full asks for a run that builds on nothing. Without it the run is
	// incremental if the current version can be built on.
	Full bool
	// Fresh starts over instead of resuming what an interrupted run left. That
	// is dropped when the new run has replaced it.
	Fresh bool
	// Encrypted and Build (of iOS, "22E252") are the phone's. An interrupted run
	// is resumed only under the same.
	Encrypted bool
	Build     string
	// Now is the time; the zero value is time.Now.
	Now time.Time
}

// runState is run.json.
type runState struct {
	Number    int       `json:"number"` // of the version to be
	Base      int       `json:"base"`   // that it builds on; 0: a full run
	Started   time.Time `json:"started"`
	Encrypted bool      `json:"encrypted"`
	Build     string    `json:"build"`
	// Clean: it ended in order, with everything written through.
	Clean    bool      `json:"clean,omitempty"`
	Failures []failure `json:"failures,omitempty"`
}

// failure is how one attempt at a run ended.
type failure struct {
	Date time.Time `json:"date"`
	Code string    `json:"code"`
	// Bytes is how much had arrived altogether, in this attempt and before.
	Bytes int64 `json:"bytes"`
}

const (
	runName     = "run.json"
	treeName    = "tree"
	goneName    = "gone"
	segmentName = "segments"
	versionName = "version"
	// maxFailures is how many attempts are remembered.
	maxFailures = 8
	// maxRunAge is how old an interrupted run may be to be resumed. The phone
	// itself forgets its snapshot long before.
	maxRunAge = 30 * 24 * time.Hour
)

// Run is a backup on its way into the vault. Its methods but those of FS are
// for one goroutine.
type Run struct {
	vault   *Vault
	state   runState
	base    Version // zero for a full run
	resumed bool
	files   *overlay.FS
	upper   afero.Fs
	shut    func() error // closes upper
	arrived *arrivals
	sealed  *meta
}

// Begin starts a run, or resumes one that was interrupted.
func (v *Vault) Begin(plan Plan) (*Run, error) {
	r, err := v.begin(plan)
	return r, disk.Fault("begin the backup", v.root, err)
}

func (v *Vault) begin(plan Plan) (*Run, error) {
	if plan.Now.IsZero() {
		plan.Now = time.Now()
	}
	if err := v.finishPending(); err != nil {
		return nil, err
	}
	if err := v.adopt(); err != nil {
		return nil, err
	}
	current, has := v.Current()
	incremental := has && !plan.Full && v.usable(current)
	want := runState{Number: 1, Started: plan.Now.UTC(), Encrypted: plan.Encrypted, Build: plan.Build}
	if has {
		want.Number = current.Number + 1
	}
	r := &Run{vault: v, state: want}
	if incremental {
		r.base, r.state.Base = current, current.Number
	}
	if err := v.resolveAside(r.state, nil); err != nil {
		return nil, err
	}
	kept, fits, err := v.broken("run", r.state)
	switch {
	case err != nil:
		return nil, err
	case !fits: // no run can resume it any more
		if err := v.discard(v.own("run")); err != nil {
			return nil, err
		}
	case plan.Fresh, kept.inTheWay(), kept.Base > 0 && kept.Base != r.state.Base:
		if err := v.setAside(); err != nil {
			return nil, err
		}
	default:
		r.state, r.resumed = kept, true
		if kept.Base == 0 { // a full run that was interrupted is finished as one
			r.base = Version{}
		}
	}
	v.reserve()
	if err := r.open(); err != nil {
		r.closeFiles()
		return nil, err
	}
	return r, nil
}

// broken returns the interrupted run in a folder, and whether a run for the
// version that want is to be may resume it.
func (v *Vault) broken(name string, want runState) (s runState, fits bool, err error) {
	if err := v.readJSON(v.own(name, runName), &s); illegible(err) {
		return s, false, nil
	} else if err != nil {
		return s, false, err
	}
	fits = s.Number == want.Number && (s.Base == 0 || s.Base == want.Number-1) && s.Encrypted == want.Encrypted && s.Build == want.Build
	age := want.Started.Sub(s.Started)
	return s, fits && age >= 0 && age < maxRunAge, nil
}

// inTheWay reports whether what arrived keeps the phone from finishing: it turned
// out to be no backup, or the phone gave up over it twice in the same way.
func (s runState) inTheWay() bool {
	n := len(s.Failures)
	if n == 0 {
		return false
	}
	code := fault.Code(s.Failures[n-1].Code)
	switch code {
	case fault.NewBackupUnfit:
		return true
	case fault.PhoneNonsense, fault.HostRead, fault.DeviceFile, fault.BackupCorrupt, fault.DeviceKeyMissing:
		return n > 1 && s.Failures[n-2].Code == string(code)
	}
	return false
}

// open makes the run's folders, or finds them, and mounts the overlay.
func (r *Run) open() error {
	v := r.vault
	tree := v.own("run", treeName)
	if err := v.fs.MkdirAll(join(tree, v.udid), 0o700); err != nil {
		return err
	}
	if err := v.fs.MkdirAll(v.own("run", segmentName), 0o700); err != nil {
		return err
	}
	r.upper, r.shut = afero.NewBasePathFs(v.fs, tree), func() error { return nil }
	if v.native() {
		// Of its own root, the phone cannot even reach the rest of the vault.
		upper, err := rootfs.Open(filepath.Join(v.root, filepath.FromSlash(tree)))
		if err != nil {
			return err
		}
		r.upper, r.shut = upper, upper.Close
	}
	var err error
	if r.arrived, err = openArrivals(&v.place, v.own("run", segmentName), r.resumed); err != nil {
		return err
	}
	if r.resumed {
		ok, err := r.salvage()
		if err != nil {
			return err
		}
		if !ok {
			return r.restart()
		}
	}
	if err = r.mountOverlay(); r.resumed && errors.Is(err, overlay.ErrDamaged) {
		return r.restart() // a power cut took the beginning of what was noted as removed
	}
	return err
}

// restart drops what a broken run left, after it turned out to be of no use.
func (r *Run) restart() error {
	r.closeFiles()
	if err := r.vault.discard(r.vault.own("run")); err != nil {
		return err
	}
	r.resumed, r.state.Clean = false, false
	return r.open()
}

// mountOverlay puts the overlay over the version that the run builds on.
func (r *Run) mountOverlay() error {
	v := r.vault
	// What was sealed and did not become a version is no longer there.
	if err := v.unsealed(); err != nil {
		return err
	}
	if err := v.fs.MkdirAll(v.own("run", versionName), 0o700); err != nil {
		return err
	}
	o := overlay.Options{Upper: r.upper, GoneFs: v.fs, GoneFile: v.own("run", goneName), Stored: r.stored}
	if r.state.Base > 0 {
		o.Lower, o.Tree, o.Hide = v.fs, v.udid, []string{join(v.udid, snapshotName)}
	}
	var err error
	if r.files, err = overlay.New(o); err != nil {
		return err
	}
	if n := r.files.TruncatedBytes(); n > 0 {
		v.log.Warn("the end of what was noted as removed was torn, and is cut off", "bytes", n)
	}
	r.state.Clean = false
	return v.writeJSON(v.own("run", runName), r.state)
}

// FS is what the phone works on: its paths begin with the UDID. It shows the
// new version as far as it has come.
func (r *Run) FS() afero.Fs { return r.files }

// Dir is the folder of the backup within FS.
func (r *Run) Dir() string { return "/" + r.vault.udid }

// Incremental reports whether the run builds on an earlier version.
func (r *Run) Incremental() bool { return r.state.Base > 0 }

// Resumed reports whether the run resumes what an interrupted one left.
func (r *Run) Resumed() bool { return r.resumed }

// Stuck reports whether the last two attempts ended in the same way at the same
// point: within one percent of what had arrived.
func (r *Run) Stuck() bool {
	n := len(r.state.Failures)
	if n < 2 {
		return false
	}
	a, b := r.state.Failures[n-2], r.state.Failures[n-1]
	if a.Code != b.Code {
		return false
	}
	difference := max(a.Bytes-b.Bytes, b.Bytes-a.Bytes)
	return difference <= max(a.Bytes, b.Bytes)/100
}

// Keep ends the run without a version, and leaves what has arrived for the
// next one. why is remembered, unless it is nil: then the phone had refused the
// run before it did anything, which says nothing about what has arrived.
func (r *Run) Keep(ctx context.Context, why error, now time.Time) error {
	err := r.keep(ctx, why, now)
	err = errors.Join(err, r.closeFiles(), r.vault.resolveAside(r.state, why))
	return disk.Fault("keep what has arrived", r.vault.root, err)
}

func (r *Run) keep(ctx context.Context, why error, now time.Time) error {
	// No run is left behind as one that could be put in its place, unless its
	// journal was written and says so.
	decided, err := r.vault.exists(r.vault.own(journalName))
	if err == nil && !decided {
		err = r.vault.unsealed()
	}
	// What is not recorded is not trusted later; so record what there is.
	if r.arrived == nil { // a commit that failed had closed and written through everything
		r.state.Clean = true
		return errors.Join(err, r.vault.writeJSON(r.vault.own("run", runName), r.state))
	}
	checked := r.vault.withRoom(func() error { return r.arrived.checkpoint(ctx) })
	r.state.Clean = checked == nil
	if checked == nil {
		checked = r.arrived.tally()
	}
	err = errors.Join(err, checked)
	if why != nil {
		r.state.Failures = append(r.state.Failures, failure{now.UTC(), string(fault.Of(why)), r.arrived.bytes()})
	}
	if n := len(r.state.Failures); n > maxFailures {
		r.state.Failures = r.state.Failures[n-maxFailures:]
	}
	return errors.Join(err, r.vault.withRoom(func() error { return r.vault.writeJSON(r.vault.own("run", runName), r.state) }))
}

// Discard ends the run and removes what has arrived of it. What an interrupted
// run had left before it stays.
func (r *Run) Discard() error {
	return disk.Fault("remove what has arrived", r.vault.root, errors.Join(r.closeFiles(), r.vault.discard(r.vault.own("run")), r.vault.bringBack()))
}

func (r *Run) closeFiles() error {
	var err error
	if r.files != nil {
		err = r.files.Close()
		r.files = nil
	}
	if r.arrived != nil {
		err = errors.Join(err, r.arrived.close())
		r.arrived = nil
	}
	if r.shut != nil {
		err = errors.Join(err, r.shut())
		r.shut = nil
	}
	return err
}

// content is the ID of a content file by its path within a backup: xx/id,
// right below the backup. Whatever else a path ends in is no content: a phone
// keeps what it sends under Snapshot until it is done, and a backup that
// another program left half-way has files of the same names there.
func content(rel string) (catalog.ID, bool) {
	if len(rel) != len("xx/")+2*len(catalog.ID{}) || rel[2] != '/' || rel[:2] != rel[3:5] {
		return catalog.ID{}, false
	}
	return catalog.ParseID(rel[3:])
}

// snapshotName is the folder in a backup that a phone sends to before it moves
// everything to its place. In a finished backup it is a leftover.
const snapshotName = "Snapshot"

// stored takes note of a file that was written. It is called by the overlay.
//
// Where it lies does not count, since the phone moves it, unless two files of
// the same ID may be there at once: then which of them stays is not known, and
// its digest is left to Seal.
func (r *Run) stored(name string, size int64, sum catalog.Digest) {
	id, ok := catalog.ParseID(path.Base(name))
	if !ok {
		return
	}
	rel, _ := r.relative(name)
	other := ""
	switch rel {
	case blobName(id):
		other = join(snapshotName, rel)
	case join(snapshotName, blobName(id)):
		other = blobName(id)
	default:
		sum = catalog.Digest{}
	}
	if other != "" {
		if there, err := r.vault.exists(r.vault.own("run", treeName, r.vault.udid, other)); there || err != nil {
			sum = catalog.Digest{}
		}
	}
	r.arrived.stored(catalog.Entry{ID: id, Size: size, Digest: sum})
}

// Untouched says that nothing has arrived that a next run could resume.
func (r *Run) Untouched() bool {
	if r.arrived != nil && r.arrived.bytes() > 0 {
		return false
	}
	if r.files == nil {
		return false
	}
	_, err := r.files.Stat(join(r.Dir(), format.StatusName))
	return errors.Is(err, fs.ErrNotExist) || r.Incremental() && r.arrived.bytes() == 0
}
