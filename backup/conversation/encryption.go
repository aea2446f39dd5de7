package conversation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lifeboat/backup/keybag"
	"lifeboat/backup/mobilebackup2"
	"lifeboat/device"
	"lifeboat/device/fault"
	"lifeboat/device/safeplist"
)

// domain is lockdownd's domain about backups.
const domain = "com.apple.mobile.backup"

// Encrypt switches the encryption of a phone's backups on if old is empty, off if
// new is, and else changes their password, and reads back that it is so. From
// iOS 13 on the phone asks for its passcode meanwhile. What is set is new as
// [keybag.Password.Clean] gives it; old is tried as it was typed first, and then
// in its other spellings. Errors are *fault.Error.
func (c *Conversation) Encrypt(ctx context.Context, old, new keybag.Password) error {
	err := func() error {
		values, err := c.Phone.Values(ctx, domain)
		if err != nil {
			return err
		}
		clean := new.Clean()
		defer clean.Wipe()
		if clean.Empty() && !new.Empty() {
			return fault.New(fault.PasswordEmpty, "change the encryption", nil)
		}
		if err := changeable(values, old, clean); err != nil {
			return err
		}
		return c.During(ctx, func(ctx context.Context) error {
			return old.EachSpelling(func(spelling keybag.Password) error { return c.ChangePassword(ctx, spelling, clean) })
		})
	}()
	if err != nil {
		return fault.As(err)
	}
	return nil
}

// changeable reports whether the phone, as it is set, can do what is asked.
func changeable(values map[string]any, old, new keybag.Password) error {
	const op = "change the encryption"
	on, err := encrypts(values["WillEncrypt"])
	forced, _ := safeplist.Bool(values["RequiresEncryption"]) // the phone itself has the last word
	switch {
	case err != nil:
		return err
	case old.Empty() && new.Empty():
		return fault.New(fault.PasswordEmpty, op, nil)
	case old.Empty() && on:
		return fault.New(fault.EncryptionIsOn, op, nil)
	case !old.Empty() && !on:
		return fault.New(fault.EncryptionIsOff, op, nil)
	case new.Empty() && forced:
		return fault.New(fault.EncryptionForced, op, nil)
	}
	return nil
}

// ChangePassword is [Conversation.Encrypt] as a part of [Conversation.During],
// without a look at what the phone allows, and with passwords as they are.
func (c *Conversation) ChangePassword(ctx context.Context, old, new keybag.Password) error {
	const op = "change the encryption"
	answer, err := c.Request(ctx, nil, func(s *mobilebackup2.Session) error {
		return s.ChangePassword(c.Phone.UDID, old, new)
	})
	if err == nil {
		err = answer.Fault(op)
	}
	if err != nil {
		return err
	}
	unchanged := fault.New(fault.DeviceError, op, errors.New("the phone agreed, but its setting did not change"))
	return seen(ctx, unchanged, func(ctx context.Context) (bool, error) {
		on, err := WillEncrypt(ctx, c.Phone)
		return on == !new.Empty(), err
	})
}

// settingTakes is how long the phone may take, after it agreed, until it shows a
// setting as it was changed.
const settingTakes = 10 * time.Second

// seen waits until a setting of the phone is as it should be. One that does not
// become so gives the error unchanged.
func seen(ctx context.Context, unchanged error, as func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, settingTakes, unchanged)
	defer cancel()
	for {
		is, err := as(ctx)
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		if err != nil || is {
			return err
		}
		select {
		case <-time.After(250 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// WillEncrypt reads whether the phone encrypts its backups. One that never had
// a backup password says nothing of it.
func WillEncrypt(ctx context.Context, phone *device.Phone) (bool, error) {
	v, err := phone.Value(ctx, domain, "WillEncrypt")
	if err != nil {
		return false, err
	}
	return encrypts(v)
}

// encrypts is what a phone says by its WillEncrypt, nil if it has none.
func encrypts(v any) (bool, error) {
	on, ok := safeplist.Bool(v)
	if v != nil && !ok {
		return false, fault.New(fault.PhoneNonsense, "read whether backups are encrypted", fmt.Errorf("a %T", v))
	}
	return on, nil
}
