package main

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"lifeboat/assets/words"
	"lifeboat/backup/content"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/export"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
)

// forms are the forms of edited photos, as the command line names them.
var forms = map[string]kind.PhotoForm{"both": kind.BothForms, "edited": kind.EditedForm, "original": kind.OriginalForm}

// exportFiles takes things out of a backup.
func exportFiles(c *call) work {
	c.define("export KIND…", 1, 64)
	c.cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return completes("", kindNames()...)
	}
	in := c.looksInside()
	in.withVersion()
	to := c.option("to", "FOLDER", "", c.text("cli.flag.export-to", nil))
	gone := c.option("gone-in", "ID", "", c.text("cli.flag.export-gone-in", nil))
	var o kind.Options
	c.flags.BoolVar(&o.Hidden, "hidden", false, c.text("cli.flag.export-hidden", nil))
	c.flags.BoolVar(&o.Deleted, "deleted", false, c.text("cli.flag.export-deleted", nil))
	c.flags.BoolVar(&o.SmallPictures, "small-pictures", false, c.text("cli.flag.export-small-pictures", nil))
	c.flags.BoolVar(&o.AlbumCopies, "album-copies", false, c.text("cli.flag.export-album-copies", nil))
	form := c.option("photos", "FORM", "both", c.text("cli.flag.export-photos", nil), "both", "edited", "original")
	return func(ctx context.Context) error {
		kinds, err := c.kinds(c.args)
		if err != nil {
			return err
		}
		var known bool
		if o.Photos, known = forms[*form]; !known {
			return c.badValue(c.cmd, "photos", *form)
		}
		if *to == "" {
			return c.misuse(c.cmd, "cli.export.where", nil)
		}
		dir, err := filepath.Abs(*to)
		if err != nil {
			return fault.New(fault.DestMissing, "find the destination", err).With("Path", *to)
		}
		b, err := in.open(ctx)
		if err != nil {
			return err
		}
		defer b.Close()
		only, err := in.goneIn(ctx, b, *gone, kinds)
		if err != nil {
			return err
		}
		o.Words = c.words
		done, err := b.Export(ctx, kinds, dir, o, only, func(p export.Progress) {
			c.progress(c.text("cli.export.writing", words.Args{"N": words.Count(p.Files), "Bytes": words.Bytes(p.Bytes)}))
		})
		if err != nil {
			return err
		}
		return c.exported(dir, done)
	}
}

// goneIn chooses what a newer backup has no more; nil where none is named.
func (i *inside) goneIn(ctx context.Context, older engine.Content, id string, kinds []kind.Kind) (content.Choice, error) {
	if id == "" {
		return nil, nil
	}
	k, err := i.kept()
	if err != nil {
		return nil, err
	}
	newer, err := i.openVersion(ctx, k, id)
	if err != nil {
		return nil, err
	}
	defer newer.Close()
	only, _, err := older.GoneSince(ctx, newer, kinds)
	return only, err
}

// exported says what was written, and what was left out.
func (c *call) exported(dir string, done content.Exported) error {
	if c.json {
		left := each(done.Left, func(l export.Left) map[string]any { return map[string]any{"what": l.What, "why": c.words.Text(l.Why)} })
		kinds := each(done.Kinds, c.summaryJSON)
		c.event(map[string]any{
			"event": "exported", "dir": dir, "files": done.Files, "bytes": done.Bytes, "left": left, "left_count": done.LeftCount, "kinds": kinds,
		})
	} else {
		c.endLine()
		for _, s := range done.Kinds {
			c.summary(s)
		}
		c.print(c.text("cli.export.done", words.Args{"N": words.Count(done.Files), "Bytes": words.Bytes(done.Bytes), "Path": dir}))
		if done.LeftCount > 0 {
			c.print(c.text("cli.export.left", words.Args{"N": words.Count(done.LeftCount)}))
		}
	}
	if slices.ContainsFunc(done.Kinds, func(s kind.Summary) bool { return s.State == kind.Unreadable }) {
		return errBad
	}
	return nil
}

// compareContent says which things are in one backup and not in another.
func compareContent(c *call) work {
	c.define("compare OLDER [NEWER]", 1, 2)
	in := c.looksInside()
	return func(ctx context.Context) error {
		k, err := in.kept()
		if err != nil {
			return err
		}
		older, err := in.openVersion(ctx, k, c.args[0])
		if err != nil {
			return err
		}
		defer older.Close()
		id := ""
		if len(c.args) > 1 {
			id = c.args[1]
		}
		newer, err := in.openVersion(ctx, k, id)
		if err != nil {
			return err
		}
		defer newer.Close()
		var wanted content.Comparison
		if c.json {
			wanted.Visit = func(d content.Difference) error {
				c.event(map[string]any{"event": "difference", "kind": d.Kind, "ref": d.Ref, "title": d.Title, "where": d.Where, "gone": d.Gone, "away": d.Away})
				return nil
			}
		}
		all, err := newer.Compare(ctx, older, wanted)
		if err != nil {
			return err
		}
		for _, one := range all {
			c.compared(one)
		}
		return nil
	}
}

// compared prints how two backups differ in one kind.
func (c *call) compared(one content.Compared) {
	if c.json {
		c.event(map[string]any{"event": "compared", "kind": one.Kind, "gone": one.Gone, "added": one.Added, "away": one.Away, "older": one.Older, "newer": one.Newer})
		return
	}
	if text, say := one.Words(); say {
		c.print(c.words.Text(text))
	}
}
