package engine

import (
	"bytes"
	"context"
	"slices"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/conversation"
	"lifeboat/backup/disk"
	"lifeboat/backup/keybag"
	"lifeboat/backup/keyring"
	"lifeboat/backup/library"
	"lifeboat/backup/recoverysheet"
	"lifeboat/backup/verify"
	"lifeboat/device"
	"lifeboat/device/fault"
)

// Password asks the keyring for a phone's newest password, and is empty if it has
// none.
func (e *Engine) Password(ctx context.Context, udid string) (keybag.Password, error) {
	if e.Keyring == nil {
		return keybag.Password{}, nil
	}
	return within(ctx, e.KeyringTimeout, func() (keybag.Password, error) {
		password, _, err := e.Keyring.Load(udid)
		return password, err
	})
}

// KeptPasswords is what the keyring has of a phone.
type KeptPasswords struct {
	Newest  bool
	Earlier int // which backups from before a change open with
}

// Any reports whether there is anything to forget.
func (k KeptPasswords) Any() bool { return k.Newest || k.Earlier > 0 }

// PasswordsKept asks what the keyring has of a phone, and shows none of it.
func (e *Engine) PasswordsKept(ctx context.Context, udid string) (KeptPasswords, error) {
	if e.Keyring == nil {
		return KeptPasswords{}, nil
	}
	return within(ctx, e.KeyringTimeout, func() (kept KeptPasswords, err error) {
		all, newest, err := e.passwords(udid)
		defer wipe(all)
		if kept.Earlier = len(all); newest {
			kept.Newest, kept.Earlier = true, len(all)-1
		}
		return kept, err
	})
}

// passwords are all that the keyring has of a phone, the newest first.
func (e *Engine) passwords(udid string) (all []keybag.Password, newest bool, err error) {
	password, newest, err := e.Keyring.Load(udid)
	if err != nil {
		return nil, false, err
	}
	earlier, err := keyring.Earlier(e.Keyring, udid)
	if newest {
		all = append(all, password)
	}
	for _, p := range earlier {
		if !newest || !p.Equal(password) {
			all = append(all, p)
		}
	}
	return all, newest, err
}

// PasswordOf finds among the passwords that the keyring has of a phone the one
// that opens a version, number 0 for the newest; it is empty if none does. Each
// takes seconds to try.
func (e *Engine) PasswordOf(ctx context.Context, k library.Kept, number int) (keybag.Password, error) {
	if e.Keyring == nil {
		return keybag.Password{}, nil
	}
	all, err := within(ctx, e.KeyringTimeout, func() ([]keybag.Password, error) {
		all, _, err := e.passwords(k.UDID)
		return all, err
	})
	if err != nil {
		return keybag.Password{}, err
	}
	defer wipe(all)
	for _, p := range all {
		job := e.Audit(k, number, verify.Level{})
		job.Password = p
		switch err := job.Opens(ctx); {
		case err == nil:
			return keybag.NewPassword(p.Reveal()), nil
		case !refused(err):
			return keybag.Password{}, err
		}
	}
	return keybag.Password{}, nil
}

// orKept does something with a password, and where that does not open a version of k,
// or none is given, with the one that the keyring has for it.
func (e *Engine) orKept(ctx context.Context, k library.Kept, number int, given keybag.Password, do func(keybag.Password) error) error {
	err := do(given)
	if refused(err) {
		if kept, _ := e.PasswordOf(ctx, k, number); !kept.Empty() { // without, err says all
			defer kept.Wipe()
			err = do(kept)
		}
	}
	return err
}

// refused reports whether a password does not open a backup, or none was given.
func refused(err error) bool {
	return slices.Contains([]fault.Code{fault.PasswordWrong, fault.PasswordOlder, fault.PasswordNeeded}, fault.Of(err))
}

// KeepPassword puts a phone's newest password into the keyring. The one that it had
// before stays beside it, for the backups that were made with it.
func (e *Engine) KeepPassword(ctx context.Context, udid string, password keybag.Password) error {
	own := copyOf(password)
	_, err := inKeyring(ctx, e, func(s keyring.Store) (struct{}, error) {
		defer own.Wipe()
		return struct{}{}, keyring.Keep(s, udid, own)
	})
	return err
}

