// Package keyring keeps the passwords of a phone's backups in the system's own
// keyring: the Keychain, the Credential Manager, or the Secret Service. Of each
// phone it has the newest one, and beside it those that it had before: a backup
// keeps the password that it was made with.
package keyring

import (
	"errors"

	"github.com/zalando/go-keyring"

	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
)

// service is the name under which people find the entries.
const service = "Lifeboat backup password"

// Store keeps passwords by name. Its methods may take as long as a person thinks
// about the keyring's own questions.
type Store interface {
	// Load returns a password; ok is false if none is kept.
	Load(name string) (password keybag.Password, ok bool, err error)
	// Save keeps a password, in place of an earlier one of that name. The empty
	// one removes it, and none is no error.
	Save(name string, password keybag.Password) error
}

// System is the keyring of the user's account. Its errors are
// [fault.KeyringMissing], [fault.KeyringLocked] and [fault.KeyringFailed].
type System struct{}

// Load is [Store.Load].
func (System) Load(name string) (keybag.Password, bool, error) {
	text, err := keyring.Get(service, name)
	if errors.Is(err, keyring.ErrNotFound) {
		return keybag.Password{}, false, nil
	}
	if err != nil {
		return keybag.Password{}, false, explain("read the password", err)
	}
	return keybag.NewPassword(text), true, nil
}

// Save is [Store.Save]. What was saved is read again: the library takes a question
// that was answered with no for done, and on macOS a command that failed.
func (s System) Save(name string, password keybag.Password) error {
	const op = "save the password"
	if password.Empty() {
		return s.remove(name)
	}
	if err := keyring.Set(service, name, password.Reveal()); err != nil {
		return explain(op, err)
	}
	kept, _, err := s.Load(name)
	defer kept.Wipe()
	if err != nil {
		return err
	}
	if !kept.Equal(password) {
		return fault.New(fault.KeyringFailed, op, errors.New("the keyring agreed, but does not have it"))
	}
	return nil
}

// remove removes a password, and looks whether it is gone.
func (s System) remove(name string) error {
	const op = "forget the password"
	switch err := keyring.Delete(service, name); {
	case errors.Is(err, keyring.ErrNotFound):
		return nil
	case err != nil:
		return explain(op, err)
	}
	kept, still, err := s.Load(name)
	kept.Wipe()
	if err != nil {
		return err
	}
	if still {
		return fault.New(fault.KeyringFailed, op, errors.New("the keyring agreed, but still has it"))
	}
	return nil
}
