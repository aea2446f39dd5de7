package backup

import (
	"context"
	"errors"

	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// checkPassword tries the password on the earlier backup, so that a slip of
// the finger shows now and not after hours. It is a hint and no proof: the
// phone's password may have been changed since, on any computer. So the
// owner has the last word, by giving the same password again. With nobody to
// ask it is wrong.
func (r *run) checkPassword(ctx context.Context) (err error) {
	for r.Password.Empty() {
		if r.Password, err = r.another(ctx, fault.New(fault.PasswordNeeded, "check the password", nil)); err != nil {
			return err
		}
	}
	bag := r.earlierBag()
	if bag == nil {
		return nil
	}
	for {
		_, err := bag.Unlock(ctx, r.Password)
		if !refused(err) {
			return err
		}
		again, err := r.another(ctx, err)
		if err != nil {
			return err
		}
		if !again.Empty() && again.Equal(r.Password) {
			return nil
		}
		r.Password = again
	}
}

// earlierBag returns the keybag of the earlier backup, nil if there is none
// to try a password on.
func (r *run) earlierBag() *keybag.Bag {
	manifest, err := format.ReadManifest(r.Fs, vault.Dir(r.Root, r.Phone.UDID))
	if err != nil || !manifest.Encrypted {
		return nil
	}
	bag, err := keybag.Parse(manifest.KeyBag)
	if err != nil {
		r.Log.Warn("the earlier backup's keybag is damaged", "err", err)
		return nil
	}
	return bag
}

// unlock opens the new backup with the password. If the phone turns out to
// have another one, it is asked for again: what was received is good, and
// hours may have gone into it.
func (r *run) unlock(ctx context.Context, b *verify.Backup) error {
	for {
		err := b.Unlock(ctx, r.Password)
		if !refused(err) {
			return err
		}
		if r.Password, err = r.another(ctx, err); err != nil {
			return err
		}
	}
}

// refused reports whether a password did not open what it was tried on.
func refused(err error) bool {
	code := fault.Of(err)
	return code == fault.PasswordWrong || code == fault.PasswordNeeded
}

// another asks for the password again. With nobody to ask, or no answer, why
// is the error.
func (r *run) another(ctx context.Context, why error) (keybag.Password, error) {
	if r.AskAgain == nil {
		return keybag.Password{}, why
	}
	again, err := r.AskAgain(ctx)
	if ctx.Err() != nil {
		return keybag.Password{}, fault.New(fault.Cancelled, "ask for the password", ctx.Err())
	}
	if err != nil {
		return keybag.Password{}, fault.New(fault.Of(why), "ask for the password", errors.Join(why, err))
	}
	return again, nil
}