// ForgetPassword removes from the keyring all that it has of a phone: without the
// passwords that it had before, backups from before a change open only for who
// knows them. None is no error.
func (e *Engine) ForgetPassword(ctx context.Context, udid string) error {
	_, err := inKeyring(ctx, e, func(s keyring.Store) (struct{}, error) { return struct{}{}, keyring.Forget(s, udid) })
	return err
}

// inKeyring changes what the keyring has, one change at a time. One that hangs may
// go on after it was given up, so that change needs passwords of its own ([copyOf]).
func inKeyring[T any](ctx context.Context, e *Engine, change func(keyring.Store) (T, error)) (T, error) {
	if e.Keyring == nil {
		var none T
		return none, fault.New(fault.KeyringMissing, "ask the keyring", nil)
	}
	return within(ctx, e.KeyringTimeout, func() (T, error) {
		e.keeping.Lock()
		defer e.keeping.Unlock()
		return change(e.Keyring)
	})
}

// copyOf is a password that outlives the caller's.
func copyOf(p keybag.Password) keybag.Password { return keybag.NewPassword(p.Reveal()) }

// Encrypted is what became of the keyring after a phone got another password.
type Encrypted struct {
	// Kept: the keyring has the new password. Earlier: it has the one before, for
	// the backups that were made with it.
	Kept, Earlier bool
	// Keyring is why it could not be changed; the phone is, nevertheless.
	Keyring error
}

// Encrypt is [conversation.Conversation.Encrypt], and keeps the keyring in step: if the
// password before was kept, the new one is there before the phone gets it, and the one
// before stays for the backups that were made with it. onPasscode may be nil.
func (e *Engine) Encrypt(ctx context.Context, p *device.Phone, old, new keybag.Password, onPasscode func(shown bool)) (done Encrypted, err error) {
	clean := new.Clean() // as the phone gets it
	defer clean.Wipe()
	before, keyringErr := e.Password(ctx, p.UDID)
	defer before.Wipe()
	if fault.Of(keyringErr) == fault.KeyringMissing {
		keyringErr = nil // nothing can be kept there, nor is
	}
	kept := !clean.Empty() && !before.Empty()
	added := false
	if kept && keyringErr == nil {
		added, keyringErr = e.prepare(ctx, p.UDID, clean)
	}
	err = (&conversation.Conversation{Phone: p, Log: e.Log, OnPasscode: onPasscode}).Encrypt(ctx, old, new)
	ctx = context.WithoutCancel(ctx) // whatever the phone has now, the keyring must not stay behind
	if err != nil {
		if added && slices.Contains(unchanged, fault.Of(err)) {
			e.takeBack(ctx, p.UDID, clean)
		}
		return Encrypted{}, err
	}
	if keyringErr == nil && !before.Empty() {
		keyringErr = e.follow(ctx, p.UDID, old, clean, kept)
		done.Kept, done.Earlier = kept && keyringErr == nil, keyringErr == nil
	}
	done.Keyring = keyringErr
	return done, nil
}

// prepare has the keyring hold a password that a phone is about to get, so that it
// is known whatever happens meanwhile. added is false if it held it before.
func (e *Engine) prepare(ctx context.Context, udid string, password keybag.Password) (added bool, err error) {
	own := copyOf(password)
	return inKeyring(ctx, e, func(s keyring.Store) (bool, error) {
		defer own.Wipe()
		all, _, err := e.passwords(udid)
		defer wipe(all)
		if err != nil || slices.ContainsFunc(all, own.Equal) {
			return false, err
		}
		return true, keyring.KeepEarlier(s, udid, own)
	})
}

// takeBack undoes prepare. A password too many does no harm.
func (e *Engine) takeBack(ctx context.Context, udid string, password keybag.Password) {
	own := copyOf(password)
	_, err := inKeyring(ctx, e, func(s keyring.Store) (struct{}, error) {
		defer own.Wipe()
		return struct{}{}, keyring.DropEarlier(s, udid, own)
	})
	if err != nil && e.Log != nil {
		e.Log.Warn("a password that was not set is still in the keyring", "err", err)
	}
}

