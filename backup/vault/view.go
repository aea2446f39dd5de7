package vault

import (
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/backup/format"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// View shows a version as the backup that it was, to read only, wherever its
// files lie. Its methods may be called from several goroutines.
type View struct {
	place    place
	versions []Version
	version  Version
	managed  bool            // lists are known
	dirs     []string        // where a file may lie, the first that has it counts
	lists    []*catalog.File // of the version and those before it, newest first
}

// OpenView looks at a version without a lock; 0 is the current one. The caller must
// Close it. Where there is none it is [fault.NotABackup] or [fault.VersionUnknown].
//
// Where the lists of a version cannot be read, its files are shown all the
// same, with such of later versions as it had not: [View.Managed] is false
// then, and Manifest.db says which are its own.
func OpenView(fsys afero.Fs, root, udid string, number int) (*View, error) {
	finish(fsys, root, udid)
	p, err := find(fsys, root, udid)
	if err != nil {
		return nil, err
	}
	w, err := p.view(number)
	if err != nil {
		p.close()
		return nil, disk.Reading("look at the version", root, err)
	}
	return w, nil
}

func (p place) view(number int) (*View, error) {
	versions, err := p.listed()
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		if v.Current && number == 0 {
			number = v.Number
		}
	}
	if number == 0 {
		return nil, fault.New(fault.NotABackup, "look at the backup", nil).With("Path", Dir(p.root, p.udid))
	}
	at := indexOf(versions, number)
	if at < 0 {
		return nil, fault.New(fault.VersionUnknown, "look for the version", nil).With("Version", number)
	}
	w := &View{place: p, versions: versions, version: versions[at]}
	for _, v := range versions[at:] {
		data := p.versionDir(v.Number, dataName)
		if v.Current { // it has none, but within a change-over
			if there, err := p.exists(data); !there || err != nil {
				continue
			}
		}
		w.dirs = append(w.dirs, data)
	}
	w.dirs = append(w.dirs, p.udid)
	if w.lists, err = p.lists(versions, number); err == nil {
		err = proveLists(w.lists)
	}
	if w.managed = err == nil; !w.managed {
		closeAll(w.lists)
		w.lists = nil
	}
	if err != nil && !illegible(err) {
		return nil, err
	}
	return w, nil
}

