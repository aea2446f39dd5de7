package keybag

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"

	"lifeboat/device/fault"
)

// Keys are the class keys of an unlocked keybag. They may be used by several
// goroutines at once.
type Keys struct{ classes map[uint32]cipher.Block }

// Unlock derives the password's key and unwraps the class keys, in the first
// of the password's spellings that fits ([Password.EachSpelling]). It takes
// seconds of processor time with the rounds that phones use, for each
// spelling, and ends early when ctx does. A wrong password is a *fault.Error
// with [fault.PasswordWrong], an empty one has [fault.PasswordNeeded].
func (b *Bag) Unlock(ctx context.Context, p Password) (*Keys, error) {
	if p.Empty() {
		return nil, fault.New(fault.PasswordNeeded, "unlock keybag", nil)
	}
	var keys *Keys
	err := p.EachSpelling(func(spelling Password) (err error) {
		keys, err = b.unlock(ctx, spelling)
		return err
	})
	return keys, err
}

// Spelling is the one of the password's spellings that opens the bag, which is
// what a phone has to be given, as a new Password to be wiped. It takes what
// Unlock takes, unless there is only one. Errors are those of Unlock.
func (b *Bag) Spelling(ctx context.Context, p Password) (fits Password, err error) {
	if len(p.spellings()) == 1 {
		return NewPassword(p.Reveal()), nil
	}
	err = p.EachSpelling(func(spelling Password) error {
		_, err := b.unlock(ctx, spelling)
		if err == nil {
			fits = NewPassword(spelling.Reveal())
		}
		return err
	})
	return fits, err
}

// unlock tries one spelling.
func (b *Bag) unlock(ctx context.Context, p Password) (*Keys, error) {
	kek, err := b.derive(ctx, p)
	if err != nil {
		return nil, fault.New(fault.Cancelled, "unlock keybag", err)
	}
	defer clear(kek)
	wrapping, err := aes.NewCipher(kek)
	if err != nil {
		return nil, fmt.Errorf("unlock keybag: %w", err)
	}
	keys := &Keys{classes: make(map[uint32]cipher.Block, len(b.classes))}
	for _, c := range b.classes {
		key, err := unwrap(wrapping, c.wrapped)
		if err != nil {
			if len(keys.classes) == 0 {
				return nil, fault.New(fault.PasswordWrong, "unlock keybag", err)
			}
			// The password opened another class: this one is damaged.
			return nil, fmt.Errorf("%w: class %d: %w", ErrMalformed, c.id, err)
		}
		block, err := aes.NewCipher(key)
		clear(key)
		if err != nil {
			return nil, fmt.Errorf("unlock keybag: %w", err)
		}
		keys.classes[c.id] = block
	}
	return keys, nil
}

// ErrNoClass: the password opens no key of a protection class. Some are locked
// with a key that never leaves the phone.
var ErrNoClass = errors.New("the keybag opens no key of class")

// ErrKeyLength: an EncryptionKey or ManifestKey has the wrong length.
var ErrKeyLength = errors.New("a wrapped key has 44 bytes")

// UnwrapPrefixed unwraps a key in the form in which MBFile's EncryptionKey
// and Manifest.plist's ManifestKey hold it: the class in 4 bytes,
// little-endian, and 40 bytes wrapped (device/PROTOCOL.md#content).
func (k *Keys) UnwrapPrefixed(key []byte) ([]byte, error) {
	if len(key) != 4+wrappedLen {
		return nil, fmt.Errorf("%w, not %d", ErrKeyLength, len(key))
	}
	class := binary.LittleEndian.Uint32(key)
	block, ok := k.classes[class]
	if !ok {
		return nil, fmt.Errorf("%w %d", ErrNoClass, class)
	}
	return unwrap(block, key[4:])
}
