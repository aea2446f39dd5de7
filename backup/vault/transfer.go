package vault

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"log/slog"
	"path/filepath"

	"github.com/spf13/afero"

	"lifeboat/assets/words"
	"lifeboat/backup/disk"
	"lifeboat/device/fault"
)

// Transfer copies versions of a phone to another folder of backups: one of them,
// which stands there as it was, or all with their history, each content once.
//
// What arrives lies in a folder of its own beside the vaults of that folder until
// all of it has been read back and compared. Then one rename makes it the vault
// of the phone there, with a journal that puts the newest version in its place;
// see [Vault]. So there is nothing that looks like a backup before, and all of
// it after, whenever the program or the computer dies. What an interrupted copy
// left is resumed by the next one of the same versions.
type Transfer struct {
	// From is the file system of the source, and Root and UDID are its folder and
	// the name of the phone's folder in it. On a [disk.ReadOnly] one nothing is
	// locked or put in order.
	From       afero.Fs
	Root, UDID string
	// Number is that of the version; 0 is all, those in the trash too.
	Number int
	// To is the file system of the destination, and Dest the folder in which the
	// phone's folder is to be, which is there. As is the phone's UDID.
	To       afero.Fs
	Dest, As string
	Log      *slog.Logger // nil discards
}

// TransferPlan is what a [Transfer] would do.
type TransferPlan struct {
	Versions int
	// Files and Bytes are all that would lie there, and Arrived how many bytes of
	// that an interrupted copy has left there.
	Files          int
	Bytes, Arrived int64
	// Need is the room that the rest takes, in bytes, with what its file system
	// loses at the end of each file, and Free what is free; 0 if unknown.
	Need, Free int64
	// System is the destination's file system, "" if unknown, and Remote says that
	// it is reached over the network.
	System string
	Remote bool
}

// Transferred is what a [Transfer] did.
type Transferred struct {
	Dir      string // where the newest version stands
	Versions int
	Files    int
	Bytes    int64
	// Differs are the first contents that are missing in the source, or are not
	// there what once arrived, and DifferCount how many there are: the copy is as
	// its source. They are looked for where one version is copied.
	Differs     []string
	DifferCount int
}

const opTransfer = "copy the backup"

// transfer is one run of a Transfer.
type transfer struct {
	Transfer
	held     *Vault // the source, locked; nil where nothing may be locked
	source   place
	versions []Version
	view     *View // of the one version; nil for all
	dest     place
	absent   bool // the destination is to be made: only planned so far
	lock     *lock
	staging  Vault // the folder in which it arrives
	state    transferState
	report   func(int64)
	reported int64
	buffer   []byte
	done     Transferred
}

// stagingName is added to the UDID for what has not arrived as a whole: no name
// that a phone's vault can have.
const stagingName = ".copy"

// Plan looks at what would be copied and where. It writes nothing to the
// destination. Its errors are those that Run begins with: [fault.LayOutTaken]
// where a backup of the phone is there, [fault.DestFull] is not among them.
func (o Transfer) Plan(ctx context.Context) (TransferPlan, error) {
	t := &transfer{Transfer: o}
	defer t.close()
	err := t.open(ctx, false)
	var plan TransferPlan
	if err == nil {
		plan, err = t.plan(ctx)
	}
	return plan, t.fault(ctx, err)
}

// Run copies. report is called with how many bytes have arrived, from the
// goroutine that calls Run; it may be nil. Where a backup of the phone is at the
// destination, that is [fault.LayOutTaken], and too little room is
// [fault.DestFull], both before anything is written. It ends within a second of
// ctx, with [fault.Cancelled]; what has arrived stays for the next Run.
// [fault.PlacePending] means that all has arrived and counts, and that the next
// look at the destination puts it in its place.
func (o Transfer) Run(ctx context.Context, report func(bytes int64)) (Transferred, error) {
	t := &transfer{Transfer: o, report: report, buffer: make([]byte, 256<<10)}
	defer t.close()
	err := t.open(ctx, true)
	for _, step := range []func(context.Context) error{t.roomFor, t.copy, t.describe, t.commit} {
		if err == nil {
			err = step(ctx)
		}
	}
	return t.done, t.fault(ctx, err)
}

// Drop removes what an interrupted copy of the phone has left at the destination.
func (o Transfer) Drop(ctx context.Context) error {
	t := &transfer{Transfer: o}
	defer t.close()
	err := t.openDest(true)
	if err == nil {
		err = t.dropStaging()
	}
	return t.fault(ctx, err)
}

func (t *transfer) fault(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return fault.New(fault.Cancelled, opTransfer, context.Cause(ctx))
	}
	return disk.Fault(opTransfer, t.Dest, err)
}

