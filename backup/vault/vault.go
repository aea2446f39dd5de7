// Package vault is the place where the backups of a phone live.
//
// # The promises
//
//   - The last good backup is never touched until the new one is complete,
//     durable and verified. The change-over that follows is redone at the next
//     [Open], wherever the program or the computer died in it.
//   - Between two runs the current version stands at DIR/<UDID> in Apple's own
//     format, with nothing of ours inside.
//   - The cost of a run follows what changed: nothing that stays the same is
//     copied, linked, renamed or read.
//   - Earlier versions stay. Nothing is deleted that would leave no verified
//     backup, and what is deleted goes through a trash.
//   - One writer at a time. Who only looks ([Look]) writes nothing at all.
//
// # On the disk
//
//	DIR/<UDID>/…                             the current version
//	DIR/.lifeboat/<UDID>/vault.json          the number of this format
//	                     lock                names who is writing
//	                     journal.json        a change-over that is to be redone
//	                     run/                a run under way, or interrupted and kept
//	                        run.json         what it is
//	                        tree/<UDID>/…    what has arrived of it
//	                        gone             what the phone removed of the version before
//	                        segments/…       size and digest of what arrived
//	                        version/         meta.json and changes of the version to be
//	                     aside/              a run that was kept, while another starts over
//	                     versions/000012/    one folder a version, numbered as they came
//	                        meta.json        date, counts, proof, which files are doubtful,
//	                                         when its restore was rehearsed
//	                        Info.plist, …    copies of the small lists, for when
//	                                         another program writes over them
//	                        changes          what arrived with it, and what it removed ([catalog])
//	                        data/…           what it had and the next version has not
//	                        trashed.json     it is in the trash; only of one whose
//	                                         meta.json cannot be read
//	                     reserve             holds room to write down what arrived on a
//	                                         disk that is full, or to delete something
//	                     removing/…          no longer needed, being deleted
//	DIR/.lifeboat/<UDID>.copy/…              a vault that is being copied here ([Transfer]):
//	                                         as above, and its run/copy.json says how far
//	                                         it is. With its journal.json it gets its name.
//	DIR/.lifeboat/<UDID>.copy.lock           names who is copying
//	DIR/.lifeboat/<UDID>.moved-<when>-…/…    a vault that was moved to another folder, in
//	                                         the trash: as above, moved.json, and in
//	                                         backup/ what stood at DIR/<UDID>
//	DIR/.lifeboat/<UDID>.removing-…/…        the same, being deleted
//
// The small files are JSON with one more line, the CRC-32C of what stands
// before it, so that a bit that turned over in one is noticed like any other.
//
// # How a version is made
//
// The phone works on an overlay: it reads the current version through it, and
// everything that it writes, moves and removes happens in run/ only. When it
// is done, all of run/ is written through to the disk, the overlay is verified
// as the new version that it shows, and only then journal.json is written.
// From that moment the new version is the one that counts. What it replaces is
// renamed into the data folder of the version before, that is made durable,
// and then what arrived is renamed into place. Both passes look at what is
// left to do, and so can be run again after a crash.
//
// So the data folders hold a delta backwards: the content of a file in some
// version is the first that is found in its own data folder, in that of the
// version after it, and so on up to DIR/<UDID>. No file is there twice, and
// nothing but rename is asked of a file system.
//
// # What is not promised
//
// A rename is taken to happen wholly or not at all, as file systems with a
// journal keep it. On exFAT and FAT a power cut in the middle of one may need
// the system's own repair of the drive first. And a drive that says "written"
// when it is not can lose anything.
package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/afero"

	"lifeboat/backup/disk"
	"lifeboat/backup/disk/rootfs"
	"lifeboat/device/fault"
)

// formatNumber is the format of the vault, as the package comment describes it.
// What a program that does not know it may ignore, such as a field of
// meta.json, aside/ or trashed.json, does not raise it; the golden folder
// format2/doubtful and format2/rehearsed have what was added to format 2 later.
const formatNumber = 2

// Vault is the place of one phone's backups, held for writing. It is for one
// goroutine.
type Vault struct {
	place
	lock     *lock
	versions []Version // by number
	opened   bool
	log      *slog.Logger
}

// place is where a phone's backups are, on a file system that reaches nothing
// outside of the user's folder.
type place struct {
	fs    afero.Fs // rooted at the folder
	root  string   // the folder, for messages and locks
	udid  string
	disk  *os.File     // of the folder, to write its whole disk through; nil if that cannot be asked for
	all   syncAll      // likewise, of file systems that are not this computer's
	close func() error // gives back what find took
}

// syncAll is a file system that writes everything through in one call.
type syncAll interface{ SyncAll() error }

// Dir returns where the current backup of a phone stands below root.
func Dir(root, udid string) string { return filepath.Join(root, udid) }

// Open takes the place of a phone's backups for writing: it locks it, and
// finishes what an interrupted run had begun. Another writer is
// [fault.DestBusy]. The caller must Close it. log may be nil.
func Open(fsys afero.Fs, root, udid string, log *slog.Logger) (*Vault, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	p, err := find(fsys, root, udid)
	if err != nil {
		return nil, err
	}
	v := &Vault{place: p, log: log}
	err = v.withRoom(func() error {
		v.lock.release() // of an attempt that found no room
		v.lock = nil
		return v.open()
	})
	if err != nil {
		v.Close()
		return nil, disk.Fault("open the place of the backups", root, err)
	}
	return v, nil
}

