// Package export writes what is taken out of a backup into a folder of this computer:
// under names that Windows, macOS and Linux all take, never over a file that is there,
// never outside the folder, and with a list of what was left out and why.
//
// It is the one place where decrypted content is written, and the person chose where.
package export

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"
	"time"

	"github.com/spf13/afero"

	"lifeboat/assets/words"
	"lifeboat/backup/content/source"
	"lifeboat/backup/disk"
	"lifeboat/device/fault"
)

const op = "export"

// Folder is a folder that is exported to, or one within it. Its methods may be called
// by several goroutines.
type Folder struct {
	*exported
	dir string // within the file system, "" is the top
}

// exported is what all folders of one export share.
type exported struct {
	fs       afero.Fs
	progress func(Progress)

	mu     sync.Mutex
	taken  map[string]map[string]bool // folded names, by folder
	next   map[string]int             // the last number of a name in a folder
	made   map[string]string          // folders by the names that were wished for
	done   Progress
	left   []Left
	leaves int
}

// Progress is how much was written.
type Progress struct {
	Files int
	Bytes int64
}

// Left is something that was left out.
type Left struct {
	// What names it: a file's name, a message's date. It is untrusted.
	What string
	Why  words.Text
}

// mostLeft bounds how many of those left out are named.
const mostLeft = 10_000

// New begins an export into the top of a file system, which ends there, such as one
// of package rootfs. progress is called after each file and now and then within one,
// by whoever writes; it may be nil and may not call back.
func New(fsys afero.Fs, progress func(Progress)) *Folder {
	return &Folder{exported: &exported{fs: fsys, progress: progress, taken: map[string]map[string]bool{}, next: map[string]int{}, made: map[string]string{}}}
}

// deepest bounds the path of a folder in which another one may lie, in bytes: albums
// lie in folders of folders, and of a path of 1024 bytes macOS opens no file.
const deepest = 400

// In is a folder within, made when the first file is written there. The same name
// gives the same folder; names that only some computers tell apart give different ones.
func (f *Folder) In(names ...string) (*Folder, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	dir := f.dir
	for _, name := range names {
		if len(dir) > deepest {
			break // what would lie deeper lies here, under names of its own
		}
		wish := dir + "\x00" + name
		if _, known := f.made[wish]; !known {
			free, err := f.free(dir, SafeName(name))
			if err != nil {
				return nil, err
			}
			f.made[wish] = path.Join(dir, free)
		}
		dir = f.made[wish]
	}
	return &Folder{exported: f.exported, dir: dir}, nil
}

// Path is where the folder stands below the top, "" for the top itself.
func (f *Folder) Path() string { return f.dir }

// free takes a name in a folder that nothing there has, with a number if need be.
func (e *exported) free(dir, safe string) (string, error) {
	taken, err := e.takenIn(dir)
	if err != nil {
		return "", err
	}
	key := dir + "/" + folded(safe)
	for n := e.next[key] + 1; ; n++ {
		if name := numbered(safe, n); !taken[folded(name)] {
			taken[folded(name)] = true
			e.next[key] = n
			return name, nil
		}
	}
}

// takenIn are the names that are taken in a folder, folded.
func (e *exported) takenIn(dir string) (map[string]bool, error) {
	taken := e.taken[dir]
	if taken == nil {
		taken = map[string]bool{}
		names, err := afero.ReadDir(e.fs, "/"+dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, disk.Fault(op, dir, err)
		}
		for _, n := range names {
			taken[folded(n.Name())] = true
		}
		e.taken[dir] = taken
	}
	return taken, nil
}

// Create begins a file under a name that is made safe and free. The caller must
// Commit or Abort it. modified becomes the file's time, if it is not zero.
func (f *Folder) Create(name string, modified time.Time) (*File, error) {
	f.mu.Lock()
	free, err := f.free(f.dir, SafeName(name))
	f.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return f.create(free, modified)
}

// create begins a file under a name that was taken for it.
func (f *Folder) create(free string, modified time.Time) (_ *File, err error) {
	file := &File{folder: f, name: path.Join(f.dir, free), fresh: path.Join(f.dir, "."+rand.Text()+".part"), modified: modified}
	if err := f.fs.MkdirAll("/"+f.dir, 0o700); err != nil {
		return nil, disk.Fault(op, f.dir, err)
	}
	if file.file, err = f.fs.OpenFile("/"+file.fresh, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return nil, disk.Fault(op, file.name, err)
	}
	return file, nil
}

// File is a file that is being written. It is for one goroutine.
type File struct {
	folder      *Folder
	name, fresh string
	file        afero.File
	modified    time.Time
	bytes       int64
}

// Path is where it will stand, below the top of the export; Name its last part.
func (w *File) Path() string { return w.name }

// Name is the name that it got.
func (w *File) Name() string { return path.Base(w.name) }

