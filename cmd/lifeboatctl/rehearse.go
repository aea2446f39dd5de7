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
		number := 0
		if *in.version != "" {
			version, err := c.version(k, *in.version)
			if err != nil {
				return err
			}
			number = version.Number
		}
		result, err := in.rehearse(ctx, k, number)
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

// rehearse asks for the password only if the backup needs one that is not at hand.
func (i *inside) rehearse(ctx context.Context, k library.Kept, number int) (rehearsal.Result, error) {
	try := func(p keybag.Password) (rehearsal.Result, error) {
		return i.engine().Rehearse(ctx, k, number, p, func(at rehearsal.Progress) {
			i.progress(i.text("cli.rehearse.progress", words.Args{"Files": words.Count(at.Files), "All": words.Count(at.FilesTotal), "Bytes": words.Bytes(at.Bytes)}))
		})
	}
	s := secret{file: *i.file, env: "LIFEBOAT_PASSWORD", prompt: "cli.password.existing"}
	password, err := i.offered(ctx, s)
	if err != nil {
		return rehearsal.Result{}, err
	}
	defer password.Wipe()
	result, err := try(password)
	if fault.Of(err) != fault.PasswordNeeded || !i.asks(s) {
		return result, err
	}
	typed, err := i.ask(ctx, s)
	if err != nil {
		return rehearsal.Result{}, err
	}
	defer typed.Wipe()
	return try(typed)
}

// rehearsed prints what came of it.
func (c *call) rehearsed(k library.Kept, r rehearsal.Result) {
	if c.json {
		problems := []map[string]string{}
		for _, p := range r.Problems {
			problems = append(problems, problemJSON(p))
		}
		c.event(map[string]any{
			"event": "rehearsed", "udid": k.UDID, "version": r.Version.ID(), "date": r.Version.Date, "passed": r.Passed(),
			"encrypted": r.Encrypted, "managed": r.Managed, "noted": r.Noted, "digests": r.Digests,
			"files": r.Files, "directories": r.Directories, "links": r.Links, "bytes": r.Bytes,
			"problems": problems, "problem_count": r.ProblemCount,
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
