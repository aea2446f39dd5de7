package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/afero"

	"lifeboat/assets/words"
	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/backup/format"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// Copy is a version that was laid out.
type Copy struct {
	// Dir is its folder.
	Dir   string
	Files int
	Bytes int64
	// Known: Lifeboat made the backup, so that each file was compared with what
	// once arrived. Unknown are files of which only the length was known.
	Known   bool
	Unknown int
	// Unread: Lifeboat made the backup, but what it wrote down about it cannot
	// be read, so that nothing was compared.
	Unread bool
	// Differs are the first files, by their paths within the backup, that are
	// missing, cannot be read, or are not what once arrived; DifferCount is how
	// many there are.
	Differs     []string
	DifferCount int
	// Problems is what the version's last proof had found.
	Problems int
	// OtherKeys: it is encrypted with other keys than the newest version, mostly
	// since the phone had another password then. It opens with that one only.
	OtherKeys bool
}

// Ready reports whether the copy can be relied on to be restored: every file of
// it is what once arrived, and no proof had found anything in it.
func (c Copy) Ready() bool {
	return c.Known && c.Unknown == 0 && c.DifferCount == 0 && c.Problems == 0
}

// differsMax bounds how many files a Copy names.
const differsMax = 100

const opLayOut = "lay the version out"

// LayOut writes the version to dir/<UDID>, in Apple's own format, as programs
// that restore take it, and compares each file with what is remembered of it on
// the way. What differs in single files is named in the Copy. A version that
// could not be restored at all is refused: one that was never finished, of an
// older format, or whose own lists are damaged. dir must be a folder, and
// nothing may stand at dir/<UDID> ([fault.LayOutTaken]); a volume without room
// for all of it is [fault.DestFull]. The copy appears only when all of it is there. report is called with the bytes that were copied so
// far; it may be nil.
func (w *View) LayOut(ctx context.Context, fsys afero.Fs, dir string, report func(bytes int64)) (Copy, error) {
	final := filepath.Join(dir, w.place.udid)
	if _, err := fsys.Stat(final); !errors.Is(err, fs.ErrNotExist) {
		if err != nil {
			return Copy{}, disk.Fault(opLayOut, dir, err)
		}
		return Copy{}, fault.New(fault.LayOutTaken, opLayOut, nil).With("Path", final)
	}
	if err := w.restorable(ctx); err != nil {
		return Copy{}, err
	}
	if disk.Native(fsys) {
		need := max(0, w.version.Bytes)
		if free, err := disk.Free(dir); err == nil && free < uint64(need) {
			return Copy{}, fault.New(fault.DestFull, opLayOut, nil).With("Path", dir).With("Need", words.Bytes(need)).With("Have", words.Bytes(free))
		}
	}
	fresh := filepath.Join(dir, ".lifeboat-"+w.place.udid+".part")
	c := &copier{ctx: ctx, from: viewFS{w}, to: afero.NewBasePathFs(fsys, fresh), report: report}
	err := fsys.RemoveAll(fresh)
	if err == nil {
		err = fsys.Mkdir(fresh, 0o700)
	}
	if err == nil {
		err = c.all()
	}
	if err == nil {
		err = disk.SyncTree(ctx, fsys, fresh)
	}
	if err == nil {
		err = fsys.Rename(fresh, final)
	}
	if err == nil {
		c.copied.Dir, c.copied.Problems, c.copied.OtherKeys = final, w.version.Proof.Problems, w.otherKeys()
		return c.copied, disk.Fault(opLayOut, dir, disk.SyncFolder(fsys, dir))
	}
	fsys.RemoveAll(fresh)
	if ctx.Err() != nil {
		return Copy{}, fault.New(fault.Cancelled, opLayOut, ctx.Err())
	}
	return Copy{}, disk.Fault(opLayOut, dir, err)
}

// otherKeys reports whether the version is encrypted with other keys than the one
// that stands at DIR/<UDID>. Where that cannot be read, nothing is claimed.
func (w *View) otherKeys() bool {
	own, err := format.ReadManifest(viewFS{w}, "/")
	if err != nil || !own.Encrypted || w.version.Current {
		return false
	}
	newest, err := format.ReadManifest(w.place.fs, w.place.udid)
	return err == nil && newest.Encrypted && !bytes.Equal(own.KeyBag, newest.KeyBag)
}

// remembers reports whether what the vault remembers of the version holds.
func (w *View) remembers() bool { return w.Managed() && !w.Foreign() }

// restorable refuses a version that nothing could restore.
func (w *View) restorable(ctx context.Context) error {
	subject := verify.Subject{Fs: viewFS{w}, Dir: "/", UDID: w.place.udid}
	b, err := verify.Open(subject)
	if err == nil && !b.Manifest.Encrypted && !w.remembers() {
		// Nothing is remembered, but its own list can be read.
		_, err = b.Prove(ctx, verify.Level{Depth: verify.Quick}, nil)
	}
	var known *fault.Error
	if errors.As(err, &known) && known.Args["Path"] != nil {
		known.With("Path", Dir(w.place.root, w.place.udid)) // a view has paths of its own
	}
	if err != nil && w.remembers() && fault.Of(err) == fault.BackupDamaged {
		return fault.New(fault.VersionDamaged, opLayOut, err).With("Version", w.version.Number)
	}
	return err
}

// differ notes a file that is not what it should be.
func (c *copier) differ(rel, why string) {
	c.copied.DifferCount++
	if len(c.copied.Differs) < differsMax {
		c.copied.Differs = append(c.copied.Differs, fmt.Sprintf("%s (%s)", rel, why))
	}
}

// expected is what is remembered of a file.
type expected struct {
	size   int64
	digest catalog.Digest
	known  bool
}

// compare notes where a file that was copied is not what is remembered.
func (c *copier) compare(rel string, want, got expected) {
	switch {
	case !c.copied.Known:
	case !want.known:
		c.copied.Unknown++
	case got.size != want.size:
		c.differ(rel, fmt.Sprintf("%d bytes instead of %d", got.size, want.size))
	case want.digest.IsZero():
		c.copied.Unknown++
	case got.digest != want.digest:
		c.differ(rel, "not what once arrived")
	}
}
