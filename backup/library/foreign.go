package library

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/afero"

	"lifeboat/backup/disk"
	"lifeboat/backup/format"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
)

// Program is a program that backs phones up to a computer. Each has words at
// library.program.<program>.
type Program string

// The programs that have a place of their own for backups.
const (
	Finder       Program = "finder"
	ITunes       Program = "itunes"
	AppleDevices Program = "apple-devices"
	IMazing      Program = "imazing"
)

// UsualPlace is a folder in which other programs keep backups.
type UsualPlace struct {
	Dir string
	// Of are the programs that use it, the likeliest first. Which of them made a
	// backup there, no backup tells.
	Of []Program
}

// Foreign is a backup that another program made. It is read and never written to.
type Foreign struct {
	Existing
	// Root is the folder of backups that it lies in, and Folder its own name
	// there, where links have been followed: mostly the UDID, with a time behind
	// it where a program has put the backup aside.
	Root, Folder string
	// Aside: its program has put it aside for good, and writes a new one.
	Aside bool
	// Of are the programs whose place it lies in, the likeliest first; empty for a
	// folder that is nobody's usual place.
	Of []Program
	// Err is why no more is known of it than that it is there, or nil.
	Err error
}

// Kept is the backup as what is kept of a phone, for [Library.LayOut] and a proof.
func (f Foreign) Kept() Kept {
	return Kept{Root: f.Root, UDID: f.Folder, Name: f.DeviceName, Encrypted: f.Encrypted, Foreign: true}
}

// Unread is a folder in which backups may lie that could not be looked at: that
// is not to say that there are none.
type Unread struct {
	Dir string
	Of  []Program
	// Err is [fault.DestGuarded] where macOS keeps Lifeboat out until it is allowed
	// Full Disk Access, [fault.DestUnreadable] where this account may not read it,
	// and [fault.DestOffline] where a link leads to a drive that is not there.
	Err error
}

// Bounds of what is looked at in one folder.
const (
	mostEntries = 4096
	mostForeign = 512
)

// Foreign finds the backups that other programs made: in the places where those
// keep them, and in the folders that are remembered, except those that the caller
// lists itself. A backup that Lifeboat keeps versions of is not among them,
// wherever it lies. Nothing is written, locked or marked. Links that people make
// to a larger drive are followed, as far as the system follows them. It ends with
// ctx between two folders, with [fault.Cancelled].
func (l *Library) Foreign(ctx context.Context, except ...string) (found []Foreign, unread []Unread, err error) {
	var seen []fs.FileInfo
	for _, dir := range except {
		if info, err := l.Files().Stat(dir); err == nil {
			seen = append(seen, info)
		}
	}
	for _, place := range l.foreignPlaces() {
		if ctx.Err() != nil {
			return found, unread, fault.New(fault.Cancelled, "look for other programs' backups", context.Cause(ctx))
		}
		info, err := l.Files().Stat(place.Dir)
		switch {
		case err == nil && slices.ContainsFunc(seen, func(s fs.FileInfo) bool { return os.SameFile(s, info) }):
			continue
		case err == nil:
			seen = append(seen, info)
			err = l.foreignIn(ctx, place, &found)
		case errors.Is(err, fs.ErrNotExist) && !l.dangles(place.Dir):
			continue // that program has never backed up here
		case errors.Is(err, fs.ErrNotExist):
			err = fault.New(fault.DestOffline, "look for other programs' backups", err).With("Path", place.Dir)
		}
		if err != nil {
			unread = append(unread, Unread{place.Dir, place.Of, disk.Reading("look for other programs' backups", place.Dir, err)})
		}
	}
	slices.SortStableFunc(found, func(a, b Foreign) int { return b.Date.Compare(a.Date) })
	return found, unread, nil
}

// foreignPlaces are the places of other programs, and then those remembered
// folders that are nobody's.
func (l *Library) foreignPlaces() []UsualPlace {
	all := l.usual()
	if l.Places == nil {
		return all
	}
	known, _ := l.Places.All() // a help, and no condition
	for _, p := range known {
		if p.Root != l.Own && !slices.ContainsFunc(all, func(u UsualPlace) bool { return u.Dir == p.Root }) {
			// Whether it is there is said by whoever lists the remembered places.
			if info, err := l.Files().Stat(p.Root); err == nil && info.IsDir() {
				all = append(all, UsualPlace{Dir: p.Root})
			}
		}
	}
	return all
}

// usual are the places of other programs on this computer.
func (l *Library) usual() []UsualPlace {
	if l.Usual != nil {
		return l.Usual
	}
	return usualPlaces()
}

// dangles reports whether a folder, or one of those above it, is a link that
// leads nowhere: to a drive that is not connected.
func (l *Library) dangles(dir string) bool {
	for at := dir; ; {
		if info, err := disk.Lstat(l.Files(), at); err == nil {
			_, err = l.Files().Stat(at)
			return isLink(info) && errors.Is(err, fs.ErrNotExist)
		}
		above := filepath.Dir(at)
		if above == at {
			return false
		}
		at = above
	}
}

// isLink reports whether an entry leads elsewhere: a symbolic link, or a junction
// of Windows, which package os calls irregular.
func isLink(info fs.FileInfo) bool { return info.Mode()&(fs.ModeSymlink|fs.ModeIrregular) != 0 }