// open looks at both sides, and locks them for a copy.
func (t *transfer) open(ctx context.Context, locked bool) error {
	if t.Log == nil {
		t.Log = slog.New(slog.DiscardHandler)
	}
	if err := t.openSource(locked); err != nil {
		return err
	}
	if err := t.openDest(locked); err != nil {
		return err
	}
	if err := t.free(); err != nil {
		return err
	}
	if t.Number > 0 {
		view, err := t.source.view(t.Number)
		if err != nil {
			return err
		}
		t.view = view
		if err := view.restorable(ctx); err != nil {
			return err
		}
	}
	return t.resume(ctx)
}

// openSource takes the source, so that no backup changes it meanwhile. Where
// nothing can be written it is only looked at.
func (t *transfer) openSource(locked bool) (err error) {
	if _, readOnly := disk.Under(t.From); locked && !readOnly {
		t.held, err = Open(t.From, t.Root, t.UDID, t.Log)
		switch code := fault.Of(err); {
		case code == fault.DestNotAllowed || code == fault.DestGuarded || code == fault.DestFull:
			t.Log.Info("the source is not locked, as nothing can be written there", "err", err)
		case err != nil:
			return err
		default:
			if err := t.held.current(); err != nil {
				return err
			}
		}
	}
	if t.source, err = find(t.From, t.Root, t.UDID); err != nil {
		return err
	}
	if t.versions, err = t.source.listed(); err != nil {
		return err
	}
	current, has := last(t.versions)
	if !has {
		return fault.New(fault.NotABackup, opTransfer, nil).With("Path", Dir(t.Root, t.UDID))
	}
	if current.Uncounted && !current.Unread { // of no vault: there is one
		t.Number = current.Number
	}
	return nil
}

func (t *transfer) openDest(locked bool) (err error) {
	if t.dest, err = find(t.To, t.Dest, t.As); missing(err) && !locked {
		t.absent = true
		t.dest, err = find(t.To, filepath.Dir(t.Dest), t.As)
	}
	if err != nil {
		return err
	}
	log := t.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	t.staging = Vault{place: t.dest, log: log}
	t.staging.udid = t.As + stagingName
	if t.absent {
		t.staging.udid = rand.Text() + stagingName
	}
	if locked && t.dest.native() {
		if err := t.dest.fs.MkdirAll(hidden, 0o700); err != nil {
			return err
		}
		t.lock, err = acquireLock(Dir(t.Dest, hidden+"/"+t.As+stagingName+".lock"))
	}
	return err
}

// free refuses a place where there is a backup of the phone.
func (t *transfer) free() error {
	if t.absent {
		return nil
	}
	for _, name := range []string{t.As, t.dest.own()} {
		there, err := t.dest.exists(name)
		if err != nil {
			return err
		}
		if there {
			return fault.New(fault.LayOutTaken, opTransfer, nil).With("Path", Dir(t.Dest, t.As))
		}
	}
	return nil
}

func (t *transfer) close() {
	if t.view != nil {
		closeAll(t.view.lists) // its place is ours
	}
	if t.source.close != nil {
		t.source.close()
	}
	if t.held != nil {
		t.held.Close()
	}
	t.lock.release()
	if t.dest.close != nil {
		if t.lock != nil {
			t.dest.fs.Remove(hidden) // as far as it is empty
		}
		t.dest.close()
	}
}

// plan adds up what there is to do.
func (t *transfer) plan(ctx context.Context) (TransferPlan, error) {
	plan := TransferPlan{Versions: t.count()}
	block := int64(1)
	if t.dest.native() {
		if free, err := disk.Free(t.Dest); err == nil {
			plan.Free = int64(min(free, 1<<62))
		}
		if v, err := disk.VolumeOf(t.dest.root); err == nil {
			plan.System, plan.Remote = v.System, v.Remote
		}
		block = disk.Allocation(t.dest.root)
	}
	for g, err := range t.groups() {
		if err != nil {
			return plan, err
		}
		if ctx.Err() != nil {
			return plan, ctx.Err()
		}
		for _, i := range g.items {
			plan.Files++
			plan.Bytes += i.size
			if g.index < t.state.Groups {
				plan.Arrived += i.size
				continue
			}
			if info, err := t.staging.lstat(t.staging.own(i.to)); err == nil && info.Size() == i.size {
				plan.Arrived += i.size
				continue
			}
			plan.Need += (i.size + block - 1) / block * block
		}
	}
	return plan, nil
}

// spare is what is left free for the vault's own small files, in bytes.
const spare = 16 << 20

// roomFor refuses a destination without room for all of it.
func (t *transfer) roomFor(ctx context.Context) error {
	plan, err := t.plan(ctx)
	if err != nil {
		return err
	}
	t.done.Versions, t.done.Files = plan.Versions, plan.Files
	if t.dest.native() && plan.Free > 0 && plan.Free < plan.Need+spare {
		return fault.New(fault.DestFull, opTransfer, nil).With("Path", t.Dest).
			With("Need", words.Bytes(plan.Need+spare)).With("Have", words.Bytes(plan.Free))
	}
	return nil
}

// count is how many versions are copied.
func (t *transfer) count() int {
	if t.view != nil {
		return 1
	}
	return len(t.versions)
}

func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
