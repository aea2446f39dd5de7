package keyring

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
)

// The passwords that a phone had before are one more entry, a list in JSON with
// the newest first: one question of the keyring is enough for all, and a person
// who looks there can read them.
const (
	earlierName = " (earlier)"
	// maxEarlier and maxList bound the list, in passwords and in bytes: Windows
	// keeps 2,560 bytes. Beyond that the oldest go.
	maxEarlier, maxList = 16, 2400
)

// Keep keeps a phone's newest password. The one that was kept before, if it is
// another one, is from then on among the earlier ones, which happens first.
func Keep(s Store, udid string, password keybag.Password) error {
	before, _, err := s.Load(udid)
	if err != nil {
		return err
	}
	defer before.Wipe()
	if !before.Empty() && !before.Equal(password) {
		if err := KeepEarlier(s, udid, before); err != nil {
			return err
		}
	}
	if err := s.Save(udid, password); err != nil {
		return err
	}
	return DropEarlier(s, udid, password)
}

// Retire makes a phone's newest password one of the earlier ones: the phone has
// another one now, which is not kept.
func Retire(s Store, udid string) error {
	newest, ok, err := s.Load(udid)
	if err != nil || !ok {
		return err
	}
	defer newest.Wipe()
	if err := KeepEarlier(s, udid, newest); err != nil {
		return err
	}
	return s.Save(udid, keybag.Password{})
}

// Forget removes all that is kept of a phone. None is no error.
func Forget(s Store, udid string) error {
	return errors.Join(s.Save(udid, keybag.Password{}), s.Save(udid+earlierName, keybag.Password{}))
}

// Earlier returns the passwords that a phone had before its newest one, the last
// of them first. They are to be wiped.
func Earlier(s Store, udid string) ([]keybag.Password, error) {
	const op = "read the earlier passwords"
	kept, ok, err := s.Load(udid + earlierName)
	if err != nil || !ok || kept.Empty() {
		return nil, err
	}
	defer kept.Wipe()
	var texts []string
	if err := json.Unmarshal([]byte(kept.Reveal()), &texts); err != nil {
		return nil, fault.New(fault.KeyringFailed, op, errors.New("the list of earlier passwords is none")) // err would quote it
	}
	var all []keybag.Password
	for _, text := range texts[:min(len(texts), maxEarlier)] {
		if text != "" {
			all = append(all, keybag.NewPassword(text))
		}
	}
	return all, nil
}

// KeepEarlier keeps a password beside the newest one, as the last of the earlier.
func KeepEarlier(s Store, udid string, password keybag.Password) error {
	return change(s, udid, func(all []keybag.Password) []keybag.Password {
		if i := slices.IndexFunc(all, password.Equal); i >= 0 {
			all = slices.Delete(all, i, i+1)
		}
		return slices.Insert(all, 0, keybag.NewPassword(password.Reveal()))
	})
}

// DropEarlier removes one of the earlier passwords. That it is none is no error.
func DropEarlier(s Store, udid string, password keybag.Password) error {
	return change(s, udid, func(all []keybag.Password) []keybag.Password { return slices.DeleteFunc(all, password.Equal) })
}

// change writes the list anew, if it changes.
func change(s Store, udid string, how func([]keybag.Password) []keybag.Password) error {
	const op = "keep the earlier passwords"
	before, err := Earlier(s, udid)
	if err != nil {
		return err
	}
	after := how(slices.Clone(before))
	defer wipe(before, after)
	if slices.EqualFunc(before, after, keybag.Password.Equal) {
		return nil
	}
	var texts []string
	for _, p := range after {
		if !utf8.ValidString(p.Reveal()) {
			return fault.New(fault.KeyringFailed, op, errors.New("a password is no text"))
		}
		texts = append(texts, p.Reveal())
	}
	list, err := encode(texts)
	if err != nil {
		return fault.New(fault.KeyringFailed, op, err)
	}
	defer list.Wipe()
	return s.Save(udid+earlierName, list)
}

// encode writes a list, without the oldest as far as there is no room for them;
// an empty one is the empty password.
func encode(texts []string) (keybag.Password, error) {
	if len(texts) == 0 {
		return keybag.Password{}, nil
	}
	for texts = texts[:min(len(texts), maxEarlier)]; len(texts) > 0; texts = texts[:len(texts)-1] {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(texts); err != nil {
			return keybag.Password{}, err
		}
		if list := strings.TrimSpace(b.String()); len(list) <= maxList {
			return keybag.NewPassword(list), nil
		}
	}
	return keybag.Password{}, errors.New("a password is too long")
}

func wipe(lists ...[]keybag.Password) {
	for _, list := range lists {
		for _, p := range list {
			p.Wipe()
		}
	}
}
