package main

import (
	"cmp"
	"context"
	"runtime"

	"lifeboat/assets/words"
	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
)

// encryption switches the phone's backup encryption on or off, or changes
// its password.
func encryption(c *call) work {
	c.define("encryption on|off|change", 1, 1)
	c.withPhone()
	file := c.option("password-file", "FILE", "", c.text("cli.flag.password-file", nil))
	newFile := c.option("new-password-file", "FILE", "", c.text("cli.flag.new-password-file", nil))
	c.withRecord()
	return func(ctx context.Context) error {
		action, ok := actions[c.args[0]]
		if !ok {
			return c.badChoice(c.args[0], "on, off, change")
		}
		phone, err := c.phone(ctx)
		if err != nil {
			return err
		}
		on, err := engine.WillEncrypt(ctx, phone)
		if err != nil {
			return err
		}
		if on && !action.old {
			return fault.New(fault.EncryptionIsOn, "switch encryption on", nil)
		}
		if !on && action.old {
			return fault.New(fault.EncryptionIsOff, "switch encryption", nil)
		}
		if action.old && action.fresh {
			for _, means := range engine.ChangeMeans(-1) {
				c.say(means.Key, means.Args)
			}
		}
		existing, err := c.readIf(ctx, action.old, secret{file: *file, env: "LIFEBOAT_PASSWORD", prompt: "cli.password.existing"})
		if err != nil {
			return err
		}
		defer existing.Wipe()
		fresh := secret{file: *newFile, env: "LIFEBOAT_NEW_PASSWORD", prompt: "cli.password.new", twice: true}
		if !action.old {
			// There is only one password, so the plain names mean it.
			fresh.file, fresh.env = cmp.Or(*newFile, *file), "LIFEBOAT_PASSWORD"
		}
		replacement, err := c.readIf(ctx, action.fresh, fresh)
		if err != nil {
			return err
		}
		defer replacement.Wipe()
		done, err := c.engine().Encrypt(ctx, phone, existing, replacement, c.passcode)
		if err != nil {
			return err
		}
		c.answer(map[string]any{"event": "done", "encrypted": action.fresh, "kept": done.Kept, "earlier_kept": done.Earlier}, words.T("cli.encryption."+c.args[0], nil))
		if told := done.Told(c.words.Keyring(runtime.GOOS)); told.Key != "" {
			c.say(told.Key, told.Args)
		}
		return nil
	}
}

// actions says which passwords each action needs.
var actions = map[string]struct{ old, fresh bool }{
	"on":     {fresh: true},
	"off":    {old: true},
	"change": {old: true, fresh: true},
}

// readIf reads a password that is needed only if wanted.
func (c *call) readIf(ctx context.Context, wanted bool, s secret) (keybag.Password, error) {
	if !wanted {
		return keybag.Password{}, nil
	}
	return c.read(ctx, s)
}
