package vault

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/disk"
	"lifeboat/device/fault"
)

// This file puts all that is kept of a phone into the trash, after it was copied to
// another folder, and takes it back. It is only renamed.

// Moved is all that was kept of a phone here and was moved to another folder. It
// lies in the trash.
type Moved struct {
	// Name tells it from others; UDID is the phone's.
	Name, UDID string
	// Date is when it was moved, UTC, and To the folder of backups that it is in now.
	Date time.Time
	To   string
}

const (
	// movedName is added to the UDID, with the moment, in the name of the folder.
	movedName = ".moved-"
	movedFile = "moved.json"
	movedTree = "backup"
)

// movedState is moved.json.
type movedState struct {
	Moved time.Time `json:"moved"`
	To    string    `json:"to"`
}

// MoveAway puts all that is kept of the phone into the trash of the folder, since
// all of it is in another one, to, and durable there. The vault can only be closed
// afterwards. A program that dies in between leaves the newest backup in its place,
// or all of it in the trash; [TakeBack] takes both back.
func (v *Vault) MoveAway(to string, now time.Time) error {
	return disk.Fault("move the backups into the trash", v.root, v.moveAway(to, now.UTC().Truncate(time.Second)))
}

func (v *Vault) moveAway(to string, now time.Time) error {
	if err := v.finishPending(); err != nil {
		return err
	}
	if err := v.writeJSON(v.own(movedFile), movedState{now, to}); err != nil {
		return err
	}
	if err := v.lock.check(); err != nil {
		return err
	}
	away := join(hidden, v.udid+movedName+now.Format("20060102-150405")+"-"+rand.Text()[:4])
	// Windows moves no folder in which a file is open.
	err := v.lock.release()
	v.lock, v.versions, v.opened = nil, nil, false
	if err == nil {
		err = v.fs.Rename(v.own(), away)
	}
	if err == nil {
		err = v.syncDirs(hidden)
	}
	there := false
	if err == nil {
		there, err = v.exists(v.udid)
	}
	if there && err == nil {
		err = v.fs.Rename(v.udid, join(away, movedTree))
	}
	if err == nil {
		err = v.syncDirs(".", away)
	}
	if err == nil {
		err = disk.SyncName(v.fs, join(away, movedFile))
	}
	return err
}

// MovedAway lists what was moved to other folders and lies in the trash of this
// one, the latest first.
func MovedAway(fsys afero.Fs, root string) (all []Moved, err error) {
	p, err := findHidden(fsys, root)
	if missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer p.close()
	names, err := p.names(hidden)
	for _, name := range names {
		if m, is := p.moved(name); is {
			all = append(all, m)
		}
	}
	slices.SortStableFunc(all, func(a, b Moved) int { return b.Date.Compare(a.Date) })
	return all, disk.Reading("look into the trash", root, err)
}

// findHidden gets at a folder of backups, whoever's they are.
func findHidden(fsys afero.Fs, root string) (place, error) { return find(fsys, root, "none") }

// moved reads what a folder among ours tells, if it is one that was moved.
func (p *place) moved(name string) (m Moved, is bool) {
	udid, _, is := strings.Cut(name, movedName)
	var s movedState
	if !is || !validUDID(udid) || p.readJSON(join(hidden, name, movedFile), &s) != nil {
		return m, false
	}
	return Moved{Name: name, UDID: udid, Date: s.Moved, To: s.To}, true
}

// TakeBack takes what was moved out of the trash, as it was; the copy in the other
// folder stays. Where the phone has backups here again, that is [fault.LayOutTaken].
func TakeBack(fsys afero.Fs, root string, m Moved) error {
	const op = "take the backups back"
	p, err := findHidden(fsys, root)
	if err != nil {
		return err
	}
	defer p.close()
	if known, is := p.moved(m.Name); !is || known.UDID != m.UDID {
		return fault.New(fault.NothingToUndelete, op, nil)
	}
	p.udid = m.UDID
	return disk.Fault(op, root, p.takeBack(join(hidden, m.Name)))
}

func (p *place) takeBack(away string) error {
	taken := fault.New(fault.LayOutTaken, "take the backups back", nil).With("Path", Dir(p.root, p.udid))
	if there, err := p.exists(p.own()); there || err != nil {
		return cmp.Or[error](err, taken)
	}
	kept, err := p.exists(join(away, movedTree))
	if err != nil {
		return err
	}
	if kept { // else it never left its place, or is back there already
		if there, err := p.exists(p.udid); there || err != nil {
			return cmp.Or[error](err, taken)
		}
		if err := p.fs.Rename(join(away, movedTree), p.udid); err != nil {
			return err
		}
		if err := p.syncDirs(".", away); err != nil {
			return err
		}
	}
	if err := p.fs.Rename(away, p.own()); err != nil {
		return err
	}
	if err := p.syncDirs(hidden); err != nil {
		return err
	}
	if err := p.fs.Remove(p.own(movedFile)); err != nil && !missing(err) {
		return err
	}
	return disk.SyncName(p.fs, p.own("vault.json"))
}

// RemoveMoved removes what was moved for good. Whoever calls it knows that the
// backups are where they were moved to.
func RemoveMoved(fsys afero.Fs, root string, m Moved) error {
	const op, going = "empty the trash", ".removing-"
	p, err := findHidden(fsys, root)
	if err != nil {
		return err
	}
	defer p.close()
	if _, is := p.moved(m.Name); !is {
		return fault.New(fault.NothingToUndelete, op, nil)
	}
	// Out of the way first, so that half of it is never taken back.
	doomed := join(hidden, fmt.Sprintf("%s%s%s", m.UDID, going, rand.Text()))
	if err := p.fs.Rename(join(hidden, m.Name), doomed); err != nil {
		return disk.Fault(op, root, err)
	}
	if err := p.syncDirs(hidden); err != nil {
		return disk.Fault(op, root, err)
	}
	names, err := p.names(hidden)
	for _, name := range names { // also what an earlier program could not
		if udid, _, is := strings.Cut(name, going); is && validUDID(udid) && err == nil {
			err = p.removeTree(join(hidden, name))
		}
	}
	p.fs.Remove(hidden)
	return disk.Fault(op, root, err)
}
