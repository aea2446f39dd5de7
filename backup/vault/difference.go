package vault

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/backup/extsort"
	"lifeboat/device/fault"
)

// Difference is a content that two versions do not share.
type Difference struct {
	ID catalog.ID
	// Before and After are the stored bytes in the two; [catalog.Gone] where there
	// is none.
	Before, After int64
}

// Differences visits the contents in which two versions differ, by their lists
// alone: no content is read, and nothing written. full says that between the two
// lies a backup which the phone sent anew: of an encrypted phone contents may
// differ then that are the same, as it locks each with a key of its own. It ends with ctx and with the first
// error, which may be that of visit. Without a list it is [fault.VersionDamaged],
// as it is for a backup that no vault knows.
func Differences(ctx context.Context, fsys afero.Fs, root, udid string, from, to int, visit func(Difference) error) (full bool, err error) {
	const op = "compare two versions"
	p, err := find(fsys, root, udid)
	if err != nil {
		return false, err
	}
	defer p.close()
	full, err = p.differences(ctx, from, to, visit)
	if ctx.Err() != nil {
		return full, fault.New(fault.Cancelled, op, errors.Join(context.Cause(ctx), err))
	}
	return full, disk.Reading(op, root, err)
}

func (p *place) differences(ctx context.Context, from, to int, visit func(Difference) error) (full bool, err error) {
	versions, err := p.listed()
	if err != nil {
		return false, err
	}
	for _, number := range []int{from, to} {
		if indexOf(versions, number) < 0 {
			return false, fault.New(fault.VersionUnknown, "compare two versions", nil).With("Version", number)
		}
	}
	before, done, err := p.state(versions, from)
	if err != nil {
		return false, err
	}
	defer done()
	after, done, err := p.state(versions, to)
	if err != nil {
		return false, err
	}
	defer done()
	// What came in between is other content, also where its length is the same and
	// its digest is not known.
	var between []catalog.Stream
	for _, v := range versions {
		if v.Number <= min(from, to) || v.Number > max(from, to) {
			continue
		}
		full = full || v.meta.Base
		list, err := catalog.Open(p.fs, p.versionDir(v.Number, changesName))
		if err != nil {
			return full, damaged(v.Number, err)
		}
		defer list.Close()
		between = append(between, list.Stream())
	}
	c := comparison{extsort.Peek(before), extsort.Peek(after), extsort.Peek(catalog.Merge(between...))}
	for {
		d, differs, err := c.next()
		if err == io.EOF {
			return full, nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err == nil && differs {
			err = visit(d)
		}
		if err != nil {
			return full, damaged(to, err)
		}
	}
}

// comparison goes through two versions side by side.
type comparison struct{ before, after, between *peeker }

// next takes the next content of either.
func (c *comparison) next() (d Difference, differs bool, err error) {
	for _, p := range []*peeker{c.before, c.after} {
		if p.Err != nil && p.Err != io.EOF {
			return d, false, p.Err
		}
	}
	id, ok := lowest([]*peeker{c.before, c.after})
	if !ok {
		return d, false, io.EOF
	}
	old, had, err := seek(c.before, id)
	if err != nil {
		return d, false, err
	}
	now, has, err := seek(c.after, id)
	if err != nil {
		return d, false, err
	}
	d = Difference{ID: id, Before: catalog.Gone, After: catalog.Gone}
	if had {
		d.Before = old.Size
		c.before.Advance()
	}
	if has {
		d.After = now.Size
		c.after.Advance()
	}
	switch {
	case had != has, old.Size != now.Size:
		return d, true, nil
	case !old.Digest.IsZero() && !now.Digest.IsZero():
		return d, old.Digest != now.Digest, nil
	}
	_, came, err := seek(c.between, id)
	return d, came, err
}
