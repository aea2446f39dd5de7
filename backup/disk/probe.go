package disk

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/afero"

	"lifeboat/assets/words"
	"lifeboat/device/fault"
)

// Probe finds out whether all that a vault cannot do without can be done in root,
// an existing folder, and leaves nothing there. place is where root leads to,
// with every link followed. A place that lacks what keeps a backup safe is an
// error with one of the destination codes: missing, not a folder, not writable,
// full, failed, [fault.DestSmallFiles] or [fault.DestUnfit].
func Probe(fsys afero.Fs, root string) (place string, err error) {
	const op = "look at the destination"
	place = root
	info, err := fsys.Stat(root)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return place, fault.New(fault.DestMissing, op, err).With("Path", root)
	case err != nil:
		return place, Fault(op, root, err)
	case !info.IsDir():
		return place, fault.New(fault.DestNotFolder, op, nil).With("Path", root)
	}
	if Native(fsys) {
		if place, err = filepath.EvalSymlinks(root); err != nil {
			return root, Fault(op, root, err)
		}
		v, _ := VolumeOf(place) // what is not known of it is tried out
		if err := smallFiles(root, v); err != nil {
			return place, err
		}
	}
	return place, try(fsys, root, place)
}

// HoldsFiles looks at the volume of dir, an existing folder of this computer: one
// that holds no file of 4 GiB is [fault.DestSmallFiles]. What cannot be known is no
// error; [Probe] tries it out.
func HoldsFiles(dir string) error {
	v, _ := VolumeOf(dir)
	return smallFiles(dir, v)
}

// smallFiles refuses the volume of a place that the user calls root, if it is small.
func smallFiles(root string, v Volume) error {
	if v.Small() {
		return fault.New(fault.DestSmallFiles, "look at the destination", nil).With("Path", root).With("System", strings.ToUpper(v.System))
	}
	return nil
}

// probe is a folder in which things are tried out. All paths are within it.
type probe struct {
	fs  afero.Fs
	dir string
}

const (
	probeName = ".lifeboat-probe-"
	// probeAge is how old the folder of a probe is that nobody uses any more.
	probeAge = time.Hour
)

// clearProbes removes what programs have left that died while they tried
// things out. If that does not work, it costs a few bytes.
func clearProbes(fsys afero.Fs, place string) {
	EachName(fsys, place, func(name string) error {
		if !strings.HasPrefix(name, probeName) || len(name) != len(probeName)+len(rand.Text()) {
			return nil
		}
		old := filepath.Join(place, name)
		if info, err := Lstat(fsys, old); err == nil && info.IsDir() && time.Since(info.ModTime()) > probeAge {
			fsys.RemoveAll(old)
		}
		return nil
	})
}

// try goes through all that a vault does, in a folder of its own.
func try(fsys afero.Fs, root, place string) (err error) {
	const op = "try out the destination"
	clearProbes(fsys, place)
	p := probe{fsys, filepath.Join(place, probeName+rand.Text())}
	if err := fsys.Mkdir(p.dir, 0o700); err != nil {
		return unfit(op, root, "folder", err)
	}
	defer func() {
		if clearErr := fsys.RemoveAll(p.dir); clearErr != nil && err == nil {
			err = unfit(op, root, "remove", clearErr)
		}
	}()
	for _, step := range []struct {
		lacks string // a key below "lacks" in problems.en.toml
		try   func() error
	}{
		{"sync", p.writes},
		{"exclusive", p.excludes},
		{"folder", p.folders},
		{"move", func() error { return p.moves("a", "one/two/a", "one/two/a", 'a') }},
		{"replace", p.replaces},
		{"move-folder", func() error { return p.moves("one/two", "three", "three/a", 'b') }},
		{"names", p.names},
	} {
		if err := step.try(); err != nil {
			return unfit(op, root, step.lacks, err)
		}
	}
	return nil
}

// unfit is the error of a place that lacks something. A disk that is full,
// failing or closed to us says so itself.
func unfit(op, root, lacks string, err error) error {
	var known *fault.Error
	if !errors.As(Fault(op, root, err), &known) || known.Code != fault.DestFailed || failing(err) {
		return Fault(op, root, err)
	}
	return fault.New(fault.DestUnfit, op, err).With("Path", root).With("Lacks", words.T("lacks."+lacks, nil))
}

// failing reports whether the disk itself failed, or went away.
func failing(err error) bool {
	return isAny(err, []error{syscall.EIO, syscall.ENXIO, syscall.ENODEV, syscall.ENOTCONN, syscall.ETIMEDOUT, fs.ErrNotExist})
}

// probeSize is how much is written, in bytes: a block of most disks.
const probeSize = 4096

func (p probe) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

// put makes a file with some content, written through to the disk.
func (p probe) put(name string, content byte) error {
	file, err := p.fs.OpenFile(p.path(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	n, err := file.Write(bytes.Repeat([]byte{content}, probeSize))
	if err == nil && n != probeSize {
		err = io.ErrShortWrite
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

var errOther = errors.New("something else was read than was written")

// has reports whether a file has the content that was put there.
func (p probe) has(name string, content byte) error {
	data, err := afero.ReadFile(p.fs, p.path(name))
	if err == nil && !bytes.Equal(data, bytes.Repeat([]byte{content}, probeSize)) {
		err = errOther
	}
	return err
}

func (p probe) writes() error { return errors.Join(p.put("a", 'a'), p.has("a", 'a')) }

// excludes: what is there is not made a second time.
func (p probe) excludes() error {
	switch err := p.put("a", 'b'); {
	case errors.Is(err, fs.ErrExist):
		return p.has("a", 'a')
	case err != nil:
		return err
	}
	return errors.New("a file was made twice")
}

func (p probe) folders() error { return p.fs.MkdirAll(p.path("one/two"), 0o700) }

// moves: what is moved has its content at the new place.
func (p probe) moves(from, to, file string, content byte) error {
	if err := p.fs.Rename(p.path(from), p.path(to)); err != nil {
		return err
	}
	return p.has(file, content)
}

// replaces: a file is moved over another one.
func (p probe) replaces() error {
	if err := p.put("b", 'b'); err != nil {
		return err
	}
	return p.moves("b", "one/two/a", "one/two/a", 'b')
}

// names: files are called by 40 hexadecimal digits.
func (p probe) names() error {
	name := strings.Repeat("0123456789abcdef", 3)[:40]
	if err := p.put(name, 'n'); err != nil {
		return err
	}
	there := false
	err := EachName(p.fs, p.dir, func(found string) error {
		there = there || found == name
		return nil
	})
	if err == nil && !there {
		err = errors.New("a name came back changed")
	}
	return err
}

// Native reports whether fsys is this computer's own file system, so that its
// system calls may be used beside it.
func Native(fsys afero.Fs) bool {
	_, ok := fsys.(*afero.OsFs)
	return ok
}
