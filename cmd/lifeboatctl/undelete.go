package main

import (
	"context"
	"slices"

	"lifeboat/device/fault"
)

// undelete takes versions out of the trash.
func undelete(c *call) work {
	c.define("undelete DIR [ID …]", 1, 100)
	c.withFolder()
	return func(context.Context) error {
		k, err := c.folder(c.args[0])
		if err != nil {
			return err
		}
		list, err := c.engine().Versions(k)
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
			chosen := len(c.args) == 1 || slices.Contains(numbers, version.Number)
			if chosen && !version.Trashed.IsZero() {
				back = append(back, version.Number)
			}
		}
		if len(back) == 0 {
			return fault.New(fault.NothingToUndelete, "look into the trash", nil)
		}
		if err := c.engine().Undelete(k, back...); err != nil {
			return err
		}
		c.changed("undeleted", "cli.version.undeleted", ids(back))
		return nil
	}
}
