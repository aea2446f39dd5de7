package main

import (
	"context"
	"path/filepath"
	"slices"

	"lifeboat/assets/words"
	"lifeboat/device/fault"
)

// undelete takes versions out of the trash.
func undelete(c *call) work {
	c.define("undelete DIR [ID …]", 1, 100)
	c.withFolder()
	return func(context.Context) error {
		k, err := c.folder(c.args[0])
		if fault.Of(err) == fault.NotABackup && len(c.args) == 1 {
			if back, movedErr := c.takeBack(); back || movedErr != nil {
				return movedErr
			}
		}
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

// takeBack takes the backups of one phone, which were moved to another folder, out
// of the trash; back is false if there are none.
func (c *call) takeBack() (back bool, err error) {
	dir, err := filepath.Abs(c.args[0])
	if err != nil {
		return false, nil // which Find has said
	}
	moved, err := c.engine().Moved(dir, c.udid)
	if err != nil || len(moved) == 0 {
		return false, err
	}
	for _, m := range moved {
		if m.UDID != moved[0].UDID {
			return false, fault.New(fault.SeveralPhones, "look into the trash", nil)
		}
	}
	if err := c.engine().TakeBack(dir, moved[0]); err != nil {
		return false, err
	}
	c.changedTo("taken-back", "cli.copy.taken-back", words.Args{"Path": dir, "To": moved[0].To})
	return true, nil
}