func (v *Vault) open() error {
	if err := v.respell(); err != nil {
		return err
	}
	if info, err := v.lstat(v.udid); err == nil && !info.IsDir() {
		return fault.New(fault.DestNotFolder, "look at the earlier backup", nil).With("Path", Dir(v.root, v.udid))
	}
	if err := v.fs.MkdirAll(v.own(), 0o700); err != nil {
		return err
	}
	if err := v.syncDirs(".", hidden); err != nil {
		return err
	}
	if v.native() {
		var err error
		if v.lock, err = acquireLock(filepath.Join(v.root, filepath.FromSlash(v.own("lock")))); err != nil {
			return err
		}
	}
	if err := v.checkFormat(); err != nil {
		return err
	}
	if err := v.recover(); err != nil {
		return err
	}
	var err error
	v.versions, err = v.readVersions()
	for _, version := range v.versions {
		if version.Unread {
			v.log.Warn("what is written down of a version cannot be read; it is left as it is", "version", version.Number, "err", version.reason)
		}
	}
	v.opened = err == nil
	return err
}

// finish has what an interrupted program had decided carried out, for those
// who only look. Where that is not possible, as on a disk that cannot be
// written to or while another program is at work, they see what there is.
func finish(fsys afero.Fs, root, udid string) {
	p, err := find(fsys, root, udid)
	if err != nil {
		return
	}
	begun, _ := p.exists(p.own(journalName))
	p.close()
	if !begun {
		return
	}
	if v, err := Open(fsys, root, udid, nil); err == nil {
		v.Close()
	}
}

// Close gives the place free.
func (v *Vault) Close() error {
	if len(v.versions) > 0 {
		v.reserve()
	}
	err := v.lock.release()
	// Folders go when nothing is left in them, so that a run that came to
	// nothing leaves nothing.
	v.tidy()
	return errors.Join(err, v.place.close())
}

// tidy removes the vault's own folders as far as they are empty: of a place
// where no backup was ever made.
func (v *Vault) tidy() {
	if !v.opened || len(v.versions) > 0 {
		return // of a place that could not be opened nobody knows what is in it
	}
	for _, name := range []string{v.own("versions"), v.own(removingName)} {
		v.fs.Remove(name)
	}
	for _, name := range []string{"run", asideName, "versions", journalName} {
		if there, err := v.exists(v.own(name)); there || err != nil {
			return
		}
	}
	v.fs.Remove(v.own(reserveName))
	v.fs.Remove(v.own("vault.json"))
	v.fs.Remove(v.own())
	v.fs.Remove(hidden)
}

// Phones lists the UDIDs of the phones of which versions are kept below root,
// whether their current one stands in its place or not.
func Phones(fsys afero.Fs, root string) (all []string) {
	entries, err := afero.ReadDir(fsys, filepath.Join(root, hidden))
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		udid := entry.Name()
		if !entry.IsDir() || !validUDID(udid) {
			continue
		}
		kept, err := afero.ReadDir(fsys, filepath.Join(root, hidden, udid, "versions"))
		journal, _ := afero.Exists(fsys, filepath.Join(root, hidden, udid, journalName))
		if err == nil && len(kept) > 0 || journal {
			all = append(all, udid)
		}
	}
	return all
}

// hidden is the folder of everything that is not the current backup.
const hidden = ".lifeboat"

// own is a path among what is ours for this phone.
func (p *place) own(parts ...string) string {
	return join(append([]string{hidden, p.udid}, parts...)...)
}

func join(parts ...string) string { return strings.Join(parts, "/") }

// find gets at a phone's place.
func find(fsys afero.Fs, root, udid string) (place, error) {
	if !validUDID(udid) {
		return place{}, fault.New(fault.Internal, "find the place of the backups", fmt.Errorf("%q is no UDID", udid))
	}
	p := place{root: root, udid: udid, close: func() error { return nil }}
	under, readOnly := disk.Under(fsys)
	if !disk.Native(fsys) && !(readOnly && disk.Native(under)) {
		p.fs = afero.NewBasePathFs(fsys, root)
		p.all, _ = fsys.(syncAll)
		return p, nil
	}
	contained, err := rootfs.Open(root)
	if err != nil {
		return place{}, disk.Reading("find the place of the backups", root, err)
	}
	if readOnly {
		p.fs, p.close = disk.ReadOnly(contained), contained.Close
		return p, nil
	}
	p.fs, p.disk, p.close = contained, contained.Disk(), contained.Close
	return p, nil
}

// native reports whether the place is on this computer's own file systems.
func (p *place) native() bool { return p.disk != nil }

// validUDID reports whether udid can be a file name everywhere. Real ones are
// 40 hexadecimal digits, or 8 and 16 with a dash.
func validUDID(udid string) bool {
	const allowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-"
	return udid != "" && len(udid) <= 64 && strings.Trim(udid, allowed) == ""
}

// lstat looks at a file without following a link.
func (p *place) lstat(name string) (fs.FileInfo, error) { return disk.Lstat(p.fs, name) }

func (p *place) exists(name string) (bool, error) {
	_, err := p.lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
