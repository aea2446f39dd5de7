package main

import (
	"context"
	"runtime"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/library"
	"lifeboat/device/fault"
)

// find lists where backups are on this computer: the folders that are remembered,
// with the drives that are away, and what other programs made.
func find(c *call) work {
	c.define("find", 0, 0)
	sizes := c.flags.Bool("sizes", false, c.text("cli.flag.sizes", nil))
	return func(ctx context.Context) error {
		known, err := c.engine().Remembered(ctx)
		if err != nil {
			return fault.New(fault.Internal, "read where backups were seen", err)
		}
		for _, r := range known {
			c.rememberedFolder(r)
		}
		found, unread, err := c.engine().Foreign(ctx)
		if err != nil {
			return err
		}
		for _, f := range found {
			var bytes *int64
			if *sizes && f.Err == nil {
				n, err := c.engine().ForeignSize(ctx, f)
				if ctx.Err() != nil {
					return err
				}
				if err == nil {
					bytes = &n
				}
			}
			c.foreignBackup(f, bytes)
		}
		for _, u := range unread {
			c.unreadFolder(u)
		}
		if len(known)+len(found)+len(unread) == 0 && !c.json {
			c.say("library.none", nil)
		}
		return nil
	}
}

// rememberedFolder prints one folder.
func (c *call) rememberedFolder(r library.Remembered) {
	c.answer(map[string]any{
		"event": "folder", "path": r.Root, "here": r.Here, "now": r.Now,
		"drive": r.Volume, "last_seen": r.LastSeen.Format(time.RFC3339),
	}, r.Words())
}

// foreignBackup prints one backup of another program.
func (c *call) foreignBackup(f library.Foreign, bytes *int64) {
	if c.json {
		of := []library.Program{}
		event := map[string]any{
			"event": "backup", "path": f.Dir, "udid": f.UDID, "name": f.DeviceName, "date": f.Date.Format(time.RFC3339),
			"encrypted": f.Encrypted, "finished": f.Finished, "aside": f.Aside, "place_of": append(of, f.Of...),
		}
		if f.Err != nil {
			event["error"] = fault.Of(f.Err)
		}
		if bytes != nil {
			event["bytes"] = *bytes
		}
		c.event(event)
		return
	}
	line := c.words.Text(f.Words())
	if bytes != nil {
		line += " " + c.text("library.size", words.Args{"Bytes": words.Bytes(*bytes)})
	}
	c.print(line + "\n  " + f.Dir)
}

// unreadFolder prints a folder that could not be looked at.
func (c *call) unreadFolder(u library.Unread) {
	e := fault.As(u.Err)
	p := c.words.Problem(string(e.Code), runtime.GOOS, e.Args)
	if c.json {
		c.event(map[string]any{"event": "unread", "path": u.Dir, "code": e.Code, "happened": p.Happened, "next": p.Next})
		return
	}
	c.print(strings.Join([]string{c.text("library.unread", words.Args{"Path": u.Dir}), p.Happened, p.Next}, "\n  "))
}
