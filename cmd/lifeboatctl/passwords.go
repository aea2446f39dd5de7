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
		case "kept", "forget":
			return c.keptPasswords(ctx, *from, c.args[0] == "forget")
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

// keptPasswords says what the keyring has, and shows none of it. With forget it is
// removed before.
func (c *call) keptPasswords(ctx context.Context, dir string, forget bool) error {
	udid, err := c.whose(dir)
	if err != nil {
		return err
	}
	var kept engine.KeptPasswords
	if forget {
		err = c.engine().ForgetPassword(ctx, udid)
	} else {
		kept, err = c.engine().PasswordsKept(ctx, udid)
	}
	if err != nil {
		return err
	}
	c.answer(map[string]any{"event": "kept", "udid": udid, "newest": kept.Newest, "earlier": kept.Earlier}, kept.Told(c.words.Keyring(runtime.GOOS)))
	return nil
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
	c.answer(map[string]any{"event": "written", "path": path, "password": printed}, words.T("cli.sheet-written", words.Args{"Path": path}))
	return nil
}
