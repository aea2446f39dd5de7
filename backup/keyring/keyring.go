// Package keyring keeps backup passwords in the system's own keyring, one
// for each phone: the Keychain, the Credential Manager, or the Secret Service.
package keyring

import (
	"errors"

	"github.com/zalando/go-keyring"

	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
)

// service is the name under which people find the entries.
const service = "Lifeboat backup password"

// System is the keyring of the user's account.
type System struct{}

// Load is [Load].
func (System) Load(udid string) (keybag.Password, bool, error) { return Load(udid) }

// Save is [Save].
func (System) Save(udid string, password keybag.Password) error { return Save(udid, password) }

// Save keeps the password of a phone's backups, in place of an earlier one.
// A keyring that does not is [fault.KeyringFailed].
func Save(udid string, password keybag.Password) error {
	return explain("save the password", keyring.Set(service, udid, password.Reveal()))
}

// Load returns the password of a phone's backups; ok is false if none is kept.
func Load(udid string) (password keybag.Password, ok bool, err error) {
	text, err := keyring.Get(service, udid)
	if errors.Is(err, keyring.ErrNotFound) {
		return keybag.Password{}, false, nil
	}
	if err != nil {
		return keybag.Password{}, false, explain("read the password", err)
	}
	return keybag.NewPassword(text), true, nil
}

// Forget removes the password of a phone's backups; none is no error.
func Forget(udid string) error {
	err := keyring.Delete(service, udid)
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return explain("forget the password", err)
}

func explain(op string, err error) error {
	if err == nil {
		return nil
	}
	return fault.New(fault.KeyringFailed, op, err)
}
