package main

import (
	"context"
	"path/filepath"

	"github.com/spf13/afero"

	"lifeboat/assets/words"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
)

// layOut writes an older version in Apple's own format, so that it can be restored.
func layOut(ctx context.Context, c *call) error {
	c.withFolder()
	from := c.flags.String("from", defaultRoot(), c.text("cli.flag.from", nil))
	if err := c.parse(2, 2); err != nil {
		return err
	}
	f, err := c.folder(*from)
	if err != nil {
		return err
	}
	to, err := filepath.Abs(c.args[1])
	if err != nil {
		return fault.New(fault.DestMissing, "find the destination", err).With("Path", c.args[1])
	}
	fs := afero.NewOsFs()
	if err := vault.Preflight(fs, to); err != nil {
		return err
	}
	list, err := vault.List(f.fs, f.root, f.udid)
	if err != nil {
		return err
	}
	version, err := vault.Find(list, c.args[0])
	if err != nil {
		return err
	}
	view, err := vault.OpenView(f.fs, f.root, f.udid, version.Number)
	if err != nil {
		return err
	}
	defer view.Close()
	dir, err := view.LayOut(ctx, fs, to, func(bytes int64) {
		c.progress(c.text("cli.version.copying", words.Args{"Bytes": words.Bytes(bytes), "Total": words.Bytes(version.Bytes)}))
	})
	if err != nil {
		return err
	}
	if c.json {
		c.event(map[string]any{"event": "laid-out", "id": version.ID(), "dir": dir, "bytes": version.Bytes})
		return nil
	}
	c.print(c.text("cli.version.laid-out", words.Args{"ID": version.ID(), "Date": words.Date(version.Date), "Path": dir}))
	return nil
}
