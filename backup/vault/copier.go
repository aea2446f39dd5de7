package vault

import (
	"context"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
	"lifeboat/backup/extsort"
	"lifeboat/backup/format"
	"lifeboat/device/fault"
)

// copier copies a backup file by file and proves it on the way.
type copier struct {
	ctx    context.Context
	from   viewFS
	to     afero.Fs // rooted at the copy
	report func(int64)
	buffer []byte
	hash   hash.Hash
	copied Copy
}

func (c *copier) all() error {
	c.buffer, c.hash = make([]byte, 256<<10), catalog.NewHash()
	remembered, done, err := c.remembered()
	if err != nil {
		return err
	}
	defer done()
	if err := c.tops(); err != nil {
		return err
	}
	for prefix := range 256 {
		if err := c.folder(byte(prefix), remembered); err != nil {
			return err
		}
	}
	return nil
}

// remembered is the list of what once arrived; it is empty where nothing is
// remembered. The caller must call done.
func (c *copier) remembered() (p *peeker, done func(), err error) {
	view := c.from.w
	if c.copied.Known = view.remembers(); !c.copied.Known {
		ours := !view.version.Uncounted || view.version.Unread
		c.copied.Unread = ours && !view.Managed() && !view.Foreign()
		return extsort.Peek(catalog.Slice(nil)), func() {}, nil
	}
	stream, done, err := view.Catalog()
	if err != nil {
		return nil, nil, err
	}
	return extsort.Peek(stream), done, nil
}

// tops copies the files beside the content. Those that a restore begins with
// must be right.
func (c *copier) tops() error {
	remembered := tops(c.from.w.version.meta)
	for _, name := range format.TopNames {
		top, known := remembered[name]
		want := expected{top.Size, top.Digest, known}
		before := c.copied.DifferCount
		err := c.file(name, want)
		if errors.Is(err, fs.ErrNotExist) {
			if err = nil; known || name == format.InfoName {
				c.differ(name, "missing")
			}
		}
		if err != nil {
			return err
		}
		if c.copied.Known && name != format.InfoName && c.copied.DifferCount > before {
			return fault.New(fault.VersionDamaged, opLayOut, errors.New(c.copied.Differs[before])).With("Version", c.from.w.version.Number)
		}
	}
	return nil
}

// folder copies one of the 256 folders of content.
func (c *copier) folder(prefix byte, remembered *peeker) error {
	folder := prefixName(prefix)
	names, err := (&viewDir{view: c.from.w, rel: folder}).Readdirnames(-1)
	if err != nil {
		return err
	}
	if err := c.to.Mkdir(folder, 0o700); err != nil {
		return err
	}
	there := map[catalog.ID]bool{}
	for _, name := range names {
		if id, ok := catalog.ParseID(name); ok {
			there[id] = true
		}
	}
	want := map[catalog.ID]expected{}
	for remembered.Err == nil && remembered.Head.ID[0] == prefix {
		e := remembered.Head
		if want[e.ID] = (expected{e.Size, e.Digest, true}); !there[e.ID] {
			c.differ(join(folder, e.ID.String()), "missing")
		}
		remembered.Advance()
	}
	if remembered.Err != nil && remembered.Err != io.EOF {
		return remembered.Err
	}
	for _, name := range names {
		id, ok := catalog.ParseID(name)
		if !ok || id[0] != prefix {
			continue // such as what a file manager left there
		}
		if err := c.file(join(folder, name), want[id]); err != nil {
			return err
		}
	}
	return nil
}

// errReading is wrapped by errors of the file that is copied.
var errReading = errors.New("read")

// file copies one file. One that cannot be read is noted and left out, unless
// nothing can be read any more.
func (c *copier) file(rel string, want expected) error {
	got, err := c.copyFile(rel)
	if errors.Is(err, errReading) && c.ctx.Err() == nil {
		if _, goneErr := c.from.Stat(format.StatusName); goneErr != nil {
			return err
		}
		c.differ(rel, "it cannot be read")
		return c.to.Remove(rel)
	}
	if err != nil {
		return err
	}
	c.copied.Files++
	c.compare(rel, want, got)
	return nil
}

func (c *copier) copyFile(rel string) (got expected, err error) {
	in, err := c.from.Open(rel)
	if err != nil {
		return got, err
	}
	defer in.Close()
	out, err := c.to.OpenFile(rel, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return got, err
	}
	got.size, err = c.pour(out, in)
	got.digest = catalog.Sum(c.hash)
	return got, errors.Join(err, out.Close())
}

func (c *copier) pour(out io.Writer, in io.Reader) (size int64, err error) {
	c.hash.Reset()
	for c.ctx.Err() == nil {
		n, err := in.Read(c.buffer)
		if n > 0 {
			if _, err := out.Write(c.buffer[:n]); err != nil {
				return size, err
			}
			c.hash.Write(c.buffer[:n])
			size += int64(n)
			c.copied.Bytes += int64(n)
			if c.report != nil {
				c.report(c.copied.Bytes)
			}
		}
		if err == io.EOF {
			return size, nil
		}
		if err != nil {
			return size, errors.Join(errReading, err)
		}
	}
	return size, c.ctx.Err()
}
