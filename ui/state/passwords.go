package state

import (
	"context"

	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
)

// knownPassword is the password of a phone that has proven right in this session.
func (s *State) knownPassword(udid string) keybag.Password { return copyOf(s.passwords[udid]) }

// copyOf is a password of its own, which whoever gets it may wipe.
func copyOf(p keybag.Password) keybag.Password {
	if p.Empty() {
		return keybag.Password{}
	}
	return keybag.NewPassword(p.Reveal())
}

// await has the window ask for a password, and waits until it is answered.
func (s *State) await(ctx context.Context, ask func(answer chan<- keybag.Password)) (keybag.Password, error) {
	answer := make(chan keybag.Password, 1)
	s.Post(func() {
		if ctx.Err() == nil {
			ask(answer)
		}
	})
	select {
	case password := <-answer:
		return password, nil
	case <-ctx.Done():
		return keybag.Password{}, fault.New(fault.Cancelled, "ask for the password", context.Cause(ctx))
	}
}

// AskKeyring asks what the keyring has of a phone, and hands it to told.
func (s *State) AskKeyring(p *Phone, told func(engine.KeptPasswords, error)) {
	ctx, udid := s.ctx, p.Dev.UDID
	go func() {
		kept, err := s.Engine.PasswordsKept(ctx, udid)
		s.postFor(ctx, func() { told(kept, err) })
	}()
}

// RevealPassword asks the keyring for a phone's password, to be shown to the person.
func (s *State) RevealPassword(p *Phone, told func(keybag.Password)) {
	udid := p.Dev.UDID
	var password keybag.Password
	s.perform(func(ctx context.Context) (err error) {
		password, err = s.Engine.Password(ctx, udid)
		return err
	}, func() { told(password) })
}

// ForgetPassword has the keyring forget a phone's passwords, and calls done then.
func (s *State) ForgetPassword(p *Phone, done func()) {
	udid := p.Dev.UDID
	delete(s.passwords, udid)
	s.perform(func(ctx context.Context) error { return s.Engine.ForgetPassword(ctx, udid) }, done)
}

// ChangePassword gives a phone another backup password, which it asks its passcode
// for. It is kept in the keyring if the one before was. done is called with what
// became of the keyring.
func (s *State) ChangePassword(p *Phone, old, new keybag.Password, done func(engine.Encrypted)) {
	if s.occupied(p.Dev.UDID) {
		return // not while a backup or a restore runs
	}
	ctx, cancel := context.WithCancel(s.ctx)
	closeSheet := s.View.Waiting(ChangePassword, cancel)
	dev := p.Dev
	go func() {
		became, err := s.Engine.Encrypt(ctx, dev, old, new, nil)
		s.postFor(s.ctx, func() {
			defer cancel()
			if err == nil {
				delete(s.passwords, dev.UDID)
			}
			switch open := closeSheet(); {
			case !open && fault.Of(err) == fault.Cancelled: // closed meanwhile
			case err != nil:
				s.View.Problem(err, nil)
			default:
				done(became)
			}
		})
	}()
}

// SaveSheet writes a recovery sheet, and calls saved if that worked.
func (s *State) SaveSheet(path string, sheet engine.Sheet, saved func()) {
	s.perform(func(context.Context) error { return s.Engine.SaveRecoverySheet(path, sheet) }, saved)
}

// Keeping reports whether the keyring is asked to keep the password that was chosen:
// it may wait for its owner.
func (j *Job) Keeping() bool { return j.keeping }
