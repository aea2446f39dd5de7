package main

import (
	"context"
	"path/filepath"
	"strconv"
	"time"

	"github.com/dustin/go-humanize"

	"lifeboat/assets/words"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
)

// prune deletes versions: those that are named, or those that a policy lets
// go. They go to the trash, and from there for good when their time is over.
func prune(c *call) work {
	c.define("prune DIR [ID …]", 1, 100)
	c.withFolder()
	policy := vault.DefaultPolicy
	numbers := []struct {
		name, what string
		value      *int
	}{
		{"all", "DAYS", &policy.All}, {"daily", "N", &policy.Daily}, {"weekly", "N", &policy.Weekly},
		{"monthly", "N", &policy.Monthly}, {"trash", "DAYS", &policy.Trash},
	}
	for _, n := range numbers {
		c.flags.IntVar(n.value, n.name, *n.value, c.text("cli.flag.keep-"+n.name, nil))
		c.takes(n.name, n.what)
	}
	limit := c.option("limit", "SIZE", "", c.text("cli.flag.limit", nil))
	dry := c.flags.Bool("dry-run", false, c.text("cli.flag.dry-run", nil))
	return func(context.Context) error {
		if *limit != "" {
			bytes, err := humanize.ParseBytes(*limit)
			if err != nil {
				return c.badValue(c.cmd, "limit", *limit)
			}
			policy.Limit = int64(min(bytes, 1<<62))
		}
		for _, n := range numbers {
			if *n.value < 0 || *n.value > 100_000 {
				return c.badValue(c.cmd, n.name, strconv.Itoa(*n.value))
			}
		}
		if !*dry && len(c.args) == 1 {
			if emptied, err := c.pruneMoved(policy); emptied || err != nil {
				return err
			}
		}
		k, err := c.folder(c.args[0])
		if err != nil {
			return err
		}
		if *dry {
			would, err := c.engine().WouldPrune(k, policy, time.Now())
			if err != nil {
				return err
			}
			c.changed("would-trash", "cli.version.would-trash", ids(would))
			return nil
		}
		if named := c.args[1:]; len(named) > 0 {
			list, err := c.engine().Versions(k)
			if err != nil {
				return err
			}
			numbers, err := numbersOf(list, named)
			if err != nil {
				return err
			}
			if err := c.engine().Trash(k, time.Now(), numbers...); err != nil {
				return err
			}
			c.changed("trashed", "cli.version.trashed-now", ids(numbers))
			return nil
		}
		trashed, purged, err := c.engine().Prune(k, policy, time.Now())
		if err != nil {
			return err
		}
		c.changed("trashed", "cli.version.trashed-now", ids(trashed))
		c.changed("removed", "cli.version.removed-now", ids(purged))
		return nil
	}
}

func numbersOf(versions []vault.Version, named []string) (numbers []int, err error) {
	for _, id := range named {
		version, err := vault.Find(versions, id)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, version.Number)
	}
	return numbers, nil
}

func ids(numbers []int) []string { return each(numbers, strconv.Itoa) }

// pruneMoved removes for good what was moved to other folders long enough ago.
// emptied says that the folder holds nothing else.
func (c *call) pruneMoved(policy vault.Policy) (emptied bool, err error) {
	dir, err := filepath.Abs(c.args[0])
	if err != nil {
		return false, nil // which Find will say
	}
	gone, err := c.engine().PruneMoved(dir, policy, time.Now())
	for _, m := range gone {
		c.changedTo("emptied", "cli.copy.emptied", words.Args{"Path": dir, "To": m.To})
	}
	if err != nil {
		return false, err
	}
	_, findErr := c.engine().Find(dir, c.udid)
	return len(gone) > 0 && fault.Of(findErr) == fault.NotABackup, nil
}
