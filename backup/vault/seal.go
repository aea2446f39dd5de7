package vault

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/backup/extsort"
	"lifeboat/backup/format"
	"lifeboat/device/fault"
)

// Seal makes everything that has arrived durable and writes down what it is.
// The phone must be done. Afterwards FS shows the new version, unchanging,
// and a proof of it can be made; see [Run.Catalog] and [Run.Arrived].
func (r *Run) Seal(ctx context.Context, date time.Time) error {
	err := r.seal(ctx, date)
	if ctx.Err() != nil {
		return fault.New(fault.Cancelled, "write through to the disk", ctx.Err())
	}
	return disk.Fault("write through to the disk", r.vault.root, err)
}

func (r *Run) seal(ctx context.Context, date time.Time) error {
	v := r.vault
	if err := r.arrived.checkpoint(ctx); err != nil {
		return err
	}
	if err := r.files.Sync(); err != nil {
		return err
	}
	m := meta{Number: r.state.Number, Base: r.state.Base == 0, Date: date.UTC(), Tops: map[string]top{}}
	if r.state.Base > 0 {
		m.Files, m.Bytes = r.base.Files, r.base.Bytes
	}
	if err := r.tops(ctx, &m); err != nil {
		return err
	}
	recorded, err := r.arrived.segments.Stream()
	if err != nil {
		return err
	}
	c := &changes{ctx: ctx, run: r, meta: &m, known: extsort.Peek(recorded)}
	if c.gone, err = r.gone(&m); err != nil {
		return err
	}
	if _, err := catalog.Fill(v.fs, v.own("run", versionName, changesName), c.list); err != nil {
		return err
	}
	if manifest, err := format.ReadManifest(r.files, r.Dir()); err == nil {
		m.Encrypted, m.DeviceName, m.ProductVersion = manifest.Encrypted, manifest.DeviceName, manifest.ProductVersion
	}
	// A program that dies from here on, while it proves, leaves all of it to the next run.
	r.state.Clean = true
	if err := v.writeJSON(v.own("run", runName), r.state); err != nil {
		return err
	}
	r.sealed = &m
	return nil
}

// gone lists the removed content files in order, and notes other files.
func (r *Run) gone(m *meta) (ids []catalog.ID, err error) {
	for name, err := range r.files.Gone() {
		if err != nil {
			return nil, err
		}
		rel, ok := r.relative(name)
		if !ok {
			continue
		}
		if id, ok := content(rel); ok {
			ids = append(ids, id)
		} else if format.IsTop(rel) {
			m.GoneTops = append(m.GoneTops, rel)
		}
	}
	slices.SortFunc(ids, catalog.ID.Compare)
	return slices.Compact(ids), nil
}

// relative is a path of the phone within the backup.
func (r *Run) relative(name string) (string, bool) {
	rel, within := strings.CutPrefix(strings.TrimLeft(name, "/"), r.vault.udid+"/")
	if !within || rel == "" {
		return "", false
	}
	return rel, true
}

// tops writes down the files beside the content.
func (r *Run) tops(ctx context.Context, m *meta) error {
	for _, name := range format.TopNames {
		size, sum, err := digestOf(ctx, r.files, join(r.Dir(), name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // the proof will say so
		}
		if err != nil {
			return err
		}
		m.Tops[name] = top{size, hex.EncodeToString(sum[:])}
		m.Files++
		m.Bytes += size
	}
	if old, has := r.vault.Current(); has && r.state.Base > 0 {
		for _, t := range old.meta.Tops {
			m.Files--
			m.Bytes -= t.Size
		}
	}
	return nil
}

// changes lists what the new version has otherwise than the one before: the
// content files in the run's tree, and those that are gone. On the way it
// counts them.
type changes struct {
	ctx   context.Context
	run   *Run
	meta  *meta
	known *peeker
	gone  []catalog.ID
}

// list gives all changes to put, in the order of their IDs.
func (c *changes) list(put func(catalog.Entry) error) error {
	v := c.run.vault
	tree := v.own("run", treeName, v.udid)
	for id, err := range v.contents(tree) {
		if err != nil {
			return err
		}
		for len(c.gone) > 0 && c.gone[0].Compare(id) < 0 {
			if err := c.nextGone(put); err != nil {
				return err
			}
		}
		if len(c.gone) > 0 && c.gone[0] == id {
			c.gone = c.gone[1:]
		}
		entry, err := c.entry(id, join(tree, blobName(id)))
		if err == nil {
			err = put(entry)
		}
		if err != nil {
			return err
		}
	}
	for len(c.gone) > 0 {
		if err := c.nextGone(put); err != nil {
			return err
		}
	}
	return nil
}

// nextGone gives the next content file that was removed to put.
func (c *changes) nextGone(put func(catalog.Entry) error) error {
	id := c.gone[0]
	c.gone = c.gone[1:]
	size, had, err := c.before(id)
	if !had || err != nil {
		return err
	}
	c.meta.Removed++
	c.meta.Files--
	c.meta.Bytes -= size
	return put(catalog.Entry{ID: id, Size: catalog.Gone})
}

// before is the size of a content file in the version before.
func (c *changes) before(id catalog.ID) (size int64, had bool, err error) {
	v := c.run.vault
	if err := c.ctx.Err(); err != nil || c.run.state.Base == 0 {
		return 0, false, err
	}
	info, err := v.lstat(join(v.udid, blobName(id)))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	return info.Size(), true, nil
}

// entry is one content file. Its digest was taken as it came in; a file that
// came in another way is read.
func (c *changes) entry(id catalog.ID, name string) (catalog.Entry, error) {
	if err := c.ctx.Err(); err != nil {
		return catalog.Entry{}, err
	}
	info, err := c.run.vault.lstat(name)
	if err != nil {
		return catalog.Entry{}, err
	}
	e, there, err := seek(c.known, id)
	if err != nil {
		return e, err
	}
	if !there || e.Size != info.Size() || e.Digest.IsZero() {
		e.ID = id
		if e.Size, e.Digest, err = digestOf(c.ctx, c.run.vault.fs, name); err != nil {
			return e, err
		}
	}
	size, had, err := c.before(id)
	if err != nil {
		return e, err
	}
	c.meta.Bytes += e.Size - size
	if had {
		c.meta.Changed++
	} else {
		c.meta.Added++
		c.meta.Files++
	}
	return e, nil
}

// Arrived streams the content files that came in this run. It is for after Seal.
// The caller must call done.
func (r *Run) Arrived() (s catalog.Stream, done func(), err error) {
	f, err := catalog.Open(r.vault.fs, r.vault.own("run", versionName, changesName))
	if err != nil {
		return nil, nil, err
	}
	return catalog.Live(f.Stream()), func() { f.Close() }, nil
}

// Catalog streams all content files of the new version. It is for after Seal.
// The caller must call done.
func (r *Run) Catalog() (s catalog.Stream, done func(), err error) {
	f, err := catalog.Open(r.vault.fs, r.vault.own("run", versionName, changesName))
	if err != nil {
		return nil, nil, err
	}
	if r.state.Base == 0 {
		return catalog.Live(f.Stream()), func() { f.Close() }, nil
	}
	before, doneBefore, err := r.vault.state(r.vault.versions, r.state.Base)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return catalog.Live(catalog.Merge(f.Stream(), before)), func() { f.Close(); doneBefore() }, nil
}

// Tops returns size in bytes and digest of the files beside the content. It is for after Seal.
func (r *Run) Tops() map[string]Top { return tops(*r.sealed) }
