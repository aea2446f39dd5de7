package main

import (
	"context"
	"os"

	"lifeboat/backup/changes"
	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
)

// whatChanged says what changed from one version to another.
func whatChanged(c *call) work {
	c.define("changes DIR [OLDER] [NEWER]", 1, 3)
	c.withFolder()
	file := c.option("password-file", "FILE", "", c.text("cli.flag.changes-password", nil))
	return func(ctx context.Context) error {
		k, err := c.folder(c.args[0])
		if err != nil {
			return err
		}
		list, err := c.engine().Versions(k)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fault.New(fault.VersionUnknown, "look for the version", nil)
		}
		// Without numbers, what the newest one brought.
		from, to := list[min(1, len(list)-1)].Number, list[0].Number
		numbers, err := numbersOf(list, c.args[1:])
		if err != nil {
			return err
		}
		if len(numbers) > 0 {
			from = numbers[0]
		}
		if len(numbers) > 1 {
			to = numbers[1]
		}
		password, err := c.offered(ctx, secret{file: *file, env: "LIFEBOAT_PASSWORD", prompt: "cli.password.existing"})
		if err != nil {
			return err
		}
		defer password.Wipe()
		changed, err := c.engine().Changes(ctx, k, from, to, password)
		if err != nil {
			return err
		}
		c.changes(changed)
		return nil
	}
}

// offered is the password that was given; empty for none. It is not asked for.
func (c *call) offered(ctx context.Context, s secret) (keybag.Password, error) {
	if text, set := os.LookupEnv(s.env); s.file == "" && (!set || text == "") {
		return keybag.Password{}, nil
	}
	return c.read(ctx, s)
}

// changes prints what changed.
func (c *call) changes(all changes.Changes) {
	if c.json {
		tally := func(t changes.Tally) map[string]any { return map[string]any{"files": t.Files, "bytes": t.Bytes} }
		sums := func(s changes.Sums, more map[string]any) map[string]any {
			more["added"], more["changed"], more["removed"] = tally(s.Added), tally(s.Changed), tally(s.Removed)
			return more
		}
		parts := each(all.Parts, func(p changes.Part) map[string]any {
			return sums(p.Sums, map[string]any{"group": p.Group, "bundle": p.Bundle, "app": p.App})
		})
		c.event(sums(all.Sums, map[string]any{
			"event": "changes", "from": all.From, "to": all.To, "locked": all.Locked, "resent": all.Resent, "parts": parts,
		}))
		return
	}
	c.print(c.words.Text(all.Words()))
	for _, p := range all.Parts {
		c.print("  " + c.words.Text(p.Words()))
	}
}
