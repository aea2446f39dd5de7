// Package changes says what changed between two versions of a phone's backups, by
// their lists: no content is read. How much changed is known without the password
// of an encrypted backup; what it is to a person, its names tell, which only the
// password shows.
package changes

import (
	"cmp"
	"context"
	"slices"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// Tally counts files, and the stored bytes of them.
type Tally struct {
	Files int
	Bytes int64
}

func (t *Tally) add(bytes int64) {
	t.Files++
	t.Bytes += bytes
}

// Sums are what changed. Of what changed the bytes are those of the later content,
// of what was removed those that were there.
type Sums struct{ Added, Changed, Removed Tally }

// bytes is how much that is together.
func (s Sums) bytes() int64 { return s.Added.Bytes + s.Changed.Bytes + s.Removed.Bytes }

// Part is what changed of one kind of things, or of one app.
type Part struct {
	Group  verify.Group
	Bundle string // of an app; "" for others
	App    string // its name, as the backup tells it; "" if it does not
	Sums
}

// Changes are what changed from one version to another.
type Changes struct {
	From, To int
	Sums
	// Parts are the same by what it is to a person, the largest first.
	Parts []Part
	// Locked: the names could not be read without the password, so that some or
	// all of Parts is [verify.Locked].
	Locked bool
	// Resent: the phone sent everything anew in between, and may have locked each
	// file with a new key. Locked, Changed counts files then that may be what they
	// were.
	Resent bool
}

const op = "find out what changed"

// Between compares two versions. password is that of the backups, and may be empty.
// A wrong one is [fault.PasswordWrong]; if it opens only one of the two, as after a
// change of the password, the rest is Locked. A version of which no list is known,
// such as another program's backup, is [fault.VersionDamaged]. It ends with ctx.
func Between(ctx context.Context, fsys afero.Fs, root, udid string, from, to int, password keybag.Password) (Changes, error) {
	c := &comparer{
		ctx: ctx, fs: fsys, root: root, udid: udid, password: password,
		parts: map[key]*Part{}, result: Changes{From: from, To: to},
	}
	defer c.close()
	err := c.prepare()
	if err == nil {
		c.result.Resent, err = vault.Differences(ctx, fsys, root, udid, from, to, c.visit)
	}
	if err == nil {
		err = c.sum()
	}
	if ctx.Err() != nil {
		return Changes{}, fault.New(fault.Cancelled, op, context.Cause(ctx))
	}
	if err != nil {
		return Changes{}, disk.Reading(op, vault.Dir(root, udid), err)
	}
	return c.result, nil
}

// key identifies a part.
type key struct {
	group  verify.Group
	bundle string
}

// comparer is one comparison.
type comparer struct {
	ctx        context.Context
	fs         afero.Fs
	root, udid string
	password   keybag.Password
	from, to   *names
	parts      map[key]*Part
	result     Changes
}

// prepare opens the names of both versions.
func (c *comparer) prepare() (err error) {
	if c.to, err = c.open(c.result.To, nil); err != nil {
		return err
	}
	if c.from, err = c.open(c.result.From, c.to); err != nil {
		return err
	}
	if !c.password.Empty() && c.to.wrong && c.from.wrong {
		return fault.New(fault.PasswordWrong, op, nil)
	}
	return nil
}

func (c *comparer) close() {
	for _, n := range []*names{c.from, c.to} {
		if n != nil {
			n.close()
		}
	}
}

// visit counts one content.
func (c *comparer) visit(d vault.Difference) error {
	in := c.to
	if d.After == catalog.Gone {
		in = c.from
	}
	k := key{group: verify.Locked}
	if in.Backup != nil {
		row, found, err := in.Row(c.ctx, d.ID.String())
		if err != nil {
			return err
		}
		k = key{group: verify.Other}
		if found {
			k.group, k.bundle = verify.Classify(row.Domain, row.Path)
		}
		if same, err := c.unchanged(d, row); same || err != nil {
			return err
		}
	}
	part := c.parts[k]
	if part == nil {
		part = &Part{Group: k.group, Bundle: k.bundle}
		c.parts[k] = part
	}
	switch {
	case d.Before == catalog.Gone:
		part.Added.add(d.After)
	case d.After == catalog.Gone:
		part.Removed.add(d.Before)
	default:
		part.Changed.add(d.After)
	}
	return nil
}

// unchanged reports whether a content differs only since it was locked with a new
// key: the phone notes the same length and the same moment of the last change.
func (c *comparer) unchanged(d vault.Difference, now format.Row) (bool, error) {
	if d.Before == catalog.Gone || d.After == catalog.Gone || d.Before != d.After || !c.to.Info().Encrypted || c.from.Backup == nil {
		return false, nil
	}
	old, found, err := c.from.Row(c.ctx, d.ID.String())
	return found && err == nil && sameFile(old.Record, now.Record), err
}

// sameFile reports whether two records tell of one content. What they do not say is
// no sign that they do.
func sameFile(old, now []byte) bool {
	a, errA := format.ParseFile(old)
	b, errB := format.ParseFile(now)
	return errA == nil && errB == nil && a.HasSize && b.HasSize && a.Size == b.Size && a.Modified != 0 && a.Modified == b.Modified
}

// sum adds the parts up, and puts them in order.
func (c *comparer) sum() error {
	r := &c.result
	for _, p := range c.parts {
		for _, s := range []struct{ all, one *Tally }{{&r.Added, &p.Added}, {&r.Changed, &p.Changed}, {&r.Removed, &p.Removed}} {
			s.all.Files += s.one.Files
			s.all.Bytes += s.one.Bytes
		}
		p.App = cmp.Or(c.to.app(p.Bundle), c.from.app(p.Bundle))
		r.Locked = r.Locked || p.Group == verify.Locked
		r.Parts = append(r.Parts, *p)
	}
	slices.SortFunc(r.Parts, func(a, b Part) int {
		return cmp.Or(cmp.Compare(b.bytes(), a.bytes()), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Bundle, b.Bundle))
	})
	return nil
}
