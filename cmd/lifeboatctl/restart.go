package main

import (
	"context"

	"lifeboat/assets/words"
)

// restart restarts the phone.
func restart(c *call) work {
	c.define("restart", 0, 0)
	c.withPhone()
	return func(ctx context.Context) error {
		phone, err := c.phone(ctx)
		if err != nil {
			return err
		}
		if err := phone.Restart(ctx); err != nil {
			return err
		}
		c.answer(map[string]any{"event": "restarting"}, words.T("cli.restarting", nil))
		return nil
	}
}