// proveLists reads lists from start to end.
func proveLists(lists []*catalog.File) error {
	for _, list := range lists {
		if err := list.Prove(); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the view.
func (w *View) Close() error {
	closeAll(w.lists)
	return w.place.close()
}

// Version is the one that is shown.
func (w *View) Version() Version { return w.version }

// Managed reports whether the vault knows the version's contents.
func (w *View) Managed() bool { return w.managed }

// Catalog streams the version's contents. The caller must call done.
func (w *View) Catalog() (s catalog.Stream, done func(), err error) {
	return w.place.state(w.versions, w.version.Number)
}

// Tops returns size in bytes and digest (hexadecimal SHA-256, "" if it is not known) of
// the files beside the content, by name.
func (w *View) Tops() map[string]Top { return tops(w.version.meta) }

// Top is what is remembered of a file beside the content.
type Top = verify.Top

// Bound reports whether the catalogue was proven to list what Manifest.db lists.
func (w *View) Bound() bool { return w.version.meta.Bound }

// FS shows the version. Its backup is the folder "/".
func (w *View) FS() afero.Fs { return viewFS{w} }

// where finds the file that is name in this version. Later versions may have a
// file of a name that this one had not, so the catalogue has the last word.
func (w *View) where(name string) (string, error) {
	rel := strings.TrimPrefix(path.Clean("/"+filepath.ToSlash(name)), "/")
	if rel == "" {
		return "", &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if len(w.dirs) > 1 && w.managed {
		had, err := w.has(rel)
		if err != nil {
			return "", err
		}
		if !had {
			return "", &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
	}
	for i, dir := range w.dirs {
		if i == 1 && format.IsTop(rel) { // another program may have written over the one in the folder
			if kept, is := w.place.copyOf(w.version, rel); is {
				return kept, nil
			}
		}
		if there, err := w.place.exists(join(dir, rel)); there || err != nil {
			return join(dir, rel), err
		}
	}
	return "", &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// has reports whether the version had a file.
func (w *View) has(rel string) (bool, error) {
	id, ok := content(rel)
	if !ok { // what else lies in the folders of versions is no part of any
		_, had := w.version.meta.Tops[rel]
		return had, nil
	}
	_, had, err := w.Stored(id)
	return had, err
}

// Stored is what is remembered of one content of the version; had is false where
// the version has none of that name, or where its lists cannot be read.
func (w *View) Stored(id catalog.ID) (e catalog.Entry, had bool, err error) {
	for _, list := range w.lists {
		e, there, err := list.Find(id)
		if err != nil {
			return e, false, damaged(w.version.Number, err)
		}
		if there {
			return e, e.Size != catalog.Gone, nil
		}
	}
	return e, false, nil
}

// viewFS is the file system of a View.
type viewFS struct{ w *View }

var errReadOnly error = &fs.PathError{Op: "write", Path: "a version", Err: fs.ErrPermission}

// Open opens a file or one of the folders.
func (v viewFS) Open(name string) (afero.File, error) {
	if folder, ok := folderOf(name); ok {
		return &viewDir{view: v.w, rel: folder}, nil
	}
	full, err := v.w.where(name)
	if err != nil {
		return nil, err
	}
	return v.w.place.fs.Open(full)
}

// OpenFile opens to read only.
func (v viewFS) OpenFile(name string, flag int, _ os.FileMode) (afero.File, error) {
	if flag&(os.O_WRONLY|os.O_RDWR|os.O_CREATE|os.O_TRUNC|os.O_APPEND) != 0 {
		return nil, errReadOnly
	}
	return v.Open(name)
}

// Stat looks at a file.
func (v viewFS) Stat(name string) (fs.FileInfo, error) {
	if folder, ok := folderOf(name); ok {
		return dirInfo(folder), nil
	}
	full, err := v.w.where(name)
	if err != nil {
		return nil, err
	}
	return v.w.place.lstat(full)
}

// LstatIfPossible is Stat: links are never followed.
func (v viewFS) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	info, err := v.Stat(name)
	return info, true, err
}

// Name returns its name.
func (viewFS) Name() string { return "version" }

// Nothing can be changed in a version.
func (viewFS) Create(string) (afero.File, error)          { return nil, errReadOnly }
func (viewFS) Mkdir(string, os.FileMode) error            { return errReadOnly }
func (viewFS) MkdirAll(string, os.FileMode) error         { return errReadOnly }
func (viewFS) Remove(string) error                        { return errReadOnly }
func (viewFS) RemoveAll(string) error                     { return errReadOnly }
func (viewFS) Rename(string, string) error                { return errReadOnly }
func (viewFS) Chmod(string, os.FileMode) error            { return errReadOnly }
func (viewFS) Chown(string, int, int) error               { return errReadOnly }
func (viewFS) Chtimes(string, time.Time, time.Time) error { return errReadOnly }

// folderOf reports whether name is one of a backup's folders: its top, or one of
// the 256.
func folderOf(name string) (rel string, ok bool) {
	rel = strings.TrimPrefix(path.Clean("/"+filepath.ToSlash(name)), "/")
	if rel == "" {
		return rel, true
	}
	return rel, len(rel) == 2 && strings.Trim(rel, hexDigits) == ""
}

// viewDir lists a folder of a version: what the catalogue says was in it, and
// is there.
type viewDir struct {
	noFile
	view  *View
	rel   string
	ready bool
	names []string
}

// Name is the folder's name.
func (d *viewDir) Name() string { return d.rel }

// Close does nothing.
func (d *viewDir) Close() error { return nil }

// Stat says that it is a folder.
func (d *viewDir) Stat() (fs.FileInfo, error) { return dirInfo(d.rel), nil }

// Readdirnames gives the next names.
func (d *viewDir) Readdirnames(n int) ([]string, error) {
	if !d.ready {
		if err := d.read(); err != nil {
			return nil, err
		}
		d.ready = true
	}
	if n <= 0 {
		n = len(d.names)
	} else if len(d.names) == 0 {
		return nil, io.EOF
	}
	names := d.names[:min(n, len(d.names))]
	d.names = d.names[len(names):]
	return names, nil
}

// Readdir gives the next entries.
func (d *viewDir) Readdir(n int) (all []fs.FileInfo, err error) {
	names, err := d.Readdirnames(n)
	for _, name := range names {
		info, err := viewFS{d.view}.Stat(path.Join(d.rel, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return all, err
		}
		all = append(all, info)
	}
	return all, err
}

func (d *viewDir) read() error {
	seen := map[string]bool{}
	for _, dir := range d.view.dirs {
		names, err := d.view.place.names(join(dir, d.rel))
		if err != nil {
			return err
		}
		for _, name := range names {
			if seen[name] {
				continue
			}
			seen[name] = true
			if _, folder := folderOf(name); len(d.view.dirs) > 1 && d.view.managed && !(folder && d.rel == "") {
				had, err := d.view.has(path.Join(d.rel, name))
				if err != nil {
					return err
				}
				if !had {
					continue
				}
			}
			d.names = append(d.names, name)
		}
	}
	return nil
}

// noFile refuses everything that is no listing.
type noFile struct{}

func (noFile) Read([]byte) (int, error)           { return 0, fs.ErrInvalid }
func (noFile) ReadAt([]byte, int64) (int, error)  { return 0, fs.ErrInvalid }
func (noFile) Seek(int64, int) (int64, error)     { return 0, fs.ErrInvalid }
func (noFile) Write([]byte) (int, error)          { return 0, errReadOnly }
func (noFile) WriteAt([]byte, int64) (int, error) { return 0, errReadOnly }
func (noFile) WriteString(string) (int, error)    { return 0, errReadOnly }
func (noFile) Truncate(int64) error               { return errReadOnly }
func (noFile) Sync() error                        { return nil }

// dirInfo is the fs.FileInfo of a folder of a version.
type dirInfo string

func (d dirInfo) Name() string     { return path.Base("/" + string(d)) }
func (dirInfo) Size() int64        { return 0 }
func (dirInfo) Mode() fs.FileMode  { return fs.ModeDir | 0o500 }
func (dirInfo) ModTime() time.Time { return time.Time{} }
func (dirInfo) IsDir() bool        { return true }
func (dirInfo) Sys() any           { return nil }

// tops gives what is remembered of a version's files beside the content.
func tops(m meta) map[string]Top {
	all := map[string]Top{}
	for name, t := range m.Tops {
		one := Top{Size: t.Size}
		if b, err := hex.DecodeString(t.Digest); err == nil && len(b) == len(one.Digest) {
			copy(one.Digest[:], b)
		}
		all[name] = one
	}
	return all
}
