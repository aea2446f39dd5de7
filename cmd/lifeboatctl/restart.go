package main

import "context"

// restart restarts the phone.
func restart(ctx context.Context, c *call) error {
	c.withPhone()
	if err := c.parse(0, 0); err != nil {
		return err
	}
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
