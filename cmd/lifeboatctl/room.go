package main

import (
	"context"
	"path/filepath"
	"time"

	"lifeboat/backup/library"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
)

// room says what the backups in a folder take, and what goes next.
func room(c *call) work {
	c.define("room DIR", 1, 1)
	return func(ctx context.Context) error {
		dir, err := filepath.Abs(c.args[0])
		if err != nil {
			return fault.New(fault.DestMissing, "find the folder", err).With("Path", c.args[0])
		}
		all, err := c.engine().List(ctx, dir)
		if err != nil {
			return err
		}
		r, err := c.engine().Room(ctx, dir, all, vault.DefaultPolicy, time.Now())
		if err != nil {
			return err
		}
		if c.json {
			c.roomJSON(r)
			return nil
		}
		c.print(c.words.Text(r.Words()))
		for _, g := range r.Next {
			c.print("  " + c.words.Text(g.Words()))
		}
		return nil
	}
}

func (c *call) roomJSON(r library.Room) {
	phones := each(r.Phones, func(p library.PhoneRoom) map[string]any {
		return map[string]any{"udid": p.UDID, "name": p.Name, "bytes": p.Bytes, "more": p.More, "versions": len(p.Versions)}
	})
	c.event(map[string]any{"event": "room", "free": r.Free, "size": r.Size, "used": r.Used, "more": r.More, "phones": phones})
	for _, g := range r.Next {
		event := map[string]any{"event": "next", "udid": g.Kept.UDID, "id": g.Version.ID(), "date": g.Version.Date, "removed": g.Removed}
		if g.Known {
			event["bytes"] = g.Bytes
		}
		if !g.When.IsZero() {
			event["when"] = g.When
		}
		c.event(event)
	}
}
