package library

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/device/phoneid"
)

// Move is [Library.Copy], and puts what was copied into the trash here once all of
// it is durable there and was compared: away is true then. It is not where a content
// is missing or damaged, so that both stay. One version out of several can only be
// moved where Trash deletes it, which is found out before anything is copied; all
// of them, with the number 0, or the only one, go as a whole: [Library.Moved] lists
// those, and [Library.TakeBack] takes them back.
func (l *Library) Move(ctx context.Context, k Kept, number int, to string, now time.Time, report func(bytes int64)) (done vault.Transferred, away bool, err error) {
	if err := l.inVault(k, func(v *vault.Vault) error {
		if number == 0 {
			return nil
		}
		if err := v.Adopt(); err != nil {
			return err
		}
		if all := v.Versions(); len(all) == 1 && all[0].Number == number {
			number = 0
			return nil
		}
		return v.MayTrash(number)
	}); err != nil {
		return done, false, err
	}
	if done, err = l.Copy(ctx, k, number, to, report); err != nil || done.DifferCount > 0 {
		return done, false, err
	}
	err = l.inVault(k, func(v *vault.Vault) error {
		if number > 0 {
			return v.Trash(now, number)
		}
		// A backup that was made since the copy is not there.
		if current, has := v.Current(); !has || !l.holds(to, k.UDID, current) {
			return fault.New(fault.DestBusy, "move the backups", nil)
		}
		return v.MoveAway(to, now)
	})
	return done, err == nil, err
}

// holds reports whether a version of a phone stands in a folder, and is the newest
// there.
func (l *Library) holds(dir, udid string, want vault.Version) bool {
	all, err := vault.List(l.Files(), dir, udid)
	if err != nil || len(all) == 0 {
		return false
	}
	got := all[len(all)-1]
	return got.Number == want.Number && got.Date.Equal(want.Date) && got.Files == want.Files && got.Bytes == want.Bytes
}

// Moved lists what was moved from a folder as a whole and lies in its trash, the
// latest first: that of one phone, or with a udid of "" of all.
func (l *Library) Moved(dir, udid string) ([]vault.Moved, error) {
	all, err := vault.MovedAway(l.Files(), dir)
	return slices.DeleteFunc(all, func(m vault.Moved) bool { return udid != "" && !phoneid.Same(udid, m.UDID) }), err
}

// TakeBack takes what was moved out of the trash of a folder. The copy stays where
// it is.
func (l *Library) TakeBack(dir string, m vault.Moved) error {
	return vault.TakeBack(l.Files(), dir, m)
}

// PruneMoved removes for good what was moved from a folder and whose time in the
// trash is over, as long as the phone has backups in the folder that it was moved to:
// while that is away, everything stays. It returns what went.
func (l *Library) PruneMoved(dir string, policy vault.Policy, now time.Time) (gone []vault.Moved, err error) {
	all, err := vault.MovedAway(l.Files(), dir)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if now.Sub(m.Date) < time.Duration(policy.Trash)*24*time.Hour {
			continue
		}
		there, findErr := l.Find(m.To, m.UDID)
		if findErr != nil || slices.ContainsFunc(there, func(k Kept) bool { return filepath.Clean(k.Root) == filepath.Clean(dir) }) {
			continue
		}
		if removeErr := vault.RemoveMoved(l.Files(), dir, m); removeErr != nil {
			err = errors.Join(err, removeErr)
			continue
		}
		gone = append(gone, m)
	}
	return gone, err
}