// foreignIn looks through one folder of backups.
func (l *Library) foreignIn(ctx context.Context, place UsualPlace, found *[]Foreign) error {
	entries, err := l.entries(place.Dir)
	if err != nil {
		return err
	}
	if place.Of != nil && slices.ContainsFunc(entries, func(e fs.FileInfo) bool { return e.Name() == iMazingFolder }) && !slices.Contains(place.Of, IMazing) {
		place.Of = append(slices.Clone(place.Of), IMazing)
	}
	ours := vault.Phones(l.readOnly(), place.Dir)
	for _, entry := range entries {
		if ctx.Err() != nil || len(*found) >= mostForeign {
			return nil
		}
		if !entry.IsDir() && !isLink(entry) || slices.Contains(ours, entry.Name()) {
			continue
		}
		if f, is := l.foreign(place, entry); is {
			*found = append(*found, f)
		}
	}
	return nil
}

// iMazingFolder stands beside the backups where iMazing keeps its own.
const iMazingFolder = "iMazing.Versions"

// entries lists a folder in order, up to a bound.
func (l *Library) entries(dir string) ([]fs.FileInfo, error) {
	file, err := l.Files().Open(dir)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	all, err := file.Readdir(mostEntries)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	slices.SortFunc(all, func(a, b fs.FileInfo) int { return strings.Compare(a.Name(), b.Name()) })
	return all, err
}

// namedByUDID are the names that programs give a phone's folder; a time follows
// the UDID where it was put aside.
var namedByUDID = regexp.MustCompile(`^([0-9a-fA-F]{40}|[0-9a-fA-F]{8}-?[0-9a-fA-F]{16})(-[0-9-]+)?$`)

// foreign looks at one folder, and reports whether it is a backup.
func (l *Library) foreign(place UsualPlace, entry fs.FileInfo) (f Foreign, is bool) {
	dir := filepath.Join(place.Dir, entry.Name())
	f = Foreign{Root: place.Dir, Folder: entry.Name(), Of: place.Of}
	parts := namedByUDID.FindStringSubmatch(entry.Name())
	if parts != nil {
		f.UDID, f.Aside = parts[1], parts[2] != ""
	}
	f.Dir = dir
	info, err := l.Files().Stat(dir)
	if isLink(entry) && errors.Is(err, fs.ErrNotExist) && parts != nil {
		f.Err = fault.New(fault.DestOffline, "look at the backup", err).With("Path", dir)
		return f, true
	}
	if err != nil || !info.IsDir() {
		f.Err = disk.Reading("look at the backup", dir, err)
		return f, err != nil && parts != nil
	}
	if isLink(entry) && disk.Native(l.Files()) {
		if real := leadsTo(dir); real != "" {
			f.Root, f.Folder = filepath.Dir(real), filepath.Base(real)
		}
	}
	looks, err := looksLikeBackup(l.Files(), dir)
	if !looks {
		// A name alone is none: other programs leave empty folders. But one that
		// may not be looked into may be one.
		f.Err = disk.Reading("look at the backup", dir, err)
		return f, err != nil && parts != nil
	}
	existing, err := Inspect(l.Files(), place.Dir, entry.Name())
	udid := f.UDID
	if f.Err = err; err == nil {
		f.Existing = existing
	}
	if f.UDID = udid; udid == "" {
		f.UDID = l.statedUDID(dir)
	}
	f.Dir = dir
	return f, true
}

// leadsTo is where a link of this computer leads; "" if that is not known.
func leadsTo(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil && real != dir {
		return real
	}
	// EvalSymlinks leaves junctions of Windows as they are.
	if real, err := os.Readlink(dir); err == nil && filepath.IsAbs(real) {
		return filepath.Clean(real)
	}
	return ""
}

// statedUDID is the UDID that Info.plist names, of a backup whose folder has
// another name; "" if it names none.
func (l *Library) statedUDID(dir string) string {
	info, err := format.ReadInfo(l.Files(), dir)
	if err != nil {
		return ""
	}
	for _, key := range []string{"Target Identifier", "Unique Identifier"} {
		if id, ok := info[key].(string); ok && namedByUDID.MatchString(id) {
			return id
		}
	}
	return ""
}

// ForeignSize counts the bytes of another program's backup, which can take
// minutes on a slow drive. Links within it are not followed. It ends with ctx,
// with [fault.Cancelled].
func (l *Library) ForeignSize(ctx context.Context, f Foreign) (bytes int64, err error) {
	const op = "measure the backup"
	err = afero.Walk(l.Files(), filepath.Join(f.Root, f.Folder), func(_ string, info fs.FileInfo, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return err
		case info.Mode().IsRegular():
			bytes += info.Size()
		}
		return nil
	})
	if ctx.Err() != nil {
		return 0, fault.New(fault.Cancelled, op, context.Cause(ctx))
	}
	return bytes, disk.Reading(op, f.Dir, err)
}

// readOnly is the file system on which nothing can be changed.
func (l *Library) readOnly() afero.Fs { return disk.ReadOnly(l.Files()) }

// FilesOf is the file system for what is kept of a phone: of another program's
// backup it is one that refuses every write, so that whatever works on it can do
// no more than look.
func (l *Library) FilesOf(k Kept) afero.Fs {
	if l.IsForeign(k) {
		return l.readOnly()
	}
	return l.Files()
}

// IsForeign reports whether what is kept is another program's. Whoever names the
// folder of such a program means no more than to look, unless Lifeboat has
// versions there: then somebody has chosen it for Lifeboat too.
func (l *Library) IsForeign(k Kept) bool {
	if k.Foreign {
		return true
	}
	in, err := l.Files().Stat(k.Root)
	if err != nil {
		return false
	}
	usual := slices.ContainsFunc(l.usual(), func(p UsualPlace) bool {
		info, err := l.Files().Stat(p.Dir)
		return err == nil && os.SameFile(info, in)
	})
	return usual && !slices.Contains(vault.Phones(l.readOnly(), k.Root), k.UDID)
}
