package main

import "context"

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
		if c.json {
			c.event(map[string]any{"event": "restarting"})
			return nil
		}
		c.print(c.text("cli.restarting", nil))
		return nil
	}
}
