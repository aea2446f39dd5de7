package vault

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/afero"

	"lifeboat/backup/diskerr"
	"lifeboat/backup/format"
	"lifeboat/device/fault"
)

// LayOut writes the version to dir/<UDID>, in Apple's own format, as programs
// that restore take it. dir must be a folder, and nothing may stand at
// dir/<UDID> ([fault.LayOutTaken]). The copy appears only when it is whole.
// report is told the bytes that were copied so far; it may be nil.
func (w *View) LayOut(ctx context.Context, fsys afero.Fs, dir string, report func(bytes int64)) (string, error) {
	const op = "lay the version out"
	final := filepath.Join(dir, w.place.udid)
	if _, err := fsys.Stat(final); !errors.Is(err, fs.ErrNotExist) {
		if err != nil {
			return "", diskerr.Fault(op, dir, err)
		}
		return "", fault.New(fault.LayOutTaken, op, nil).With("Path", final)
	}
	fresh := filepath.Join(dir, ".lifeboat-"+w.place.udid+".part")
	err := fsys.RemoveAll(fresh)
	if err == nil {
		c := &copier{ctx: ctx, from: viewFS{w}, to: fsys, dir: fresh, report: report}
		err = c.all()
	}
	if err == nil {
		err = errors.Join(syncTree(ctx, fsys, fresh))
	}
	if err == nil {
		err = fsys.Rename(fresh, final)
	}
	if err == nil {
		return final, diskerr.Fault(op, dir, syncDir(fsys, dir))
	}
	fsys.RemoveAll(fresh)
	if ctx.Err() != nil {
		return "", fault.New(fault.Cancelled, op, ctx.Err())
	}
	return "", diskerr.Fault(op, dir, err)
}

// copier copies a backup file by file.
type copier struct {
	ctx    context.Context
	from   viewFS
	to     afero.Fs
	dir    string
	report func(int64)
	bytes  int64
	buffer []byte
}

func (c *copier) all() error {
	c.buffer = make([]byte, 256<<10)
	if err := c.to.Mkdir(c.dir, 0o700); err != nil {
		return err
	}
	for _, name := range []string{format.InfoName, format.StatusName, format.ManifestName, format.ManifestDBName} {
		if err := c.file(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for prefix := range 256 {
		folder := prefixName(byte(prefix))
		d := &viewDir{view: c.from.w, rel: folder}
		names, err := d.Readdirnames(-1)
		if err != nil {
			return err
		}
		if err := c.to.Mkdir(filepath.Join(c.dir, folder), 0o700); err != nil {
			return err
		}
		for _, name := range names {
			if err := c.file(join(folder, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *copier) file(rel string) error {
	in, err := c.from.Open(rel)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := c.to.OpenFile(filepath.Join(c.dir, filepath.FromSlash(rel)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(c.pour(out, in), out.Close())
}

func (c *copier) pour(out io.Writer, in io.Reader) error {
	for c.ctx.Err() == nil {
		n, err := in.Read(c.buffer)
		if n > 0 {
			if _, err := out.Write(c.buffer[:n]); err != nil {
				return err
			}
			c.bytes += int64(n)
			if c.report != nil {
				c.report(c.bytes)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return c.ctx.Err()
}
