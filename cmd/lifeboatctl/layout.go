package main

import (
	"context"
	"path/filepath"

	"lifeboat/assets/words"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
)

// layOut writes an older version in Apple's own format, so that it can be restored.
func layOut(c *call) work {
	c.define("lay-out ID [TO]", 1, 2)
	c.withFolder()
	from := c.option("from", "DIR", defaultRoot(), c.text("cli.flag.from", nil))
	return func(ctx context.Context) error {
		k, err := c.folder(*from)
		if err != nil {
			return err
		}
		to := ""
		if len(c.args) > 1 {
			if to, err = filepath.Abs(c.args[1]); err != nil {
				return fault.New(fault.DestMissing, "find the destination", err).With("Path", c.args[1])
			}
		} else if dir, _ := c.engine().HandOver(); dir == "" {
			return c.misuse(c.cmd, "cli.version.no-apple", nil)
		}
		version, err := c.version(k, c.args[0])
		if err != nil {
			return err
		}
		copied, err := c.engine().LayOut(ctx, k, version.Number, to, func(bytes int64) {
			key := "cli.version.copying"
			if version.Uncounted {
				key = "cli.version.copying-some"
			}
			c.progress(c.text(key, words.Args{"Bytes": words.Bytes(bytes), "Total": words.Bytes(version.Bytes)}))
		})
		if err != nil {
			return err
		}
		c.laidOut(version, copied)
		if copied.DifferCount > 0 || copied.Problems > 0 {
			return errBad
		}
		return nil
	}
}

// laidOut says where the copy is, and whether it can be relied on.
func (c *call) laidOut(version vault.Version, copied vault.Copy) {
	if c.json {
		differs := append([]string{}, copied.Differs...)
		c.event(map[string]any{
			"event": "laid-out", "id": version.ID(), "dir": copied.Dir, "bytes": copied.Bytes, "files": copied.Files,
			"ready": copied.Ready(), "compared": copied.Known, "unknown": copied.Unknown,
			"differs": differs, "differ_count": copied.DifferCount, "problems": copied.Problems, "other_keys": copied.OtherKeys,
		})
		return
	}
	args := words.Args{
		"ID": version.ID(), "Date": words.Date(version.Date), "Path": copied.Dir, "Files": words.Count(copied.Files),
		"N": words.Count(copied.DifferCount), "Unknown": words.Count(copied.Unknown), "Problems": words.Count(copied.Problems),
	}
	switch {
	case copied.Ready():
		c.print(c.text("cli.version.laid-out", args))
	case copied.DifferCount > 0:
		c.print(c.text("cli.version.laid-out-differs", args))
		for _, name := range copied.Differs {
			c.print("  " + name)
		}
	case copied.Problems > 0:
		c.print(c.text("cli.version.laid-out-problems", args))
	case copied.Unread:
		c.print(c.text("cli.version.laid-out-unread", args))
	case !copied.Known:
		c.print(c.text("cli.version.laid-out-foreign", args))
	default:
		c.print(c.text("cli.version.laid-out-unknown", args))
	}
	if copied.OtherKeys {
		c.print(c.text("password.change.other-keys", nil))
	}
}