// Write implements [io.Writer]; an error is a *fault.Error.
func (w *File) Write(p []byte) (int, error) {
	n, err := w.file.Write(p)
	w.bytes += int64(n)
	if err != nil {
		return n, disk.Fault(op, w.name, err)
	}
	return n, nil
}

// Commit ends the file: only now it stands under its name.
func (w *File) Commit() error {
	err := w.file.Close()
	if err == nil && !w.modified.IsZero() {
		_ = w.folder.fs.Chtimes("/"+w.fresh, w.modified, w.modified) // before 1980, exFAT has no such time
	}
	if err == nil {
		// Nobody else writes here but who also writes over what was exported before.
		if _, there := disk.Lstat(w.folder.fs, "/"+w.name); there == nil {
			err = fs.ErrExist
		} else {
			err = w.folder.fs.Rename("/"+w.fresh, "/"+w.name)
		}
	}
	if err != nil {
		_ = w.folder.fs.Remove("/" + w.fresh)
		return disk.Fault(op, w.name, err)
	}
	w.folder.wrote(1, w.bytes)
	return nil
}

// Abort drops the file.
func (w *File) Abort() {
	_ = w.file.Close()
	_ = w.folder.fs.Remove("/" + w.fresh)
}

// Begun is what is being written: a File, a Page, a Table, or a Batch of them.
type Begun interface {
	Commit() error
	Abort()
}

// Batch is what is written beside each other, and committed or dropped together.
type Batch []Begun

// Commit implements [Begun]. One that fails keeps none from being committed.
func (b Batch) Commit() error {
	var errs []error
	for _, one := range b {
		errs = append(errs, one.Commit())
	}
	return errors.Join(errs...)
}

// Abort implements [Begun].
func (b Batch) Abort() {
	for _, one := range b {
		one.Abort()
	}
}

// End commits what was begun, or drops it if err says that writing it failed. It
// returns err, or that of the end.
func End(begun Begun, err error) error {
	if err != nil {
		begun.Abort()
		return err
	}
	return begun.Commit()
}

func (e *exported) wrote(files int, bytes int64) {
	e.mu.Lock()
	e.done.Files += files
	e.done.Bytes += bytes
	done := e.done
	e.mu.Unlock()
	if e.progress != nil {
		e.progress(done)
	}
}

// WriteFile writes a file in one piece and returns where it stands, below the top.
func (f *Folder) WriteFile(name string, modified time.Time, data []byte) (string, error) {
	w, err := f.Create(name, modified)
	if err != nil {
		return "", err
	}
	_, err = w.Write(data)
	return w.Path(), End(w, err)
}

// piece is how much is copied between two looks at the context, in bytes.
const piece = 1 << 20

// Copy writes a file of the backup and returns where it stands, below the top. An
// error that wraps source.ErrDamaged or ErrNotListed is about the backup and leaves
// nothing behind: the caller may Leave it out and do the next.
func (f *Folder) Copy(ctx context.Context, b *source.Backup, from source.File, name string, modified time.Time) (string, error) {
	return copied(ctx, b, from, func() (*File, error) { return f.Create(name, modified) })
}

// Take is Copy for a file that what names to the person: if it cannot be read it is
// left out, and the path is "".
func (f *Folder) Take(ctx context.Context, b *source.Backup, from source.File, name string, modified time.Time, what string) (string, error) {
	at, err := f.Copy(ctx, b, from, name, modified)
	if source.Unreadable(err) && ctx.Err() == nil {
		f.Leave(what, words.T("content.left.unreadable", nil))
		return "", nil
	}
	return at, err
}

// copied copies a file of the backup into the one that create begins.
func copied(ctx context.Context, b *source.Backup, from source.File, create func() (*File, error)) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", fault.New(fault.Cancelled, op, err)
	}
	r, err := b.Open(ctx, from)
	if err != nil {
		return "", err
	}
	defer r.Close()
	w, err := create()
	if err != nil {
		return "", err
	}
	buffer := make([]byte, min(piece, max(r.Size(), 512)))
	for {
		n, err := r.Read(buffer)
		if n > 0 {
			if _, werr := w.Write(buffer[:n]); werr != nil {
				w.Abort()
				return "", werr
			}
		}
		if err == io.EOF {
			return w.Path(), w.Commit()
		}
		if err == nil {
			err = ctx.Err()
		} else {
			err = errors.Join(source.ErrDamaged, err)
		}
		if err != nil {
			w.Abort()
			if ctx.Err() != nil {
				err = fault.New(fault.Cancelled, op, ctx.Err())
			}
			return "", err
		}
	}
}

// Leave notes something that is left out, by a name that tells the person which.
func (f *Folder) Leave(what string, why words.Text) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.leaves++; len(f.left) < mostLeft {
		f.left = append(f.left, Left{What: words.OneLine(what), Why: why})
	}
}

// Left lists what was left out, as far as it is named, and how many there are.
func (f *Folder) Left() ([]Left, int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Left(nil), f.left...), f.leaves
}

// Done is how much was written so far.
func (f *Folder) Done() Progress {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.done
}
