package main

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/dustin/go-humanize"

	"lifeboat/assets/words"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
)

// prune deletes versions: those that are named, or those that a policy lets
// go. They go to the trash, and from there for good when their time is over.
func prune(_ context.Context, c *call) error {
	c.withFolder()
	policy := vault.DefaultPolicy
	c.flags.IntVar(&policy.All, "all", policy.All, c.text("cli.flag.keep-all", nil))
	c.flags.IntVar(&policy.Daily, "daily", policy.Daily, c.text("cli.flag.keep-daily", nil))
	c.flags.IntVar(&policy.Weekly, "weekly", policy.Weekly, c.text("cli.flag.keep-weekly", nil))
	c.flags.IntVar(&policy.Monthly, "monthly", policy.Monthly, c.text("cli.flag.keep-monthly", nil))
	c.flags.IntVar(&policy.Trash, "trash", policy.Trash, c.text("cli.flag.keep-trash", nil))
	limit := c.flags.String("limit", "", c.text("cli.flag.limit", nil))
	dry := c.flags.Bool("dry-run", false, c.text("cli.flag.dry-run", nil))
	if err := c.parse(1, 100); err != nil {
		return err
	}
	if *limit != "" {
		bytes, err := humanize.ParseBytes(*limit)
		if err != nil {
			c.say("cli.bad-flag", words.Args{"Error": err.Error()})
			return errUsage
		}
		policy.Limit = int64(min(bytes, 1<<62))
	}
	for _, days := range []int{policy.All, policy.Daily, policy.Weekly, policy.Monthly, policy.Trash} {
		if days < 0 || days > 100_000 {
			c.say("cli.bad-flag", words.Args{"Error": strconv.Itoa(days)})
			return errUsage
		}
	}
	k, err := c.folder(c.args[0])
	if err != nil {
		return err
	}
	if *dry {
		would, err := c.library().WouldPrune(k, policy, time.Now())
		if err != nil {
			return err
		}
		c.changed("would-trash", "cli.version.would-trash", ids(would))
		return nil
	}
	if named := c.args[1:]; len(named) > 0 {
		list, err := c.library().Versions(k)
		if err != nil {
			return err
		}
		numbers, err := numbersOf(list, named)
		if err != nil {
			return err
		}
		if err := c.library().Trash(k, time.Now(), numbers...); err != nil {
			return err
		}
		c.changed("trashed", "cli.version.trashed-now", ids(numbers))
		return nil
	}
	trashed, purged, err := c.library().Prune(k, policy, time.Now())
	if err != nil {
		return err
	}
	c.changed("trashed", "cli.version.trashed-now", ids(trashed))
	c.changed("removed", "cli.version.removed-now", ids(purged))
	return nil
}

// undelete takes versions out of the trash.
func undelete(_ context.Context, c *call) error {
	c.withFolder()
	if err := c.parse(1, 100); err != nil {
		return err
	}
	k, err := c.folder(c.args[0])
	if err != nil {
		return err
	}
	list, err := c.library().Versions(k)
	if err != nil {
		return err
	}
	slices.Reverse(list) // what is taken back is named oldest first
	var numbers []int
	if len(c.args) > 1 {
		if numbers, err = numbersOf(list, c.args[1:]); err != nil {
			return err
		}
	}
	var back []int
	for _, version := range list {
		chosen := len(c.args) == 1
		for _, n := range numbers {
			chosen = chosen || n == version.Number
		}
		if chosen && !version.Trashed.IsZero() {
			back = append(back, version.Number)
		}
	}
	if len(back) == 0 {
		return fault.New(fault.NothingToUndelete, "look into the trash", nil)
	}
	if err := c.library().Undelete(k, back...); err != nil {
		return err
	}
	c.changed("undeleted", "cli.version.undeleted", ids(back))
	return nil
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

func ids(numbers []int) (all []string) {
	for _, n := range numbers {
		all = append(all, strconv.Itoa(n))
	}
	return all
}
