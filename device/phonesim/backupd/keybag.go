package backupd

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Sizes of a backup keybag, in bytes.
const (
	keySize     = 32
	wrappedSize = keySize + wrapOverhead
	saltSize    = 20
	uuidSize    = 16
)

// classes are the protection classes of a backup keybag, in the order in which
// iPhones write them, with the value of WRAP: 2 is wrapped with the password
// alone, 3 also bound to the device when it is not in a backup.
var classes = []struct{ class, wrap uint32 }{
	{11, 3}, {10, 3}, {9, 3}, {8, 2}, {7, 2}, {6, 2}, {5, 3}, {4, 2}, {3, 2}, {2, 2}, {1, 2},
}

// plainClasses are those of the one published keybag that opens with a
// password which nobody chose, as backups without encryption have it.
var plainClasses = []struct{ class, wrap uint32 }{
	{1, 2}, {2, 2}, {3, 2}, {4, 2}, {5, 3}, {6, 3}, {7, 3}, {8, 3}, {9, 3}, {10, 3}, {11, 3},
}

// keybag is a backup keybag with its classes open, as the phone itself has it.
type keybag struct {
	// TLV is the keybag as it stands in Manifest.plist.
	TLV []byte `json:"keybag"`
	// Keys are the class keys.
	Keys map[uint32][]byte `json:"class_keys"`
}

// newKeybag makes a keybag that opens with a password. That of a backup
// without encryption has no second derivation.
func newKeybag(password string, rounds Rounds, plain bool) (*keybag, error) {
	var doubleSalt, salt [saltSize]byte
	_, _ = rand.Read(doubleSalt[:])
	_, _ = rand.Read(salt[:])
	var kek []byte
	var err error
	if plain {
		kek, err = pbkdf2.Key(sha1.New, password, salt[:], rounds.PBKDF2SHA1, keySize)
	} else {
		kek, err = deriveKEK(password, doubleSalt[:], salt[:], rounds)
	}
	if err != nil {
		return nil, err
	}
	bag := &keybag{Keys: map[uint32][]byte{}}
	var header [uuidSize + wrappedSize]byte
	_, _ = rand.Read(header[:])
	bag.number("VERS", 5)
	bag.number("TYPE", 1)
	bag.data("UUID", header[:uuidSize])
	order, wrap := classes, uint32(1)
	if plain {
		order, wrap = plainClasses, 0
		clear(header[uuidSize:])
	}
	bag.data("HMCK", header[uuidSize:])
	bag.number("WRAP", wrap)
	bag.data("SALT", salt[:])
	bag.number("ITER", uint32(rounds.PBKDF2SHA1))
	if !plain {
		bag.number("DPWT", 1)
		bag.number("DPIC", uint32(rounds.PBKDF2SHA256))
		bag.data("DPSL", doubleSalt[:])
	}
	for _, c := range order {
		var fresh [uuidSize + keySize]byte
		_, _ = rand.Read(fresh[:])
		key := append([]byte(nil), fresh[uuidSize:]...)
		wrapped, err := wrapKey(kek, key)
		if err != nil {
			return nil, err
		}
		bag.Keys[c.class] = key
		bag.data("UUID", fresh[:uuidSize])
		bag.number("CLAS", c.class)
		bag.number("WRAP", c.wrap)
		bag.number("KTYP", 0)
		bag.data("WPKY", wrapped)
	}
	return bag, nil
}

// deriveKEK makes the key that wraps the class keys out of a password, as iOS
// 10.2 and later do.
func deriveKEK(password string, doubleSalt, salt []byte, rounds Rounds) ([]byte, error) {
	first, err := pbkdf2.Key(sha256.New, password, doubleSalt, rounds.PBKDF2SHA256, keySize)
	if err != nil {
		return nil, fmt.Errorf("key derivation: %w", err)
	}
	kek, err := pbkdf2.Key(sha1.New, string(first), salt, rounds.PBKDF2SHA1, keySize)
	if err != nil {
		return nil, fmt.Errorf("key derivation: %w", err)
	}
	return kek, nil
}

// data adds an entry: four letters, a big-endian length, the value.
func (b *keybag) data(tag string, value []byte) {
	b.TLV = append(b.TLV, tag...)
	b.TLV = binary.BigEndian.AppendUint32(b.TLV, uint32(len(value)))
	b.TLV = append(b.TLV, value...)
}

// number adds an entry that is a 32-bit number.
func (b *keybag) number(tag string, value uint32) {
	b.data(tag, binary.BigEndian.AppendUint32(nil, value))
}

// opens reports whether a password is the one the keybag was made with. It costs
// the rounds of the keybag.
func (b *keybag) opens(password string) (bool, error) {
	fields := b.header()
	rounds := Rounds{
		PBKDF2SHA256: int(binary.BigEndian.Uint32(fields["DPIC"])),
		PBKDF2SHA1:   int(binary.BigEndian.Uint32(fields["ITER"])),
	}
	kek, err := deriveKEK(password, fields["DPSL"], fields["SALT"], rounds)
	if err != nil {
		return false, err
	}
	_, err = unwrapKey(kek, fields["WPKY"])
	return err == nil, nil
}

// header are the entries up to the first class key. The keybag is our own.
func (b *keybag) header() map[string][]byte {
	fields := map[string][]byte{}
	for rest := b.TLV; len(rest) >= 8 && fields["WPKY"] == nil; {
		size := binary.BigEndian.Uint32(rest[4:8])
		fields[string(rest[:4])] = rest[8 : 8+size]
		rest = rest[8+size:]
	}
	return fields
}

// wrap wraps a key for a class, as EncryptionKey and ManifestKey hold it: the
// class in four little-endian bytes, then the wrapped key.
func (b *keybag) wrap(class uint32, key []byte) ([]byte, error) {
	wrapped, err := wrapKey(b.Keys[class], key)
	if err != nil {
		return nil, err
	}
	return append(binary.LittleEndian.AppendUint32(nil, class), wrapped...), nil
}
