package main

import (
	"context"
	"path/filepath"
	"runtime"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/library"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/ui/engine"
)

// passwords looks after a phone's backup password where it is kept: in the
// system's keyring, and on paper.
func passwords(c *call) work {
	c.define("password kept|forget|sheet", 1, 1)
	c.withFolder()
	from := c.option("from", "DIR", defaultRoot(), c.text("cli.flag.from", nil))
	out := c.option("out", "FILE", "recovery-sheet.pdf", c.text("cli.flag.sheet", nil))
	file := c.option("password-file", "FILE", "", c.text("cli.flag.password-file", nil))
	printed := c.flags.Bool("print-password", false, c.text("cli.flag.print-password", nil))
	return func(ctx context.Context) error {
		switch c.args[0] {
		case "kept":
			return c.keptPasswords(ctx, *from)
		case "forget":
			return c.forgetPassword(ctx, *from)
		case "sheet":
			return c.recoverySheet(ctx, *from, *out, *printed, secret{file: *file, env: "LIFEBOAT_PASSWORD", prompt: "cli.password.existing"})
		}
		return c.badChoice(c.args[0], "kept, forget, sheet")
	}
}

// whose is the phone that is meant: the one that is named, whether there are
// backups of it or not, or the one of which there are.
func (c *call) whose(dir string) (string, error) {
	if c.udid != "" {
		return c.udid, nil
	}
	k, err := c.folder(dir)
	return k.UDID, err
}

// keptPasswords says what the keyring has, and shows none of it.
func (c *call) keptPasswords(ctx context.Context, dir string) error {
	udid, err := c.whose(dir)
	if err != nil {
		return err
	}
	kept, err := c.engine().PasswordsKept(ctx, udid)
	if err != nil {
		return err
	}
	c.toldKept(udid, kept)
	return nil
}

// forgetPassword removes what the keyring has.
func (c *call) forgetPassword(ctx context.Context, dir string) error {
	udid, err := c.whose(dir)
	if err != nil {
		return err
	}
	if err := c.engine().ForgetPassword(ctx, udid); err != nil {
		return err
	}
	c.toldKept(udid, engine.KeptPasswords{})
	return nil
}

func (c *call) toldKept(udid string, kept engine.KeptPasswords) {
	if c.json {
		c.event(map[string]any{"event": "kept", "udid": udid, "newest": kept.Newest, "earlier": kept.Earlier})
		return
	}
	c.print(c.words.Text(kept.Told(c.words.Keyring(runtime.GOOS))))
}

// recoverySheet writes a sheet of paper, with the password only if that is wished.
func (c *call) recoverySheet(ctx context.Context, dir, out string, printed bool, source secret) error {
	k, err := c.folder(dir)
	if err != nil {
		return err
	}
	sheet := engine.Sheet{Folder: k.Root, Made: time.Now()}
	if existing, err := library.Inspect(c.engine().Files(), k.Root, k.UDID); err == nil {
		c.about(device.Summary{Name: existing.DeviceName, ProductType: existing.ProductType})
		sheet.Phone, sheet.Device = existing.DeviceName, facts.DeviceOf(existing.ProductType)
	}
	if sheet.Password, err = c.readIf(ctx, printed, source); err != nil {
		return err
	}
	defer sheet.Password.Wipe()
	path, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	if err := c.engine().SaveRecoverySheet(path, sheet); err != nil {
		return err
	}
	if c.json {
		c.event(map[string]any{"event": "written", "path": path, "password": printed})
		return nil
	}
	c.print(c.text("cli.sheet-written", words.Args{"Path": path}))
	return nil
}
