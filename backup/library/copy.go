package library

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"lifeboat/backup/disk"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/device/phoneid"
)

// PlanCopy looks at what [Library.Copy] would copy, and at where: it writes nothing
// there, so that all of it can be said before. A place that cannot hold backups at
// all, such as a drive that holds no file of 4 GiB, is an error, and so is one that
// holds a backup of the phone. The last folder of the path need not be there yet.
func (l *Library) PlanCopy(ctx context.Context, k Kept, number int, to string) (vault.TransferPlan, error) {
	t, err := l.transfer(k, number, to)
	if err != nil {
		return vault.TransferPlan{}, err
	}
	if err := l.holdsFiles(to); err != nil {
		return vault.TransferPlan{}, err
	}
	return t.Plan(ctx)
}

// Copy copies a version of what is kept of a phone, or with the number 0 all of
// them with their history, to another folder of backups, such as one on another
// drive. Each file is read back from there and compared before the copy counts; the
// source stays as it is. What was interrupted is resumed when the same is asked
// again. The last folder of the path is made. report is called with how many bytes
// have arrived; it may be nil and may not call back. Another program's backup is
// copied too, and its place not written to. See [vault.Transfer.Run] for what goes
// wrong.
func (l *Library) Copy(ctx context.Context, k Kept, number int, to string, report func(bytes int64)) (vault.Transferred, error) {
	t, err := l.transfer(k, number, to)
	if err != nil {
		return vault.Transferred{}, err
	}
	if err := l.makeLast(to); err != nil {
		return vault.Transferred{}, err
	}
	done, err := t.Run(ctx, report)
	if err == nil {
		l.seen(to)
	}
	return done, err
}

// DropCopy removes what an interrupted Copy has left in a folder.
func (l *Library) DropCopy(ctx context.Context, k Kept, to string) error {
	if _, err := l.Files().Stat(to); errors.Is(err, fs.ErrNotExist) {
		return l.explain(to, fault.New(fault.DestMissing, "look at the destination", err).With("Path", to))
	}
	t, err := l.transfer(k, 0, to)
	if err != nil {
		return err
	}
	return t.Drop(ctx)
}

// transfer is the work of a copy.
func (l *Library) transfer(k Kept, number int, to string) (vault.Transfer, error) {
	t := vault.Transfer{From: l.FilesOf(k), Root: k.Root, UDID: k.UDID, Number: number, To: l.Files(), Dest: to, As: l.phoneOf(k), Log: l.Log}
	if t.As == "" {
		return t, fault.New(fault.NotABackup, "copy the backup", nil).With("Path", vault.Dir(k.Root, k.UDID))
	}
	// Programs write one UDID in several ways.
	there, _ := Locate(l.Files(), to)
	if slices.ContainsFunc(there, func(dir string) bool { return phoneid.Same(filepath.Base(dir), t.As) }) {
		return t, fault.New(fault.LayOutTaken, "copy the backup", nil).With("Path", vault.Dir(to, t.As))
	}
	return t, nil
}

// phoneOf is the UDID of the phone of which something is kept: of another program's
// backup the folder may have another name. "" is not known.
func (l *Library) phoneOf(k Kept) string {
	if !l.IsForeign(k) {
		return k.UDID
	}
	if parts := namedByUDID.FindStringSubmatch(k.UDID); parts != nil {
		return parts[1]
	}
	return l.statedUDID(vault.Dir(k.Root, k.UDID))
}

// holdsFiles looks, without a write, whether a folder's disk can hold backups.
func (l *Library) holdsFiles(to string) error {
	if err := l.away(filepath.Dir(to)); err != nil {
		return err
	}
	if !disk.Native(l.Files()) {
		return nil
	}
	there, err := disk.Existing(to)
	if err != nil || filepath.Dir(to) != there && to != there {
		return l.explain(to, fault.New(fault.DestMissing, "look at the destination", err).With("Path", to))
	}
	return disk.HoldsFiles(there)
}

// makeLast makes the last folder of a path, and finds out whether backups can be
// kept in it. A drive that is not there is not made.
func (l *Library) makeLast(to string) error {
	if err := l.away(filepath.Dir(to)); err != nil {
		return err
	}
	if err := l.Files().Mkdir(to, 0o700); err != nil && !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist) {
		return disk.Fault("make the folder for the copy", to, err)
	}
	return l.Destination(to)
}
