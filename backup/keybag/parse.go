// Package keybag turns a backup's password into the keys of its files.
//
// A backup keybag (device/PROTOCOL.md#keybag) is a list of tags: a header with
// the parameters of the password's derivation, then one wrapped key for each
// protection class. The password unwraps the class keys, and a class key
// unwraps the key that each file has of its own.
package keybag

import (
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	// maxBag is larger than any keybag; real ones have about 1.3 KiB.
	maxBag = 64 << 10
	// maxRounds bounds the derivation (DPIC, ITER). Phones use 10,000,000
	// and 10,000; ten times that still ends within a minute.
	maxRounds = 100_000_000
	// maxClasses is more than the eleven that exist.
	maxClasses = 64
	// wrappedLen is a 32-byte key wrapped by RFC 3394.
	wrappedLen = 40

	// typeBackup is the keybag TYPE of backups.
	typeBackup = 1
	// wrapPassword is the flag of WRAP that says: wrapped with the password's key.
	wrapPassword = 2
)

// ErrMalformed: the bytes are no backup keybag.
var ErrMalformed = errors.New("malformed keybag")

// Bag is a parsed backup keybag, still locked.
type Bag struct {
	salt, slowSalt     []byte
	rounds, slowRounds uint32 // ITER (SHA-1) and DPIC (SHA-256; 0 before iOS 10.2, and without encryption)
	classes            []class
}

type class struct {
	id, wrap uint32
	wrapped  []byte
}

// header collects the tags before the first class.
type header map[string][]byte

func (h header) number(tag string) (uint32, error) {
	v, ok := h[tag]
	if !ok {
		return 0, nil
	}
	if len(v) != 4 {
		return 0, fmt.Errorf("%w: %s has %d bytes, not 4", ErrMalformed, tag, len(v))
	}
	return binary.BigEndian.Uint32(v), nil
}

// Parse reads the BackupKeyBag of a Manifest.plist. Errors wrap [ErrMalformed].
func Parse(tlv []byte) (*Bag, error) {
	if len(tlv) > maxBag {
		return nil, fmt.Errorf("%w: %d bytes", ErrMalformed, len(tlv))
	}
	head := header{}
	var classes []header
	current := head
	for len(tlv) > 0 {
		tag, value, rest, err := next(tlv)
		if err != nil {
			return nil, err
		}
		tlv = rest
		// The bag's own UUID is the first; each later one begins a class.
		if _, seen := head["UUID"]; tag == "UUID" && seen {
			if len(classes) == maxClasses {
				return nil, fmt.Errorf("%w: more than %d classes", ErrMalformed, maxClasses)
			}
			current = header{}
			classes = append(classes, current)
		}
		current[tag] = value
	}
	return build(head, classes)
}

// next splits the first tag off.
func next(tlv []byte) (tag string, value, rest []byte, err error) {
	if len(tlv) < 8 {
		return "", nil, nil, fmt.Errorf("%w: cut within a tag", ErrMalformed)
	}
	n := binary.BigEndian.Uint32(tlv[4:])
	if uint64(n) > uint64(len(tlv)-8) {
		return "", nil, nil, fmt.Errorf("%w: a tag of %d bytes with %d left", ErrMalformed, n, len(tlv)-8)
	}
	return string(tlv[:4]), tlv[8 : 8+n], tlv[8+n:], nil
}

func build(head header, classes []header) (*Bag, error) {
	var errs [3]error
	var kind uint32
	bag := &Bag{salt: head["SALT"], slowSalt: head["DPSL"]}
	kind, errs[0] = head.number("TYPE")
	bag.rounds, errs[1] = head.number("ITER")
	bag.slowRounds, errs[2] = head.number("DPIC")
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	switch {
	case kind != typeBackup:
		return nil, fmt.Errorf("%w: type %d is not that of a backup", ErrMalformed, kind)
	case len(bag.salt) == 0 || bag.rounds == 0:
		return nil, fmt.Errorf("%w: no SALT or ITER", ErrMalformed)
	case (bag.slowRounds == 0) != (len(bag.slowSalt) == 0):
		return nil, fmt.Errorf("%w: DPIC without DPSL, or the other way round", ErrMalformed)
	case bag.rounds > maxRounds || bag.slowRounds > maxRounds:
		return nil, fmt.Errorf("%w: %d and %d rounds", ErrMalformed, bag.rounds, bag.slowRounds)
	}
	for _, c := range classes {
		one := class{wrapped: c["WPKY"]}
		one.id, errs[0] = c.number("CLAS")
		one.wrap, errs[1] = c.number("WRAP")
		if err := errors.Join(errs[0], errs[1]); err != nil {
			return nil, err
		}
		if one.wrap&wrapPassword == 0 || len(one.wrapped) == 0 {
			continue // asymmetric, or only for the device itself
		}
		if len(one.wrapped) != wrappedLen {
			return nil, fmt.Errorf("%w: class %d has a key of %d bytes", ErrMalformed, one.id, len(one.wrapped))
		}
		bag.classes = append(bag.classes, one)
	}
	if len(bag.classes) == 0 {
		return nil, fmt.Errorf("%w: no class has a key", ErrMalformed)
	}
	return bag, nil
}
