package main

import (
	"context"
	"path/filepath"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
)

// copyBackups copies what is kept of a phone to another folder of backups.
func copyBackups(c *call) work {
	c.define("copy DIR TO", 2, 2)
	c.withFolder()
	id := c.option("version", "ID", "", c.text("cli.flag.copy-version", nil))
	dry := c.flags.Bool("dry-run", false, c.text("cli.flag.copy-dry-run", nil))
	move := c.flags.Bool("move", false, c.text("cli.flag.copy-move", nil))
	drop := c.flags.Bool("drop", false, c.text("cli.flag.copy-drop", nil))
	return func(ctx context.Context) error {
		k, err := c.folder(c.args[0])
		if err != nil {
			return err
		}
		to, err := filepath.Abs(c.args[1])
		if err != nil {
			return fault.New(fault.DestMissing, "find the destination", err).With("Path", c.args[1])
		}
		if *drop {
			if err := c.engine().DropCopy(ctx, k, to); err != nil {
				return err
			}
			c.changedTo("dropped", "cli.copy.dropped", words.Args{"Path": to})
			return nil
		}
		number, err := c.number(k, *id)
		if err != nil {
			return err
		}
		plan, err := c.engine().PlanCopy(ctx, k, number, to)
		if err != nil {
			return err
		}
		c.planned(plan)
		if *dry {
			return nil
		}
		report := func(bytes int64) {
			c.progress(c.text("cli.version.copying", words.Args{"Bytes": words.Bytes(bytes), "Total": words.Bytes(plan.Bytes)}))
		}
		var done vault.Transferred
		away := false
		if *move {
			done, away, err = c.engine().Move(ctx, k, number, to, time.Now(), report)
		} else {
			done, err = c.engine().Copy(ctx, k, number, to, report)
		}
		if done.Dir != "" && (err == nil || *move) { // copied, whatever became of the source
			if bad := c.copied(done); err == nil {
				err = bad
			}
		}
		if away {
			c.changedTo("moved", "cli.copy.moved", words.Args{"Path": k.Root})
		}
		return err
	}
}

// planned says what a copy takes.
func (c *call) planned(plan vault.TransferPlan) {
	c.answer(map[string]any{
		"event": "plan", "versions": plan.Versions, "files": plan.Files, "bytes": plan.Bytes, "arrived": plan.Arrived,
		"need": plan.Need, "free": plan.Free, "file_system": plan.System, "network": plan.Remote,
	}, plan.Words())
}

// copied says what came of it.
func (c *call) copied(done vault.Transferred) error {
	args := words.Args{
		"Path": done.Dir, "Versions": words.Count(done.Versions), "Files": done.Files, "Bytes": words.Bytes(done.Bytes), "N": words.Count(done.DifferCount),
	}
	switch {
	case c.json:
		differs := append([]string{}, done.Differs...)
		c.event(map[string]any{
			"event": "copied", "dir": done.Dir, "versions": done.Versions, "files": done.Files, "bytes": done.Bytes,
			"differs": differs, "differ_count": done.DifferCount,
		})
	case done.DifferCount == 0:
		c.print(c.text("cli.copy.done", args))
	default:
		c.print(c.text("cli.copy.differs", args))
		for _, name := range done.Differs {
			c.print("  " + name)
		}
	}
	if done.DifferCount > 0 {
		return errBad
	}
	return nil
}

// changedTo prints that something was done in a folder.
func (c *call) changedTo(event, key string, args words.Args) {
	c.answer(map[string]any{"event": event, "path": args["Path"]}, words.T(key, args))
}
