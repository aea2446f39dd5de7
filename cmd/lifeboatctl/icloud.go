package main

import (
	"context"

	"lifeboat/assets/words"
)

// icloud switches the phone's iCloud Backup on or off, and reads it back.
func icloud(c *call) work {
	c.define("icloud on|off", 1, 1)
	c.withPhone()
	return func(ctx context.Context) error {
		on, known := map[string]bool{"on": true, "off": false}[c.args[0]]
		if !known {
			return c.badChoice(c.args[0], "on, off")
		}
		phone, err := c.phone(ctx)
		if err != nil {
			return err
		}
		if err := c.engine().SwitchCloud(ctx, phone, on, c.passcode); err != nil {
			return err
		}
		c.answer(map[string]any{"event": "icloud", "enabled": on}, words.T("cli.icloud."+c.args[0], nil))
		return nil
	}
}