// follow has the keyring know that a phone has another password now: the newest one
// if it is to be kept, and the one before among the earlier.
func (e *Engine) follow(ctx context.Context, udid string, old, new keybag.Password, kept bool) error {
	ownOld, ownNew := copyOf(old), copyOf(new)
	_, err := inKeyring(ctx, e, func(s keyring.Store) (struct{}, error) {
		defer wipe([]keybag.Password{ownOld, ownNew})
		if !kept {
			return struct{}{}, keyring.Retire(s, udid)
		}
		if !ownOld.Empty() && !ownOld.Equal(ownNew) {
			if err := keyring.KeepEarlier(s, udid, ownOld); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, keyring.Keep(s, udid, ownNew)
	})
	return err
}

// unchanged are the failures after which a phone has the password that it had
// before. After any other it is not known, such as when the cable was pulled.
var unchanged = []fault.Code{
	fault.PasswordWrong, fault.PasswordEmpty, fault.DeviceLocked, fault.PhoneLocked, fault.EncryptionForced,
	fault.EncryptionIsOn, fault.EncryptionIsOff, fault.PolicyForbids, fault.SyncLockBusy,
}

// ChangeMeans says what a new password of a phone means for its backups. older is
// how many exist that need the present one; -1 is not known.
func ChangeMeans(older int) []words.Text {
	means := []words.Text{words.T("password.change.sets", nil)}
	switch {
	case older < 0:
		means = append(means, words.T("password.change.older-some", nil))
	case older > 0:
		means = append(means, words.T("password.change.older", words.Args{"N": words.Count(older)}))
	}
	return append(means, words.T("password.change.next", nil))
}

// Told says what became of the keyring, which this computer calls keyring; the
// empty sentence where there is nothing to say.
func (d Encrypted) Told(keyring string) words.Text {
	args := words.Args{"Keyring": keyring}
	switch {
	case d.Keyring != nil:
		return words.T("password.kept.failed", args)
	case d.Kept && d.Earlier:
		return words.T("password.kept.both", args)
	case d.Kept:
		return words.T("password.kept.new", args)
	case d.Earlier:
		return words.T("password.kept.earlier", args)
	}
	return words.Text{}
}

// Told says what the keyring has, which this computer calls keyring.
func (k KeptPasswords) Told(keyring string) words.Text {
	args := words.Args{"Keyring": keyring, "N": words.Count(k.Earlier)}
	switch {
	case k.Newest && k.Earlier > 0:
		return words.T("password.has.both", args)
	case k.Newest:
		return words.T("password.has.newest", words.Args{"Keyring": keyring})
	case k.Earlier > 0:
		return words.T("password.has.earlier", args)
	}
	return words.T("password.has.none", words.Args{"Keyring": keyring})
}

// Sheet is what stands on a recovery sheet.
type Sheet = recoverysheet.Sheet

// SaveRecoverySheet writes a recovery sheet to a file that only its owner may read,
// in place of what is there. The sheet's Cache is set.
func (e *Engine) SaveRecoverySheet(path string, s Sheet) error {
	s.Cache = e.Cache
	var pdf bytes.Buffer
	if err := recoverysheet.Write(&pdf, e.Words, s); err != nil {
		return err
	}
	return disk.Fault("save the recovery sheet", path, disk.Replace(e.Files(), path, disk.Fresh(path), pdf.Bytes()))
}

func wipe(all []keybag.Password) {
	for _, p := range all {
		p.Wipe()
	}
}

// keyringTimeout is how long a keyring may ask its own questions.
const keyringTimeout = 2 * time.Minute

// within waits for a keyring, which knows no context, until ctx or its time ends.
// One that hangs is left behind.
func within[T any](ctx context.Context, limit time.Duration, f func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answered := make(chan answer, 1)
	go func() {
		value, err := f()
		answered <- answer{value, err}
	}()
	if limit == 0 {
		limit = keyringTimeout
	}
	var none T
	select {
	case a := <-answered:
		return a.value, a.err
	case <-ctx.Done():
		return none, fault.New(fault.Cancelled, "ask the keyring", context.Cause(ctx))
	case <-time.After(limit):
		return none, fault.New(fault.KeyringFailed, "ask the keyring", context.DeadlineExceeded)
	}
}
