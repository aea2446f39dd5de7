package main

import (
	"context"

	"lifeboat/backup/conversation"
)

// icloud switches the phone's iCloud Backup on or off, and reads it back.
func icloud(ctx context.Context, c *call) error {
	c.withPhone()
	if err := c.parse(1, 1); err != nil {
		return err
	}
	on, known := map[string]bool{"on": true, "off": false}[c.args[0]]
	if !known {
		c.say("cli.unknown-switch", map[string]any{"Action": c.args[0]})
		return errUsage
	}
	phone, err := c.phone(ctx)
	if err != nil {
		return err
	}
	change := &conversation.Conversation{Phone: phone, Log: c.log, OnPasscode: func(shown bool) {
		if shown {
			c.say("cli.passcode", nil)
		}
	}}
	if err := change.SwitchCloud(ctx, on); err != nil {
		return err
	}
	if c.json {
		c.event(map[string]any{"event": "icloud", "enabled": on})
		return nil
	}
	c.print(c.text("cli.icloud."+c.args[0], nil))
	return nil
}
