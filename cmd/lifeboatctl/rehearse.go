package main

import (
	"context"

	"lifeboat/assets/words"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/rehearsal"
	"lifeboat/device/fault"
)

// rehearse proves that a backup restores, onto a simulated phone.
func rehearse(c *call) work {
	c.define("rehearse", 0, 0)
	in := c.looksInside()
	in.withVersion()
	return func(ctx context.Context) error {
		k, err := in.kept()
		if err != nil {
			return err
		}
		number, err := c.number(k, *in.version)
		if err != nil {
			return err
		}
		var result rehearsal.Result
		err = in.withPassword(ctx, func(p keybag.Password) (err error) {
			result, err = c.engine().Rehearse(ctx, k, number, p, func(at rehearsal.Progress) {
				c.progress(c.text("cli.rehearse.progress", words.Args{"Files": words.Count(at.Files), "All": words.Count(at.FilesTotal), "Bytes": words.Bytes(at.Bytes)}))
			})
			return err
		})
		c.endLine()
		switch fault.Of(err) {
		case fault.BackupDamaged, fault.BackupUnfinished, fault.VersionDamaged: // that is an answer
			c.explain(err)
			return errBad
		}
		if err != nil {
			return err
		}
		c.rehearsed(k, result)
		if !result.Passed() {
			return errBad
		}
		return nil
	}
}

// rehearsed prints what came of it.
func (c *call) rehearsed(k library.Kept, r rehearsal.Result) {
	if c.json {
		c.event(map[string]any{
			"event": "rehearsed", "udid": k.UDID, "version": r.Version.ID(), "date": r.Version.Date, "passed": r.Passed(),
			"encrypted": r.Encrypted, "managed": r.Managed, "noted": r.Noted, "digests": r.Digests,
			"files": r.Files, "directories": r.Directories, "links": r.Links, "bytes": r.Bytes,
			"problems": each(r.Problems, problemJSON), "problem_count": r.ProblemCount,
		})
		return
	}
	c.print(c.words.Text(r.Words()))
	for _, p := range r.Problems {
		c.print("  " + c.problem(p))
	}
	for _, text := range r.More() {
		c.print(c.words.Text(text))
	}
}
